"""What evidence of a recording's date was refused, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add a column; of what was dated before, nothing is known to be refused."""
    op.add_column("recordings", sa.Column("date_refused", sa.Text))
