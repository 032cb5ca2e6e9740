"""The search index: its entries, and where they are kept. See `folding` for what an index compares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, delete, func, insert, or_, select, text

from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.derived import keep_stamps
from diary_pipeline.catalog.tables import recordings
from diary_pipeline.catalog.tables import search_entries as table
from diary_pipeline.folding import GRAM, Query, Term, fold, grams

Kind = Literal["transcript", "note", "page"]

_DAY_SHIFT = 24  # of an entry's id: below it is the entry's number on its day


@dataclass(frozen=True)
class Entry:
    """One text that can be found. `start`: seconds into the recording; a line of a page may have no recording."""

    author: str
    recording: str | None
    kind: Kind
    segment: str | None
    start: float | None
    text: str


@dataclass(frozen=True)
class Found(Entry):
    """An entry that was found, with its day. `id`: of two, the one with the greater id is of the later day."""

    id: int
    day: date


@dataclass(frozen=True)
class IndexedDay:
    """All entries of one author's day, made of what there was at `stamp`.

    `classes`: by recording of that day, its privacy class and what holds it, as they were when the entries were chosen.
    """

    subject: str
    stamp: int
    classes: Mapping[str, tuple[str, str | None]]
    entries: Sequence[Entry]


class SharedIndex:
    """The index in PostgreSQL. No entry of a private or held recording may be given to it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def replace(self, days: Sequence[IndexedDay]) -> None:
        """Put these days' entries in the place of those before.

        A day on which a recording has another class by now is left out, and stays due. The rows of its recordings are
        locked meanwhile, so that the statement that makes one private comes after, and finds what it has to delete.
        """
        with self._database.writing() as connection:
            for day in days:
                if self._classes(connection, day.subject) == day.classes:
                    _replace(connection, day.subject, day.entries, with_grams=True)
                    keep_stamps(self._database, connection, "search", {day.subject: day.stamp})

    def find(self, query: Query, author: str | None, limit: int) -> list[Found]:
        """At most *limit* entries that hold all terms, those of the latest days first."""
        ways = " & ".join(f"({' | '.join(map(_of_way, term))})" for term in query.indexed)
        asked = text("grams @@ CAST(:grams AS tsquery)").bindparams(grams=ways)
        padded = func.concat(" ", table.c.folded, " ")
        verified = and_(*(or_(*(func.strpos(padded, way.text) > 0 for way in term)) for term in query.indexed))
        with self._database.reading() as connection:
            rows = connection.execute(_select(author, limit).where(asked, verified)).mappings()
            return found(rows, query)

    def _classes(self, connection: Connection, subject: str) -> dict[str, tuple[str, str | None]]:
        author, _, day = subject.rpartition("/")
        c = recordings.c
        mine = and_(c.author == author, c.day == date.fromisoformat(day))
        rows = connection.execute(select(c.id, c.privacy, c.hold).where(mine).order_by(c.id).with_for_update(read=True))
        return {row.id: (row.privacy, row.hold) for row in rows}


def _of_way(way: Any) -> str:
    return f"({' & '.join(_lexeme(gram) for gram in way.grams)})"


def _lexeme(gram: str) -> str:
    return f"'{gram}'" if len(gram) == GRAM else f"'{gram}':*"


def _select(author: str | None, limit: int) -> Select[Any]:
    query = select(table).order_by(table.c.id.desc()).limit(limit)
    return query if author is None else query.where(table.c.author == author)


def found(rows: Iterable[RowMapping], query: Query) -> list[Found]:
    """Rows as entries, without those that the index took for a match too quickly."""
    names = ("author", "recording", "kind", "segment", "start", "text", "id")
    return [
        Found(**{name: row[name] for name in names}, day=date.fromordinal(row["id"] >> _DAY_SHIFT))
        for row in rows
        if query.matches(row["folded"])
    ]


def _replace(connection: Connection, subject: str, entries: Sequence[Entry], *, with_grams: bool) -> None:
    connection.execute(delete(table).where(table.c.subject == subject))
    rows = new_rows(connection, subject, entries)
    if not rows:
        return
    if not with_grams:
        connection.execute(insert(table), rows)
        return
    names = [column.name for column in table.columns]
    values = ", ".join(f":{name}" for name in names)
    statement = text(
        f"INSERT INTO search_entries ({', '.join(names)}, grams) VALUES ({values}, array_to_tsvector(:grams))"  # noqa: S608 - of the table's own names
    ).bindparams(bindparam("grams"))
    connection.execute(statement, [{**row, "grams": grams(row["folded"])} for row in rows])


def new_rows(connection: Connection, subject: str, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The rows of one day's *entries*, with ids behind those that the day has."""
    first = date.fromisoformat(subject.rpartition("/")[2]).toordinal() << _DAY_SHIFT
    of_day = table.c.id.between(first, first + (1 << _DAY_SHIFT) - 1)
    newest = connection.execute(select(func.max(table.c.id)).where(of_day)).scalar()
    start = first if newest is None else newest + 1
    made = [(asdict(entry), fold(entry.text)) for entry in entries]
    kept = [(values, folded) for values, folded in made if folded]
    return [
        {**values, "id": start + number, "subject": subject, "folded": folded}
        for number, (values, folded) in enumerate(kept)
    ]


def match_expression(terms: Sequence[Term]) -> str:
    """The terms for FTS5: one way of each must have all its trigrams in the text."""
    return " AND ".join(f"({' OR '.join(map(_fts_way, term))})" for term in terms)


def _fts_way(way: Any) -> str:
    return f"({' AND '.join(_fts_gram(gram) for gram in way.grams)})"


def _fts_gram(gram: str) -> str:
    return f'"{gram}"' if len(gram) == GRAM else f'"{gram}" *'
