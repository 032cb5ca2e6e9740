"""Ingestion: bytes into the store with their hash, checked to be audio, each author's bytes once.

The file in the inbox is only read. Bad input is quarantined with a reason; a file that changes while it is copied is
retried later.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from diary_pipeline.catalog import Claim, ConflictError, Connection, Subject
from diary_pipeline.catalog import privacy as evidence
from diary_pipeline.catalog.recordings import set_columns
from diary_pipeline.errors import PermanentError, TransientError
from diary_pipeline.media import MediaReader
from diary_pipeline.recordings.discover import private_by
from diary_pipeline.recordings.inbox import Inbox, lasting
from diary_pipeline.schema import Recording
from diary_pipeline.store import audio_path
from diary_pipeline.work import Report, Work


def ingest(work: Work, reader: MediaReader, days: Sequence[date] | None) -> Report:
    """Ingest what is waiting for *days* (all days: None)."""
    report, inbox = Report("ingest"), Inbox(work.settings.inbox_url)
    for claims in work.claims(report, lambda: _pending(work, days)):
        for claim in claims:
            (recording,) = work.catalog.recordings.get([claim.subject.name])
            try:
                _copy_into_store(work, report, claim, inbox, reader, recording)
            except PermanentError as error:
                _quarantine(work, report, claim, inbox, recording, error)
            except Exception as error:  # noqa: BLE001 - one bad memo must not stop the others; `fault` records it
                work.fault(report, claim, error)
    return report


def _pending(work: Work, days: Sequence[date] | None) -> list[Subject]:
    waiting = work.catalog.recordings.waiting(days)
    subjects = [Subject(identity, work.fingerprints.ingest(lasting(seen))) for identity, seen in waiting]
    over = work.catalog.attempts.finished("ingest", [subject.name for subject in subjects])
    return [subject for subject in subjects if (subject.name, subject.fingerprint) not in over]


def _copy_into_store(
    work: Work, report: Report, claim: Claim, inbox: Inbox, reader: MediaReader, recording: Recording
) -> None:
    seen = work.catalog.recordings.seen(recording.id).partition("|")[0]

    def unchanged() -> None:
        if inbox.seen(recording.path) != seen:
            raise TransientError("It changed while it was ingested. It is retried once it has not changed for a while.")

    with inbox.local_file(recording.path) as file:
        unchanged()
        probe = reader.probe(file)
        sha256, size = _hash(file)
        place = audio_path(recording.id, _suffix(recording.source))
        with file.open("rb") as stream:
            work.store.copy_in(place, stream, work.store.before_transcription(recording.privacy), verify=unchanged)
    facts = {"sha256": sha256, "size": size, "seconds": round(probe.seconds, 3), "codec": probe.codec}

    def point(connection: Connection) -> bool:
        return _commit(work, connection, recording, place, facts)

    try:
        committed = work.done(report, claim, place, also=point)
    except ConflictError:  # another worker committed the same bytes a moment ago: now they are found
        committed = work.done(report, claim, place, also=point)
    if committed:
        report.audio_seconds += probe.seconds
        if work.catalog.recordings.get([recording.id])[0].duplicate_of:
            work.store.delete(place, work.store.before_transcription(recording.privacy))


def _commit(work: Work, connection: Connection, recording: Recording, place: str, facts: dict[str, Any]) -> bool:
    """Point the row at its bytes, or at the recording that brought the same bytes before.

    If one recording of these bytes is private, all are, in the same transaction.
    """
    first = work.catalog.recordings.of_bytes(connection, recording.author, facts["sha256"])
    owner = {"duplicate_of": first} if first else {"audio": place}
    set_columns(connection, recording.id, **facts, **owner)
    if evidence.current(connection, recording.id) == "local_only":
        evidence.record(connection, facts["sha256"], "local_only", private_by(recording.path), recording.id)
    evidence.tighten(connection, facts["sha256"])
    return True


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
