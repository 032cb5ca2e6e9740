"""Dates that cannot be, or that can be read in two ways: the next evidence dates the memo, and it is said why."""

import json
import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.recordings.add import AddOptions, put_into_inbox
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from tests.command import diary as command
from tests.memos import OLD, tone
from tests.tagged import broadcast_wave, tagged

AMBIGUOUS = "03-04-2026 08.12.wav"
LONDON = ZoneInfo("Europe/London")


def opened(home: Path, **settings: Any) -> Diary:
    options = {"home": home, "settle_seconds": 0, "timezone": "Europe/London"} | settings
    return open_diary(Settings.load(**options), ScriptedEngine(lambda _: ["I watered the plants."]))


def entries(home: Path, **settings: Any) -> dict[str, dict[str, Any]]:
    with opened(home, **settings) as diary:
        pipeline.process(diary)
        return {entry["path"]: entry for entry in status.recordings(diary)}


def page(home: Path, day: object) -> str:
    return (home / "days" / "me" / f"{day}.md").read_text("utf-8")


def test_what_was_refused_and_why_is_in_status_and_on_the_page(home: Path) -> None:
    tone(home / "inbox" / AMBIGUOUS)
    tone(home / "inbox" / "2026-03-14 08.12.wav", hertz=500)
    found = entries(home)
    plain, refused = found["2026-03-14 08.12.wav"]["dated_by"], found[AMBIGUOUS]["dated_by"]
    assert plain == "file name"
    assert refused == (
        "file time (refused: file name: '03-04-2026' can be read as two dates (2026-03-04 or 2026-04-03))"
    )
    assert (found[AMBIGUOUS]["day"], found[AMBIGUOUS]["state"], found[AMBIGUOUS]["reason"]) == (
        "2026-03-20",
        "done",
        None,
    )
    assert "dated by its file time (refused: file name: '03-04-2026' can be read as two dates" in page(
        home, "2026-03-20"
    )
    assert "refused" not in page(home, "2026-03-14")
    shown = command(home, "status")
    assert "can be read as two dates" in " ".join(shown.out.split())


def test_a_file_time_in_the_future_is_taken_at_once_and_dated_by_the_next_evidence(home: Path) -> None:
    inbox, ahead = home / "inbox", datetime.now(UTC) + timedelta(hours=2)
    tone(inbox / "memo.wav", modified=ahead.timestamp())
    tone(inbox / "far.wav", hertz=500, modified=253_402_300_800)
    tone(inbox / "2026-03-14 08.12.wav", hertz=600, modified=ahead.timestamp())
    (inbox / "2026-03-14 08.12.json").write_text('{"language": "en"}')
    os.utime(inbox / "2026-03-14 08.12.json", (ahead.timestamp(),) * 2)
    found = entries(home, settle_seconds=0.05)
    assert {entry["state"] for entry in found.values()} == {"done"}
    assert (found["2026-03-14 08.12.wav"]["dated_by"], found["2026-03-14 08.12.wav"]["language"]) == ("file name", "en")
    for name in ("memo.wav", "far.wav"):
        assert found[name]["dated_by"].startswith("arrival (refused: file time: ")
        assert found[name]["dated_by"].endswith("lies in the future)")
        told = datetime.fromisoformat(found[name]["recorded_at"])
        assert abs(told.timestamp() - time.time()) < 600
    assert "dated by its arrival" in page(home, found["memo.wav"]["day"])


def test_touching_a_file_moves_no_memo_that_is_done_and_gives_no_reason(home: Path) -> None:
    files = [tone(home / "inbox" / "memo.wav"), tone(home / "inbox" / "PTT-20260320-WA0001.wav", hertz=500)]
    before = entries(home)
    assert before["memo.wav"]["dated_by"] == "file time"
    times = [OLD + 1_000_000, 0.0, time.time() + 1e6, datetime(2001, 1, 1, tzinfo=UTC).timestamp()]
    for modified in times:
        for file in files:
            os.utime(file, (modified, modified))
        assert entries(home) == before
    (home / "inbox" / "memo.json").write_text('{"language": "en"}')  # the file's time is still that of the last touch
    after = entries(home)["memo.wav"]
    assert (after["day"], after["dated_by"], after["reason"]) == (before["memo.wav"]["day"], "file time", None)
    assert sorted(file.name for file in (home / "days" / "me").glob("*.md")) == ["2026-03-20.md"]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2026-03-29T01:30", "does not exist in Europe/London"),
        ("2025-10-26T01:30", "comes twice in Europe/London"),
        ("2031-01-01T10:00:00", "lies in the future"),
        ("1970-01-01T00:00:00Z", "never set"),
        ("03-04-2026 08:12", "is not a date and time"),
        ("2026-02-30T10:00", "is not a date and time"),
        ("2026-03-14", "no time of day"),
    ],
)
def test_a_recorded_at_that_cannot_be_used_is_an_error_and_nothing_is_added(
    home: Path, tmp_path: Path, written: str, why: str
) -> None:
    settings = Settings.load(home=home, timezone="Europe/London")
    with pytest.raises(UserError, match=why):
        put_into_inbox(settings, [tone(tmp_path / "memo.wav")], AddOptions(recorded_at=written))
    assert list((home / "inbox").iterdir()) == []
    assert put_into_inbox(settings, [tmp_path / "memo.wav"], AddOptions(recorded_at="2025-10-26T01:30+00:00"))


def test_a_local_time_that_a_change_of_clocks_made_is_said_and_one_of_a_sidecar_that_is_none_holds(home: Path) -> None:
    inbox = home / "inbox"
    for name in ("2026-03-29 01.30.wav", "2025-10-26 01.30.wav", "gap.wav", "twice.wav"):
        tone(inbox / name, hertz=300 + len(name) * 7 + ord(name[3]))
    (inbox / "gap.json").write_text(json.dumps({"recorded_at": "2026-03-29T01:30:00"}))
    (inbox / "twice.json").write_text(json.dumps({"recorded_at": "2025-10-26T01:30:00"}))
    found = entries(home)
    assert "does not exist in Europe/London" in found["2026-03-29 01.30.wav"]["dated_by"]
    assert "comes twice in Europe/London; the first is taken" in found["2025-10-26 01.30.wav"]["dated_by"]
    assert found["twice.wav"]["dated_by"].startswith("sidecar (refused: sidecar: 2025-10-26T01:30:00 comes twice")
    assert (found["gap.wav"]["state"], "does not exist in Europe/London" in found["gap.wav"]["reason"]) == (
        "waiting",
        True,
    )


def test_the_dates_that_recorders_write_into_their_files_are_read(home: Path) -> None:
    inbox = home / "inbox"
    export = {
        "creation_time": "2026-05-05T10:00:00Z",
        "com.apple.quicktime.creationdate": "2026-03-14T08:12:33+1300",
    }
    local = {"date": "2026-03-14 08:12:33"}
    broadcast_wave(inbox / "bwf.wav", "2026-03-14", "08:12:33")
    broadcast_wave(inbox / "bwf with dots.wav", "2026:03:14", "08-12-33")
    broadcast_wave(inbox / "bwf unset.wav", "0000-00-00", "00:00:00")
    tagged(inbox / "quicktime.mov", "aac", export)
    tagged(inbox / "id3.mp3", "libmp3lame", local)
    tagged(inbox / "vorbis.flac", "flac", {"date": "2026-03-14T08:12:33+13:00"})
    tagged(inbox / "opus.ogg", "libopus", local)
    tagged(inbox / "info.wav", "pcm_s16le", local)
    tagged(inbox / "year.mp3", "libmp3lame", {"date": "2026"})
    tagged(inbox / "day.mp3", "libmp3lame", {"date": "2026-03-14T00:00:00"})
    for file in inbox.iterdir():
        os.utime(file, (OLD, OLD))
    with opened(home, timezone="Pacific/Auckland") as diary:
        pipeline.discover(diary)
        found = {r.source: (str(r.recorded_at), r.evidence_of_date) for r, _ in diary.catalog.recordings.all()}
    by_file = (str(datetime.fromtimestamp(OLD, ZoneInfo("Pacific/Auckland"))), "file time")
    undated = {"bwf unset.wav", "year.mp3", "day.mp3"}
    assert {name: found[name] for name in undated} == dict.fromkeys(undated, by_file)
    assert {name: one for name, one in found.items() if name not in undated} == dict.fromkeys(
        found.keys() - undated, ("2026-03-14 08:12:33+13:00", "container")
    )


def test_a_date_folder_dates_what_says_only_its_time_or_nothing(home: Path) -> None:
    inbox = home / "inbox"
    paths = {
        "2026-03-14/08-12-33.wav": ("2026-03-14 08:12:33+00:00", "file name"),
        "2026/03/14/08.12.wav": ("2026-03-14 08:12:00+00:00", "file name"),
        "2026-03/14/walk.wav": ("2026-03-14 12:00:00+00:00", "folder"),
        "14 March 2026/FOLDER01/ZOOM0001.wav": ("2026-03-14 12:00:00+00:00", "folder"),
        "2026-03-14/2026-03-15 09.00.wav": ("2026-03-15 09:00:00+00:00", "file name"),
        "2026-03-20/walk.wav": ("2026-03-20 12:34:00+00:00", "folder"),
        "2026/walk.wav": ("2026-03-20 12:34:00+00:00", "file time"),
    }
    for number, path in enumerate(paths):
        tone(inbox / path, hertz=400 + number, modified=OLD + 34 * 60)
    with opened(home) as diary:
        pipeline.discover(diary)
        found = {r.path: (str(r.recorded_at), r.evidence_of_date) for r, _ in diary.catalog.recordings.all()}
    assert found == paths


def test_a_name_of_the_night_belongs_to_the_day_before(home: Path) -> None:
    tone(home / "inbox" / "20260314_0138.wav")
    with opened(home) as diary:
        pipeline.discover(diary)
        ((memo, _),) = diary.catalog.recordings.all()
    assert memo.recorded_at == datetime(2026, 3, 14, 1, 38, tzinfo=LONDON)
    assert memo.day == date(2026, 3, 13)
