"""How far an attempt is, and when it should be done."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Two columns that are empty unless a long recording is under way."""
    op.add_column("attempts", sa.Column("progress", sa.Float))
    op.add_column("attempts", sa.Column("done_by", sa.BigInteger))
