"""Transcripts of other programs in the inbox: alone, a memo without audio, or beside the recording that they are of."""

import hashlib
from pathlib import PurePosixPath

from diary_pipeline.catalog import Catalog
from diary_pipeline.errors import TransientError
from diary_pipeline.file_names import as_file
from diary_pipeline.media import Probe
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.recordings.listing import is_transcript
from diary_pipeline.schema import Privacy, Recording
from diary_pipeline.store import Store, audio_path

CONTAINER = "transcript"


def probe_of(recording: Recording) -> Probe | None:
    """What stands for the metadata of audio where a recording is a transcript alone; None where it is audio.

    How long it is, is known once it was parsed.
    """
    if not is_transcript(recording.source):
        return None
    form = PurePosixPath(recording.source).suffix.lower().removeprefix(".")
    return Probe(seconds=0.0, codec=form, container=CONTAINER, sample_rate=0, channels=0, created_at=None)


def copy_beside(store: Store, inbox: Inbox, recording: Recording, privacy: Privacy) -> str | None:
    """Copy the transcript that comes with the recording into the store, as of this class; returns its place, if any."""
    path = inbox.transcript_beside(recording.path)
    if path is None:
        return None
    try:
        with inbox.local_file(path) as file, file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()[:12]
            stream.seek(0)
            suffix = PurePosixPath(as_file(path)).suffix
            place = audio_path(recording.id, f".transcript-{digest}{suffix}")
            store.copy_in(place, stream, privacy, verify=lambda: None)
    except OSError as error:
        raise TransientError(
            f"The transcript beside it cannot be read: {error.strerror}. Let the diary's user read it, or remove it."
        ) from error
    return place


def bring_along(inbox_url: str, catalog: Catalog, store: Store, *paths: str) -> None:
    """Take the transcripts that now lie beside recordings that were ingested before; the next run uses them."""
    inbox = Inbox(inbox_url)
    known = [one.id for one in catalog.recordings.known_at(paths).values() if one.taken]
    for recording in catalog.recordings.get(known):
        if recording.audio is None or not recording.has_sound:
            continue
        place = copy_beside(store, inbox, recording, recording.privacy)
        if place is not None and place != recording.transcript:
            catalog.recordings.update(recording.id, transcript=place)
