"""Versions of the file at one path of the inbox: which holds the sound of which, and which one counts."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, and_, or_, select, update

from diary_pipeline.catalog.pages import outdate, page_subject
from diary_pipeline.catalog.privacy import MARK_LETTERS
from diary_pipeline.catalog.recordings import recording
from diary_pipeline.catalog.tables import recordings as table
from diary_pipeline.catalog.tables import sounds
from diary_pipeline.schema import Recording


def other_versions(connection: Connection, identity: str) -> list[Recording]:
    """The recordings that were ingested from the same path before this one, and that still count."""
    c, mine = table.c, table.alias().c
    same = c.path == select(mine.path).where(mine.id == identity).scalar_subquery()
    older = c.version < select(mine.version).where(mine.id == identity).scalar_subquery()
    counts = (c.audio.is_not(None), c.duplicate_of.is_(None), c.superseded_by.is_(None))
    query = select(table).where(same, older, *counts).order_by(c.version)
    return [recording(row) for row in connection.execute(query).mappings()]


def came_with_another(connection: Connection, mine: Recording, sha256: str, transcript: str, same: str | None) -> bool:
    """Whether the *transcript* of this hash came with other bytes under the name of *mine*, which has *sha256*.

    *same*: the id of a recording whose sound is exactly the same.
    """
    c = table.c
    name = or_(c.path == mine.path, and_(c.source == mine.source, c.author == mine.author))
    other = (c.sha256 != sha256, c.id != mine.id, *([c.id != same] if same else []))
    its = c.transcript.like(f"%.transcript-{transcript[:MARK_LETTERS]}.%")
    return connection.execute(select(c.id).where(name, *other, its)).first() is not None


def known_sound(connection: Connection, identity: str) -> str | None:
    """The sound of a recording as text, if it was compared before."""
    return connection.execute(select(sounds.c.hashes).where(sounds.c.recording == identity)).scalar()


def keep_sounds(connection: Connection, texts: Mapping[str, str]) -> None:
    """Keep the sounds of recordings for the next comparison."""
    for identity, text in texts.items():
        if known_sound(connection, identity) is None:
            connection.execute(sounds.insert().values(recording=identity, hashes=text))


def supersede(connection: Connection, identities: Collection[str], newest: str) -> None:
    """Let *newest* count instead of *identities* and of what they superseded; their pages are composed again."""
    c = table.c
    others = set(identities) - {newest}
    if not others:
        return
    connection.execute(update(table).where(c.id == newest).values(superseded_by=None))
    for column in (c.id, c.superseded_by):
        gone = (column.in_(others), c.id != newest)
        connection.execute(update(table).where(*gone).values(superseded_by=newest))
    pages = connection.execute(select(c.author, c.day).where(c.id.in_({*others, newest}), c.day.is_not(None))).all()
    outdate(connection, {page_subject(row.author, row.day) for row in pages})
