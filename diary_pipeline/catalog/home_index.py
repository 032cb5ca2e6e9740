"""The search index in the home, a SQLite file that only its owner may read: all text, or that of private memos alone.

It is made of documents, so whatever is wrong with the file, a new one replaces it. It also keeps, for the views that
are this home's own, which days they were made of.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    column,
    create_engine,
    delete,
    event,
    func,
    insert,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DatabaseError

from diary_pipeline.catalog.derived import View
from diary_pipeline.catalog.search import Entry, Found, IndexedDay, found, match_expression, new_rows
from diary_pipeline.catalog.tables import search_entries
from diary_pipeline.errors import TransientError
from diary_pipeline.file_names import readable
from diary_pipeline.folding import Query, grams

FILE = "search.db"
_DAMAGED = ("not a database", "malformed")
SHAPE = 1
"""Of the file and its trigrams: one of another shape is made anew."""

_metadata = MetaData()
_entries = search_entries.to_metadata(_metadata)
_derived = Table(
    "days_derived",
    _metadata,
    Column("view", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("stamp", BigInteger, nullable=False),
)
# The pages as they lay there when they were indexed: a person may edit one at any time.
_pages = Table(
    "pages_seen",
    _metadata,
    Column("subject", String, primary_key=True),
    Column("day", String, nullable=False, index=True),
    Column("modified", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
)
_grams = table("search_grams", column("rowid", BigInteger), column("grams", String))
# Without a copy of the text, and without the places of trigrams in it: `search_entries` has both.
_FTS = """CREATE VIRTUAL TABLE search_grams USING fts5
    (grams, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '_'")"""


class HomeIndex:
    """The index file of one home. Open it, use it and close it; several processes may."""

    def __init__(self, home: Path, timeout_seconds: float) -> None:
        self._file, self._timeout = home / FILE, timeout_seconds
        try:
            self._open()
        except DatabaseError as error:
            self._engine.dispose()
            if not any(words in str(error.orig) for words in _DAMAGED):
                raise self._trouble(error) from error
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._file}{suffix}").unlink(missing_ok=True)
            self._open()

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def totals(self, view: View) -> tuple[int, int]:
        """How many days a view of this home was made of, and the sum of their stamps."""
        query = select(func.count(), func.sum(_derived.c.stamp)).where(_derived.c.view == view)
        with self._reading() as connection:
            count, total = connection.execute(query).one()
        return int(count), int(total or 0)

    def stamps(self, view: View) -> dict[str, int]:
        """The stamps of the days that a view of this home was made of."""
        query = select(_derived.c.subject, _derived.c.stamp).where(_derived.c.view == view)
        with self._reading() as connection:
            return {row.subject: row.stamp for row in connection.execute(query)}

    def settle(self, view: View, stamps: Mapping[str, int]) -> None:
        """Note that a view of this home has these days as they were at these stamps."""
        with self._writing() as connection:
            _keep(connection, view, stamps)

    def replace(self, days: Sequence[IndexedDay], pages: Mapping[str, tuple[int, int]]) -> None:
        """Put these days' entries in the place of those before. *pages*: when each page was changed, and its size."""
        with self._writing() as connection:
            for day in days:
                _replace(connection, day.subject, day.entries)
                _keep(connection, "search", {day.subject: day.stamp})
                connection.execute(delete(_pages).where(_pages.c.subject == day.subject))
                if seen := pages.get(day.subject):
                    values = {"subject": day.subject, "day": day.subject.rpartition("/")[2]}
                    connection.execute(insert(_pages).values(**values, modified=seen[0], size=seen[1]))

    def forget(self, subjects: Sequence[str]) -> None:
        """Remove days that are no more."""
        with self._writing() as connection:
            for subject in subjects:
                _replace(connection, subject, [])
                connection.execute(delete(_derived).where(_derived.c.subject == subject))
                connection.execute(delete(_pages).where(_pages.c.subject == subject))

    def pages(self, at_most: int | None) -> dict[str, tuple[int, int]]:
        """When each page that was indexed had been changed, and its size; of *at_most* so many, the latest."""
        query = select(_pages).order_by(_pages.c.day.desc()).limit(at_most)
        with self._reading() as connection:
            return {row.subject: (row.modified, row.size) for row in connection.execute(query)}

    def subjects(self) -> set[str]:
        """The days that have entries."""
        with self._reading() as connection:
            return set(connection.execute(select(_entries.c.subject).distinct()).scalars())

    def find(self, query: Query, author: str | None, limit: int) -> list[Found]:
        """At most *limit* entries that hold all terms, those of the latest days first."""
        padded = " " + _entries.c.folded + " "
        verified = and_(*(or_(*(func.instr(padded, way.text) > 0 for way in term)) for term in query.indexed))
        matching = text("search_grams MATCH :grams").bindparams(grams=match_expression(query.indexed))
        both = _grams.join(_entries, _entries.c.id == _grams.c.rowid)
        asked = (
            select(_entries).select_from(both).where(matching, verified).order_by(_grams.c.rowid.desc()).limit(limit)
        )
        mine = asked if author is None else asked.where(_entries.c.author == author)
        with self._reading() as connection:
            return found(connection.execute(mine).mappings(), query)

    def _open(self) -> None:
        with suppress(FileExistsError):
            os.close(os.open(self._file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))  # the files beside it get its mode
        self._engine = create_engine(
            URL.create("sqlite", database=str(self._file)),
            connect_args={"timeout": self._timeout},
            hide_parameters=True,
        )
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        with self._engine.begin() as connection:
            if connection.exec_driver_sql("PRAGMA user_version").scalar() != SHAPE:
                for name in ("search_grams", *(one.name for one in _metadata.sorted_tables)):
                    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
                _metadata.create_all(connection)
                connection.exec_driver_sql(_FTS)
                connection.exec_driver_sql(f"PRAGMA user_version = {SHAPE}")

    @contextmanager
    def _writing(self, *, reading: bool = False) -> Iterator[Connection]:
        try:
            engine = self._engine.execution_options(diary_reading=reading)
            with engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            raise self._trouble(error) from error

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._writing(reading=True)

    def _trouble(self, error: DatabaseError) -> TransientError:
        cause = next(iter(str(error.orig).splitlines()), type(error).__name__)
        return TransientError(
            f"The search index {readable(str(self._file))} cannot be used: {cause}. Nothing is lost; try again, or "
            "move the file away: a new one is made."
        )


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("diary_reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _keep(connection: Connection, view: View, stamps: Mapping[str, int]) -> None:
    rows = [{"view": view, "subject": subject, "stamp": stamp} for subject, stamp in stamps.items()]
    if rows:
        new = sqlite.insert(_derived)
        keys = ["view", "subject"]
        connection.execute(new.on_conflict_do_update(index_elements=keys, set_={"stamp": new.excluded.stamp}), rows)


def _replace(connection: Connection, subject: str, entries: Sequence[Entry]) -> None:
    c = _entries.c
    before = connection.execute(select(c.id, c.folded).where(c.subject == subject)).all()
    if before:
        gone = "INSERT INTO search_grams (search_grams, rowid, grams) VALUES ('delete', :id, :grams)"
        connection.execute(text(gone), [{"id": row.id, "grams": " ".join(grams(row.folded))} for row in before])
        connection.execute(delete(_entries).where(c.subject == subject))
    rows = new_rows(connection, subject, entries)
    if rows:
        connection.execute(insert(_entries), rows)
        new = "INSERT INTO search_grams (rowid, grams) VALUES (:id, :grams)"
        connection.execute(text(new), [{"id": row["id"], "grams": " ".join(grams(row["folded"]))} for row in rows])
