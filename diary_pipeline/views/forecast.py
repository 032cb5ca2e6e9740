"""What a piece of work will take, before it begins: recordings, hours of audio, hours of work, dollars.

Estimated from durations, from what the same work took before, and from the routes' prices. The router's budgets hold
whatever was estimated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from diary_pipeline import freshness
from diary_pipeline.diary import Diary
from diary_pipeline.llm.forecast import forecast as forecast_cost
from diary_pipeline.llm.privacy import split
from diary_pipeline.notes.note_writer import PURPOSE
from diary_pipeline.notes.prompting import system_prompt
from diary_pipeline.recordings.ingest import waiting
from diary_pipeline.schema import Recording, Wanted

SPEED = {"cuda": 60.0, "cpu": 4.0}
"""Seconds of audio per second of work before anything was transcribed: a careful guess, until measured."""

HISTORY = 500


@dataclass(frozen=True)
class Forecast:
    """What is expected.

    `cost` is in dollars, None where nothing can be said; `measured`: the speed is this diary's own. `not_read`: memos
    that wait to be ingested; they are counted, but how long they are is not known, so hours and cost are without them.
    """

    recordings: int
    to_transcribe: int
    to_write: int
    audio_hours: float
    work_hours: float
    cost: float | None
    cap: float
    measured: bool
    not_read: int


def forecast(diary: Diary, days: Sequence[date] | None, wanted: Wanted = "pending") -> Forecast:
    """The work of a run that does what is *wanted* for *days* (all: None)."""
    recordings = [r for r, _ in diary.catalog.recordings.all(days)]
    transcripts = freshness.of_transcripts(diary.catalog, diary.fingerprints, recordings)
    notes = freshness.of_notes(diary.catalog, diary.fingerprints, recordings)
    transcribed = {subject.name for subject in freshness.to_do(transcripts, wanted)}
    written = transcribed | {subject.name for subject in freshness.to_do(notes, wanted)}
    to_transcribe, to_write = ([r for r in recordings if r.id in names] for names in (transcribed, written))
    speed, measured = _speed(diary)
    audio = sum(r.seconds or 0.0 for r in to_transcribe if not r.transcript or (wanted == "redo" and r.has_sound))
    not_read = len(waiting(diary.catalog, diary.fingerprints, days))
    return Forecast(
        recordings=len(written) + not_read,
        to_transcribe=len(to_transcribe) + not_read,
        to_write=len(to_write) + not_read,
        audio_hours=round(audio / 3600, 4),
        work_hours=round(audio / speed / 3600, 6),
        cost=cost_of_notes(diary, to_write),
        cap=diary.settings.llm.cap,
        measured=measured,
        not_read=not_read,
    )


def _speed(diary: Diary) -> tuple[float, bool]:
    """Seconds of audio per second of work over the last recordings: claims overlap, so their union counts."""
    done = [
        a
        for a in diary.catalog.attempts.of()
        if a["stage"] == "transcribe" and a["outcome"] == "ok" and a["finished_at"]
    ][-HISTORY:]
    known = diary.catalog.recordings.get({a["subject"] for a in done})
    lengths = {r.id: r.seconds or 0.0 for r in known if not r.transcript}
    done = [a for a in done if a["subject"] in lengths]
    busy, until = 0.0, 0.0
    for attempt in sorted(done, key=lambda a: a["started_at"]):
        busy += max(0.0, attempt["finished_at"] - max(until, attempt["started_at"])) / 1000
        until = max(until, attempt["finished_at"])
    audio = sum(lengths.get(a["subject"], 0.0) for a in done)
    if busy > 0 and audio > 0:
        return audio / busy, True
    return SPEED["cuda" if diary.settings.device == "cuda" else "cpu"], False


def cost_of_notes(diary: Diary, recordings: Sequence[Recording]) -> float | None:
    """Dollars for the notes, private ones by the routes that may see them.

    None where no route has a price, 0 without routes.
    """
    router = diary.router
    if router is None or not router.routes:
        return 0.0
    dollars = 0.0
    for privacy in {r.privacy for r in recordings}:
        routes, _ = split(router.routes, privacy, router.policy.allowed_hosts)
        seconds = [r.seconds or 0.0 for r in recordings if r.privacy == privacy]
        estimate = forecast_cost(
            diary.catalog,
            routes,
            seconds,
            purpose=PURPOSE,
            prompt=system_prompt(diary.writer.style),
            strategy=router.policy.strategy,
            batch=False,
        )
        if estimate.route is None and routes:
            return None
        dollars += estimate.dollars
    return round(dollars, 6)
