"""Memos that are text alone may have the same bytes: the same words may be said on two days."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the index of bytes anew, for audio alone."""
    once = sa.text("audio IS NOT NULL AND duplicate_of IS NULL AND (transcript IS NULL OR transcript <> audio)")
    op.drop_index("recordings_bytes", "recordings")
    op.create_index(
        "recordings_bytes", "recordings", ["author", "sha256"], unique=True, sqlite_where=once, postgresql_where=once
    )
