"""How each answer of a language model was judged, and by which version of the prompt it was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add three columns; what was judged before has none of them."""
    op.add_column("llm_calls", sa.Column("prompt", sa.String(20)))
    op.add_column("llm_calls", sa.Column("score", sa.Float))
    op.add_column("llm_calls", sa.Column("omitted", sa.Float))
