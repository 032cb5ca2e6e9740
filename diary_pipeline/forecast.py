"""What a piece of work will take, before it begins: recordings, hours of audio, hours of work, dollars.

Belongs here: estimates from durations, from what the same work took before, and from the routes' prices. Does not belong here: budgets
(the router's), which hold whatever was foreseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from diary_pipeline.llm.provider import NANO
from diary_pipeline.pipeline import Diary
from diary_pipeline.schema import Recording
from diary_pipeline.show import transcript_of

SPEED = {"cuda": 60.0, "cpu": 4.0}
"""Seconds of audio per second of work where nothing was transcribed yet: a careful guess, replaced by the first run's own figure."""

WORDS_PER_SECOND, BYTES_PER_WORD = 2.4, 5.6
"""How fast people speak into recorders (measured on the samples), for recordings that nobody has transcribed yet."""

HISTORY = 500
_FEWEST = 3
"""Notes that were paid for before: fewer say nothing, and the prices are asked."""


@dataclass(frozen=True)
class Forecast:
    """What is expected. `cost` is in dollars, None where nothing can be said; `measured`: the speed is this diary's own."""

    recordings: int
    to_transcribe: int
    to_write: int
    audio_hours: float
    work_hours: float
    cost: float | None
    cap: float
    measured: bool


def forecast(diary: Diary, days: Sequence[date] | None, *, redo: bool = False) -> Forecast:
    """The work that is pending for *days* (all: None); with *redo*, as if all of it were to be done anew."""
    taken = [r for r, _ in diary.catalog.recordings.all(days) if r.audio and not r.quarantine]
    heard = diary.catalog.attempts.finished("transcribe", [r.id for r in taken])
    noted = diary.catalog.attempts.finished("write", [r.id for r in taken])
    to_hear = [r for r in taken if redo or (r.id, diary.fingerprints.transcribe(r)) not in heard]
    to_write = [r for r in taken if redo or (r.id, diary.fingerprints.write(r)) not in noted]
    speed, measured = _speed(diary)
    audio = sum(r.seconds or 0.0 for r in to_hear)
    return Forecast(
        recordings=len({r.id for r in to_hear} | {r.id for r in to_write}),
        to_transcribe=len(to_hear),
        to_write=len(to_write),
        audio_hours=round(audio / 3600, 4),
        work_hours=round(audio / speed / 3600, 4),
        cost=_cost(diary, to_write),
        cap=diary.settings.llm.cap,
        measured=measured,
    )


def _speed(diary: Diary) -> tuple[float, bool]:
    """Seconds of audio per second of work, over the last recordings; claims of one worker overlap, so the union of them counts."""
    done = [a for a in diary.catalog.attempts.of() if a["stage"] == "transcribe" and a["outcome"] == "ok" and a["finished_at"]][-HISTORY:]
    lengths = {r.id: r.seconds or 0.0 for r in diary.catalog.recordings.get({a["subject"] for a in done})}
    busy, until = 0.0, 0.0
    for attempt in sorted(done, key=lambda a: a["started_at"]):
        busy += max(0.0, attempt["finished_at"] - max(until, attempt["started_at"])) / 1000
        until = max(until, attempt["finished_at"])
    audio = sum(lengths.get(a["subject"], 0.0) for a in done)
    if busy > 0 and audio > 0:
        return audio / busy, True
    return SPEED["cuda" if diary.settings.device == "cuda" else "cpu"], False


def _cost(diary: Diary, recordings: Sequence[Recording]) -> float | None:
    """Dollars for the notes: what a byte of transcript cost before, else the first route's price for it. 0 without routes."""
    router = diary.writer.router
    if router is None or not diary.writer.asks_models:
        return 0.0
    sizes = {r.id: _bytes(diary, r) for r in recordings}
    if (per_note := _paid_before(diary)) is not None:
        fixed, per_byte = per_note
        return round(sum(fixed + per_byte * size for size in sizes.values() if size), 6)
    costs = [diary.writer.estimate(r, t) for r in recordings if (t := transcript_of(diary, r)) and t.segments]
    known = [cost for cost in costs if cost is not None]
    return round(sum(known) / NANO, 6) if len(known) == len(costs) else None


def _bytes(diary: Diary, recording: Recording) -> float:
    if (transcript := transcript_of(diary, recording)) is not None:
        return float(len(transcript.text.encode()))
    return (recording.seconds or 0.0) * WORDS_PER_SECOND * BYTES_PER_WORD


def _paid_before(diary: Diary) -> tuple[float, float] | None:
    """(dollars per note, dollars per byte of transcript), fitted to what notes cost before; None below three notes."""
    import numpy as np

    router = diary.writer.router
    rows: dict[str, float] = {}
    for row in router.ledger.rows() if router is not None else ():
        if row["settled"]:
            rows[row["recording"]] = rows.get(row["recording"], 0.0) + row["settled"] / NANO
    known = [(float(len(t.text.encode())), rows[r.id]) for r in diary.catalog.recordings.get(rows) if (t := transcript_of(diary, r))]
    if len(known) < _FEWEST:
        return None
    sizes: Any = np.array([size for size, _ in known])
    costs: Any = np.array([cost for _, cost in known])
    slope, fixed = np.polyfit(sizes, costs, 1) if sizes.std() > 0 else (0.0, costs.mean())
    return (float(fixed), float(slope)) if slope >= 0 and fixed >= 0 else (float(costs.mean()), 0.0)
