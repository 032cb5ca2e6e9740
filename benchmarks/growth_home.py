"""A home of many recordings for the bench of growth: one memo that was really processed, and so many of its like.

The copies are rows and files: inbox, transcripts, notes and pages, all done. Nothing is pending or stale.
"""

import time
import wave
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.pages import page_subject
from diary_pipeline.catalog.recordings import recording, recording_id
from diary_pipeline.catalog.tables import attempts, document_changes, recordings
from diary_pipeline.diary import Diary
from diary_pipeline.recordings.stamps import stamp_of
from diary_pipeline.settings import Settings
from diary_pipeline.store import audio_path, document_path, page_path
from diary_pipeline.testing import ScriptedEngine

FIRST = date(2012, 1, 1)
PER_DAY = 20
TEMPLATE = "2011-12-31 08.00.wav"
WORDS = ["I repaired the garden fence with Anna today.", "Call the dentist on Monday morning.", "The lake was calm."]
_TOGETHER = 5_000


def settings_of(home: Path, catalog: str | None = None) -> Settings:
    """The settings of all measurements."""
    given = {"catalog": catalog} if catalog else {}
    return Settings.load(home=home, timezone="UTC", whisper_model="tiny.en", start_date=date(2011, 1, 1), **given)


def engine() -> ScriptedEngine:
    """Hears the same words in each memo."""
    return ScriptedEngine(lambda _: WORDS)


def memo(file: Path, number: int) -> None:
    """A short WAV file with bytes of its own."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(number.to_bytes(4, "little") + bytes(1_600))


def fill(home: Path, count: int, catalog: str | None = None) -> None:
    """Make the *home* with *count* recordings, whose rows go into the *catalog* (without one, into the home's own)."""
    settings = settings_of(home, catalog)
    memo(home / "inbox" / TEMPLATE, 0)
    with open_diary(settings, engine()) as diary:
        pipeline.process(diary)
        _Copies(diary).add(count - 1)
        pipeline.process(diary)  # finds nothing to do, and remembers it


class _Copies:
    """Copies of the one recording of a diary."""

    def __init__(self, diary: Diary) -> None:
        self._diary, self._home = diary, diary.settings.root
        with diary.catalog.database.reading() as connection:
            self._row = dict(connection.execute(select(recordings)).mappings().one())
            self._attempts = [dict(row) for row in connection.execute(select(attempts).order_by("id")).mappings()]
        self._documents = {
            kind: (self._home / next(a["document"] for a in self._attempts if a["stage"] == stage)).read_text()
            for kind, stage in (("transcripts", "transcribe"), ("notes", "write"))
        }
        page = self._home / page_path(self._row["author"], self._row["day"])
        self._page = {ending: Path(f"{page}{ending}").read_text() for ending in (".md", ".json")}

    def add(self, count: int) -> None:
        """Add *count* copies to the inbox, the catalog and the store."""
        numbers = list(range(count))
        for start in range(0, count, _TOGETHER):
            rows = [self._copy(number) for number in numbers[start : start + _TOGETHER]]
            made = [one for row in rows for one in self._made(row)]
            for day, same in groupby(rows, key=lambda row: row["day"]):
                made.append(self._composed(day, list(same)))
            with self._diary.catalog.database.writing() as connection:
                connection.execute(insert(recordings), rows)
                connection.execute(insert(attempts), made)
                connection.execute(delete(document_changes))

    def _copy(self, number: int) -> dict[str, Any]:
        day = FIRST + timedelta(days=number // PER_DAY)
        moment = datetime(day.year, day.month, day.day, 6, tzinfo=UTC) + timedelta(minutes=30 * (number % PER_DAY))
        name = f"{moment:%Y-%m-%d %H.%M}.wav"
        file, author = self._home / "inbox" / name, self._row["author"]
        memo(file, number + 1)
        identity = recording_id(author, name, 1)
        given = {"id": identity, "source": name, "path": name, "recorded_at": moment, "day": day, "known_state": None}
        given |= {"sha256": f"{number:064x}", "audio": audio_path(identity, ".wav"), "seen": stamp_of(file.stat())}
        return self._row | given

    def _made(self, row: dict[str, Any]) -> Iterator[dict[str, Any]]:
        fingerprints, noun = self._diary.fingerprints, recording(row)  # type: ignore[arg-type] # a row is a mapping
        heard = document_path("transcripts", row["id"], fingerprints.transcribe(noun))
        written = document_path("notes", row["id"], fingerprints.write(noun, heard))
        keys = {
            "ingest": ("", "", row["audio"]),
            "transcribe": (fingerprints.transcribe(noun), fingerprints.transcribe_inputs(noun), heard),
            "write": (fingerprints.write(noun, heard), fingerprints.write_inputs(noun, heard), written),
        }
        for place, kind in ((heard, "transcripts"), (written, "notes")):
            (self._home / place).parent.mkdir(parents=True, exist_ok=True)
            (self._home / place).write_text(self._documents[kind].replace(self._row["id"], row["id"]))
        for attempt in self._attempts:
            if attempt["stage"] in keys:
                fingerprint, inputs, document = keys[attempt["stage"]]
                given = {"subject": row["id"], "fingerprint": fingerprint, "inputs": inputs, "document": document}
                yield {name: value for name, value in (attempt | given).items() if name != "id"}

    def _composed(self, day: date, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The page of a day: the file of the one page there is, with the inputs that this one would have."""
        fingerprints, parts = self._diary.fingerprints, []
        for row in rows:
            noun = recording(row)  # type: ignore[arg-type] # a row is a mapping
            heard = document_path("transcripts", noun.id, fingerprints.transcribe(noun))
            note = document_path("notes", noun.id, fingerprints.write(noun, heard))
            parts.append((noun.id, note, noun.privacy, str(noun.recorded_at), str(noun.dated_by)))
        (composed,) = (attempt for attempt in self._attempts if attempt["stage"] == "compose")
        new, author = fingerprints.compose(parts), rows[0]["author"]
        place = self._home / page_path(author, day)
        Path(f"{place}.md").write_text(self._page[".md"])
        Path(f"{place}.json").write_text(self._page[".json"].replace(composed["fingerprint"], new))
        given = {
            "subject": page_subject(author, day),
            "fingerprint": new,
            "finished_at": int(time.time() * 1000) + 1000,
        }
        return {name: value for name, value in (composed | given).items() if name != "id"}
