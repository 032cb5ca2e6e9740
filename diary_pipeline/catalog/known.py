"""What the catalog remembers of the files of the inbox: a plain row for each path, cheap also where there are many."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select, update

from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.tables import recordings as table

_IN_ONE_QUERY = 500  # SQLite builds may allow only 999 variables


class KnownRecording(NamedTuple):
    """What the catalog remembers of the newest recording at a path.

    `beside`: the stamp of the sidecars that `seen` is from. `taken`: it was ingested. `refused`: quarantined by
    discovery, before it was ingested. `hold` says why it is held. `moved_from`: the path at which the catalog still has
    it.
    """

    path: str
    id: str
    version: int
    seen: str
    beside: str | None
    taken: bool
    refused: bool
    hold: str
    duplicate_of: str | None
    moved_from: str | None = None

    @property
    def held(self) -> bool:
        """Whether it is held."""
        return bool(self.hold)

    def is_as_before(self, stamp: str, beside: str | None) -> bool:
        """Whether nothing can be new of an ingested file that has these stamps now."""
        if not self.taken or self.hold or self.beside != beside:
            return False
        return self.seen == stamp if beside is None else self.seen.partition("|")[0] == stamp


class Remembered:
    """All that the catalog remembers of files, as it was when this was made.

    `plain`: by path, the stamps of ingested files in their first version, without sidecars; nothing else is read of
    them. `others`: all others.
    """

    def __init__(self, database: Database) -> None:
        c = table.c
        plain = and_(_taken(), c.hold.is_(None), c.beside.is_(None), c.version == 1)
        with database.reading() as connection:
            rows = _tuples(connection, select(c.path, c.seen).where(plain))
            self.others = _known(_tuples(connection, select(*_columns()).where(~plain)))
        self.plain: dict[str, str] = dict(rows)
        for path in self.others.keys() & self.plain.keys():
            del self.plain[path]


def known_recordings(database: Database, where: ColumnElement[bool] | None = None) -> dict[str, KnownRecording]:
    """The newest recording of every path in the inbox, or of those *where* something is so."""
    query = select(*_columns()) if where is None else select(*_columns()).where(where)
    with database.reading() as connection:
        return _known(_tuples(connection, query))


def known_at(database: Database, paths: Iterable[str]) -> dict[str, KnownRecording]:
    """The newest recording of each of these paths."""
    return _those(database, table.c.path, paths)


def copies(database: Database, originals: Collection[str] | None) -> dict[str, KnownRecording]:
    """The duplicates of these recordings, or all there are."""
    if originals is None:
        return known_recordings(database, table.c.duplicate_of.is_not(None))
    return _those(database, table.c.duplicate_of, originals)


def with_ids(database: Database, identities: Iterable[str]) -> dict[str, KnownRecording]:
    """The recordings with these ids."""
    return _those(database, table.c.id, identities)


def with_bytes(database: Database, digests: Collection[str], stamps: Collection[str]) -> dict[str, KnownRecording]:
    """The recordings with these bytes; and those that are not ingested, with these sizes and times."""
    found = _those(database, table.c.sha256, digests)
    if stamps:
        waiting = known_recordings(database, and_(table.c.audio.is_(None), table.c.duplicate_of.is_(None)))
        found |= {path: one for path, one in waiting.items() if one.seen.rpartition(":")[0] in stamps}
    return found


def sizes(database: Database, identities: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Size and sha256 of those of these recordings whose bytes were read once, by id."""
    c, found = table.c, dict[str, tuple[int, str]]()
    with database.reading() as connection:
        for start in range(0, len(identities), _IN_ONE_QUERY):
            some = c.id.in_(identities[start : start + _IN_ONE_QUERY])
            query = select(c.id, c.size, c.sha256).where(some, c.size.is_not(None), c.sha256.is_not(None))
            found |= {row.id: (row.size, row.sha256) for row in connection.execute(query)}
    return found


def known_sizes(database: Database, sizes: Collection[int]) -> set[int]:
    """Those of these sizes in bytes that a recording has."""
    with database.reading() as connection:
        query = select(table.c.id).where(table.c.size == bindparam("bytes")).limit(1)
        return {size for size in sizes if connection.execute(query, {"bytes": size}).first()}


def _columns() -> list[ColumnElement[Any]]:
    c = table.c
    refused = and_(c.quarantine.is_not(None), c.size.is_(None))
    return [c.path, c.id, c.version, c.seen, c.beside, _taken(), refused, func.coalesce(c.hold, ""), c.duplicate_of]


def _taken() -> ColumnElement[bool]:
    return or_(table.c.audio.is_not(None), table.c.duplicate_of.is_not(None))


def _tuples(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    """Plain tuples: SQLAlchemy's rows cost twice as much."""
    cursor = connection.execute(query).cursor
    return list(cursor.fetchall()) if cursor else []


def _newest(rows: list[tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """By path (the first column), the row of the highest version (the third)."""
    found = {row[0]: row for row in rows}
    return found if len(found) == len(rows) else {row[0]: row for row in sorted(rows, key=lambda row: row[2])}


def _known(rows: list[tuple[Any, ...]]) -> dict[str, KnownRecording]:
    return {path: KnownRecording._make((*row, None)) for path, row in _newest(rows).items()}


def remember(database: Database, stamps: Iterable[tuple[str, str, str | None]]) -> None:
    """Keep the stamps of sidecars (id, what was seen, stamp) from which what was seen is known still to be so."""
    c, rows = table.c, [{"an_id": one, "was_seen": seen, "stamp": stamp} for one, seen, stamp in stamps]
    if not rows:
        return
    same = and_(c.id == bindparam("an_id"), c.seen == bindparam("was_seen"))
    with database.writing() as connection:
        connection.execute(update(table).where(same).values(beside=bindparam("stamp")), rows)


def _those(database: Database, column: ColumnElement[Any], values: Iterable[str]) -> dict[str, KnownRecording]:
    found, wanted = dict[str, KnownRecording](), sorted(set(values))
    for start in range(0, len(wanted), _IN_ONE_QUERY):
        found |= known_recordings(database, column.in_(wanted[start : start + _IN_ONE_QUERY]))
    return found
