"""Which of a file's versions counts: the newest that holds the sound of the others, unless it was cut off."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from diary_pipeline.catalog import Connection
from diary_pipeline.catalog.recordings import tightest
from diary_pipeline.catalog.versions import keep_sounds, known_sound, other_versions, supersede
from diary_pipeline.documents import DamagedDocumentError, read_transcript
from diary_pipeline.errors import DiaryError, UserError
from diary_pipeline.media import MediaReader
from diary_pipeline.recordings import versions
from diary_pipeline.recordings.listing import is_transcript
from diary_pipeline.schema import Recording
from diary_pipeline.store import document_path
from diary_pipeline.work import Work

if TYPE_CHECKING:
    from diary_pipeline.recordings.versions import Sound

log = logging.getLogger("diary.ingest")


Spoken = Callable[[bytes, str], str]
"""What is said in a transcript, given its bytes and its suffix; a `UserError` where it is none."""


@dataclass(frozen=True)
class Compared:
    """A new version compared with the earlier ones. `same` are the ids of those with the same sound, longer or shorter.

    `whole` is the one of them that counts because the new file was cut off. `equal` has exactly the same sound.
    `sounds` are the compared sounds by id.
    """

    same: frozenset[str] = frozenset()
    whole: str | None = None
    equal: Recording | None = None
    sounds: dict[str, str] = field(default_factory=dict)

    def record(self, connection: Connection, recording: str, newest: str) -> None:
        """Let one version count. *newest* is *recording*, or the earlier one that brought the same bytes."""
        keep_sounds(connection, self.sounds)
        supersede(connection, {*self.same, newest}, (newest == recording and self.whole) or newest)


def compare(
    work: Work, reader: MediaReader, recording: Recording, file: Path, spoken: Spoken, *, cut: bool
) -> Compared:
    """Compare a new *file* of a path with what was ingested from there before. *cut*: it may lack its end."""
    with work.catalog.database.reading() as connection:
        others = other_versions(connection, recording.id)
    if not others:
        return Compared()
    if is_transcript(recording.source):
        return _compare_words(work, others, file, spoken)
    others = [other for other in others if other.has_sound]
    new = versions.sound_of(reader.samples(file))
    sounds = {other.id: sound for other in others if (sound := _sound(work, reader, other)) is not None}
    same = {name for name, sound in sounds.items() if versions.is_same_memo(sound, new)}
    longer = max(
        (name for name in same if len(sounds[name]) > len(new)), key=lambda name: len(sounds[name]), default=None
    )
    equal = next((other for other in others if other.id in same and versions.is_equal(sounds[other.id], new)), None)
    log.info("a file has another version", extra={"ctx": {"recording": recording.id, "same": sorted(same)}})
    texts = {name: versions.to_text(sound) for name, sound in {**sounds, recording.id: new}.items()}
    return Compared(frozenset(same), longer if cut else None, equal, texts)


def _compare_words(work: Work, others: list[Recording], file: Path, spoken: Spoken) -> Compared:
    """A transcript without audio is another version of the same memo where it has most of the words of the one before.

    The newest counts: whoever changes a transcript corrects it.
    """
    new = _words(file, spoken)
    same = set[str]()
    for other in others:
        try:
            with work.store.local_file(other.audio or "", other.privacy) as earlier:
                old = _words(earlier, spoken)
        except (DiaryError, OSError) as error:
            log.warning("not compared", extra={"ctx": {"recording": other.id, "error": type(error).__name__}})
            continue
        if not old or len(old & new) >= _MOST * len(old):
            same.add(other.id)
    return Compared(frozenset(same))


_MOST = 0.6


def _words(file: Path, spoken: Spoken) -> frozenset[str]:
    """The words that were spoken, in whatever format; of what is no transcript, the words of its text."""
    data = file.read_bytes()
    try:
        said = spoken(data, file.suffix)
    except UserError:
        said = data.decode("utf-8", "replace")
    return frozenset(re.findall(r"[^\W\d]+", said.casefold()))


def carry_over(work: Work, recording: Recording, earlier: Recording) -> None:
    """Take over the transcript and the models' answers of a version with exactly the same sound: both were paid."""
    privacy = tightest(recording.privacy, earlier.privacy)
    fingerprint = work.fingerprints.transcribe(recording)
    try:
        transcript = read_transcript(work.store, document_path("transcripts", earlier.id, fingerprint), earlier)
    except DamagedDocumentError:
        return
    provenance = transcript.provenance.model_copy(update={"audio_sha256": recording.sha256})
    mine = transcript.model_copy(update={"recording": recording.id, "provenance": provenance})
    place = document_path("transcripts", recording.id, fingerprint)
    work.store.write_new(place, mine.model_dump_json().encode(), privacy)
    for name in work.store.names(f"answers/{earlier.id}", earlier.privacy):
        answer = work.store.read(f"answers/{earlier.id}/{name}", earlier.privacy)
        if answer is not None:
            work.store.write_new(f"answers/{recording.id}/{name}", answer, privacy)


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
