"""The recordings: registered when first seen, filled in when ingested, never deleted.

A recording's id is derived from its author, its path in the inbox and its version (the same name can return with other
bytes), so that two homes fed with the same files agree on it.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, or_, select, update

from diary_pipeline.catalog import known
from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.duplicates import as_authors_own
from diary_pipeline.catalog.known import KnownRecording, Remembered
from diary_pipeline.catalog.pages import outdate, page_subject
from diary_pipeline.catalog.privacy import PrivateBytes, Source, record, tighten
from diary_pipeline.catalog.tables import recordings as table
from diary_pipeline.schema import DatedBy, Privacy, Recording

_IN_ONE_QUERY = 500  # SQLite builds may allow only 999 variables


@dataclass(frozen=True)
class Arrival:
    """A file of the inbox as discovery sees it.

    `seen` is its size and times, `beside` the stamp of its sidecars, if they were read; `hold` says why it cannot be
    ingested yet, or must not leave the machine.
    """

    path: str
    source: str
    author: str
    seen: str
    recorded_at: datetime | None = None
    dated_by: DatedBy | None = None
    date_refused: str | None = None
    day: date | None = None
    language: str | None = None
    privacy: Privacy = "standard"
    priority: int = 0
    hold: str | None = None
    quarantine: str | None = None
    beside: str | None = None


class Recordings:
    """Reads and writes the `recordings` table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self) -> dict[str, KnownRecording]:
        """The newest recording of every path in the inbox."""
        return known.known_recordings(self._database)

    def remembered(self) -> Remembered:
        """What is remembered of all files of the inbox."""
        return Remembered(self._database)

    def known_at(self, paths: Iterable[str]) -> dict[str, KnownRecording]:
        """The newest recording of each of these paths."""
        return known.known_at(self._database, paths)

    def copies(self, originals: Collection[str] | None = None) -> dict[str, KnownRecording]:
        """By path, the duplicates of these recordings, or all there are."""
        return known.copies(self._database, originals)

    def known_by_id(self, identities: Iterable[str]) -> dict[str, KnownRecording]:
        """By path, the recordings with these ids."""
        return known.with_ids(self._database, identities)

    def with_bytes(self, digests: Collection[str], stamps: Collection[str]) -> dict[str, KnownRecording]:
        """By path, recordings with these bytes; and those that are not ingested, with these sizes and times."""
        return known.with_bytes(self._database, digests, stamps)

    def known_sizes(self, sizes: Collection[int]) -> set[int]:
        """Those of these sizes in bytes that a recording has."""
        return known.known_sizes(self._database, sizes)

    def remember(self, stamps: Sequence[tuple[str, str, str | None]]) -> None:
        """Keep the stamps of sidecars (id, what was seen, stamp), where what was seen is still so."""
        known.remember(self._database, stamps)

    def empty(self) -> bool:
        """Whether there is no recording at all."""
        with self._database.reading() as connection:
            return connection.execute(select(table.c.id).limit(1)).first() is None

    def register(
        self, arrival: Arrival, version: int, evidence: PrivateBytes | None = None, moved: str | None = None
    ) -> str:
        """Add a recording, or bring what is known of it up to date while it has not been ingested. Returns its id.

        An id is given once: it stays when a sidecar names another author later, or another process saw the file first,
        or the file of the recording with the id *moved* was moved here. With *evidence*, the file is private, and so is
        every recording that has its bytes.
        """
        with self._database.writing() as connection:
            identity, is_new = (moved, False) if moved else self._identity(connection, arrival, version)
            if not is_new:
                _learn(connection, identity, arrival)
            if evidence is not None:
                record(connection, evidence.sha256, "local_only", evidence.source, identity)
                tighten(connection, evidence.sha256)
            return identity

    def _identity(self, connection: Connection, arrival: Arrival, version: int) -> tuple[str, bool]:
        """The id of the recording at this path and version, and whether it is new."""
        row = {"version": version, "registered_at": datetime.now(UTC), **_values(arrival)}
        row["id"] = recording_id(arrival.author, arrival.path, version)
        if connection.execute(self._database.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1:
            return str(row["id"]), True
        same = and_(table.c.path == arrival.path, table.c.version == version)
        same_file = connection.execute(select(table.c.id).where(same)).scalar()
        if same_file is None:  # the recording that has this id was here before its file was moved
            return self._identity(connection, arrival, version + 1)
        return str(same_file), False

    def sizes(self, identities: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Size and sha256 of those of these recordings whose bytes were read once, by id."""
        return known.sizes(self._database, identities)

    def update(self, identity: str, **values: Any) -> None:
        """Set columns of one recording."""
        with self._database.writing() as connection:
            set_columns(connection, identity, **values)

    def hold_back(self, old: Recording, reason: str, seen: str, *, bucket: bool) -> None:
        """Hold an ingested recording back until it is redated. Its page in a *bucket* is composed without it."""
        with self._database.writing() as connection:
            set_columns(connection, old.id, hold=reason, seen=seen, beside=None)
            if bucket:
                outdate(connection, {page_subject(old.author, old.day)})

    def redate(self, old: Recording, arrival: Arrival, source: Source = "sidecar", *, bucket: bool = False) -> None:
        """Update an ingested recording's date, author, language and privacy; the pages concerned become stale.

        It is not held back any more. *source* says where a private arrival's class comes from; it holds for every
        recording of the same bytes. *bucket*: its page lies in one, which has been without it.
        """
        values = _values(arrival)
        new = {
            name: values[name]
            for name in (
                *("author", "recorded_at", "utc_offset", "dated_by", "date_refused", "day"),
                *("language", "priority", "seen", "beside"),
            )
        }
        new |= {"privacy": tightest(old.privacy, arrival.privacy), "hold": None, "source": arrival.source}
        on_page = ("author", "recorded_at", "dated_by", "date_refused", "day", "privacy", "source")
        moved = any(getattr(old, name) != new[name] for name in on_page)
        moved |= bucket and old.hold is not None
        with self._database.writing() as connection:
            if arrival.path != old.path:
                _take_path(connection, old, arrival.path)
            new |= as_authors_own(connection, old, arrival.author, arrival.recorded_at)
            connection.execute(update(table).where(table.c.id == old.id).values(new))
            if arrival.privacy == "local_only" and old.sha256:
                record(connection, old.sha256, "local_only", source, old.id)
                tighten(connection, old.sha256)
            if moved:
                outdate(connection, {page_subject(old.author, old.day), page_subject(arrival.author, arrival.day)})

    def get(self, identities: Iterable[str]) -> list[Recording]:
        """The recordings with these ids, in the order asked for; unknown ids are left out."""
        wanted = list(identities)
        found: dict[str, Recording] = {}
        with self._database.reading() as connection:
            for start in range(0, len(wanted), _IN_ONE_QUERY):
                query = select(table).where(table.c.id.in_(wanted[start : start + _IN_ONE_QUERY]))
                found |= {row["id"]: recording(row) for row in connection.execute(query).mappings()}
        return [found[identity] for identity in wanted if identity in found]

    def all(self, days: Sequence[date] | None = None) -> list[tuple[Recording, str | None]]:
        """All recordings, or those of *days*, by time; each with what holds it back, if anything does."""
        query = select(table).order_by(table.c.recorded_at, table.c.path, table.c.version)
        if days is not None:
            query = query.where(table.c.day.in_(days))
        with self._database.reading() as connection:
            return [(recording(row), row["hold"]) for row in connection.execute(query).mappings()]

    def held(self) -> list[str]:
        """The ids of all recordings that wait for a person: held back, or refused."""
        query = select(table.c.id).where(or_(table.c.hold.is_not(None), table.c.quarantine.is_not(None)))
        with self._database.reading() as connection:
            return sorted(connection.execute(query).scalars())

    def authors(self, days: Sequence[date] | None = None) -> list[str]:
        """The authors of the recordings of *days* (all days: None), by name."""
        query = select(table.c.author).distinct()
        query = query if days is None else query.where(table.c.day.in_(days))
        with self._database.reading() as connection:
            return sorted(connection.execute(query).scalars())

    def forget_quarantine(self) -> int:
        """Let what ingestion quarantined be tried again; returns how many there were.

        What discovery refused it examines at every look.
        """
        again = update(table).where(table.c.quarantine.is_not(None), table.c.size.is_not(None)).values(quarantine=None)
        with self._database.writing() as connection:
            return connection.execute(again).rowcount

    def waiting(self, days: Sequence[date] | None) -> list[tuple[str, str]]:
        """(id, seen) of the recordings that can be ingested now, most urgent first."""
        c = table.c
        ready = (
            c.audio.is_(None),
            c.duplicate_of.is_(None),
            c.quarantine.is_(None),
            c.hold.is_(None),
            c.day.is_not(None),
        )
        query = select(c.id, c.seen).where(*ready).order_by(c.priority.desc(), c.recorded_at, c.path)
        if days is not None:
            query = query.where(c.day.in_(days))
        with self._database.reading() as connection:
            return [(row.id, row.seen) for row in connection.execute(query)]

    def seen(self, identity: str) -> str:
        """Size and times of the recording's file when it was last examined."""
        with self._database.reading() as connection:
            return connection.execute(select(table.c.seen).where(table.c.id == identity)).scalar() or ""


def _learn(connection: Connection, identity: str, arrival: Arrival) -> None:
    """Bring what is known of a recording up to date, unless another process has ingested it."""
    c = table.c
    before = connection.execute(select(table).where(c.id == identity)).mappings().one()
    values = _values(arrival) | {"privacy": tightest(before["privacy"], arrival.privacy)}
    if all(before[name] == value for name, value in values.items()):
        return  # what is held or refused is looked at each time, and mostly nothing is new
    still = (c.id == identity, c.audio.is_(None), c.duplicate_of.is_(None))
    connection.execute(update(table).where(*still).values(values))


def _take_path(connection: Connection, old: Recording, path: str) -> None:
    """Give a recording another path. A copy of it that was registered there gets the former one."""
    c = table.c
    mine = connection.execute(select(c.path, c.version).where(c.id == old.id)).one()
    copy = connection.execute(select(c.id, c.version).where(c.path == path, c.duplicate_of == old.id)).first()
    if copy is None:
        set_columns(connection, old.id, path=path)
        return
    set_columns(connection, copy.id, path=f"//{copy.id}")  # no file has such a name
    set_columns(connection, old.id, path=path, version=copy.version)
    set_columns(connection, copy.id, path=mine.path, version=mine.version)


def of_page(connection: Connection, author: str, day: date) -> list[Recording]:
    """The recordings of one author's day by time, on a connection that is open already."""
    c = table.c
    query = select(table).where(c.author == author, c.day == day).order_by(c.recorded_at, c.path, c.version)
    return [recording(row) for row in connection.execute(query).mappings()]


def set_columns(connection: Connection, identity: str, **values: Any) -> None:
    """Set columns of one recording, on a connection that is open already."""
    connection.execute(update(table).where(table.c.id == identity).values(values))


def set_ingested(connection: Connection, identity: str, **values: Any) -> None:
    """Set what ingestion found. A hold that only kept the recording from being ingested is over."""
    c = table.c
    set_columns(connection, identity, **values)
    only_waited = (c.id == identity, c.seen.not_like("%|%"))  # nothing was said beside it
    connection.execute(update(table).where(*only_waited).values(hold=None))


def recording_id(author: str, path: str, version: int) -> str:
    """Sixteen hexadecimal digits that name the recording for good."""
    return hashlib.sha256("\0".join((author, path, str(version))).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def tightest(one: str, other: str) -> Privacy:
    """A privacy class only ever tightens."""
    return "local_only" if "local_only" in (one, other) else "standard"


def recording(row: RowMapping) -> Recording:
    """A row of the table as the noun."""
    values = {name: row[name] for name in Recording.model_fields}
    if values["recorded_at"] is not None and row["utc_offset"] is not None:
        values["recorded_at"] = values["recorded_at"].astimezone(timezone(timedelta(seconds=row["utc_offset"])))
    return Recording(**values)


def _values(arrival: Arrival) -> dict[str, Any]:
    values = dict(vars(arrival))
    offset = arrival.recorded_at.utcoffset() if arrival.recorded_at else None
    return values | {"utc_offset": None if offset is None else int(offset.total_seconds())}
