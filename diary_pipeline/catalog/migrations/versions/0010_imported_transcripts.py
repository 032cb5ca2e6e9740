"""Where the transcript lies that came with a recording, made by another program; and what a change of a column means.

The triggers of `recordings` name its columns, so they are made again with those that came since.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"

DECIDING = (
    "author, source, path, version, recorded_at, utc_offset, dated_by, date_refused, day, language, spoken_language, "
    "privacy, sha256, size, seconds, audio, transcript, duplicate_of, quarantine, hold, superseded_by, declared_seconds"
)
"""The columns of a recording that can make work of it pending, or change its page."""

DOCUMENT = f"id, {DECIDING}, priority, codec, seen, registered_at"
"""The columns of a recording that its document has."""


def upgrade() -> None:
    """Add a column; nothing that was ingested before came with a transcript."""
    op.add_column("recordings", sa.Column("transcript", sa.Text))
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()


def _sqlite_triggers() -> None:
    op.execute("DROP TRIGGER recordings_update_changes_document")
    note = "INSERT INTO document_changes (subject) VALUES (NEW.id)"
    forget = "UPDATE recordings SET known_state = NULL WHERE id = NEW.id"
    for name, columns, condition, body in (
        ("recordings_update_changes_document", DOCUMENT, "", note),
        ("recordings_update_changes_known_state", DECIDING, "WHEN (NEW.known_state IS NOT NULL)", forget),
    ):
        op.execute(f"CREATE TRIGGER {name} AFTER UPDATE OF {columns} ON recordings {condition} BEGIN {body}; END")


def _postgresql_triggers() -> None:
    op.execute("DROP TRIGGER recordings_update_changes_document ON recordings")
    op.execute(
        f"CREATE TRIGGER recordings_update_changes_document AFTER UPDATE OF {DOCUMENT} ON recordings "
        "FOR EACH ROW EXECUTE FUNCTION diary_subject_changed('id')"
    )
    body = "BEGIN NEW.known_state := NULL; RETURN NEW; END"
    op.execute(f"CREATE FUNCTION diary_recording_changed_state() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    op.execute(
        f"CREATE TRIGGER recordings_update_changes_known_state BEFORE UPDATE OF {DECIDING} ON recordings "
        "FOR EACH ROW EXECUTE FUNCTION diary_recording_changed_state()"
    )
