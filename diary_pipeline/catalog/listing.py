"""The recordings a page at a time: the newest first, and at the front those that somebody should look at."""

from sqlalchemy import and_, func, or_, select, tuple_

from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.recordings import recording
from diary_pipeline.catalog.tables import attempts
from diary_pipeline.catalog.tables import recordings as table
from diary_pipeline.errors import UserError
from diary_pipeline.schema import Recording

_TROUBLE = ("failed", "error", "fault", "crashed")


def count(database: Database) -> int:
    """How many recordings there are."""
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar() or 0


def newest(database: Database, limit: int, before: str | None = None) -> tuple[list[Recording], str | None]:
    """The newest recordings that are dated, *limit* of them, by time; and the id *before* which the next ones are.

    Raises:
        UserError: there is no such recording.
    """
    c = table.c
    query = select(table).where(c.recorded_at.is_not(None)).order_by(c.recorded_at.desc(), c.path.desc(), c.id.desc())
    with database.reading() as connection:
        if before is not None:
            last = connection.execute(select(c.recorded_at, c.path, c.id).where(c.id == before)).first()
            if last is None or last.recorded_at is None:
                raise UserError(f"There is no recording {before!r}. Write what `diary status --json` has as `next`.")
            earlier = c.recorded_at <= last.recorded_at
            query = query.where(earlier, tuple_(c.recorded_at, c.path, c.id) < tuple_(*last))
        rows = [recording(row) for row in connection.execute(query.limit(limit + 1)).mappings()]
    some = rows[:limit]
    return some[::-1], some[-1].id if len(rows) > limit else None


def troubled(database: Database, limit: int) -> list[Recording]:
    """Recordings without a date, held, refused or failed, *limit* at most, the last registered first."""
    c, a = table.c, attempts.c
    failed = select(a.subject).where(and_(a.outcome.in_(_TROUBLE), a.stage != "compose"))
    wrong = or_(c.recorded_at.is_(None), c.quarantine.is_not(None), c.hold.is_not(None), c.id.in_(failed))
    query = select(table).where(wrong).order_by(c.registered_at.desc(), c.id).limit(limit)
    with database.reading() as connection:
        return [recording(row) for row in connection.execute(query).mappings()]
