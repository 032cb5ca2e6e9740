"""Memos that are not on their page and what kind of reason there is, by id: no name of a file, and no text.

What belongs here: what a place without a login may say. What does not: reasons in full, which `status` gives.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from diary_pipeline.catalog.unmended import FAILURES
from diary_pipeline.diary import Diary
from diary_pipeline.recordings.authors import is_question
from diary_pipeline.recordings.discover import GONE
from diary_pipeline.recordings.examine import GROWING
from diary_pipeline.recordings.unfinished import UNFINISHED
from diary_pipeline.schema import Recording
from diary_pipeline.views import status
from diary_pipeline.views.pages import page_states

COPIED = GROWING.partition(",")[0]
_REFUSED = {
    "Nothing says when": "nothing says when it was recorded",
    "It is dated": "it is dated before the diary's first day",
}
_OUTCOMES: Mapping[str, str] = {
    "failed": "failed",
    "error": "failed, is tried again",
    "fault": "failed unexpectedly",
    "crashed": "its process died",
}


@dataclass(frozen=True)
class UnmendedMemo:
    """A memo that is not on its page. `reason` is a kind of reason; `diary status` has the reason itself."""

    recording: str
    day: date | None
    state: str
    reason: str


def unmended(diary: Diary, days: Collection[date] = (), listed: Collection[str] = ()) -> list[UnmendedMemo]:
    """Each memo of the whole diary that failed, was refused or is held; and what else is not on its page.

    That is looked for among the memos of *days*, and among those *listed* before, which stay until they are on their
    page. A file that was removed before it was taken in, and one that is being copied, are left out.
    """
    subjects = diary.catalog.unmended.subjects()
    rows = diary.catalog.recordings.get({*subjects, *listed})
    pages = {date.fromisoformat(name.rpartition("/")[2]) for name in subjects if "/" in name}
    looked_at = sorted({*days, *pages, *(r.day for r in rows if r.day)})
    entries = {entry["id"]: entry for entry in status.recordings(diary, looked_at)}
    off_page = _off_page(diary, entries.values())
    undated = [r for r in rows if r.id not in entries]
    found = []
    for recording in [r for r, _ in diary.catalog.recordings.all(looked_at)] + undated:
        entry = entries.get(recording.id, {"state": "waiting", "stages": {}})
        reason = _stopped(recording, entry)
        if reason is None and (recording.day in days or recording.id in listed):
            reason = "taken off its page" if recording.id in off_page else _waits(recording, entry)
        if reason and not recording.superseded_by:
            state = "quarantined" if recording.quarantine else str(entry["state"])
            found.append(UnmendedMemo(recording.id, recording.day, state, reason))
    return sorted(found, key=lambda memo: (memo.day or date.max, memo.recording))


def _stopped(recording: Recording, entry: Mapping[str, Any]) -> str | None:
    hold = recording.hold or ""
    if hold == GONE:
        return None
    if recording.quarantine:
        return _refused(recording)
    if hold and not hold.startswith(COPIED):
        return _held(hold)
    if entry["state"] != "failed":
        return None
    failed = (f"{name}: {_OUTCOMES[s['outcome']]}" for name, s in entry["stages"].items() if s["outcome"] in FAILURES)
    return next(failed, "failed")


def _held(hold: str) -> str:
    if is_question(hold):
        return "held: nobody has said whose it is"
    if hold.startswith(UNFINISHED):
        return "held: it is cut off, or still being written"
    return "held: what is said beside it cannot be used"


def _refused(recording: Recording) -> str:
    if recording.size is not None:
        return "refused: it cannot be read as audio"
    known = (kind for beginning, kind in _REFUSED.items() if str(recording.quarantine).startswith(beginning))
    return f"refused: {next(known, 'its file cannot be used')}"


def _waits(recording: Recording, entry: Mapping[str, Any]) -> str | None:
    gone = recording.hold == GONE
    return None if gone or entry["state"] == "done" else "not on its page yet"


def _off_page(diary: Diary, entries: Iterable[Mapping[str, Any]]) -> set[str]:
    pages = {(entry["author"], date.fromisoformat(entry["day"])) for entry in entries if entry["state"] == "done"}
    states = page_states(diary, pages).values()
    return {name for state in states for name in (*state.off_page, *state.unseen)}
