"""The writing stage: each pending transcript becomes a note, a document that cites the transcript's segments.

A recording that waits for a batch, or for which no provider could be used, gets a placeholder note from the extractive
draft, so that its page is complete in the meantime.
"""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from diary_pipeline import freshness
from diary_pipeline.catalog import Claim, Subject
from diary_pipeline.catalog.results import NOT_MADE
from diary_pipeline.documents import DamagedDocumentError, read_note, replace_document
from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.fingerprints import digest
from diary_pipeline.llm.provider import NANO
from diary_pipeline.llm.request import Reuse
from diary_pipeline.notes import extractive
from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.note_writer import NoteWriter, Written
from diary_pipeline.notes.reliable import reliable
from diary_pipeline.notes.source_transcript import transcript_to_write
from diary_pipeline.notes.unwritten import Unwritten, at_rest, due_again
from diary_pipeline.notes.writer_identity import EXTRACTIVE
from diary_pipeline.observability.traces import in_current_context, span
from diary_pipeline.schema import Mode, Provenance, Recording, Transcript, Wanted
from diary_pipeline.store import document_path
from diary_pipeline.work import Report, Work

log = logging.getLogger("diary.notes")

REUSE: Mapping[Wanted, Reuse] = {"pending": "any", "stale": "first", "redo": "none"}
"""Which earlier answers of models may be used again for a note: see `Request.reuse`."""


def write_notes(
    work: Work, writer: NoteWriter, days: Sequence[date] | None, mode: Mode, batch_until: datetime | None
) -> Report:
    """Write the notes that are pending for *days* (all days: None).

    With *batch_until* (aware), notes that may go through a provider's half-price batch are submitted, and not asked for
    live before the batch has ended or that moment is past. Only the worker that holds a note's claim submits or asks,
    so that it is paid for once. When a note for which no provider could be used is asked again: `notes/unwritten.py`.
    The report counts such notes by their reasons (`about["unwritten"]`).
    """
    report, reasons = Report("write"), Counter[str]()
    _check_cap(work, writer, days, mode)
    at_once = work.settings.llm.notes_at_once if writer.asks_models else 1
    with ThreadPoolExecutor(at_once, thread_name_prefix="diary-note") as threads:
        for claims in work.claims(report, lambda: _pending(work, writer, days, mode)):
            if batch_until is not None and writer.asks_models:
                _submit(work, writer, claims, batch_until)
            waiting = _waiting(writer)  # also what another process has submitted since `_pending`
            live = [claim for claim in claims if claim.subject.name not in waiting]
            try:
                tried = threads.map(in_current_context(lambda claim: _try(work, report, claim, writer, mode)), live)
                reasons.update(reason for each in tried for reason in each)
            except BaseException:  # an interrupt must not wait for models
                writer.cancel()
                raise
    report.about |= {"unwritten": dict(sorted(reasons.items()))} if reasons else {}
    return report


def _try(work: Work, report: Report, claim: Claim, writer: NoteWriter, mode: Mode) -> list[str]:
    """Write one note; returns why no model wrote it, if none did."""
    try:
        with span("diary.note", {"diary.recording": claim.subject.name, "diary.mode": mode}) as active:
            if writer.asks_models:
                work.look()
            (recording,) = work.catalog.recordings.get([claim.subject.name])
            if recording.hold:
                return []  # since it was claimed; its claim is given back
            name, reasons = _write(work, report, claim, recording, writer, mode)
            active.add({"diary.writer": name})
            return reasons
    except CancelledError:
        return []  # interrupted: its claim is given back
    except DamagedDocumentError as damage:
        if not work.lose(report, damage):
            work.fault(report, claim, damage)
    except Exception as error:  # noqa: BLE001 - one bad note must not stop the others; `fault` records it
        work.fault(report, claim, error)
    return []


def _pending(work: Work, writer: NoteWriter, days: Sequence[date] | None, mode: Mode) -> list[Subject]:
    waiting = _waiting(writer)
    subjects = [subject for subject in _to_do(work, writer, days) if subject.name not in waiting]
    if mode == "nightly":
        return subjects
    new = [subject for subject in subjects if subject.wanted == "pending"]
    unavailable = work.catalog.attempts.provider_unavailable("write", new)
    if writer.router is None or not unavailable:
        return subjects
    authors = {r.id: r.author for r in work.catalog.recordings.get(unavailable)}
    terms = writer.router.terms
    resting = {name for name, one in unavailable.items() if at_rest(one, terms, authors[name], work.run_id)}
    return [subject for subject in subjects if subject.name not in resting]


def _waiting(writer: NoteWriter) -> frozenset[str]:
    """The recordings that wait for a batch."""
    return writer.router.batches.waiting() if writer.router is not None and writer.asks_models else frozenset()


def _to_do(work: Work, writer: NoteWriter, days: Sequence[date] | None) -> list[Subject]:
    """What the run wants, and what was stale when it was submitted to a batch that has ended since."""
    subjects = work.to_do(freshness.of_notes(work.catalog, work.fingerprints, work.candidates(days)))
    if work.wanted != "pending" or not writer.asks_models:
        return subjects
    answered = work.catalog.queue.answered()
    stale = (s for s in _notes_of(work, answered, days) if s.state == "stale")
    return subjects + freshness.to_do(stale, "stale") + _given_up(work, writer, days)


def _notes_of(work: Work, names: Collection[str], days: Sequence[date] | None) -> list[freshness.Freshness]:
    those = work.catalog.recordings.get(sorted(names))
    return freshness.of_notes(work.catalog, work.fingerprints, [r for r in those if days is None or r.day in days])


def _given_up(work: Work, writer: NoteWriter, days: Sequence[date] | None) -> list[Subject]:
    """The notes that were given up, and are asked again because a setting has changed.

    Nothing of their recordings is pending, so they are asked for by themselves.
    """
    router = writer.router
    if router is None:
        return []
    left = [s for s in _notes_of(work, work.catalog.results.unwritten(), days) if s.state in ("done", "stale")]
    due = [s for s in left if due_again(s.unwritten, router.terms, s.recording.author, work.run_id)]
    return [freshness.as_wanted(s, "pending") for s in due if work.only is None or s.recording.id in work.only]


def _check_cap(work: Work, writer: NoteWriter, days: Sequence[date] | None, mode: Mode) -> None:
    """Raise `UserError`, before anything is spent, where the run would cost more than its cap."""
    cap = work.settings.llm.cap
    if not cap or not writer.asks_models:
        return
    recordings = work.catalog.recordings.get(subject.name for subject in _pending(work, writer, days, mode))
    cost = sum(_estimate(work, writer, recording) for recording in recordings) / NANO
    if cost > cap:
        raise UserError(
            f"These {len(recordings)} notes are expected to cost ${cost:.4f}, more than the cap of ${cap:.4f}. "
            "Nothing was spent. Take fewer days or a cheaper route, or raise DIARY_LLM__CAP."
        )


def _estimate(work: Work, writer: NoteWriter, recording: Recording) -> int:
    try:
        return writer.estimate(recording, transcript_to_write(work.store, _source(work, recording), recording)) or 0
    except DamagedDocumentError:
        return 0  # nothing is asked before its transcript has been made again


def _submit(work: Work, writer: NoteWriter, claims: Sequence[Claim], until: datetime) -> None:
    """Submit what is claimed to batches; what cannot go there is written live like everything else."""
    held = {claim.subject.name: claim for claim in claims}
    inputs: dict[str, tuple[Recording, Transcript, Draft]] = {}
    work.look()
    for recording in work.catalog.recordings.get(held):
        if recording.hold:
            continue
        try:
            transcript = transcript_to_write(work.store, _source(work, recording), recording)
            extractive_draft = extractive.write(transcript, writer.style_of(recording.author), recording.recorded_at)
        except Exception as error:  # noqa: BLE001 - it is raised again, and recorded, where the note is written live
            context = {"recording": recording.id, "error": type(error).__name__}
            log.warning("not submitted to a batch", extra={"ctx": context})
            continue
        if reliable(transcript).segments:
            inputs[recording.id] = (recording, transcript, extractive_draft)
    if writer.router is None or not inputs:
        return
    requests = [
        replace(writer.request(r, transcript, "nightly", work.run_id, draft), reuse=REUSE[held[r.id].subject.wanted])
        for r, transcript, draft in inputs.values()
    ]
    submitted = writer.router.batches.submit(requests, until)
    log.info("submitted to batches", extra={"ctx": {"waiting": len(submitted.waiting), "live": len(submitted.live)}})
    for name in submitted.waiting:
        recording, _, extractive_draft = inputs[name]
        _write_placeholder(work, writer, held[name], recording, extractive_draft)


def _write_placeholder(
    work: Work, writer: NoteWriter, claim: Claim, recording: Recording, extractive_draft: Draft
) -> None:
    """Write a placeholder note where the recording has no note yet."""
    if _current_note(work, recording) is None:
        written = Written(extractive_draft, EXTRACTIVE, {"placeholder": True})
        path = _store_note(work, writer, recording, written, _placeholder_fingerprint(claim))
        work.catalog.attempts.finish(claim, "interim", document=path)


def _provider_unavailable(
    work: Work, report: Report, claim: Claim, recording: Recording, writer: NoteWriter, written: Written, why: Unwritten
) -> None:
    """Keep the current note, else a placeholder, until a provider is found or it is given up.

    A note that is only redone stays as it was.
    """
    if claim.subject.wanted != "pending":
        told = f"It was not written anew, and its note is the one before: no provider was available ({why.reasons()})."
        work.fault(report, claim, TransientError(f"{told} Try again."))
        return
    unavailable = work.catalog.attempts.provider_unavailable("write", [claim.subject]).get(recording.id)
    if why.given_up(unavailable.reasons if unavailable else ()):
        name = digest(claim.subject.fingerprint, "given up", why.terms, claim.token)  # a new one, for a new page
        path = _store_note(work, writer, recording, written, name)
        work.done(report, claim, path, error=why.dump())
        return
    placeholder = None
    if _current_note(work, recording) is None:
        placeholder = _store_note(work, writer, recording, written, _placeholder_fingerprint(claim))
    work.catalog.attempts.finish(claim, "interim", document=placeholder, error=why.dump())


def _current_note(work: Work, recording: Recording) -> str | None:
    """The path of the note that its page has now, if there is one; it may be a placeholder."""
    return work.catalog.results.document("write", recording.id)


def _placeholder_fingerprint(claim: Claim) -> str:
    return digest(claim.subject.fingerprint, "placeholder")


def _source(work: Work, recording: Recording) -> str:
    """The path of the transcript in use; an empty one where there is none."""
    return work.catalog.results.document("transcribe", recording.id) or ""


def _write(
    work: Work, report: Report, claim: Claim, recording: Recording, writer: NoteWriter, mode: Mode
) -> tuple[str, list[str]]:
    """Write one note; returns its writer, and why that is no model. Given back if its inputs were corrected since."""
    source, subject = _source(work, recording), claim.subject
    if work.fingerprints.write_inputs(recording, source) != subject.inputs:
        work.catalog.attempts.finish(claim, "released")
        return "nobody", []
    if made := _made_before(work, recording, claim):
        work.done(report, claim, made)
        return "an earlier attempt", []
    transcript = transcript_to_write(work.store, source, recording)
    written = writer.write(recording, transcript, mode, work.run_id, REUSE[subject.wanted])
    why = written.unwritten
    if why is not None and why.obstacles:
        _provider_unavailable(work, report, claim, recording, writer, written, why)
    else:
        again = work.catalog.attempts.is_lost(claim)
        path = _store_note(work, writer, recording, written, work.document_name(claim), again=again)
        work.done(report, claim, path, error=why.dump() if why is not None and why.refused else None)
    return written.writer, [] if why is None else [*map(str, why.obstacles), *why.refused]


def _made_before(work: Work, recording: Recording, claim: Claim) -> str | None:
    """The note that the same fingerprint gave before: a correction that was taken back asks nobody again."""
    made = work.catalog.results.of("write", [recording.id]).get(recording.id, NOT_MADE)
    path = made.documents.get(claim.subject.fingerprint)
    if path is None or claim.subject.wanted == "redo" or not _is_written(work, path, recording):
        return None
    return path if PurePosixPath(path).stem.startswith(claim.subject.fingerprint) else None


def _store_note(
    work: Work, writer: NoteWriter, recording: Recording, written: Written, name: str, *, again: bool = False
) -> str:
    """Write the note's document under *name*, which begins with its fingerprint; returns its path.

    One that lies there stays, unless it is damaged or made *again*.
    """
    provenance = Provenance(
        stage="write",
        fingerprint=name.partition("-")[0],
        audio_sha256=recording.sha256,
        source=_source(work, recording),
        made_by=written.writer,
        options=writer.identity(),
        counts=written.counts,
        run_id=work.run_id,
        created_at=datetime.now(UTC),
    )
    path = document_path("notes", recording.id, name)
    note = written.draft.note(recording.id, written.writer, provenance)
    if again or not _is_written(work, path, recording):
        replace_document(work.store, path, note, work.catalog.privacy.now(recording.id))
    return path


def _is_written(work: Work, path: str, recording: Recording) -> bool:
    try:
        read_note(work.store, path, recording)
    except DamagedDocumentError:
        return False
    return True
