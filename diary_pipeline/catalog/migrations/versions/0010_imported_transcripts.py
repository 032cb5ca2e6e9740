"""Where the transcript lies that came with a recording, made by another program."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    """Add a column; nothing that was ingested before came with a transcript."""
    op.add_column("recordings", sa.Column("transcript", sa.Text))
