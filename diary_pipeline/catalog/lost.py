"""Documents that cannot be read any more: what made them counts as not done, so that it is done again."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, select, update

from diary_pipeline.catalog.tables import attempts as table
from diary_pipeline.schema import Stage

_HAS_DOCUMENT = ("ok", "interim")


def mark_lost(connection: Connection, stage: Stage, name: str, document: str, why: str) -> bool:
    """Mark what made *document* as lost; False where that was known before."""
    c = table.c
    made = and_(c.stage == stage, c.subject == name, c.document == document, c.outcome.in_(_HAS_DOCUMENT))
    values: Mapping[str, Any] = {"outcome": "lost", "error": why}
    return connection.execute(update(table).where(made).values(values)).rowcount > 0


def is_lost(connection: Connection, stage: Stage, name: str, fingerprint: str) -> bool:
    """Whether such a document was made before and is lost."""
    c = table.c
    lost = and_(c.stage == stage, c.subject == name, c.fingerprint == fingerprint, c.outcome == "lost")
    return connection.execute(select(c.id).where(lost)).first() is not None


def lose_notes(connection: Connection, recording: str, transcript: str) -> None:
    """Mark a recording's notes as lost if its *transcript* was made again: they cite the segments of the old one."""
    c, t = table.c, table.alias().c
    remade = exists().where(
        t.stage == "transcribe", t.subject == recording, t.document == transcript, t.outcome == "lost"
    )
    made = and_(c.stage == "write", c.subject == recording, c.outcome.in_(_HAS_DOCUMENT), remade)
    values = {"outcome": "lost", "error": "Its transcript was made again, and so is the note."}
    connection.execute(update(table).where(made).values(values))


def waits_for_remake(subject: ColumnElement[str]) -> ColumnElement[bool]:
    """In a query: whether a transcript or note of *subject* is lost and was not made again since."""
    a, later = table.alias().c, table.alias().c
    since = exists().where(
        later.subject == a.subject,
        later.stage == a.stage,
        later.outcome.in_((*_HAS_DOCUMENT, "failed")),
        later.id > a.id,
    )
    return exists().where(a.subject == subject, a.stage.in_(("transcribe", "write")), a.outcome == "lost", ~since)
