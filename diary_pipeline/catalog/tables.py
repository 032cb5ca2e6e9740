"""The catalog's tables in SQLAlchemy. Their history is in `migrations/versions/`, numbered and append-only.

The migrations make the tables. The conditions of partial indexes are in them alone: naming one here would load the
dialect of PostgreSQL in every command.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData()

VERSION_TABLE = "diary_version"
"""Where the catalog's shape is written down.

Not Alembic's usual name: Dagster uses that, and both may share a database.
"""


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware datetime, kept in UTC; SQLite itself would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime: its time zone is unknown."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


recordings = Table(
    "recordings",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("author", String(200), nullable=False),
    Column("source", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("recorded_at", UtcDateTime),
    Column("utc_offset", Integer),
    Column("dated_by", String(20)),
    Column("date_refused", Text),
    Column("day", Date),
    Column("language", String(20)),
    Column("spoken_language", String(20)),
    Column("privacy", String(20), nullable=False, default="standard"),
    Column("priority", Integer, nullable=False, default=0),
    Column("sha256", String(64)),
    Column("size", BigInteger),
    Column("seconds", Float),
    Column("codec", String(40)),
    Column("audio", Text),
    Column("transcript", Text),
    Column("duplicate_of", String(16), ForeignKey("recordings.id")),
    Column("quarantine", Text),
    Column("hold", Text),
    Column("seen", Text),
    Column("beside", String(16)),
    Column("known_state", String(40)),
    Column("superseded_by", String(16)),
    Column("declared_seconds", Float),
    Column("registered_at", UtcDateTime, nullable=False),
    Index("recordings_path", "path", "version", unique=True),
    Index("recordings_day", "day", "author"),
    Index(
        "recordings_bytes",
        "author",
        "sha256",
        unique=True,  # among recordings that have audio, not text alone, and are no duplicate
    ),
    Index("recordings_sha256", "sha256"),
    Index("recordings_superseded_by", "superseded_by"),
    Index("recordings_duplicate_of", "duplicate_of"),  # among duplicates
    Index("recordings_known_state", "known_state", "id"),
    Index("recordings_size", "size"),
    Index("recordings_time", "recorded_at", "path", "version"),
    Index("recordings_waiting", "priority", "id"),  # among those that are neither ingested nor duplicates
)

# The decoded sound of an ingested recording as hashes of its pieces (JSON), by which versions of a file are compared.
sounds = Table(
    "sounds",
    metadata,
    Column("recording", String(16), primary_key=True),
    Column("hashes", Text, nullable=False),
)

# Each path, sidecar, request, spoken phrase or person that ever gave these bytes a privacy class. Rows are only added.
privacy_evidence = Table(
    "privacy_evidence",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("sha256", String(64), nullable=False),
    Column("recording", String(16)),
    Column("privacy", String(20), nullable=False),
    Column("source", String(40), nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Index("privacy_evidence_bytes", "sha256"),
)

# What a document in the store may not say yet: a row for each change of a recording, of its attempts, its sound and its
# privacy, and of the compositions of a page. The database's triggers add the rows, in the transaction of the change.
document_changes = Table(
    "document_changes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("subject", String(240), nullable=False),
)

# The newest document of each subject: the hash of its bytes (empty: it is being written), and whether it is where
# documents of this privacy class lie.
documents_written = Table(
    "documents_written",
    metadata,
    Column("subject", String(240), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("privacy", String(20), nullable=False),
)

# The pages' names ("author/day") of days of which something changed: recordings, their attempts, the page. The
# database's triggers add the rows, in the transaction of the change. They are taken together into `day_stamps`.
day_changes = Table(
    "day_changes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("subject", String(240), nullable=False),
)

# Of every author's day, a number that grows with each change.
day_stamps = Table(
    "day_stamps",
    metadata,
    Column("subject", String(240), primary_key=True),
    Column("stamp", BigInteger, nullable=False),
)

# For a view that is kept ("search", "tables"), the number that each day had when the view was made of it.
days_derived = Table(
    "days_derived",
    metadata,
    Column("view", String(20), primary_key=True),
    Column("subject", String(240), primary_key=True),
    Column("stamp", BigInteger, nullable=False),
)

# What `diary search` finds: a sentence of a transcript or a note, or a line that a person wrote on a page. `folded` is
# the text as it is compared. The ids of a later day are greater. This table is in PostgreSQL (with `grams`, a vector of
# trigrams), without a word of private memos, and in a SQLite file in the home (with a table of FTS5).
search_entries = Table(
    "search_entries",
    MetaData(),
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("subject", String(240), nullable=False, index=True),
    Column("author", String(200), nullable=False),
    Column("recording", String(16)),
    Column("kind", String(12), nullable=False),
    Column("segment", String(20)),
    Column("start", Float),
    Column("text", Text, nullable=False),
    Column("folded", Text, nullable=False),
)

# One row for each time that a stage began to work on a subject: a recording, or a page ("author/day"). outcome is NULL
# while somebody holds the claim; the partial unique index is what makes claims exclusive. progress (0 to 1) and the
# moment at which it should be done are there only meanwhile, and only for long work. `inputs` is the part of the
# fingerprint that a person can correct (language, date, spellings), without models, prompts and program versions.
attempts = Table(
    "attempts",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("subject", String(240), nullable=False),
    Column("stage", String(20), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("inputs", String(64)),
    Column("run_id", String(64)),
    Column("worker", String(200), nullable=False),
    Column("outcome", String(20)),
    Column("error", Text),
    Column("document", Text),
    Column("lease_until", BigInteger, nullable=False),
    Column("progress", Float),
    Column("done_by", BigInteger),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Index(
        "attempts_live",
        "stage",
        "subject",
        unique=True,  # among attempts without an outcome
    ),
    Index("attempts_subject", "subject", "stage", "fingerprint"),
    Index("attempts_stale", "stage", "subject", "id"),  # among those that are
    Index("attempts_lost", "subject", "id"),  # among those that are
    Index("attempts_no_inputs", "stage", "subject", "id"),  # among those that are ok
    Index("attempts_unwritten", "subject", "id"),  # among notes that no model wrote, with the reason
    Index("attempts_composed", "subject", "finished_at"),  # among compositions that are ok
)

# The ledger: one row for each call to a model, and for each decision not to call one. outcome is NULL while the call is
# under way and its reservation counts as spent. Money is in billionths of a dollar, so that a cached token of a cheap
# model is still a whole number. `prompt` is the version of what was asked; of a judged answer, `score` is the share
# that stands, `omitted` the share of what was left out.
llm_calls = Table(
    "llm_calls",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("ask", String(32), nullable=False),
    Column("recording", String(16)),
    Column("purpose", String(40), nullable=False),
    Column("author", String(200), nullable=False),
    Column("day", Date),
    Column("run_id", String(64)),
    Column("kind", String(12), nullable=False),
    Column("route", String(200), nullable=False),
    Column("prompt_sha256", String(64), nullable=False),
    Column("outcome", String(20)),
    Column("reason", String(200)),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("cached_tokens", Integer),
    Column("usage", String(10)),
    Column("reserved", BigInteger, nullable=False, default=0),
    Column("settled", BigInteger),
    Column("spent_on", Date),
    Column("latency_ms", Integer),
    Column("batch", BigInteger().with_variant(Integer, "sqlite"), ForeignKey("llm_batches.id")),
    Column("item", String(80)),
    Column("prompt", String(20)),
    Column("score", Float),
    Column("omitted", Float),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Index("llm_calls_recording", "recording"),
    Index("llm_calls_route", "route", "outcome"),
    Index("llm_calls_batch", "batch", "item", unique=True),
)

# What budgets are judged by: sums of the ledger, kept in the same transactions, so that a limit is one conditional
# update.
llm_spending = Table(
    "llm_spending",
    metadata,
    Column("scope", String(10), primary_key=True),
    Column("name", String(240), primary_key=True),
    Column("spent", BigInteger, nullable=False),
)

# Work handed to a provider's batch API. `handle` is the provider's own id, `files` what is to be deleted there (JSON).
llm_batches = Table(
    "llm_batches",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("token", String(40), nullable=False, unique=True),
    Column("route", String(200), nullable=False),
    Column("handle", Text),
    Column("files", Text, nullable=False, default="[]"),
    Column("state", String(20), nullable=False),
    Column("items", Integer, nullable=False),
    Column("run_id", String(64)),
    Column("deadline", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Index("llm_batches_finished", "finished_at"),
)
