"""The writing stage: each pending transcript becomes a note, a document that cites the transcript's segments."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from diary_pipeline.catalog import Claim, Subject
from diary_pipeline.errors import TransientError
from diary_pipeline.notes.extractive import VERSION, WRITER, write
from diary_pipeline.notes.own.ner import installed
from diary_pipeline.notes.style import Style
from diary_pipeline.schema import Provenance, Recording, Transcript
from diary_pipeline.store import document_path
from diary_pipeline.work import Report, Work


def writer_identity(style: Style) -> dict[str, str | int | None]:
    """Everything that decides a note, apart from its transcript."""
    return {"writer": WRITER, "version": VERSION, "style": style.name, "style_sha256": style.sha256, "names": installed()}


def write_notes(work: Work, style: Style, days: Sequence[date] | None) -> Report:
    """Write the notes that are pending for *days* (all days: None)."""
    report = Report("write")
    for claims in work.claims(report, lambda: _pending(work, days)):
        for claim in claims:
            (recording,) = work.catalog.recordings.get([claim.subject.name])
            try:
                _write(work, report, claim, recording, style)
            except Exception as error:  # noqa: BLE001 - one bad note must not stop the others; `fault` records it
                work.fault(report, claim, error)
    return report


def _pending(work: Work, days: Sequence[date] | None) -> list[Subject]:
    recordings = [r for r, _ in work.catalog.recordings.all(days) if r.audio and not r.quarantine]
    names = [r.id for r in recordings]
    transcribed = work.catalog.attempts.succeeded("transcribe", names)
    over = work.catalog.attempts.finished("write", names)
    ready = [r for r in recordings if (r.id, work.fingerprints.transcribe(r)) in transcribed]
    subjects = [Subject(r.id, work.fingerprints.write(r)) for r in sorted(ready, key=lambda r: -r.priority)]
    return [s for s in subjects if (s.name, s.fingerprint) not in over]


def _write(work: Work, report: Report, claim: Claim, recording: Recording, style: Style) -> None:
    source = document_path("transcripts", recording.id, work.fingerprints.transcribe(recording))
    data = work.store.read(source, recording.privacy)
    if data is None:
        raise TransientError(f"The transcript {source} is missing from the store. Put it back, or run `diary process --retry`.")
    transcript = Transcript.model_validate_json(data)
    draft = write(transcript, style, recording.recorded_at)
    provenance = Provenance(
        stage="write",
        fingerprint=claim.subject.fingerprint,
        audio_sha256=recording.sha256,
        source=source,
        made_by=WRITER,
        options=writer_identity(style),
        run_id=work.run_id,
        created_at=datetime.now(UTC),
    )
    note = draft.note(recording.id, WRITER, provenance)
    place = document_path("notes", recording.id, claim.subject.fingerprint)
    work.store.write_new(place, note.model_dump_json().encode(), recording.privacy)
    work.done(report, claim, place)
