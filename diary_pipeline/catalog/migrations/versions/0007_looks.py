"""What makes looking cheap: stamps of sidecars, and how each recording stands, which triggers forget at every change.

A later migration that makes one of these tables anew must make its triggers again, and one that gives recordings a
column must make those of `recordings` again (0010).
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_EVENTS = {
    "attempts_insert_changes_known_state": "INSERT",
    "attempts_update_changes_known_state": "UPDATE OF outcome, error, document, fingerprint, inputs",
}
_UNWRITTEN = "stage = 'write' AND outcome = 'ok' AND error IS NOT NULL"
UNIQUE_ID = sa.String(16)
C_ORDER = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, their triggers, and the indexes that looking and asking for work need."""
    op.add_column("recordings", sa.Column("beside", UNIQUE_ID))
    op.add_column("recordings", sa.Column("known_state", C_ORDER))
    op.create_index("recordings_superseded_by", "recordings", ["superseded_by"])
    _partial("recordings_duplicate_of", "recordings", ["duplicate_of"], "duplicate_of IS NOT NULL")
    op.create_index("recordings_known_state", "recordings", ["known_state", "id"])
    op.create_index("recordings_size", "recordings", ["size"])
    op.create_index("recordings_time", "recordings", ["recorded_at", "path", "version"])
    _partial("recordings_waiting", "recordings", ["priority", "id"], "audio IS NULL AND duplicate_of IS NULL")
    _partial("attempts_stale", "attempts", ["stage", "subject", "id"], "outcome = 'stale'")
    _partial("attempts_lost", "attempts", ["subject", "id"], "outcome = 'lost'")
    _partial("attempts_no_inputs", "attempts", ["stage", "subject", "id"], "outcome = 'ok' AND inputs IS NULL")
    _partial("attempts_unwritten", "attempts", ["subject", "id"], _UNWRITTEN)
    _partial("attempts_composed", "attempts", ["subject", "finished_at"], "stage = 'compose' AND outcome = 'ok'")
    op.create_index("llm_batches_finished", "llm_batches", ["finished_at"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()


def _partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _sqlite_triggers() -> None:
    forget = "UPDATE recordings SET known_state = NULL WHERE id = NEW.subject AND known_state IS NOT NULL"
    for name, event in _EVENTS.items():
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON attempts WHEN (NEW.outcome IS NOT NULL) BEGIN {forget}; END"
        )


def _postgresql_triggers() -> None:
    # The row is locked although its state may be NULL already: whoever finds out how it stands waits for the change.
    body = "BEGIN UPDATE recordings SET known_state = NULL WHERE id = NEW.subject; RETURN NULL; END"
    op.execute(f"CREATE FUNCTION diary_attempt_changed_state() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    for name, event in _EVENTS.items():
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON attempts FOR EACH ROW WHEN (NEW.outcome IS NOT NULL) "
            "EXECUTE FUNCTION diary_attempt_changed_state()"
        )
