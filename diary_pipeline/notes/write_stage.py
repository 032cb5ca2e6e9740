"""The writing stage: each pending transcript becomes a note, a document that cites the transcript's segments.

Belongs here: claims, documents, how many notes are written at once, what waits for a batch. Does not belong here: how a note is written.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from diary_pipeline.catalog import Claim, Subject
from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.fingerprints import digest
from diary_pipeline.llm.provider import NANO
from diary_pipeline.notes import extractive
from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.note_writer import NoteWriter, Written
from diary_pipeline.observability.traces import carried, span
from diary_pipeline.schema import Mode, Provenance, Recording, Transcript
from diary_pipeline.store import document_path
from diary_pipeline.work import Report, Work

log = logging.getLogger("diary.notes")

NIGHTS = 3
"""So often a note that fell to own words in an outage is asked for again: longer outages are a person's business."""


def write_notes(
    work: Work, writer: NoteWriter, days: Sequence[date] | None, mode: Mode, batch_until: datetime | None
) -> Report:
    """Write the notes that are pending for *days* (all days: None).

    With *batch_until* (aware), notes that may go through a provider's half-price batch are handed over, and left alone
    until it has ended or that moment has come. A note is handed over, or asked for, by whoever holds its claim, so that
    it is not paid for twice. A note for which no provider could be used is asked for again at night only, and `NIGHTS`
    times at most.
    """
    report = Report("write")
    _refuse_above_cap(work, writer, days, mode)
    at_once = work.settings.llm.notes_at_once if writer.asks_models else 1
    with ThreadPoolExecutor(at_once, thread_name_prefix="diary-note") as threads:
        for claims in work.claims(report, lambda: _pending(work, writer, days, mode)):
            if batch_until is not None and writer.asks_models:
                _hand_over(work, writer, claims, batch_until)
            waiting = _waiting(writer)  # also what another process has handed over since we looked
            left = [claim for claim in claims if claim.subject.name not in waiting]
            list(threads.map(carried(lambda claim: _try(work, report, claim, writer, mode)), left))
    return report


def _try(work: Work, report: Report, claim: Claim, writer: NoteWriter, mode: Mode) -> None:
    try:
        with span("diary.note", {"diary.recording": claim.subject.name, "diary.mode": mode}) as told:
            (recording,) = work.catalog.recordings.get([claim.subject.name])
            told.add({"diary.writer": _write(work, report, claim, recording, writer, mode)})
    except Exception as error:  # noqa: BLE001 - one bad note must not stop the others; `fault` records it
        work.fault(report, claim, error)


def _pending(work: Work, writer: NoteWriter, days: Sequence[date] | None, mode: Mode) -> list[Subject]:
    waiting = _waiting(writer)
    subjects = [subject for subject in _unwritten(work, days) if subject.name not in waiting]
    if mode == "nightly":
        return subjects
    provider_unavailable = work.catalog.attempts.provider_unavailable("write", [subject.name for subject in subjects])
    return [s for s in subjects if not ((told := provider_unavailable.get((s.name, s.fingerprint))) and told.newest)]


def _waiting(writer: NoteWriter) -> frozenset[str]:
    """The recordings that wait for a batch."""
    return writer.router.batches.waiting() if writer.router is not None and writer.asks_models else frozenset()


def _unwritten(work: Work, days: Sequence[date] | None) -> list[Subject]:
    recordings = [r for r, _ in work.catalog.recordings.all(days) if r.audio and not r.quarantine]
    names = [r.id for r in recordings]
    transcribed = work.catalog.attempts.succeeded("transcribe", names)
    over = work.catalog.attempts.finished("write", names)
    ready = [r for r in recordings if (r.id, work.fingerprints.transcribe(r)) in transcribed]
    subjects = [Subject(r.id, work.fingerprints.write(r)) for r in sorted(ready, key=lambda r: -r.priority)]
    return [s for s in subjects if (s.name, s.fingerprint) not in over]


def _refuse_above_cap(work: Work, writer: NoteWriter, days: Sequence[date] | None, mode: Mode) -> None:
    """Spend nothing where all of it together would cost more than a person has allowed for one run."""
    cap = work.settings.llm.cap
    if not cap or not writer.asks_models:
        return
    recordings = work.catalog.recordings.get(subject.name for subject in _pending(work, writer, days, mode))
    cost = sum(writer.estimate(recording, _transcript(work, recording)) or 0 for recording in recordings) / NANO
    if cost > cap:
        raise UserError(
            f"These {len(recordings)} notes are foreseen to cost ${cost:.4f}, more than the cap of ${cap:.4f}. Nothing was spent. "
            "Take fewer days or a cheaper route, or raise DIARY_LLM__CAP."
        )


def _hand_over(work: Work, writer: NoteWriter, claims: Sequence[Claim], until: datetime) -> None:
    """Submit what is claimed to batches; what cannot go there is written live like everything else."""
    held = {claim.subject.name: claim for claim in claims}
    asked: dict[str, tuple[Recording, Transcript, Draft]] = {}
    for recording in work.catalog.recordings.get(held):
        try:
            transcript = _transcript(work, recording)
            own = extractive.write(transcript, writer.style_of(recording.author), recording.recorded_at)
        except Exception as error:  # noqa: BLE001 - it is met again, and recorded, where the note is written live
            log.warning(
                "not handed to a batch", extra={"ctx": {"recording": recording.id, "error": type(error).__name__}}
            )
            continue
        if transcript.segments:
            asked[recording.id] = (recording, transcript, own)
    if writer.router is None or not asked:
        return
    requests = [
        writer.request(recording, transcript, "nightly", work.run_id, own)
        for recording, transcript, own in asked.values()
    ]
    submitted = writer.router.batches.submit(requests, until)
    log.info("handed to batches", extra={"ctx": {"waiting": len(submitted.waiting), "live": len(submitted.live)}})
    for name in submitted.waiting:
        recording, _, own = asked[name]
        _meanwhile(work, writer, held[name], recording, own)


def _meanwhile(work: Work, writer: NoteWriter, claim: Claim, recording: Recording, own: Draft) -> None:
    """A memo that has no note yet gets one in the speaker's own words, so that its page is whole at any hour of the night."""
    if _standing(work, recording) is None:
        place = _keep(
            work, writer, recording, Written(own, extractive.WRITER, {"meanwhile": True}), _meanwhile_of(claim)
        )
        work.catalog.attempts.finish(claim, "interim", document=place)


def _unreached(
    work: Work, report: Report, claim: Claim, recording: Recording, writer: NoteWriter, written: Written
) -> None:
    """No provider could be used: the note that stands, else one in own words, does until a night has a better one, or for good."""
    stands = _standing(work, recording)
    told = work.catalog.attempts.provider_unavailable("write", [recording.id]).get(
        (recording.id, claim.subject.fingerprint)
    )
    times = told.times if told else 0
    if times >= NIGHTS:
        kept = work.store.read(stands, recording.privacy) if stands else None
        place = document_path("notes", recording.id, claim.subject.fingerprint)
        if kept is None:
            _keep(work, writer, recording, written, claim.subject.fingerprint)
        else:
            work.store.write_new(place, kept, recording.privacy)
        work.done(report, claim, place)
        return
    made = None if stands else _keep(work, writer, recording, written, _meanwhile_of(claim))
    error = (
        f"Its note waits for a provider ({', '.join(written.unreached)}). The nightly run asks again, {NIGHTS - times} more times at most; "
        "`diary process --retry` asks at once. Meanwhile its page has the speaker's own words, or the note before."
    )
    work.catalog.attempts.finish(claim, "interim", document=made, error=error)
    log.warning("no provider could be used for a note", extra={"ctx": {"recording": recording.id, "times": times + 1}})


def _standing(work: Work, recording: Recording) -> str | None:
    """The document of the note that its page has now, if there is one."""
    made = work.catalog.attempts.succeeded("write", [recording.id]).values()
    return next(reversed(made), None) or work.catalog.attempts.placeholder("write", recording.id)


def _meanwhile_of(claim: Claim) -> str:
    return digest(claim.subject.fingerprint, "meanwhile")


def _transcript(work: Work, recording: Recording) -> Transcript:
    source = document_path("transcripts", recording.id, work.fingerprints.transcribe(recording))
    data = work.store.read(source, recording.privacy)
    if data is None:
        raise TransientError(
            f"The transcript {source} is missing from the store. Put it back, or run `diary process --retry`."
        )
    return Transcript.model_validate_json(data)


def _write(work: Work, report: Report, claim: Claim, recording: Recording, writer: NoteWriter, mode: Mode) -> str:
    """Write one note; returns who wrote it."""
    written = writer.write(recording, _transcript(work, recording), mode, work.run_id)
    if written.unreached:
        _unreached(work, report, claim, recording, writer, written)
    else:
        work.done(report, claim, _keep(work, writer, recording, written, claim.subject.fingerprint))
    return written.writer


def _keep(work: Work, writer: NoteWriter, recording: Recording, written: Written, fingerprint: str) -> str:
    """Write the note's document; its place."""
    provenance = Provenance(
        stage="write",
        fingerprint=fingerprint,
        audio_sha256=recording.sha256,
        source=document_path("transcripts", recording.id, work.fingerprints.transcribe(recording)),
        made_by=written.writer,
        options=writer.identity(),
        counts=written.counts,
        run_id=work.run_id,
        created_at=datetime.now(UTC),
    )
    place = document_path("notes", recording.id, fingerprint)
    note = written.draft.note(recording.id, written.writer, provenance)
    work.store.write_new(place, note.model_dump_json().encode(), recording.privacy)
    return place
