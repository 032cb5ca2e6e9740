"""Which authors' days changed, and for which of them search and day tables are up to date; PostgreSQL's search index.

The index of a SQLite catalog is a file in the home. In PostgreSQL, the statement that makes a recording private also
deletes what the index has of its day. A later migration that makes one of these tables anew must make its triggers
again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

SHOWN = (
    "id, author, source, path, version, recorded_at, utc_offset, dated_by, date_refused, day, language, "
    "spoken_language, privacy, priority, sha256, size, seconds, codec, audio, transcript, duplicate_of, quarantine, "
    "hold, seen, superseded_by, declared_seconds, registered_at"
)
"""The columns of a recording that a view may show: what is found out anew changes no day."""

OF_RECORDING = {
    "INSERT": ("NEW",),
    f"UPDATE OF {SHOWN}": ("OLD", "NEW"),
    "DELETE": ("OLD",),
}
ATTEMPT_EVENTS = ("INSERT", "UPDATE OF outcome, error, document, fingerprint, inputs")
PRIVATE = "(NEW.privacy = 'local_only' OR NEW.hold IS NOT NULL)"


def upgrade() -> None:
    """Add the tables and triggers, and a change of every day that there is."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "day_changes",
        sa.Column("id", big, primary_key=True, autoincrement=True),
        sa.Column("subject", sa.String(240), nullable=False),
    )
    op.create_table(
        "day_stamps",
        sa.Column("subject", sa.String(240), primary_key=True),
        sa.Column("stamp", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "days_derived",
        sa.Column("view", sa.String(20), primary_key=True),
        sa.Column("subject", sa.String(240), primary_key=True),
        sa.Column("stamp", sa.BigInteger, nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _search_index()
        _postgresql_triggers()
    every = f"SELECT DISTINCT {_day_of('recordings')} FROM recordings WHERE day IS NOT NULL"  # noqa: S608 - of the tables above
    op.execute(f"INSERT INTO day_changes (subject) {every}")


def _day_of(row: str) -> str:
    """The page's name; PostgreSQL would write a day as its settings say."""
    day = f"{row}.day" if op.get_bind().dialect.name == "sqlite" else f"to_char({row}.day, 'YYYY-MM-DD')"
    return f"{row}.author || '/' || {day}"


def _of_recording(rows: tuple[str, ...]) -> list[str]:
    return [f"INSERT INTO day_changes (subject) SELECT {_day_of(row)} WHERE {row}.day IS NOT NULL" for row in rows]


def _of_attempt() -> str:
    return f"""INSERT INTO day_changes (subject)
        SELECT {_day_of("recordings")} FROM recordings WHERE id = NEW.subject AND day IS NOT NULL
        UNION SELECT NEW.subject WHERE NEW.stage = 'compose'"""  # noqa: S608 - of the tables above


def _sqlite_triggers() -> None:
    for event, rows in OF_RECORDING.items():
        name, body = f"recordings_{event.partition(' ')[0].lower()}_changes_day", "; ".join(_of_recording(rows))
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON recordings BEGIN {body}; END")
    for event in ATTEMPT_EVENTS:
        name = f"attempts_{event.partition(' ')[0].lower()}_changes_day"
        when = "WHEN (NEW.outcome IS NOT NULL)"
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON attempts {when} BEGIN {_of_attempt()}; END")


def _search_index() -> None:
    op.create_table(
        "search_entries",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("subject", sa.String(240), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("recording", sa.String(16)),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("segment", sa.String(20)),
        sa.Column("start", sa.Float),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("grams", postgresql.TSVECTOR, nullable=False),
    )
    op.create_index("search_entries_subject", "search_entries", ["subject"])
    op.create_index("search_entries_recording", "search_entries", ["recording"])
    op.create_index("search_entries_grams", "search_entries", ["grams"], postgresql_using="gin")


def _postgresql_triggers() -> None:
    for event, rows in OF_RECORDING.items():
        statements = _of_recording(rows)
        if event.startswith("UPDATE"):
            days = ", ".join(_day_of(row) for row in rows)
            forget = f"DELETE FROM search_entries WHERE subject IN ({days}) OR recording = NEW.id"  # noqa: S608 - of the tables above
            statements.insert(0, f"IF {PRIVATE} THEN {forget}; END IF")
        if event == "DELETE":
            statements.insert(0, f"DELETE FROM search_entries WHERE subject = {_day_of('OLD')}")  # noqa: S608 - of the tables above
        _postgresql_trigger("recordings", event, "; ".join(statements))
    for event in ATTEMPT_EVENTS:
        _postgresql_trigger("attempts", event, _of_attempt(), "WHEN (NEW.outcome IS NOT NULL)")


def _postgresql_trigger(table: str, event: str, body: str, when: str = "") -> None:
    name = f"{table}_{event.partition(' ')[0].lower()}_changes_day"
    op.execute(
        f"CREATE FUNCTION diary_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION diary_{name}()")
