"""The transcription stage: run pending recordings through the engine together, and write each transcript when done.

It handles claims, documents and the spoken privacy phrase; `engine` does the rest.
"""

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from functools import partial, reduce

from diary_pipeline import freshness
from diary_pipeline.catalog import Claim, Connection, Subject
from diary_pipeline.catalog import privacy as evidence
from diary_pipeline.catalog.lost import lose_notes
from diary_pipeline.catalog.recordings import set_columns, tightest
from diary_pipeline.documents import DamagedDocumentError, read_transcript
from diary_pipeline.media import MediaReader
from diary_pipeline.relocation import publish, remove_staged
from diary_pipeline.schema import Privacy, Provenance, Recording, Transcript
from diary_pipeline.store import document_path
from diary_pipeline.transcribe.engine import Engine, Job, Result, Samples
from diary_pipeline.transcribe.fallen_back import fallback_notice
from diary_pipeline.transcribe.imported.make import IMPORTED, imported, is_imported
from diary_pipeline.transcribe.long import LONG_SECONDS, ProgressMeter, StoredChunks
from diary_pipeline.transcribe.privacy import opens_imported_privately, opens_privately
from diary_pipeline.wordless import VoiceWithoutWords
from diary_pipeline.work import Report, Work

WINDOW_SECONDS = 60.0

REPORTED_COUNTS = (
    "device",
    "load_seconds",
    "peak_mib",
    "batch_size_for_memory",
    "batch_size_after_out_of_memory",
    "endpoint",
    "fallback",
)
"""Counts of a result that a run's report shows; of the last recording that has them."""


def transcribe(
    work: Work,
    engine: Engine,
    new_reader: Callable[[], MediaReader],
    days: Sequence[date] | None,
    progress: Callable[[str], None],
) -> Report:
    """Transcribe what the run wants of *days* (None: all).

    *progress* is called with each recording's id when it is done. The report says where the model stands in for another
    one (`about["model"]`).
    """
    report = Report("transcribe")
    if notice := fallback_notice(work.settings.whisper_model, work.settings.root):
        report.about["model"] = notice
    for claims in work.claims(report, lambda: _pending(work, days)):
        recordings = {r.id: r for r in work.catalog.recordings.get(claim.subject.name for claim in claims)}
        open_claims = {claim.subject.name: claim for claim in claims}
        with ExitStack() as stack:
            audio, jobs = _Audio(work, new_reader, stack), list[Job]()
            for claim in claims:
                with work.guarded(report, claim):
                    recording = recordings[claim.subject.name]
                    if transcript := _uncommitted(work, claim, recording):
                        _commit(work, report, claim, recording, transcript)
                    elif is_imported(recording, claim):
                        _commit(work, report, claim, recording, imported(work, recording, claim))
                    else:
                        jobs.append(_job(work, audio, recording, claim))
            # Closed even when a result cannot be written: the engine's threads read audio
            # through readers that the stack closes.
            results = stack.enter_context(closing(engine.transcribe(iter(jobs)))) if jobs else ()
            for result in results:
                claim = open_claims[result.id]
                with work.guarded(report, claim):
                    _finish(work, report, claim, recordings[result.id], engine, result)
                progress(result.id)
    return report


def plan(work: Work, days: Sequence[date] | None, batch_seconds: float) -> list[list[str]]:
    """Divide the ids of pending recordings into batches of about *batch_seconds* of audio.

    The longest recordings come first, each into the shortest batch.
    """
    pending = {subject.name for subject in _pending(work, days)}
    recordings = [r for r in work.catalog.recordings.get(pending) if r.seconds is not None]
    total = sum(r.seconds or 0.0 for r in recordings)
    batches: list[list[str]] = [[] for _ in range(max(1, math.ceil(total / batch_seconds)))]
    lengths = [0.0] * len(batches)
    for recording in sorted(recordings, key=lambda r: (-(r.seconds or 0.0), r.id)):
        shortest = lengths.index(min(lengths))
        batches[shortest].append(recording.id)
        lengths[shortest] += recording.seconds or 0.0
    return [batch for batch in batches if batch]


def _pending(work: Work, days: Sequence[date] | None) -> list[Subject]:
    recordings = work.candidates(days)
    return work.to_do(freshness.of_transcripts(work.catalog, work.fingerprints, recordings))


def _job(work: Work, audio: "_Audio", recording: Recording, claim: Claim) -> Job:
    long, report = (recording.seconds or 0.0) >= LONG_SECONDS, partial(work.report_progress, claim)
    return Job(
        recording.id,
        audio.samples_of(recording),
        work.fingerprints.language(recording),
        work.fingerprints.hotwords(recording),
        chunk_store=StoredChunks(work.store, recording.id, work.document_name(claim)) if long else None,
        progress=ProgressMeter(recording.id, recording.seconds or 0.0, report) if long else None,
        privacy=lambda: _privacy_for_endpoint(work, recording),
    )


def _privacy_for_endpoint(work: Work, recording: Recording) -> Privacy:
    """The recording's current privacy for the endpoint: local_only unless its author has set `remote_speech`."""
    author = work.settings.authors.get(recording.author)
    if author is None or not author.remote_speech:
        return "local_only"
    work.look()
    known = work.catalog.recordings.get([recording.id])
    if not known:
        return "local_only"
    return reduce(tightest, ("local_only" if one.hold else one.privacy for one in known), recording.privacy)


class _Audio:
    """Opens recordings' samples; each thread of the engine has its own reader."""

    def __init__(self, work: Work, new_reader: Callable[[], MediaReader], stack: ExitStack) -> None:
        self._work, self._new_reader, self._stack, self._mine = work, new_reader, stack, threading.local()

    def samples_of(self, recording: Recording) -> Callable[[], Iterator[Samples]]:
        def samples() -> Iterator[Samples]:
            with self._work.store.local_file(recording.audio or "", recording.privacy) as file:
                yield from self._reader().samples(file, WINDOW_SECONDS)

        return samples

    def _reader(self) -> MediaReader:
        if not hasattr(self._mine, "reader"):
            self._mine.reader = self._stack.enter_context(self._new_reader())
        reader: MediaReader = self._mine.reader
        return reader


def _finish(work: Work, report: Report, claim: Claim, recording: Recording, engine: Engine, result: Result) -> None:
    if result.error is not None:
        work.fault(report, claim, result.error)
        return
    identity = engine.identity()
    report.about |= {name: result.counts[name] for name in REPORTED_COUNTS if name in result.counts}
    provenance = Provenance(
        stage="transcribe",
        fingerprint=claim.subject.fingerprint,
        audio_sha256=recording.sha256,
        made_by=str(identity.get("engine")),
        model=identity.get("model"),
        options=identity,
        counts=dict(result.counts),
        run_id=work.run_id,
        created_at=datetime.now(UTC),
    )
    transcript = Transcript(
        recording=recording.id,
        language=result.language,
        seconds=result.seconds,
        segments=result.segments,
        provenance=provenance,
        coverage=result.coverage,
    )
    _commit(work, report, claim, recording, transcript)


def _commit(work: Work, report: Report, claim: Claim, recording: Recording, transcript: Transcript) -> None:
    """Write the document, then the row that points to it. What opens privately is private from that row on."""
    place = document_path("transcripts", recording.id, work.document_name(claim))
    phrases, sha256 = work.settings.private_phrases, recording.sha256 or ""
    is_private = opens_imported_privately if transcript.provenance.made_by == IMPORTED else opens_privately
    private = is_private(transcript, phrases)
    privacy = work.catalog.privacy.once_spoken(recording.id, sha256, private=private)
    work.store.write_new(place, transcript.model_dump_json().encode(), privacy)
    if privacy == "standard":
        for own in _own(recording):
            publish(work.store, own)

    def also(connection: Connection) -> bool:
        if private:
            evidence.record(connection, sha256, "local_only", "spoken", recording.id)
            evidence.tighten(connection, sha256)
        length = {} if recording.has_sound else {"seconds": transcript.seconds}
        set_columns(connection, recording.id, spoken_language=transcript.language, **length)
        lose_notes(connection, recording.id, place)
        return True

    wordless = VoiceWithoutWords.of(transcript)
    if work.done(report, claim, place, also=also, error=wordless.dump() if wordless else None):
        if (recording.seconds or 0.0) >= LONG_SECONDS:
            StoredChunks(work.store, recording.id, work.document_name(claim)).trim(work.settings.chunks_mb)
        report.audio_seconds += 0.0 if transcript.provenance.made_by == IMPORTED else transcript.seconds
        if privacy == "standard" == work.catalog.privacy.now(recording.id):
            for own in _own(recording):
                remove_staged(work.store, own)


def _own(recording: Recording) -> set[str]:
    """The places of what came from the inbox."""
    return {place for place in (recording.audio, recording.transcript) if place}


def _uncommitted(work: Work, claim: Claim, recording: Recording) -> Transcript | None:
    """The transcript of a run that died after writing its document and before its row; None if there is none."""
    place = document_path("transcripts", recording.id, work.document_name(claim))
    places: tuple[Privacy, ...] = (recording.privacy, "local_only")
    for privacy in places:
        held = recording.model_copy(update={"privacy": privacy})
        try:
            transcript = read_transcript(work.store, place, held)
        except DamagedDocumentError as damage:
            if damage.how == "damaged":
                work.store.set_aside(place, privacy)
            continue
        if transcript.provenance.audio_sha256 == recording.sha256:
            return transcript
    return None
