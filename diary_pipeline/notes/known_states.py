"""Find out the state of the recordings with all stages, and remember those of which nothing is to do."""

import time
from collections.abc import Mapping, Sequence

from diary_pipeline import freshness
from diary_pipeline.catalog.known_states import STALE_NOTE, STALE_TRANSCRIPT
from diary_pipeline.catalog.pages import page_subject
from diary_pipeline.notes.pages import pending_pages
from diary_pipeline.schema import Recording
from diary_pipeline.work import Work


def remember_states(work: Work, seconds: float | None = None) -> None:
    """Remember the states of the open recordings; those that are left after *seconds* the next call looks at."""
    until, basis = None if seconds is None else time.monotonic() + seconds, work.fingerprints.basis
    for found in work.catalog.known_states.examined(basis):
        found.settle({name: basis + stale for name, stale in _done(work, found.recordings).items()})
        if until is not None and time.monotonic() >= until:
            return


def _done(work: Work, recordings: Sequence[Recording]) -> Mapping[str, str]:
    """The recordings of which nothing is to do, each with the letters of what is stale."""
    transcripts = {s.recording.id: s.state for s in _of_transcripts(work, recordings)}
    notes = {s.recording.id: s.state for s in freshness.of_notes(work.catalog, work.fingerprints, recordings)}
    pages = {page_subject(r.author, r.day): (r.author, r.day) for r in recordings if r.day}
    pending = {subject.name for subject in pending_pages(work, pages, failed=True)}
    done: dict[str, str] = {}
    for one in recordings:
        heard, written = transcripts.get(one.id), notes.get(one.id)
        if _waits_for_ingestion(one) or page_subject(one.author, one.day) in pending:
            continue
        if one.ready and (heard == "pending" or written == "pending" or (written is None and heard != "failed")):
            continue
        stale = heard == "stale"
        follows = stale or written == "stale"  # a note follows the transcript that it is made from
        done[one.id] = STALE_TRANSCRIPT * stale + STALE_NOTE * (follows and written not in (None, "failed"))
    return done


def _of_transcripts(work: Work, recordings: Sequence[Recording]) -> list[freshness.Freshness]:
    return freshness.of_transcripts(work.catalog, work.fingerprints, recordings)


def _waits_for_ingestion(one: Recording) -> bool:
    return not (one.audio or one.duplicate_of or one.quarantine or one.hold or one.day is None)
