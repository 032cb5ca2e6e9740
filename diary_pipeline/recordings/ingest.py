"""Ingestion: bytes into the store with their hash, checked to be audio, each author's bytes once.

The file in the inbox is only read. Bad input is quarantined with a reason; a file that changes while it is copied is
retried later.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from diary_pipeline.catalog import Catalog, Claim, ConflictError, Connection, Subject
from diary_pipeline.catalog import privacy as evidence
from diary_pipeline.catalog.duplicates import of_bytes
from diary_pipeline.catalog.recordings import set_columns, set_ingested
from diary_pipeline.errors import PermanentError, TransientError
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.media import MediaReader, NotAudioError, Probe
from diary_pipeline.recordings.discover import private_by
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.recordings.listing import is_transcript
from diary_pipeline.recordings.stamps import lasting
from diary_pipeline.recordings.supersede import Compared, Spoken, carry_over, compare
from diary_pipeline.recordings.transcript import Brought, copy_beside, give_to_original, probe_of, refuse_sidecar
from diary_pipeline.recordings.unfinished import UnfinishedError, begins_like_a_recording, hold, is_unfinished, may_grow
from diary_pipeline.schema import Recording
from diary_pipeline.store import audio_path
from diary_pipeline.work import Report, Work


@dataclass(frozen=True)
class _Sources:
    """What recordings are read from, and by which readers."""

    inbox: Inbox
    reader: MediaReader
    spoken: Spoken


def ingest(work: Work, reader: MediaReader, days: Sequence[date] | None, spoken: Spoken) -> Report:
    """Ingest what is waiting for *days* (all days: None). *spoken* reads transcripts."""
    report, sources = Report("ingest"), _Sources(Inbox(work.settings.inbox_url), reader, spoken)
    for claims in work.claims(report, lambda: waiting(work.catalog, work.fingerprints, days)):
        for claim in claims:
            with work.guarded(report, claim):
                (recording,) = work.catalog.recordings.get([claim.subject.name])
                _ingest_one(work, report, claim, sources, recording)
    return report


def waiting(catalog: Catalog, fingerprints: Fingerprints, days: Sequence[date] | None) -> list[Subject]:
    """What is to be ingested for *days* (all days: None), the most urgent first."""
    found = catalog.recordings.waiting(days)
    subjects = [Subject(name, fingerprints.ingest(lasting(seen)), lasting(seen)[:64]) for name, seen in found]
    over = catalog.attempts.finished("ingest", [subject.name for subject in subjects])
    return [subject for subject in subjects if (subject.name, subject.fingerprint) not in over]


def _ingest_one(work: Work, report: Report, claim: Claim, sources: _Sources, recording: Recording) -> None:
    try:
        _copy_into_store(work, report, claim, sources, recording)
    except UnfinishedError as error:
        _hold(work, claim, error)
    except PermanentError as error:
        _quarantine(work, report, claim, sources.inbox, recording, error)


def _copy_into_store(work: Work, report: Report, claim: Claim, sources: _Sources, recording: Recording) -> None:
    seen, inbox = work.catalog.recordings.seen(recording.id).partition("|")[0], sources.inbox

    def unchanged() -> None:
        if inbox.seen(recording.path) != seen:
            raise TransientError("It changed while it was ingested. It is retried once it has not changed for a while.")

    with inbox.local_file(recording.path) as file:
        unchanged()
        probe = _probe(work, inbox, sources.reader, recording, file)
        compared = compare(work, sources.reader, recording, file, sources.spoken, cut=is_unfinished(probe))
        sha256, size = _hash(file)
        place = audio_path(recording.id, _suffix(recording.source))
        alone = is_transcript(recording.source)
        brought = None if alone else _brought(work, report, inbox, recording, sha256, compared)
        with file.open("rb") as stream:
            work.store.copy_in(place, stream, work.store.before_transcription(recording.privacy), verify=unchanged)
    transcript = place if alone else brought and brought.place
    facts = {"sha256": sha256, "size": size, "seconds": round(probe.seconds, 3), "codec": probe.codec}
    facts |= {"declared_seconds": probe.declared_seconds, "transcript": transcript}

    def point(connection: Connection) -> bool:
        # If one recording of these bytes is private, or one that it supersedes, all are from this transaction on.
        newest = _commit(connection, recording, place, facts)
        compared.record(connection, recording.id, newest)
        if brought:
            brought.record(connection, recording.id)
        evidence.tighten(connection, sha256)
        return True

    try:
        committed = work.done(report, claim, place, also=point)
    except ConflictError:  # another worker committed the same bytes a moment ago: now they are found
        committed = work.done(report, claim, place, also=point)
    if committed:
        report.audio_seconds += probe.seconds
        (ingested,) = work.catalog.recordings.get([recording.id])
        if compared.equal is not None and ingested.ready:
            carry_over(work, ingested, compared.equal)
        if ingested.duplicate_of:
            _give_up(work, report, inbox, ingested, {place, transcript or place})


def _give_up(work: Work, report: Report, inbox: Inbox, copy: Recording, own: set[str]) -> None:
    """Keep no bytes of a duplicate; its transcript goes to the recording that has the same bytes."""
    for place in own:
        work.store.delete(place, work.store.before_transcription(copy.privacy))
    if said := give_to_original(work.catalog, work.store, inbox, copy):
        report.about.setdefault("left_over", []).append(said)


def _brought(
    work: Work, report: Report, inbox: Inbox, recording: Recording, sha256: str, compared: Compared
) -> Brought | None:
    """The transcript beside it, which becomes its words; one that came with other audio under its name does not."""
    found = copy_beside(work.store, inbox, recording)
    same = compared.equal.id if compared.equal else None
    if found is None or not found.is_left_over(work.catalog, recording, sha256, same):
        return found
    work.store.delete(found.place, "local_only")
    report.about.setdefault("left_over", []).append(found.left_over)
    return None


def _probe(work: Work, inbox: Inbox, reader: MediaReader, recording: Recording, file: Path) -> Probe:
    """The file's metadata; raises `UnfinishedError` where it is not complete and may still grow."""
    if (of_transcript := probe_of(recording)) is not None:
        refuse_sidecar(recording, file)
        return of_transcript
    young = may_grow(work.settings, inbox.changed(recording.path))
    try:
        probe = reader.probe(file, whole=True)
    except NotAudioError:
        if young and begins_like_a_recording(file):
            raise hold(work.settings, None) from None
        raise
    if young and is_unfinished(probe):
        raise hold(work.settings, probe)
    return probe


def _hold(work: Work, claim: Claim, why: UnfinishedError) -> None:
    def mark(connection: Connection) -> bool:
        set_columns(connection, claim.subject.name, hold=str(why))
        return True

    work.catalog.attempts.finish(claim, "released", also=mark)


def _commit(connection: Connection, recording: Recording, place: str, facts: dict[str, Any]) -> str:
    """Point the row at its bytes, or at the recording that brought the same bytes before; returns which one counts."""
    text = is_transcript(recording.source)
    first = of_bytes(connection, recording, recording.author, facts["sha256"], text=text)
    owner = {"duplicate_of": first} if first else {"audio": place}
    set_ingested(connection, recording.id, **facts, **owner)
    if evidence.current(connection, recording.id) == "local_only":
        evidence.record(connection, facts["sha256"], "local_only", private_by(recording.path), recording.id)
    return first or recording.id


def _quarantine(
    work: Work, report: Report, claim: Claim, inbox: Inbox, recording: Recording, error: PermanentError
) -> None:
    try:
        with inbox.local_file(recording.path) as file:
            sha256, size = _hash(file)
    except (OSError, TransientError) as trouble:
        work.fault(report, claim, TransientError(f"It cannot be read: {type(trouble).__name__}. Try again."))
        return
    facts = {"quarantine": str(error), "sha256": sha256, "size": size}

    def mark(connection: Connection) -> bool:
        set_columns(connection, recording.id, **facts)
        return True

    work.fault(report, claim, error, also=mark)


def _hash(file: Path) -> tuple[str, int]:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return digest, stream.tell()


def _suffix(source: str) -> str:
    suffix = PurePosixPath(source).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,5}", suffix) else ".bin"
