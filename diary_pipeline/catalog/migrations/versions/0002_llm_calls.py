"""The ledger of calls to language models, what was spent, and batches under way."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the three tables; the index on (batch, item) keeps an item of a batch from being settled twice."""
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "llm_batches",
        sa.Column("id", key, primary_key=True, autoincrement=True),
        sa.Column("token", sa.String(40), nullable=False, unique=True),
        sa.Column("route", sa.String(200), nullable=False),
        sa.Column("handle", sa.Text),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("items", sa.Integer, nullable=False),
        sa.Column("run_id", sa.String(64)),
        sa.Column("deadline", sa.BigInteger, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
    )
    op.create_table(
        "llm_calls",
        sa.Column("id", key, primary_key=True, autoincrement=True),
        sa.Column("ask", sa.String(32), nullable=False),
        sa.Column("recording", sa.String(16)),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("day", sa.Date),
        sa.Column("run_id", sa.String(64)),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("route", sa.String(200), nullable=False),
        sa.Column("prompt_sha256", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(20)),
        sa.Column("reason", sa.String(200)),
        sa.Column("input_tokens", sa.Integer),
        sa.Column("output_tokens", sa.Integer),
        sa.Column("cached_tokens", sa.Integer),
        sa.Column("usage", sa.String(10)),
        sa.Column("reserved", sa.BigInteger, nullable=False),
        sa.Column("settled", sa.BigInteger),
        sa.Column("spent_on", sa.Date),
        sa.Column("latency_ms", sa.Integer),
        sa.Column("batch", key, sa.ForeignKey("llm_batches.id")),
        sa.Column("item", sa.String(80)),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
    )
    op.create_index("llm_calls_recording", "llm_calls", ["recording"])
    op.create_index("llm_calls_route", "llm_calls", ["route", "outcome"])
    op.create_index("llm_calls_batch", "llm_calls", ["batch", "item"], unique=True)
    op.create_table(
        "llm_spending",
        sa.Column("scope", sa.String(10), primary_key=True),
        sa.Column("name", sa.String(240), primary_key=True),
        sa.Column("spent", sa.BigInteger, nullable=False),
    )
