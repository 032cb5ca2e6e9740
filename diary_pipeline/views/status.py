"""The state of a recording, a day and the queue: derived from facts at every call, never stored."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.claims import UnderWay
from diary_pipeline.catalog.pages import page_subject
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.pipeline import Diary
from diary_pipeline.schema import Recording, Stage, State

_STAGES: tuple[Stage, ...] = ("ingest", "transcribe", "write", "compose")
_AFTER: Mapping[Stage, State] = {
    "ingest": "ingested",
    "transcribe": "transcribed",
    "write": "written",
    "compose": "done",
}

Attempt = Mapping[str, Any]


def recordings(diary: Diary, days: Sequence[date] | None = None) -> list[dict[str, Any]]:
    """Every recording with its state, its reason and what each stage did with it; by time of recording."""
    rows = diary.catalog.recordings.all(days)
    history = _history(diary.catalog, None if days is None else [r for r, _ in rows])
    waits = _waits(diary)
    states = {r.id: _state(diary.fingerprints, r, hold, history) for r, hold in rows}
    progress = {(work.subject, str(work.stage)): work for work in diary.catalog.attempts.under_way()}
    shown = []
    for recording, _ in rows:
        state, reason = states[recording.id]
        if state in ("transcribed", "written"):
            reason = waits.get(recording.id) or _provider_unavailable(recording, history)
        if recording.duplicate_of:
            original = next((r.source for r, _ in rows if r.id == recording.duplicate_of), recording.duplicate_of)
            state, reason = (
                states.get(recording.duplicate_of, ("done", None))[0],
                f"It has the same bytes as {original!r}.",
            )
        shown.append(_shown(recording, state, reason, history) | {"progress": _progress(recording, progress)})
    return shown


def notices(diary: Diary) -> list[str]:
    """What a person should know about the diary as a whole."""
    if diary.router is None or not diary.catalog.queue.batches_at_providers():
        return []
    return [
        f"Words of the diary are still at a provider, in a batch for {route}, and cannot be deleted there: "
        "the settings have no key for it. Set the key again; each run tries to delete them."
        for route in diary.router.batches.out_of_reach()
    ]


def pending(diary: Diary, days: Sequence[date]) -> dict[date, dict[str, int]]:
    """How many recordings of each day lack each stage's current fingerprint; failed ones are not counted."""
    rows = diary.catalog.recordings.all(days)
    history = _history(diary.catalog, [r for r, _ in rows])
    counts: dict[date, dict[str, int]] = {day: dict.fromkeys(_STAGES, 0) for day in days}
    for recording, hold in rows:
        if recording.day is None or recording.quarantine or recording.duplicate_of or hold:
            continue
        for stage in _STAGES:
            if not _through(diary.fingerprints, recording, stage, history):
                counts[recording.day][stage] += 1
    return counts


def pending_new(diary: Diary) -> dict[date, str]:
    """Days with work that was never done, each with a signature of that work.

    Left out: what is done but stale (a backfill's business), what failed for good, for a while what failed a moment
    ago, notes that wait for a provider's batch, and notes that wait for a provider to come back (the night's business).
    """
    waiting = _waits(diary)
    ready = {
        day: [(name, tries) for name, tries in work if name not in waiting]
        for day, work in diary.catalog.queue.new_work().items()
    }
    return {day: diary.fingerprints.signature(work) for day, work in ready.items() if work}


def _waits(diary: Diary) -> dict[str, str]:
    """By recording, which batch its note waits for."""
    router = diary.router
    if router is None or not router.routes:
        return {}
    zone = ZoneInfo(diary.settings.timezone)
    return {
        name: f"Its note waits for a half-price batch of {wait.route}, "
        f"until {wait.until.astimezone(zone):%Y-%m-%d %H:%M} at the latest. "
        "Meanwhile its page has the speaker's own words, or the note before."
        for name, wait in router.batches.waits().items()
    }


def _provider_unavailable(recording: Recording, history: Mapping[tuple[str, str], list[Attempt]]) -> str | None:
    """Why its note waits for the night, if it does."""
    over = [a for a in history.get((recording.id, "write"), []) if a["outcome"]]
    return over[-1]["error"] if over and over[-1]["outcome"] == "interim" else None


def _history(catalog: Catalog, rows: Sequence[Recording] | None) -> Mapping[tuple[str, str], list[Attempt]]:
    history: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    subjects = None if rows is None else {name for r in rows for name in (r.id, page_subject(r.author, r.day))}
    for attempt in catalog.attempts.of(subjects):
        history[attempt["subject"], attempt["stage"]].append(attempt)
    return history


def _subject(recording: Recording, stage: Stage) -> str:
    return page_subject(recording.author, recording.day) if stage == "compose" else recording.id


def _through(
    fingerprints: Fingerprints, recording: Recording, stage: Stage, history: Mapping[tuple[str, str], list[Attempt]]
) -> bool:
    attempts = history.get((_subject(recording, stage), stage), [])
    if stage == "ingest":
        return bool(recording.audio)
    if stage == "compose":
        written = _settled(history.get((recording.id, "write"), []), fingerprints.write(recording))
        composed = [a for a in attempts if a["outcome"] == "ok"]
        return bool(written and composed and composed[-1]["finished_at"] >= written["finished_at"])
    fingerprint = fingerprints.transcribe(recording) if stage == "transcribe" else fingerprints.write(recording)
    return _settled(attempts, fingerprint) is not None


def _settled(attempts: Sequence[Attempt], fingerprint: str) -> Attempt | None:
    over = [a for a in attempts if a["fingerprint"] == fingerprint and a["outcome"] in ("ok", "failed")]
    return over[-1] if over else None


def _state(
    fingerprints: Fingerprints, recording: Recording, hold: str | None, history: Mapping[tuple[str, str], list[Attempt]]
) -> tuple[State, str | None]:
    if recording.quarantine:
        return "quarantined", recording.quarantine
    state: State = "waiting"
    for stage in _STAGES:
        attempts = history.get((_subject(recording, stage), stage), [])
        last = attempts[-1] if attempts else None
        passed = (
            any(a["outcome"] == "ok" for a in attempts)
            if stage != "ingest"
            else bool(recording.audio or recording.duplicate_of)
        )
        if (
            last
            and last["outcome"] in ("failed", "error", "fault", "died")
            and (not passed or last["outcome"] == "failed")
        ):
            return "failed", last["error"]
        if not passed or (stage == "compose" and not _through(fingerprints, recording, stage, history)):
            return state, hold if state == "waiting" else None
        state = _AFTER[stage]
    return state, None


def _progress(recording: Recording, progress: Mapping[tuple[str, str], UnderWay]) -> dict[str, Any] | None:
    """How far the recording is in the stage that is at it now, where that takes long enough to be worth a word."""
    work = next(
        (progress[key] for stage in _STAGES if (key := (_subject(recording, stage), str(stage))) in progress), None
    )
    if work is None:
        return None
    left = None if work.seconds_left is None else round(work.seconds_left)
    return {"stage": work.stage, "percent": int(work.share * 100), "eta_seconds": left}


def _shown(
    recording: Recording, state: State, reason: str | None, history: Mapping[tuple[str, str], list[Attempt]]
) -> dict[str, Any]:
    stages = {}
    for stage in _STAGES:
        attempts = history.get((_subject(recording, stage), stage), [])
        last = attempts[-1] if attempts else None
        stages[stage] = {
            "attempts": len(attempts),
            "fingerprint": last["fingerprint"] if last else None,
            "outcome": (last["outcome"] or "running") if last else None,
        }
    names = (
        "id",
        "source",
        "path",
        "author",
        "sha256",
        "recorded_at",
        "dated_by",
        "day",
        "seconds",
        "language",
        "privacy",
        "duplicate_of",
    )
    values = recording.model_dump(mode="json") | {"language": recording.spoken_language or recording.language}
    return {name: values[name] for name in names} | {"state": state, "reason": reason, "stages": stages}
