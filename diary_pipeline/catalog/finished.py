"""What was finished since somebody looked last: for those that tell others what the catalog has."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, func, or_, select

from diary_pipeline.catalog.database import Database, now_ms
from diary_pipeline.catalog.tables import attempts, recordings

YOUNG_MS = 60_000
"""Attempts of the last minute are read again: transactions do not become visible in the order of their ids."""

_IN_ONE_QUERY = 500  # SQLite builds may allow only 999 variables


@dataclass(frozen=True)
class ReadMark:
    """How far attempts were read: all up to `closed` for good; up to `read` those finished before `since` (ms)."""

    closed: int = 0
    read: int = 0
    since: int = 0


class Finished:
    """Reads which days got documents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def after(self, before: ReadMark, limit: int) -> tuple[list[date], ReadMark]:
        """The days of up to *limit* attempts that made something after *before*, and how far that is."""
        c = attempts.c
        with self._database.reading() as connection:
            newest = connection.execute(select(func.max(c.id))).scalar() or 0
            if newest < before.read:  # the catalog was made anew
                before = ReadMark()
            moment = connection.execute(select(now_ms())).scalar_one()
            late = c.finished_at >= before.since - YOUNG_MS
            new = and_(c.id > before.closed, or_(c.id > before.read, late), c.outcome.in_(("ok", "interim")))
            rows = connection.execute(select(c.id, c.subject).where(new).order_by(c.id).limit(limit)).all()
            read = max(rows[-1].id, before.read) if len(rows) == limit else newest
            open_ = and_(c.id > before.closed, or_(c.outcome.is_(None), c.started_at > now_ms() - YOUNG_MS))
            oldest = connection.execute(select(func.min(c.id)).where(open_)).scalar()
            closed = read if oldest is None else min(read, oldest - 1)
            return list(_days(connection, [row.subject for row in rows])), ReadMark(closed, read, moment)

    def busy(self, runs: Collection[str]) -> set[date]:
        """The days of which something is being worked on, or was by one of these *runs*."""
        c = attempts.c
        live = and_(c.outcome.is_(None), c.lease_until >= now_ms())
        query = select(c.subject).where(or_(live, c.run_id.in_(list(runs))) if runs else live).distinct()
        with self._database.reading() as connection:
            return set(_days(connection, list(connection.execute(query).scalars())))


def _days(connection: Connection, subjects: Sequence[str]) -> Iterable[date]:
    """The days of recordings and pages, each once, in the order of *subjects*."""
    r, names = recordings.c, [name for name in subjects if "/" not in name]
    days: dict[str, date] = {}
    for start in range(0, len(names), _IN_ONE_QUERY):
        query = select(r.id, r.day).where(r.id.in_(names[start : start + _IN_ONE_QUERY]), r.day.is_not(None))
        days |= {row.id: row.day for row in connection.execute(query)}
    days |= {name: date.fromisoformat(name.rpartition("/")[2]) for name in subjects if "/" in name}
    return dict.fromkeys(days[name] for name in subjects if name in days)
