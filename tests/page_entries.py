"""Transcripts and page entries of made-up memos, for the tests of notes and pages."""

from datetime import UTC, date, datetime

from diary_pipeline.notes.day import PageEntry
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.style import Style
from diary_pipeline.schema import DatedBy, Privacy, Provenance, Recording, Segment, Transcript

DAY = date(2026, 3, 14)
MADE = Provenance(stage="write", fingerprint="f", made_by="test", created_at=datetime(2026, 3, 20, tzinfo=UTC))
VERBATIM = Style("verbatim", "", "", 9)
MORNING = (
    "Good morning.",
    "It's Saturday, the fourteenth of March.",
    "Um, I slept really well for once, and I only woke up at half past seven.",
)
SLEPT = "I slept really well for once, and I only woke up at half past seven."
PRIVATE = ("Private note.", "I talked to the doctor about my results, and everything is fine.")
REMINDER = (
    "Water the tomato plants tomorrow morning, and call the dentist on Monday.",
    "I have not paid the electricity bill yet, so that has to happen before Friday.",
    "Her exam is on the twenty-third.",
)


def spoken(*sentences: str, first: float = 0.64, pause: float = 0.7, seconds: float = 22.0) -> Transcript:
    """A transcript in which each sentence lasts two seconds."""
    segments = [
        Segment(
            id=f"s{n + 1:02d}",
            start=round(first + n * (2 + pause), 2),
            end=round(first + n * (2 + pause) + 2, 2),
            text=text,
        )
        for n, text in enumerate(sentences)
    ]
    return Transcript(recording="r", language="en", seconds=seconds, segments=tuple(segments), provenance=MADE)


def entry(
    clock: str,
    *sentences: str,
    privacy: Privacy = "standard",
    dated_by: DatedBy = "file name",
    source: str | None = None,
    offset: str = "+00:00",
    pause: float = 0.7,
    audio: str = "r",
) -> PageEntry:
    """A memo of the day, or of the moment *clock*, with its extractive note and the name of its *audio*."""
    transcript = spoken(*sentences, pause=pause)
    moment = datetime.fromisoformat(clock if "T" in clock else f"{DAY}T{clock}:00{offset}")
    draft = write(transcript, VERBATIM, moment)
    recording = Recording(
        id=f"r{clock}{offset}" if audio == "r" else audio,
        author="me",
        source=source or f"memo {clock}.m4a",
        path="memo.m4a",
        recorded_at=moment,
        day=moment.date(),
        dated_by=dated_by,
        privacy=privacy,
    )
    return PageEntry(recording, transcript, draft.note(recording.id, "extractive", MADE), f"../../audio/{audio}.m4a")
