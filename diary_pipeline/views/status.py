"""The state of a recording, a day and the queue: derived from facts at every call, never stored."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from diary_pipeline import freshness
from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.claims import UnderWay
from diary_pipeline.catalog.known_states import STALE_NOTE, STALE_TRANSCRIPT
from diary_pipeline.catalog.pages import page_subject
from diary_pipeline.diary import Diary
from diary_pipeline.file_names import quoted
from diary_pipeline.schema import Recording, Stage, State
from diary_pipeline.views.corrections import Work, corrected
from diary_pipeline.views.own_words import unwritten_reason
from diary_pipeline.views.pages import page_states, page_views
from diary_pipeline.views.voice import with_wordless

_STAGES: tuple[Stage, ...] = ("ingest", "transcribe", "write", "compose")
_AFTER: Mapping[Stage, State] = {
    "ingest": "ingested",
    "transcribe": "transcribed",
    "write": "written",
    "compose": "done",
}

Attempt = Mapping[str, Any]

MOST_EXAMINED = 500
"""Of so many recordings at most it is found out for one answer whether they are stale, and what that costs."""


def recordings(diary: Diary, days: Sequence[date] | None = None) -> list[dict[str, Any]]:
    """Every recording with its state, its reason and what each stage did with it; by time of recording."""
    return described(diary, [recording for recording, _ in diary.catalog.recordings.all(days)])


def described(diary: Diary, rows: Sequence[Recording]) -> list[dict[str, Any]]:
    """The same of these recordings."""
    known = {r.id: r for r in rows}
    others = {name for r in rows for name in (r.duplicate_of, r.superseded_by) if name} - known.keys()
    known |= {r.id: r for r in diary.catalog.recordings.get(sorted(others))}
    history = _history(diary.catalog, list(known.values()))
    waits = _waits(diary)
    freshnesses = _freshnesses(diary, list(known.values()))
    states = {r.id: _state(r, r.hold, history, freshnesses) for r in known.values()}
    on_pages = _on_pages(diary, [r for r in rows if states[r.id][0] == "done"])
    progress = {(work.subject, str(work.stage)): work for work in diary.catalog.attempts.under_way()}
    shown = []
    for recording in rows:
        state, reason = states[recording.id]
        if state in ("transcribed", "written") and not recording.hold:
            reason = waits.get(recording.id) or unwritten_reason(history.get((recording.id, "write"), []))
        reason = reason or on_pages.get(recording.id)
        if state == "done" and not recording.hold:
            reason = reason or unwritten_reason(history.get((recording.id, "write"), []))
        if recording.duplicate_of:
            original = known[first].source if (first := recording.duplicate_of) in known else recording.duplicate_of
            state, reason = (
                states.get(recording.duplicate_of, ("done", None))[0],
                f"It has the same bytes as {quoted(original)}.",
            )
        elif recording.superseded_by:
            state = states.get(recording.superseded_by, ("done", None))[0]
            reason = _superseded(recording.superseded_by, known)
            reason = f"{_cut_off(recording)} {reason}" if recording.declared_seconds else reason
        elif recording.declared_seconds and not reason:
            reason = _cut_off(recording)
        reason = with_wordless(reason, history.get((recording.id, "transcribe"), []))
        shown.append(_shown(recording, state, reason, history) | {"progress": _progress(recording, progress)})
    return shown


def _superseded(by: str, rows: Mapping[str, Recording]) -> str:
    newer = f"{by} ({quoted(rows[by].source)})" if by in rows else by
    return f"It is superseded by {newer}, another version of its file."


def pages(diary: Diary, entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The pages of these recordings that somebody should look at: with conflicts, or without a memo taken off them."""
    return page_views(diary, {(e["author"], date.fromisoformat(e["day"])) for e in entries if e["day"]})


def _on_pages(diary: Diary, recordings: Sequence[Recording]) -> dict[str, str]:
    """By recording, why it is not on its page although it is done."""
    found: dict[str, str] = {}
    pages: dict[tuple[str, date], list[str]] = defaultdict(list)
    for recording in recordings:
        if recording.day:
            pages[recording.author, recording.day].append(recording.id)
    for key, state in page_states(diary, pages).items():
        again = f"`diary redo {key[1]} --from compose` puts it back."
        unseen = state.unseen if state.exists else pages[key]
        found |= dict.fromkeys(state.off_page, f"It is not on its page: you deleted it; {again}")
        found |= dict.fromkeys(unseen, "It is missing on its page; the next `diary process` puts it back.")
    return found


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
    """How many recordings of each day each stage has still to do; failed ones are not counted."""
    rows = [r for r, hold in diary.catalog.recordings.all(days) if not hold]
    history, freshnesses = _history(diary.catalog, rows), _freshnesses(diary, rows)
    return _counted(days, rows, lambda r, stage: not _through(r, stage, history, freshnesses))


def stale(diary: Diary, days: Sequence[date]) -> dict[date, dict[str, int]]:
    """How many recordings of each day each stage has done with another model, prompt or version of the program."""
    rows = [r for r, hold in diary.catalog.recordings.all(days) if not hold]
    freshnesses = _freshnesses(diary, rows)
    return _counted(
        days, rows, lambda r, stage: freshnesses.get((r.id, "write" if stage == "compose" else stage)) == "stale"
    )


def stale_totals(diary: Diary) -> dict[str, Any]:
    """How many transcripts and notes are stale, and the expected cost of redoing them in dollars (None: unknown).

    Of very many notes some are estimated. Recordings that were not examined since a change count when they are.
    """
    basis, known_states = diary.fingerprints.basis, diary.catalog.known_states
    counts = known_states.stale(basis)
    rows = {r.id: r for r in known_states.open(basis, limit=MOST_EXAMINED)}
    names = {key for key, state in _freshnesses(diary, list(rows.values())).items() if state == "stale"}
    notes = [rows[name] for name, stage in names if stage == "write"]
    transcripts, written = counts[STALE_TRANSCRIPT] + len(names) - len(notes), counts[STALE_NOTE] + len(notes)
    cost: float | None = 0.0
    if written and diary.settings.llm.routes:
        from diary_pipeline.views.forecast import cost_of_notes

        notes += known_states.with_stale_notes(basis, MOST_EXAMINED) if counts[STALE_NOTE] else []
        some = cost_of_notes(diary, notes)
        cost = None if some is None else some * written / len(notes)
    return {"transcripts": transcripts, "notes": written, "cost": cost}


def _counted(
    days: Sequence[date], rows: Sequence[Recording], counts: Callable[[Recording, Stage], bool]
) -> dict[date, dict[str, int]]:
    found: dict[date, dict[str, int]] = {day: dict.fromkeys(_STAGES, 0) for day in days}
    for recording in rows:
        no_longer = recording.quarantine or recording.duplicate_of or recording.superseded_by
        if recording.day is not None and not no_longer:
            for stage in _STAGES:
                found[recording.day][stage] += counts(recording, stage)
    return found


def _freshnesses(diary: Diary, rows: Sequence[Recording]) -> Mapping[tuple[str, Stage], str]:
    """By recording and stage (transcribe, write); a note follows the transcript that it is made from."""
    transcripts = freshness.of_transcripts(diary.catalog, diary.fingerprints, rows)
    notes = freshness.of_notes(diary.catalog, diary.fingerprints, rows)
    found: dict[tuple[str, Stage], str] = {(s.recording.id, "transcribe"): s.state for s in transcripts}
    for note in notes:
        source = found[note.recording.id, "transcribe"]
        follows = source in ("pending", "stale") and note.state != "pending"
        found[note.recording.id, "write"] = source if follows else note.state
    return found


def pending_new(diary: Diary, again: Work | None = None) -> dict[date, str]:
    """Days with work that was never done, or was corrected since, each with a signature of that work.

    Left out: what is done but stale (a backfill's business), what failed for good, for a while what failed a moment
    ago, notes that wait for a provider's batch, and notes that wait for a provider to come back (the night's business).
    *again*: what was corrected, where that is known.
    """
    waiting, found = _waits(diary), diary.catalog.queue.new_work(diary.fingerprints.basis)
    for day, work in (corrected(diary) if again is None else again).items():
        found[day] = sorted({*found.get(day, []), *work})
    ready = {day: [(name, tries) for name, tries in work if name not in waiting] for day, work in found.items()}
    return {day: diary.fingerprints.signature(work) for day, work in sorted(ready.items()) if work}


def _cut_off(recording: Recording) -> str:
    declared = recording.declared_seconds or 0.0
    missing = declared - (recording.seconds or 0.0)
    return f"{missing:.0f} of {declared:.0f} s could not be read: its file is cut off."


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


def _history(catalog: Catalog, rows: Sequence[Recording] | None) -> Mapping[tuple[str, str], list[Attempt]]:
    history: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    subjects = None if rows is None else {name for r in rows for name in (r.id, page_subject(r.author, r.day))}
    for attempt in catalog.attempts.of(subjects):
        history[attempt["subject"], attempt["stage"]].append(attempt)
    return history


def _subject(recording: Recording, stage: Stage) -> str:
    return page_subject(recording.author, recording.day) if stage == "compose" else recording.id


def _through(
    recording: Recording,
    stage: Stage,
    history: Mapping[tuple[str, str], list[Attempt]],
    freshnesses: Mapping[tuple[str, Stage], str],
) -> bool:
    if stage == "ingest":
        return bool(recording.audio)
    if recording.hold and stage != "compose":  # nothing is done anew while it is held
        return any(a["outcome"] == "ok" for a in history.get((recording.id, stage), []))
    if stage != "compose":
        return freshnesses.get((recording.id, stage), "pending") != "pending"
    written = [a for a in history.get((recording.id, "write"), []) if a["outcome"] in ("ok", "failed")]
    composed = [a for a in history.get((_subject(recording, stage), stage), []) if a["outcome"] == "ok"]
    of_write = recording.hold or _through(recording, "write", history, freshnesses)  # of what is held nothing is asked
    if not of_write or not written or not composed:
        return False
    return bool(composed[-1]["finished_at"] >= written[-1]["finished_at"])


def _state(
    recording: Recording,
    hold: str | None,
    history: Mapping[tuple[str, str], list[Attempt]],
    freshnesses: Mapping[tuple[str, Stage], str],
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
            and last["outcome"] in ("failed", "error", "fault", "crashed")
            and (not passed or last["outcome"] == "failed")
        ):
            return "failed", last["error"]
        if not passed or (stage == "compose" and not _through(recording, stage, history, freshnesses)):
            again = last["error"] if last and last["outcome"] in ("died", "lost") else None
            return state, hold or again
        state = _AFTER[stage]
    return state, hold


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
    names = "id source path author sha256 recorded_at dated_by day seconds language privacy duplicate_of superseded_by"
    values = recording.model_dump(mode="json") | {
        "language": recording.spoken_language or recording.language,
        "dated_by": recording.evidence_of_date,
    }
    shown = {name: values[name] for name in (*names.split(), "declared_seconds")}
    return shown | {"state": state, "reason": reason, "stages": stages}
