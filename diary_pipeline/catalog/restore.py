"""An empty catalog filled from the documents of recordings and pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.documents import StoredDocument, keep, milliseconds
from diary_pipeline.catalog.facts import ClosedAttempt, PageDocument, RecordingDocument
from diary_pipeline.catalog.pages import page_subject
from diary_pipeline.catalog.tables import (
    attempts,
    document_changes,
    privacy_evidence,
    recordings,
    sounds,
)
from diary_pipeline.errors import UserError

_WORKER = "rebuild"


def restore(
    database: Database,
    documents: Sequence[RecordingDocument],
    pages: Sequence[PageDocument],
    written: Mapping[str, StoredDocument],
    behind: Iterable[str],
) -> list[str]:
    """Fill an empty catalog, in one transaction; returns the ids of recordings that contradict others.

    *written*: where the documents lie that were read. Those of the subjects in *behind* the next run writes anew.

    Raises:
        UserError: the catalog is not empty.
    """
    accepted, contradicting = _consistent(documents)
    subjects = [(one.id, one.attempts) for one in accepted]
    subjects += [(page_subject(page.author, page.day), page.attempts) for page in pages]
    names = {name for name, _ in subjects}
    with database.writing() as connection:
        if connection.execute(select(recordings.c.id).limit(1)).first():
            raise UserError(
                "The catalog is not empty. `diary rebuild --force` makes a new one and keeps the old file beside it."
            )
        _insert(connection, recordings, map(_row, accepted))
        _insert(connection, attempts, (row for name, history in subjects for row in _attempts(name, history)))
        _insert(connection, sounds, ({"recording": one.id, "hashes": one.sound} for one in accepted if one.sound))
        evidence = sorted({e for one in accepted for e in one.privacy_evidence}, key=lambda e: e.found_at)
        _insert(connection, privacy_evidence, (one.model_dump() for one in evidence))
        connection.execute(delete(document_changes))
        _insert(connection, document_changes, ({"subject": name} for name in behind if name in names))
        keep(database, connection, {name: one for name, one in written.items() if name in names})
    return contradicting


def _consistent(documents: Sequence[RecordingDocument]) -> tuple[list[RecordingDocument], list[str]]:
    """The recordings that the catalog's rules allow together, originals before duplicates; the ids of the others."""
    accepted: dict[str, RecordingDocument] = {}
    paths, sounding = set[tuple[str, int]](), set[tuple[str, str | None]]()
    contradicting = []
    for one in sorted(documents, key=lambda d: (d.duplicate_of is not None, d.registered_at, d.id)):
        path, bytes_ = (one.path, one.version), (one.author, one.sha256)
        owns_bytes = one.audio not in (None, one.transcript) and one.duplicate_of is None
        if (
            path in paths
            or (owns_bytes and bytes_ in sounding)
            or (one.duplicate_of is not None and one.duplicate_of not in accepted)
        ):
            contradicting.append(one.id)
            continue
        accepted[one.id] = one
        paths.add(path)
        sounding |= {bytes_} if owns_bytes else set()
    return list(accepted.values()), contradicting


def _row(document: RecordingDocument) -> dict[str, Any]:
    offset = document.recorded_at.utcoffset() if document.recorded_at else None
    values = document.model_dump(include={column.name for column in recordings.columns})
    return values | {"utc_offset": None if offset is None else offset // timedelta(seconds=1)}


def _attempts(subject: str, history: Iterable[ClosedAttempt]) -> Iterator[dict[str, Any]]:
    for one in history:
        row = one.model_dump(exclude={"times", "started_at", "finished_at"}) | {"subject": subject, "worker": _WORKER}
        started, finished = milliseconds(one.started_at), milliseconds(one.finished_at)
        times = {"started_at": started, "finished_at": finished, "lease_until": finished}
        yield from [row | times] * one.times


def _insert(connection: Connection, table: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    if values := [dict(row) for row in rows]:
        connection.execute(insert(table), values)
