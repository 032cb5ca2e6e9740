"""Transcripts and notes are read here alone, so that one that is missing or damaged is the same error everywhere.

The parser's own message quotes the document, so it goes no further. A document that cannot be read is made again from
its source, and the damaged file is kept beside it.
"""

import errno
from typing import Literal, TypeVar

from pydantic import ValidationError

from diary_pipeline.errors import TransientError
from diary_pipeline.schema import DiaryNote, Noun, Privacy, Recording, Stage, Transcript
from diary_pipeline.store import Store

Document = TypeVar("Document", Transcript, DiaryNote)

_UNREADABLE = frozenset({errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EIO, errno.ELOOP})
"""Errors of a local file that concern this file alone."""


class DamagedDocumentError(TransientError):
    """A document is missing or damaged (`how`). `stage` made it, for the recording of this id."""

    def __init__(self, stage: Stage, recording: str, path: str, how: Literal["missing", "damaged"]) -> None:
        self.stage, self.recording, self.path, self.how = stage, recording, path, how
        kind = "transcript" if stage == "transcribe" else "note"
        super().__init__(f"The {kind} {path} is {how}. `diary process` makes it again.")


def read_transcript(store: Store, path: str, recording: Recording) -> Transcript:
    """The transcript of *recording* at *path*. Raises `DamagedDocumentError` where it cannot be read."""
    return _read(store, path, recording, Transcript, "transcribe")


def read_note(store: Store, path: str, recording: Recording) -> DiaryNote:
    """The note of *recording* at *path*. Raises `DamagedDocumentError` where it cannot be read."""
    return _read(store, path, recording, DiaryNote, "write")


def replace_document(store: Store, path: str, document: Noun, privacy: Privacy) -> None:
    """Write a document; what lies at its place is kept beside it."""
    data = document.model_dump_json().encode()
    if not store.write_new(path, data, privacy):
        store.set_aside(path, privacy)
        store.write_new(path, data, privacy)


def _read(store: Store, path: str, recording: Recording, kind: type[Document], stage: Stage) -> Document:
    data = _bytes(store, path, recording, stage)
    if data is None:
        raise DamagedDocumentError(stage, recording.id, path, "missing")
    try:
        document = kind.model_validate_json(data)
    except ValidationError:
        document = None
    if document is None or document.recording != recording.id:
        raise DamagedDocumentError(stage, recording.id, path, "damaged")
    return document


def _bytes(store: Store, path: str, recording: Recording, stage: Stage) -> bytes | None:
    try:
        return store.read(path, recording.privacy)
    except TransientError as error:
        cause = error.__cause__
        if store.is_local and isinstance(cause, OSError) and cause.errno in _UNREADABLE:
            raise DamagedDocumentError(stage, recording.id, path, "damaged") from None
        raise
