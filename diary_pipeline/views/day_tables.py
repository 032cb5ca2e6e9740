"""Day tables: what each asset knows of a day, as rows with typed columns.

They hold no diary text: ids, counts, measures and times only, because they are kept as files, perhaps in a bucket.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from diary_pipeline.catalog.pages import page_subject
from diary_pipeline.diary import Diary
from diary_pipeline.llm import explain
from diary_pipeline.notes.page.decode import decode
from diary_pipeline.schema import Transcript
from diary_pipeline.store import page_path
from diary_pipeline.views.pages import page_states
from diary_pipeline.views.show import note_of, transcript_of
from diary_pipeline.views.status import recordings as states
from diary_pipeline.wordless import VoiceWithoutWords

if TYPE_CHECKING:
    import pandas as pd

ASSETS = ("recordings", "transcripts", "diary_notes", "diary_days")


def day_table(diary: Diary, asset: str, day: date) -> "pd.DataFrame":
    """The table of *asset* and *day*: a row per recording (per author for `diary_days`), typed even when empty."""
    import pandas as pd

    _, columns = _TABLES[asset]
    return pd.DataFrame(day_rows(diary, asset, day), columns=list(columns)).astype(dict(columns))


def day_rows(diary: Diary, asset: str, day: date) -> list[dict[str, Any]]:
    """The rows of that table; they may have more keys than the table has columns."""
    make, _ = _TABLES[asset]
    return make(diary, day)


def columns_of(asset: str) -> Mapping[str, str]:
    """The columns of a table: string, int64 or float64."""
    return _TABLES[asset][1]


def empty_table(asset: str) -> "pd.DataFrame":
    """The table of *asset* without a row."""
    import pandas as pd

    _, columns = _TABLES[asset]
    return pd.DataFrame(columns=list(columns)).astype(dict(columns))


def _recordings(diary: Diary, day: date) -> list[dict[str, Any]]:
    return [{**state, "recording": state["id"]} for state in states(diary, [day])]


def _transcripts(diary: Diary, day: date) -> list[dict[str, Any]]:
    tries = {state["id"]: state["stages"]["transcribe"]["attempts"] for state in states(diary, [day])}
    rows = []
    for recording, _ in diary.catalog.recordings.all([day]):
        if recording.takes_part and (transcript := transcript_of(diary, recording)):
            wordless = VoiceWithoutWords.of(transcript)
            rows.append(
                {
                    "recording": recording.id,
                    "author": recording.author,
                    "language": transcript.language,
                    "model": transcript.provenance.model,
                    "segments": len(transcript.segments),
                    "words": len(transcript.text.split()),
                    "seconds": transcript.seconds,
                    "speech_seconds": transcript.provenance.counts.get("speech_seconds", 0.0),
                    "uncovered_seconds": wordless.seconds if wordless else 0.0,
                    "words_per_second": _pace(transcript),
                    "attempts": tries[recording.id],
                }
            )
    return rows


def _pace(transcript: Transcript) -> float:
    """Words a second; 0 where no times are known."""
    return round(len(transcript.text.split()) / max(transcript.seconds, 0.1), 3) if transcript.seconds else 0.0


def _notes(diary: Diary, day: date) -> list[dict[str, Any]]:
    rows = []
    for recording, _ in diary.catalog.recordings.all([day]):
        if not recording.takes_part:
            continue
        if (note := note_of(diary, recording)) and (transcript := transcript_of(diary, recording)):
            known = {segment.id for segment in transcript.segments}
            stated = [*note.statements, *note.also_said]
            cited = {identity for statement in stated for identity in statement.segments}
            rows.append(
                {
                    "recording": recording.id,
                    "author": recording.author,
                    "writer": note.writer,
                    "statements": len(note.statements),
                    "cited_segments": len(cited & known),
                    "unknown_segments": len(cited - known),
                    "uncited": len(known - cited),
                    "also_said": len(note.also_said),
                    "also_said_share": len({name for s in note.also_said for name in s.segments}) / max(1, len(known)),
                    "unsupported": len(note.unsupported),
                    "todos": len(note.todos),
                    "dollars": sum(attempt["settled"] or 0.0 for attempt in explain(diary.catalog, recording.id)),
                    "evidence_score": float(note.provenance.counts.get("evidence_score", 1.0)),
                }
            )
    return rows


def _days(diary: Diary, day: date) -> list[dict[str, Any]]:
    rows = [r for r, _ in diary.catalog.recordings.all([day]) if r.takes_part]
    table = []
    for author in sorted({r.author for r in rows}):
        subject = page_subject(author, day)
        composed = [a for a in diary.catalog.attempts.of([subject]) if a["outcome"] == "ok"]
        place = f"{page_path(author, day)}.md"
        data = diary.store.read(place, "standard")
        words = len(decode(data).text.split()) if data else 0
        state = page_states(diary, [(author, day)])[author, day]
        missing = len(state.off_page) + len(state.unseen)
        row = {
            "author": author,
            "day": str(day),
            "recordings": sum(r.author == author for r in rows),
            "page": place,
            "words": words,
        }
        table.append(row | {"composed": len(composed), "conflicts": state.conflicts, "off_page": missing})
    return table


_Rows = Callable[[Diary, date], list[dict[str, Any]]]
_TEXT, _WHOLE, _REAL = "string", "int64", "float64"
_TABLES: Mapping[str, tuple[_Rows, Mapping[str, Any]]] = {
    "recordings": (
        _recordings,
        {"recording": _TEXT, "author": _TEXT, "recorded_at": _TEXT, "dated_by": _TEXT, "day": _TEXT, "seconds": _REAL}
        | {"privacy": _TEXT, "duplicate_of": _TEXT, "state": _TEXT},
    ),
    "transcripts": (
        _transcripts,
        {"recording": _TEXT, "author": _TEXT, "language": _TEXT, "model": _TEXT, "segments": _WHOLE, "words": _WHOLE}
        | {
            "seconds": _REAL,
            "speech_seconds": _REAL,
            "uncovered_seconds": _REAL,
            "words_per_second": _REAL,
            "attempts": _WHOLE,
        },
    ),
    "diary_notes": (
        _notes,
        {"recording": _TEXT, "author": _TEXT, "writer": _TEXT, "statements": _WHOLE, "cited_segments": _WHOLE}
        | {
            "unknown_segments": _WHOLE,
            "uncited": _WHOLE,
            "also_said": _WHOLE,
            "also_said_share": _REAL,
            "unsupported": _WHOLE,
        }
        | {"todos": _WHOLE, "dollars": _REAL, "evidence_score": _REAL},
    ),
    "diary_days": (
        _days,
        {"author": _TEXT, "day": _TEXT, "recordings": _WHOLE, "page": _TEXT, "words": _WHOLE, "composed": _WHOLE}
        | {"conflicts": _WHOLE, "off_page": _WHOLE},
    ),
}
