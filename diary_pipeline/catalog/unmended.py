"""Recordings that somebody should look at: refused, held, or failed when they were worked on last."""

from collections.abc import Mapping

from sqlalchemy import Select, exists, func, or_, select

from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.tables import attempts, recordings

FAILURES = ("failed", "error", "fault", "crashed")
"""Outcomes after which a stage has not done its work."""


class Unmended:
    """Reads what has gone wrong."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def subjects(self) -> list[str]:
        """The ids of recordings that are refused or held; recordings and pages (author/day) that failed last."""
        r = recordings.c
        stopped = select(r.id).where(or_(r.hold.is_not(None), r.quarantine.is_not(None)))
        with self._database.reading() as connection:
            return sorted({*connection.execute(stopped).scalars(), *connection.execute(_failed()).scalars()})

    def mark(self) -> Mapping[str, int]:
        """Differs after whatever could have mended something or made it fail; cheap."""
        a, r = attempts.c, recordings.c
        with self._database.reading() as connection:
            newest = connection.execute(select(func.max(a.id))).scalar() or 0
            live = connection.execute(select(func.count()).where(a.outcome.is_(None))).scalar_one()
            held, refused = connection.execute(select(func.count(r.hold), func.count(r.quarantine))).one()
        return {"newest": newest, "live": live, "held": held, "refused": refused}


def _failed() -> Select[tuple[str]]:
    a, later = attempts.alias().c, attempts.alias().c
    since = exists().where(later.subject == a.subject, later.stage == a.stage, later.id > a.id)
    return select(a.subject).where(a.outcome.in_(FAILURES), ~since).distinct()
