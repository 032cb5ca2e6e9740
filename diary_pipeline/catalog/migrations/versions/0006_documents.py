"""Which documents of the store are behind the catalog. Triggers note each change in its own transaction.

A later migration that makes one of these tables anew must make its triggers again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

# table, events, condition, column with the subject
CHANGES = (
    ("recordings", "INSERT", "", "id"),
    ("recordings", "UPDATE", "", "id"),
    ("attempts", "INSERT", "WHEN (NEW.outcome IS NOT NULL)", "subject"),
    (
        "attempts",
        "UPDATE OF outcome, error, document, fingerprint, inputs",
        "WHEN (NEW.outcome IS NOT NULL)",
        "subject",
    ),
    ("sounds", "INSERT", "", "recording"),
    ("sounds", "UPDATE", "", "recording"),
)
ABOUT_BYTES = """INSERT INTO document_changes (subject)
    SELECT id FROM recordings WHERE id = NEW.recording UNION SELECT id FROM recordings WHERE sha256 = NEW.sha256"""


def upgrade() -> None:
    """Add both tables, the triggers, and a change of everything that there is: no document was written before."""
    op.create_table(
        "document_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("subject", sa.String(240), nullable=False),
    )
    op.create_table(
        "documents_written",
        sa.Column("subject", sa.String(240), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("privacy", sa.String(20), nullable=False),
    )
    op.create_index("recordings_sha256", "recordings", ["sha256"])
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()
    op.execute("INSERT INTO document_changes (subject) SELECT id FROM recordings")
    op.execute("INSERT INTO document_changes (subject) SELECT DISTINCT subject FROM attempts WHERE stage = 'compose'")


def _sqlite_triggers() -> None:
    for table, event, condition, column in CHANGES:
        name = f"{table}_{event.partition(' ')[0].lower()}_changes_document"
        note = f"INSERT INTO document_changes (subject) VALUES (NEW.{column})"  # noqa: S608 - of the table above
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} {condition} BEGIN {note}; END")
    name = "privacy_evidence_changes_document"
    op.execute(f"CREATE TRIGGER {name} AFTER INSERT ON privacy_evidence BEGIN {ABOUT_BYTES}; END")


def _postgresql_triggers() -> None:
    note = "INSERT INTO document_changes (subject) VALUES (to_jsonb(NEW) ->> TG_ARGV[0])"
    for function, statement in (("diary_subject_changed", note), ("diary_bytes_changed", ABOUT_BYTES)):
        body = f"BEGIN {statement}; RETURN NULL; END"
        op.execute(f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    for table, event, condition, column in CHANGES:
        name = f"{table}_{event.partition(' ')[0].lower()}_changes_document"
        call = f"FOR EACH ROW {condition} EXECUTE FUNCTION diary_subject_changed('{column}')"
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} {call}")
    call = "FOR EACH ROW EXECUTE FUNCTION diary_bytes_changed()"
    op.execute(f"CREATE TRIGGER privacy_evidence_changes_document AFTER INSERT ON privacy_evidence {call}")
