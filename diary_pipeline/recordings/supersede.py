"""Which earlier versions of a file a new version supersedes: those whose sound it holds."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from diary_pipeline.catalog import Connection
from diary_pipeline.catalog.versions import keep_sounds, known_sound, other_versions, supersede
from diary_pipeline.errors import DiaryError
from diary_pipeline.media import MediaReader
from diary_pipeline.recordings import versions
from diary_pipeline.schema import Recording
from diary_pipeline.work import Work

if TYPE_CHECKING:
    from diary_pipeline.recordings.versions import Sound

log = logging.getLogger("diary.ingest")


@dataclass(frozen=True)
class Superseded:
    """The ids of the recordings that a new version supersedes, and the sounds that were compared, by id."""

    identities: frozenset[str]
    sounds: dict[str, str]

    def record(self, connection: Connection, newest: str) -> None:
        """Let *newest* count instead of them."""
        keep_sounds(connection, self.sounds)
        supersede(connection, self.identities, newest)


def superseded_by(work: Work, reader: MediaReader, recording: Recording, file: Path) -> Superseded:
    """The earlier versions of *recording*'s path whose sound is in its new *file*, or which hold all of that."""
    with work.catalog.database.reading() as connection:
        others = other_versions(connection, recording.id)
    if not others:
        return Superseded(frozenset(), {})
    new = versions.sound_of(reader.samples(file))
    same, sounds = set(), {recording.id: versions.to_text(new)}
    for other in others:
        old = _sound(work, reader, other)
        if old is None:
            continue
        sounds[other.id] = versions.to_text(old)
        if versions.is_same_memo(old, new):
            same.add(other.id)
    log.info("a file has another version", extra={"ctx": {"recording": recording.id, "superseded": sorted(same)}})
    return Superseded(frozenset(same), sounds)


def _sound(work: Work, reader: MediaReader, recording: Recording) -> "Sound | None":
    """The sound of a stored recording; None where it cannot be read any more."""
    with work.catalog.database.reading() as connection:
        known = known_sound(connection, recording.id)
    try:
        if known is not None:
            return versions.from_text(known)
        with work.store.local_file(recording.audio or "", recording.privacy) as file:
            return versions.sound_of(reader.samples(file))
    except (DiaryError, OSError, ValueError) as error:
        log.warning("not compared", extra={"ctx": {"recording": recording.id, "error": type(error).__name__}})
        return None
