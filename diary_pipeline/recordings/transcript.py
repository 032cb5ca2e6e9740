"""Transcripts of other programs in the inbox: alone, a memo without audio, or beside the recording that they are of."""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from diary_pipeline.catalog import Catalog, Connection
from diary_pipeline.catalog import privacy as evidence
from diary_pipeline.catalog.privacy import MARK_LETTERS
from diary_pipeline.catalog.recordings import set_columns
from diary_pipeline.catalog.versions import came_with_another
from diary_pipeline.errors import PermanentError, TransientError
from diary_pipeline.file_names import as_file
from diary_pipeline.media import Probe
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.recordings.listing import is_transcript
from diary_pipeline.recordings.sidecar import MOST_BYTES, Sidecar, parse, shown
from diary_pipeline.schema import Recording
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


def refuse_sidecar(recording: Recording, file: Path) -> None:
    """Refuse the sidecar of a memo that is not there: its name says that it is a memo, and what it says, that not.

    Raises:
        PermanentError: *file* is a sidecar.
    """
    if file.suffix.lower() != ".json":
        return
    with file.open("rb") as stream:
        found = parse(recording.source, stream.read(MOST_BYTES + 1))
    if isinstance(found, Sidecar) and found.written:
        raise PermanentError(
            "It says when or whose a recording is, and is no transcript: the sidecar of a recording that is not there. "
            "Put the recording beside it, or rename it to the recording's name with .json."
        )


@dataclass(frozen=True)
class Brought:
    """A transcript that came beside a recording: its *place* in the store, and its hash.

    *private*: its own place in the inbox says that it is, or that of the file that a link leads to.
    """

    name: str
    place: str
    sha256: str
    private: bool

    def is_left_over(self, catalog: Catalog, recording: Recording, sha256: str, same: str | None = None) -> bool:
        """Whether it came with other audio under this name, and stayed when that was replaced.

        *sha256* is of the recording's bytes; *same* is the id of a recording with exactly the same sound.
        """
        with catalog.database.reading() as connection:
            return came_with_another(connection, recording, sha256, self.sha256, same)

    @property
    def left_over(self) -> str:
        """What a person is told of one that is left over."""
        return (
            f"{shown(self.name)} came with another recording of that name, so it is not used for the one that is there "
            "now. Remove it, or bring the right one with `diary add RECORDING --transcript FILE`."
        )

    def record(self, connection: Connection, recording: str) -> None:
        """Record the evidence that these bytes are private, if there is any."""
        if self.private:
            evidence.record(connection, self.sha256, "local_only", "folder", recording)


def copy_beside(store: Store, inbox: Inbox, recording: Recording) -> Brought | None:
    """Copy the transcript that comes with the recording into the store; None where there is none.

    No bucket gets it before somebody has read whether it opens privately.
    """
    path = inbox.transcript_beside(recording.path)
    if path is None:
        return None
    private = inbox.class_of(path) == "local_only"
    privacy = store.before_transcription("local_only" if private else recording.privacy)
    try:
        with inbox.local_file(path) as file, file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            stream.seek(0)
            suffix = PurePosixPath(as_file(path)).suffix.lower()
            place = audio_path(recording.id, f".transcript-{digest[:MARK_LETTERS]}{suffix}")
            store.copy_in(place, stream, privacy, verify=lambda: None)
            return Brought(PurePosixPath(as_file(path)).name, place, digest, private)
    except OSError as error:
        raise TransientError(
            f"The transcript beside it cannot be read: {error.strerror}. Let the diary's user read it, or remove it."
        ) from error


def bring_along(inbox_url: str, catalog: Catalog, store: Store, *paths: str, by_request: bool = False) -> list[str]:
    """Take the transcripts that now lie beside recordings that were ingested before; the next run uses them.

    *by_request*: a person has said which recording each is of. Returns why some are not used.
    """
    unused = list[str]()
    inbox = Inbox(inbox_url)
    known = [one.id for one in catalog.recordings.known_at(paths).values() if one.taken]
    for recording in catalog.recordings.get(known):
        if recording.duplicate_of:
            said = give_to_original(catalog, store, inbox, recording)
            unused += [said] if said else []
        elif recording.audio is not None and recording.has_sound:
            brought = copy_beside(store, inbox, recording)
            if brought is None or brought.place == recording.transcript:
                continue
            if not by_request and brought.is_left_over(catalog, recording, recording.sha256 or ""):
                store.delete(brought.place, "local_only")
                unused.append(brought.left_over)
            else:
                _use(catalog, recording, brought)
    return unused


def give_to_original(catalog: Catalog, store: Store, inbox: Inbox, copy: Recording) -> str | None:
    """Let the transcript beside a duplicate be the words of the recording that has its bytes, if that has none.

    Returns what a person is told where it has another one.
    """
    for original in catalog.recordings.get([copy.duplicate_of or ""]):
        if not original.has_sound or inbox.transcript_beside(copy.path) is None:
            continue
        brought = copy_beside(store, inbox, original.model_copy(update={"path": copy.path}))
        if brought is None or brought.place == original.transcript:
            continue
        if original.transcript is None:
            _use(catalog, original, brought)
            continue
        return (
            f"{shown(brought.name)} was not used: its recording has the same bytes as {shown(original.source)}, which "
            "has another transcript. Correct that one, or remove this one."
        )
    return None


def _use(catalog: Catalog, recording: Recording, brought: Brought) -> None:
    with catalog.database.writing() as connection:
        set_columns(connection, recording.id, transcript=brought.place)
        brought.record(connection, recording.id)
        evidence.tighten(connection, recording.sha256 or "")
