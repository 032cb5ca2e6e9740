"""One author's day: the page, and every recording of it with its transcript, note and provenance."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from diary_pipeline.diary import Diary
from diary_pipeline.documents import DamagedDocumentError, Document, read_note, read_transcript
from diary_pipeline.errors import UserError
from diary_pipeline.notes.day import PageEntry, findings
from diary_pipeline.notes.page.decode import decode
from diary_pipeline.notes.week import review
from diary_pipeline.schema import DiaryNote, Privacy, Recording, Transcript
from diary_pipeline.store import Store, page_path

log = logging.getLogger("diary.views")


def day_view(diary: Diary, day: date, author: str) -> dict[str, Any]:
    """The day as plain values, as `diary show --json` prints them.

    Raises:
        UserError: the author has no recording on that day.
    """
    recordings = [
        r
        for r, _ in diary.catalog.recordings.all([day])
        if r.author == author and not r.duplicate_of and r.superseded_by is None
    ]
    if not recordings:
        raise UserError(f"{author} has no recordings on {day}. `diary status` lists the days that have some.")
    path, markdown = _page(diary, author, day)
    shown = [_recording(diary, recording) for recording in recordings]
    view = {"day": day.isoformat(), "author": author, "page_path": path, "markdown": markdown, "recordings": shown}
    return view | _found(diary, recordings)


def _found(diary: Diary, recordings: Sequence[Recording]) -> dict[str, Any]:
    """What the day's notes found; a segment is "recording/segment"."""
    pairs = [(r, transcript_of(diary, r), note_of(diary, r)) for r in recordings]
    entries = [PageEntry(r, transcript, note, audio_link="") for r, transcript, note in pairs if transcript and note]
    return findings(entries).model_dump(mode="json")


def week_view(diary: Diary, day: date, author: str) -> dict[str, Any]:
    """The review of the week that *day* lies in, as `diary week --json` prints it."""
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=number) for number in range(7)]
    entries = []
    for recording, _ in diary.catalog.recordings.all(days):
        if recording.author != author or not recording.takes_part:
            continue
        transcript, note = transcript_of(diary, recording), note_of(diary, recording)
        if transcript and note:
            entries.append(PageEntry(recording, transcript, note, audio_link=""))
    return {"monday": monday.isoformat(), "author": author, "memos": len(entries), "markdown": review(monday, entries)}


def transcript_of(diary: Diary, recording: Recording) -> Transcript | None:
    """The transcript in use, which may be stale."""
    path = diary.catalog.results.document("transcribe", recording.id)
    return read_document(diary, read_transcript, path, recording) if path else None


def note_of(diary: Diary, recording: Recording) -> DiaryNote | None:
    """The note in use, which may be stale, or the placeholder."""
    path = diary.catalog.results.document("write", recording.id)
    return read_document(diary, read_note, path, recording) if path else None


def _page(diary: Diary, author: str, day: date) -> tuple[str | None, str | None]:
    place = f"{page_path(author, day)}.md"
    remote_last: tuple[Privacy, ...] = ("standard",) if diary.store.is_local else ("local_only", "standard")
    for privacy in remote_last:
        data = diary.store.read(place, privacy)
        if data is not None:
            return str(diary.store.at(place, privacy)), decode(data).text
    return None, None


def read_document(
    diary: Diary, read: Callable[[Store, str, Recording], Document], path: str, recording: Recording
) -> Document | None:
    """The document; one that cannot be read is logged, and the next run makes it again.

    A private one may be in the home of another machine that shares the catalog: there it is not lost.
    """
    try:
        return read(diary.store, path, recording)
    except DamagedDocumentError as damage:
        if damage.how == "missing" and recording.privacy == "local_only" and diary.catalog.shared_index:
            return None
        log.warning(str(damage))
        diary.catalog.attempts.mark_lost(damage.stage, damage.recording, damage.path, str(damage))
        return None


def _recording(diary: Diary, recording: Recording) -> dict[str, Any]:
    transcript, note = transcript_of(diary, recording), note_of(diary, recording)
    values = recording.model_dump(mode="json")
    provenance: Mapping[str, Any] = {
        "transcript": transcript.provenance.model_dump(mode="json") if transcript else None,
        "note": note.provenance.model_dump(mode="json") if note else None,
    }
    return {
        "id": recording.id,
        "source": recording.source,
        "recorded_at": values["recorded_at"],
        "privacy": recording.privacy,
        "transcript": _transcript(transcript) if transcript else None,
        "note": note.model_dump(mode="json", exclude={"recording", "provenance"}) if note else None,
        "provenance": provenance,
    }


_NO_TIMES = {"start": None, "end": None}


def _transcript(transcript: Transcript) -> dict[str, Any]:
    return {
        "text": transcript.text,
        "language": transcript.language,
        "model": transcript.provenance.model,
        "segments": [
            {"id": s.id, **({"start": s.start, "end": s.end} if transcript.timed else _NO_TIMES), "text": s.text}
            | {"doubt": s.doubt, "approximate": s.approximate}
            for s in transcript.segments
        ],
    }
