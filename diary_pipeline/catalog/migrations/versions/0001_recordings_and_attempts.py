"""Recordings, and the attempts made on them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create both tables with the indexes that keep claims and bytes unique."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("recorded_at", moment),
        sa.Column("utc_offset", sa.Integer),
        sa.Column("dated_by", sa.String(20)),
        sa.Column("day", sa.Date),
        sa.Column("language", sa.String(20)),
        sa.Column("spoken_language", sa.String(20)),
        sa.Column("privacy", sa.String(20), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("size", sa.BigInteger),
        sa.Column("seconds", sa.Float),
        sa.Column("codec", sa.String(40)),
        sa.Column("audio", sa.Text),
        sa.Column("duplicate_of", sa.String(16), sa.ForeignKey("recordings.id")),
        sa.Column("quarantine", sa.Text),
        sa.Column("hold", sa.Text),
        sa.Column("seen", sa.Text),
        sa.Column("registered_at", moment, nullable=False),
    )
    op.create_index("recordings_path", "recordings", ["path", "version"], unique=True)
    op.create_index("recordings_day", "recordings", ["day", "author"])
    once = sa.text("audio IS NOT NULL AND duplicate_of IS NULL")
    op.create_index(
        "recordings_bytes", "recordings", ["author", "sha256"], unique=True, sqlite_where=once, postgresql_where=once
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("subject", sa.String(240), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("run_id", sa.String(64)),
        sa.Column("worker", sa.String(200), nullable=False),
        sa.Column("outcome", sa.String(20)),
        sa.Column("error", sa.Text),
        sa.Column("document", sa.Text),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
    )
    live = sa.text("outcome IS NULL")
    op.create_index(
        "attempts_live", "attempts", ["stage", "subject"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_index("attempts_subject", "attempts", ["subject", "stage", "fingerprint"])
