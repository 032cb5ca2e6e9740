"""Which authors' days have changed since a kept view (the search index, the day tables) was made of them.

Triggers note every change (migration 0011), so whoever changes a row need not think of the views, and a process that
dies leaves the note for the next one. `take_changes` turns notes into stamps; a view keeps the stamp that it has of
each day. A view of this home keeps its stamps in the home, one that several machines share keeps them in the catalog.
"""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Literal

from sqlalchemy import Connection, delete, func, select, text

from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.exclusive import exclusively
from diary_pipeline.catalog.tables import day_changes, day_stamps, days_derived, recordings

View = Literal["search", "tables", "private tables"]

_IN_ONE_QUERY = 400  # SQLite builds may allow only 999 variables
_CHANGES_LOCK = 0x_D1A7_2027


class DayStamps:
    """Reads and writes the stamps of days in the catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def alone(self, view: View, wait_seconds: float) -> AbstractContextManager[bool]:
        """Whether the caller alone brings *view* up to date now."""
        return exclusively(self._database, view, wait_seconds)

    def take_changes(self) -> None:
        """Give every day that changed a new stamp. Stamps never come again, also not after the catalog is rebuilt."""
        with self._database.reading() as connection:
            if connection.execute(select(day_changes.c.id).limit(1)).first() is None:
                return
        with self._database.writing() as connection:
            if not self._database.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHANGES_LOCK})
            rows = connection.execute(select(day_changes.c.id, day_changes.c.subject)).all()
            newest = connection.execute(select(func.max(day_stamps.c.stamp))).scalar() or 0
            stamp = max(newest + 1, int(time.time() * 1000))
            for subject in {row.subject for row in rows}:
                new = self._database.insert(day_stamps).values(subject=subject, stamp=stamp)
                connection.execute(new.on_conflict_do_update(index_elements=["subject"], set_={"stamp": stamp}))
            ids = [row.id for row in rows]
            for start in range(0, len(ids), _IN_ONE_QUERY):
                some = ids[start : start + _IN_ONE_QUERY]
                connection.execute(delete(day_changes).where(day_changes.c.id.in_(some)))

    def all(self) -> dict[str, int]:
        """The stamp of every author's day."""
        with self._database.reading() as connection:
            return {row.subject: row.stamp for row in connection.execute(select(day_stamps))}

    def totals(self) -> tuple[int, int]:
        """How many days there are, and the sum of their stamps: a quick look whether anything changed."""
        with self._database.reading() as connection:
            count, total = connection.execute(select(func.count(), func.sum(day_stamps.c.stamp))).one()
        return int(count), int(total or 0)

    def authors(self) -> list[str]:
        """Everybody who has a day."""
        c = recordings.c
        query = select(c.author).where(c.day.is_not(None)).distinct().order_by(c.author)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def due(self, view: View) -> dict[str, int]:
        """The days of which a shared *view* is not up to date, with their stamps."""
        made = days_derived.alias()
        same = (made.c.view == view) & (made.c.subject == day_stamps.c.subject)
        behind = (made.c.stamp.is_(None)) | (made.c.stamp != day_stamps.c.stamp)
        query = select(day_stamps.c.subject, day_stamps.c.stamp).join(made, same, isouter=True).where(behind)
        with self._database.reading() as connection:
            return {row.subject: row.stamp for row in connection.execute(query)}

    def settle(self, view: View, stamps: Mapping[str, int]) -> None:
        """Note that a shared *view* has these days as they were at these stamps."""
        with self._database.writing() as connection:
            keep_stamps(self._database, connection, view, stamps)

    def forget(self, view: View) -> None:
        """Let a shared *view* be made anew of all days."""
        with self._database.writing() as connection:
            connection.execute(delete(days_derived).where(days_derived.c.view == view))


def keep_stamps(database: Database, connection: Connection, view: View, stamps: Mapping[str, int]) -> None:
    """Write down the stamps that a view has of days, on a connection that is open already."""
    for subject, stamp in stamps.items():
        new = database.insert(days_derived).values(view=view, subject=subject, stamp=stamp)
        connection.execute(new.on_conflict_do_update(index_elements=["view", "subject"], set_={"stamp": stamp}))
