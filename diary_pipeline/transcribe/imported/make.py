"""The transcript that came with a recording, as its document; nobody is asked to transcribe it."""

import hashlib
from datetime import UTC, datetime
from pathlib import PurePosixPath

from diary_pipeline.catalog import Claim
from diary_pipeline.errors import PermanentError, TransientError, UserError
from diary_pipeline.schema import Provenance, Recording, Transcript
from diary_pipeline.transcribe.imported.cues import ImportedTranscript
from diary_pipeline.transcribe.imported.formats import read_file
from diary_pipeline.transcribe.language import primary_language
from diary_pipeline.work import Work

IMPORTED = "imported"
"""Who made such a transcript, as its provenance names it."""


def is_imported(recording: Recording, claim: Claim) -> bool:
    """Whether the transcript that came with it is used. A person may have audio transcribed all the same."""
    return bool(recording.transcript) and not (claim.subject.wanted == "redo" and recording.has_sound)


def imported(work: Work, recording: Recording, claim: Claim) -> Transcript:
    """The document of the transcript that came with *recording*.

    Raises:
        PermanentError: it cannot be parsed.
        TransientError: it is not in the store.
    """
    place = recording.transcript or ""
    data = work.store.read(place, recording.privacy)
    if data is None:
        raise TransientError(f"The transcript {place} that came with it is missing. Put it back from a backup.")
    found = _parsed(data, place)
    provenance = Provenance(
        stage="transcribe",
        fingerprint=claim.subject.fingerprint,
        audio_sha256=recording.sha256,
        source=place,
        made_by=IMPORTED,
        options={"format": found.form, "sha256": hashlib.sha256(data).hexdigest()},
        run_id=work.run_id,
        created_at=datetime.now(UTC),
    )
    return Transcript(
        recording=recording.id,
        language=primary_language(work.fingerprints.language(recording)) or found.language,
        seconds=(recording.seconds or 0.0) if recording.has_sound else found.seconds,
        segments=found.segments,
        provenance=provenance,
    )


def _parsed(data: bytes, place: str) -> ImportedTranscript:
    try:
        return read_file(data, PurePosixPath(place).suffix)
    except UserError as error:
        raise PermanentError(f"The transcript that came with it cannot be used. {error}") from error
