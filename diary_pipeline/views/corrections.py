"""What is to be done again because a person corrected it: a language, a date, a time zone, an author, a name."""

from collections import defaultdict
from datetime import date

from diary_pipeline import freshness
from diary_pipeline.diary import Diary

Work = dict[date, list[tuple[str, int]]]
"""By day: recordings' ids, and how often each was tried."""


def corrected(diary: Diary) -> Work:
    """The recordings that were done or failed before and are pending again, by day.

    Left out, for a while: what failed a moment ago; until the night: a note for which no provider was available.
    """
    rows = [r for r in diary.catalog.known_states.open(diary.fingerprints.basis) if r.day and not r.duplicate_of]
    transcripts = freshness.of_transcripts(diary.catalog, diary.fingerprints, rows)
    notes = [s for s in freshness.of_notes(diary.catalog, diary.fingerprints, rows) if s.again]
    outages = diary.catalog.attempts.provider_unavailable("write", [note.subject for note in notes])
    wait = {name for name, outage in outages.items() if outage.newest}
    again = {s.recording.id: s.recording.day for s in transcripts if s.again}
    again |= {note.recording.id: note.recording.day for note in notes if note.recording.id not in wait}
    found: Work = defaultdict(list)
    for name, tries in diary.catalog.queue.rested(sorted(again)).items():
        if (day := again[name]) is not None:
            found[day].append((name, tries))
    return dict(found)
