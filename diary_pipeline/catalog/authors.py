"""The authors who have recordings."""

from sqlalchemy import and_, func, or_, select

from diary_pipeline.catalog.database import Database
from diary_pipeline.catalog.tables import recordings as table


def recorded_authors(database: Database) -> dict[str, int]:
    """By author, how many recordings are theirs for certain: ingested ones, and those that wait for nothing else.

    One that is held, or was refused at a first look, may lie in a folder of which nobody has said whose it is.
    """
    c = table.c
    ingested = or_(c.audio.is_not(None), c.duplicate_of.is_not(None), c.size.is_not(None))
    certain = or_(ingested, and_(c.hold.is_(None), c.quarantine.is_(None)))
    query = select(c.author, func.count().label("recordings")).where(certain).group_by(c.author)
    with database.reading() as connection:
        return {row.author: row.recordings for row in connection.execute(query)}
