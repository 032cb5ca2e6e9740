"""What is to be done again because a person corrected it: a language, a date, a time zone, an author, a name."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from diary_pipeline import freshness
from diary_pipeline.diary import Diary
from diary_pipeline.notes.unwritten import at_rest, due_again
from diary_pipeline.schema import Recording

ANY_RUN = "any"
"""Stands for a run that has not begun: it has spent nothing of its budget."""

Work = dict[date, list[tuple[str, int]]]
"""By day: recordings' ids, and how often each was tried."""


def corrected(diary: Diary) -> Work:
    """The recordings that were done or failed before and are pending again, by day.

    Left out, for a while: what failed a moment ago; until the night, a changed setting or a budget that allows it: a
    note for which no provider was available.
    """
    rows = [r for r in _may_be_due(diary) if r.day and not r.duplicate_of]
    transcripts = freshness.of_transcripts(diary.catalog, diary.fingerprints, rows)
    notes = freshness.of_notes(diary.catalog, diary.fingerprints, rows)
    again = {s.recording.id: s.recording.day for s in transcripts if s.again}
    again |= {recording.id: recording.day for recording in _notes_again(diary, notes)}
    found: Work = defaultdict(list)
    for name, tries in diary.catalog.queue.rested(sorted(again)).items():
        if (day := again[name]) is not None:
            found[day].append((name, tries))
    return dict(found)


def _may_be_due(diary: Diary) -> list[Recording]:
    """Recordings of which something may be to do; notes that were given up count, although nothing is pending."""
    known = {r.id: r for r in diary.catalog.known_states.open(diary.fingerprints.basis)}
    if diary.router and diary.router.routes:
        given_up = set(diary.catalog.results.unwritten()) - known.keys()
        known |= {r.id: r for r in diary.catalog.recordings.get(sorted(given_up))}
    return list(known.values())


def _notes_again(diary: Diary, notes: Sequence[freshness.Freshness]) -> Iterator[Recording]:
    """Whose note a person has corrected, and whose note can be had now that a setting or a budget has changed."""
    pending = [s for s in notes if s.state == "pending"]
    unavailable = diary.catalog.attempts.provider_unavailable("write", [s.subject for s in pending])
    terms = diary.router.terms if diary.router and diary.router.routes else None
    for note in notes:
        recording, reason = note.recording, unavailable.get(note.recording.id)
        if note.state == "pending" and reason is not None and reason.newest:
            if terms is not None and not at_rest(reason, terms, recording.author, ANY_RUN):
                yield recording
        elif note.again or (
            terms is not None and note.unwritten and due_again(note.unwritten, terms, recording.author, ANY_RUN)
        ):
            yield recording
