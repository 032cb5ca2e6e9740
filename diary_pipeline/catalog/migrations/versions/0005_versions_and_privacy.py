"""Versions of a recording, evidence that decides its privacy, and an attempt's inputs apart from its recipe."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add two tables and three columns; what was recorded before has none of them."""
    op.add_column("recordings", sa.Column("superseded_by", sa.String(16)))
    op.add_column("recordings", sa.Column("declared_seconds", sa.Float))
    op.add_column("attempts", sa.Column("inputs", sa.String(64)))
    op.create_table(
        "sounds",
        sa.Column("recording", sa.String(16), primary_key=True),
        sa.Column("hashes", sa.Text, nullable=False),
    )
    op.create_table(
        "privacy_evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("recording", sa.String(16)),
        sa.Column("privacy", sa.String(20), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("privacy_evidence_bytes", "privacy_evidence", ["sha256"])
