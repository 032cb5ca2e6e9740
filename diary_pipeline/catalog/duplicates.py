"""Each author's bytes once: of an author's recordings with the same bytes one has them, the others are its duplicates.

Which one that is can change when a recording gets another author.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, update

from diary_pipeline.catalog.privacy import TEXTS
from diary_pipeline.catalog.tables import attempts
from diary_pipeline.catalog.tables import recordings as table
from diary_pipeline.schema import Recording


def of_bytes(connection: Connection, one: Recording, author: str, sha256: str, *, text: bool) -> str | None:
    """Id of the author's ingested recording with these bytes, of which *one* is another copy.

    Bytes that are text alone prove nothing: the same words may be said again. They are a copy only where they have the
    same recorded time, or the same path.
    """
    c = table.c
    counts = (c.author == author, c.sha256 == sha256, c.audio.is_not(None), c.duplicate_of.is_(None), c.id != one.id)
    same = [or_(c.path == one.path, c.recorded_at == one.recorded_at)] if text else []
    return connection.execute(select(c.id).where(*counts, *same).order_by(c.registered_at, c.id)).scalar()


def as_authors_own(connection: Connection, old: Recording, author: str, recorded_at: datetime | None) -> dict[str, Any]:
    """Columns that make *old* a recording of *author* at this time: a duplicate where the author has it already.

    What it leaves behind is not lost: a duplicate of it that stays with its former author takes its place.
    """
    text = old.codec in TEXTS
    apart = text and old.duplicate_of is not None and recorded_at != old.recorded_at
    if old.sha256 is None or (author == old.author and not apart):
        return {}
    if old.duplicate_of is None:
        _replace_by_duplicate(connection, old)
    moved = old.model_copy(update={"recorded_at": recorded_at})
    first = of_bytes(connection, moved, author, old.sha256, text=text)
    if first is None and old.audio is None:
        _ingest_again(connection, old.id)
    return {"duplicate_of": first} | ({"audio": None} if first else {})


def _replace_by_duplicate(connection: Connection, old: Recording) -> None:
    c = table.c
    mine = select(c.id).where(c.duplicate_of == old.id, c.author == old.author).order_by(c.registered_at, c.id)
    heirs = list(connection.execute(mine).scalars())
    if not heirs:
        return
    connection.execute(update(table).where(c.id == heirs[0]).values(duplicate_of=None))
    connection.execute(update(table).where(c.id.in_(heirs[1:])).values(duplicate_of=heirs[0]))
    _ingest_again(connection, heirs[0])


def _ingest_again(connection: Connection, identity: str) -> None:
    """A duplicate's own copy of the bytes was not kept: it is made again from its file."""
    a = attempts.c
    done = (a.subject == identity, a.stage == "ingest", a.outcome == "ok")
    connection.execute(update(attempts).where(*done).values(outcome="stale"))
