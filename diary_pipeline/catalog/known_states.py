"""The state of each recording, remembered: where all is done, nobody asks again until something has changed.

A state is the *basis* of all recordings (`Fingerprints.basis`) under which nothing of the recording was pending, and
a letter for each of its results that is stale. Triggers forget it whenever the recording, or an attempt at it, changes
(migration 0007). Whoever examines recordings marks them first: a change meanwhile takes the mark away.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true, update

from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.recordings import Recordings, recording
from diary_pipeline.catalog.tables import recordings as table
from diary_pipeline.schema import Recording, Wanted

STALE_TRANSCRIPT, STALE_NOTE = "t", "w"
_IN_ONE_QUERY = 500  # SQLite builds may allow only 999 variables


class KnownStates:
    """Reads and writes what is known of the state of recordings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self, basis: str, days: Sequence[date] | None = None, *, stale: bool = False, limit: int | None = None
    ) -> list[Recording]:
        """The recordings of *days* (all days: None) of which something may be to do, by time; or that are *stale*.

        *limit*: at most so many, whichever.
        """
        c = table.c
        wanted = or_(is_open(basis), c.known_state.in_(_stale(basis))) if stale else is_open(basis)
        query = select(table).where(wanted if days is None else and_(wanted, c.day.in_(days)))
        query = query if limit is None else query.limit(limit)
        with self._database.reading() as connection:
            rows = [recording(row) for row in connection.execute(query).mappings()]
        return sorted(rows, key=lambda r: (r.recorded_at is not None, r.recorded_at or 0, r.path))

    def candidates(self, basis: str, wanted: Wanted, days: Sequence[date] | None) -> list[Recording]:
        """The recordings of *days* of which something may be to do for a run that wants this."""
        if wanted == "redo":
            return [one for one, _ in Recordings(self._database).all(days)]
        return self.open(basis, days, stale=wanted == "stale")

    def stale(self, basis: str) -> dict[str, int]:
        """How many transcripts (t) and notes (w) are stale, of the recordings whose state is known."""
        c, found = table.c, {STALE_TRANSCRIPT: 0, STALE_NOTE: 0}
        query = select(c.known_state, func.count()).where(c.known_state.in_(_stale(basis))).group_by(c.known_state)
        with self._database.reading() as connection:
            for state, count in connection.execute(query):
                for letter in state.removeprefix(basis):
                    found[letter] += count
        return found

    def with_stale_notes(self, basis: str, limit: int) -> list[Recording]:
        """Some of the recordings whose note is known to be stale, at most *limit*."""
        noted = [one for one in _stale(basis) if STALE_NOTE in one.removeprefix(basis)]
        query = select(table).where(table.c.known_state.in_(noted)).limit(limit)
        with self._database.reading() as connection:
            return [recording(row) for row in connection.execute(query).mappings()]

    def examined(self, basis: str) -> Iterator["Examined"]:
        """Some of the open recordings at a time, marked, until each was given once."""
        ids = self._open_ids(basis)
        for start in range(0, len(ids), _IN_ONE_QUERY):
            yield Examined(self._database, ids[start : start + _IN_ONE_QUERY])

    def _open_ids(self, basis: str) -> list[str]:
        with self._database.reading() as connection:
            return list(
                connection.execute(
                    select(table.c.id).where(is_open(basis)).order_by(table.c.author, table.c.day)
                ).scalars()
            )


class Examined:
    """Recordings that are being examined: marked in the catalog until their state is known."""

    def __init__(self, database: Database, identities: Sequence[str]) -> None:
        self._database, self._mark = database, f"?{uuid.uuid4().hex[:16]}"
        mine = table.c.id.in_(identities)
        with database.writing() as connection:
            connection.execute(update(table).where(mine).values(known_state=self._mark))
        with database.reading() as connection:
            rows = connection.execute(select(table).where(mine)).mappings()
            self.recordings = [recording(row) for row in rows]

    def settle(self, states: Mapping[str, str]) -> None:
        """Keep the states of those that were not changed meanwhile; of the others it is forgotten."""
        rows = [{"an_id": name, "as_found": state} for name, state in states.items()]
        mine = and_(table.c.id == bindparam("an_id"), table.c.known_state == self._mark)
        with self._database.writing() as connection:
            if rows:
                connection.execute(update(table).where(mine).values(known_state=bindparam("as_found")), rows)
            left = and_(
                table.c.known_state == self._mark, table.c.id.in_([r.id for r in self.recordings if r.id not in states])
            )
            connection.execute(update(table).where(left).values(known_state=None))


def is_open(basis: str | None) -> ColumnElement[bool]:
    """In a query: whether something of the recording may be to do; without a basis this may be so of all."""
    c = table.c
    if basis is None:
        return true()
    return or_(c.known_state.is_(None), c.known_state < basis, c.known_state > f"{basis}~")


def _stale(basis: str) -> list[str]:
    return [basis + letters for letters in (STALE_TRANSCRIPT, STALE_NOTE, STALE_TRANSCRIPT + STALE_NOTE)]
