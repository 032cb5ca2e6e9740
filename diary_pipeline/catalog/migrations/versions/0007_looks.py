"""What makes looking cheap: stamps of sidecars, and how each recording stands, which triggers forget at every change.

A later migration that makes one of these tables anew must make its triggers again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

DOCUMENT = (
    "id, author, source, path, version, recorded_at, utc_offset, dated_by, day, language, spoken_language, privacy, "
    "priority, sha256, size, seconds, codec, audio, duplicate_of, quarantine, hold, seen, superseded_by, "
    "declared_seconds, registered_at"
)
"""The columns of a recording that its document has."""

DECIDING = (
    "author, source, path, version, recorded_at, utc_offset, dated_by, day, language, spoken_language, privacy, "
    "sha256, size, seconds, audio, duplicate_of, quarantine, hold, superseded_by, declared_seconds"
)
"""The columns of a recording that can make work of it pending."""

ATTEMPT = "outcome, error, document, fingerprint, inputs"
UNIQUE_ID = sa.String(16)
C_ORDER = sa.String(40).with_variant(sa.String(40, collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns, their triggers, and the indexes that looking and asking for work need."""
    op.add_column("recordings", sa.Column("beside", UNIQUE_ID))
    op.add_column("recordings", sa.Column("known_state", C_ORDER))
    op.create_index("recordings_superseded_by", "recordings", ["superseded_by"])
    op.create_index("recordings_duplicate_of", "recordings", ["duplicate_of"])
    op.create_index("recordings_known_state", "recordings", ["known_state", "id"])
    op.create_index("recordings_size", "recordings", ["size"])
    op.create_index("recordings_time", "recordings", ["recorded_at", "path", "version"])
    _partial("recordings_waiting", "recordings", ["priority", "id"], "audio IS NULL AND duplicate_of IS NULL")
    _partial("attempts_stale", "attempts", ["stage", "subject", "id"], "outcome = 'stale'")
    _partial("attempts_lost", "attempts", ["subject", "id"], "outcome = 'lost'")
    _partial("attempts_no_inputs", "attempts", ["stage", "subject", "id"], "outcome = 'ok' AND inputs IS NULL")
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
    op.execute("DROP TRIGGER recordings_update_changes_document")
    note = "INSERT INTO document_changes (subject) VALUES (NEW.id)"
    op.execute(
        f"CREATE TRIGGER recordings_update_changes_document AFTER UPDATE OF {DOCUMENT} ON recordings BEGIN {note}; END"
    )
    for table, event, condition, subject in (
        ("recordings", f"UPDATE OF {DECIDING}", "NEW.known_state IS NOT NULL", "id"),
        ("attempts", "INSERT", "NEW.outcome IS NOT NULL", "subject"),
        ("attempts", f"UPDATE OF {ATTEMPT}", "NEW.outcome IS NOT NULL", "subject"),
    ):
        name = f"{table}_{event.partition(' ')[0].lower()}_changes_known_state"
        forget = f"UPDATE recordings SET known_state = NULL WHERE id = NEW.{subject} AND known_state IS NOT NULL"  # noqa: S608
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} WHEN ({condition}) BEGIN {forget}; END")


def _postgresql_triggers() -> None:
    op.execute("DROP TRIGGER recordings_update_changes_document ON recordings")
    op.execute(
        f"CREATE TRIGGER recordings_update_changes_document AFTER UPDATE OF {DOCUMENT} ON recordings "
        "FOR EACH ROW EXECUTE FUNCTION diary_subject_changed('id')"
    )
    # The row is locked although its state may be NULL already: whoever finds out how it stands waits for the change.
    forget = "UPDATE recordings SET known_state = NULL WHERE id = NEW.subject"
    for function, body in (
        ("diary_recording_changed_state", "BEGIN NEW.known_state := NULL; RETURN NEW; END"),
        ("diary_attempt_changed_state", f"BEGIN {forget}; RETURN NULL; END"),
    ):
        op.execute(f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    op.execute(
        f"CREATE TRIGGER recordings_update_changes_known_state BEFORE UPDATE OF {DECIDING} ON recordings "
        "FOR EACH ROW EXECUTE FUNCTION diary_recording_changed_state()"
    )
    for event in ("INSERT", f"UPDATE OF {ATTEMPT}"):
        name = f"attempts_{event.partition(' ')[0].lower()}_changes_known_state"
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON attempts FOR EACH ROW WHEN (NEW.outcome IS NOT NULL) "
            "EXECUTE FUNCTION diary_attempt_changed_state()"
        )
