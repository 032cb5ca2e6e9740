"""What the catalog's documents in the store have to say, and which of them are behind it.

Triggers note every change of a recording or page (migration 0006), so whoever changes a row need not think of its
document, and a process that dies before the document is written leaves the note for the next one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, delete, or_, select

from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.exclusive import exclusively
from diary_pipeline.catalog.facts import ClosedAttempt, PageDocument, PrivacyReason, RecordingDocument
from diary_pipeline.catalog.recordings import recording
from diary_pipeline.catalog.tables import (
    attempts,
    document_changes,
    documents_written,
    privacy_evidence,
    recordings,
    sounds,
)
from diary_pipeline.schema import Privacy

_IN_ONE_QUERY = 400  # SQLite builds may allow only 999 variables

Document = RecordingDocument | PageDocument
T = TypeVar("T")


@dataclass(frozen=True)
class StoredDocument:
    """The newest document of a subject: the hash of its bytes, and the privacy class whose place it lies at."""

    digest: str
    privacy: Privacy


class Documents:
    """Reads what documents have to say, and keeps which were written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alone(self, wait_seconds: float) -> AbstractContextManager[bool]:
        """Whether the caller alone writes documents now: of two, the one with the older facts could write last."""
        return exclusively(self._database, "documents", wait_seconds)

    def due(self) -> dict[str, list[int]]:
        """The subjects whose documents are behind, each with the changes to settle; the longest behind first."""
        found: dict[str, list[int]] = defaultdict(list)
        with self._database.reading() as connection:
            for row in connection.execute(select(document_changes).order_by(document_changes.c.id)):
                found[row.subject].append(row.id)
        return found

    def of(self, subjects: Sequence[str]) -> dict[str, Document]:
        """What the documents of *subjects*, recordings' ids and pages' names, have to say now."""
        with self._database.reading() as connection:
            history = _history(connection, subjects)
            found: dict[str, Document] = dict(_recordings(connection, subjects, history))
        pages = {name: _page(name, history[name]) for name in subjects if name not in found and "/" in name}
        return found | pages

    def written(self, subjects: Sequence[str]) -> dict[str, StoredDocument]:
        """What was written of *subjects* last."""
        with self._database.reading() as connection:
            return {
                row["subject"]: StoredDocument(row["digest"], row["privacy"])
                for row in _those(connection, documents_written, "subject", subjects)
            }

    def expect(self, subjects: Iterable[str]) -> None:
        """Note that documents of *subjects* are about to lie where standard ones lie, whatever happens next."""
        with self._database.writing() as connection:
            keep(self._database, connection, {subject: StoredDocument("", "standard") for subject in subjects})

    def settle(self, written: Mapping[str, StoredDocument], changes: Collection[int]) -> None:
        """Note what was *written*; these *changes* are in it."""
        with self._database.writing() as connection:
            keep(self._database, connection, written)
            for some in _parts(list(changes)):
                connection.execute(delete(document_changes).where(document_changes.c.id.in_(some)))


def keep(database: Database, connection: Connection, written: Mapping[str, StoredDocument]) -> None:
    """Write down what was written, on a connection that is open already."""
    for subject, one in written.items():
        values = {"digest": one.digest, "privacy": one.privacy}
        new = database.insert(documents_written).values(subject=subject, **values)
        connection.execute(new.on_conflict_do_update(index_elements=["subject"], set_=values))


def milliseconds(moment: datetime) -> int:
    """A moment as `attempts` keeps it."""
    return round(moment.timestamp() * 1000)


def _moment(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + _IN_ONE_QUERY] for start in range(0, len(items), _IN_ONE_QUERY))


def _those(connection: Connection, table: Any, column: str, names: Sequence[str]) -> Iterator[RowMapping]:
    for some in _parts(names):
        query = select(table).where(table.c[column].in_(some)).order_by(*table.primary_key.columns)
        yield from connection.execute(query).mappings()


def _history(connection: Connection, subjects: Sequence[str]) -> Mapping[str, tuple[ClosedAttempt, ...]]:
    rows: dict[str, list[RowMapping]] = defaultdict(list)
    for row in _those(connection, attempts, "subject", subjects):
        if row["outcome"] is not None:
            rows[row["subject"]].append(row)
    return defaultdict(tuple, {subject: tuple(_closed(those)) for subject, those in rows.items()})


def _closed(rows: Iterable[RowMapping]) -> Iterator[ClosedAttempt]:
    names = ("stage", "fingerprint", "inputs", "outcome", "error", "document")
    for same, group in groupby(rows, lambda row: tuple(row[name] for name in names)):
        equal = list(group)
        ended = equal[-1]["finished_at"] or equal[-1]["started_at"]
        yield ClosedAttempt(
            **dict(zip(names, same, strict=True)),
            started_at=_moment(equal[0]["started_at"]),
            finished_at=_moment(ended),
            times=len(equal),
        )


def _recordings(
    connection: Connection, subjects: Sequence[str], history: Mapping[str, tuple[ClosedAttempt, ...]]
) -> Iterator[tuple[str, RecordingDocument]]:
    rows = list(_those(connection, recordings, "id", subjects))
    heard = {row["recording"]: row["hashes"] for row in _those(connection, sounds, "recording", subjects)}
    evidence = _evidence(connection, rows)
    for row in rows:
        values = {name: row[name] for name in RecordingDocument.model_fields if name in row}
        values |= {"recorded_at": recording(row).recorded_at, "sound": heard.get(row["id"])}
        mine = [e for e in evidence if e.recording == row["id"] or e.sha256 == row["sha256"]]
        yield row["id"], RecordingDocument(**values, privacy_evidence=tuple(mine), attempts=history[row["id"]])


def _evidence(connection: Connection, rows: Sequence[RowMapping]) -> list[PrivacyReason]:
    c, found = privacy_evidence.c, dict[int, PrivacyReason]()
    for some in _parts(rows):
        about = or_(c.recording.in_([r["id"] for r in some]), c.sha256.in_([r["sha256"] for r in some if r["sha256"]]))
        for row in connection.execute(select(privacy_evidence).where(about)).mappings():
            found[row["id"]] = PrivacyReason(**{name: row[name] for name in PrivacyReason.model_fields})
    return [found[key] for key in sorted(found)]


def _page(name: str, history: tuple[ClosedAttempt, ...]) -> PageDocument:
    author, _, day = name.rpartition("/")
    return PageDocument(author=author, day=date.fromisoformat(day), attempts=history)
