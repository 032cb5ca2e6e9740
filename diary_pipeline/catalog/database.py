"""The connection to the catalog: transactions, the database's own clock, and tables brought up to date.

Leases are judged by the database's clock, never by a worker's: two machines may disagree about the time.
"""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    String,
    Table,
    column,
    create_engine,
    delete,
    event,
    make_url,
    select,
    table,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from diary_pipeline.catalog.tables import VERSION_TABLE
from diary_pipeline.errors import TransientError, UserError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

HEAD = "0006"
_ALEMBIC = threading.Lock()  # its migration context is one global of the process, whatever the database
_SHARED_TABLE = "alembic_version"
_MIGRATION_LOCK = 0x_D1A7_2026  # any constant that the processes of one catalog share


class now_ms(FunctionElement[int]):  # noqa: N801 - reads as the SQL function it is
    """Milliseconds since 1970 by the database's clock."""

    type = BigInteger()
    inherit_cache = True


@compiles(now_ms, "sqlite")
def _sqlite_now(element: Any, compiler: Any, **kw: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(now_ms, "postgresql")
def _postgresql_now(element: Any, compiler: Any, **kw: Any) -> str:
    return "CAST(extract(epoch from clock_timestamp()) * 1000 AS BIGINT)"


class Database:
    """One catalog database. Safe to share between threads; open it anew in each process."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self.url, self.timeout = self._parse(url), timeout_seconds
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._name = self.url.render_as_string(hide_password=True)
        self.engine = self._engine()

    @staticmethod
    def _parse(url: str) -> URL:
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise UserError(
                "DIARY_CATALOG is not a database URL; write one like postgresql+psycopg2://user@host/diary"
            ) from error
        if parsed.drivername == "postgresql":  # SQLAlchemy 2.1 would look for psycopg 3
            parsed = parsed.set(drivername="postgresql+psycopg2")
        return parsed

    def _engine(self) -> Engine:
        if not self.is_sqlite:
            arguments = {
                "connect_timeout": max(2, int(self.timeout)),
                "options": f"-c lock_timeout={int(self.timeout * 1000)}",
            }
            return create_engine(self.url, pool_pre_ping=True, connect_args=arguments)
        if self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(self.url, connect_args={"timeout": self.timeout})
        event.listen(engine, "connect", self._prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write. SQLite takes its write lock at once: writers queue instead of failing."""
        with self._as_diary_errors(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._as_diary_errors(), self.engine.connect().execution_options(diary_reading=True) as connection:
            yield connection

    def insert(self, into: Table) -> "sqlite.Insert | postgresql.Insert":
        """An INSERT in the database's own dialect, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
        if self.is_sqlite:
            from sqlalchemy.dialects import sqlite

            return sqlite.insert(into)
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(into)

    def migrate(self) -> None:
        """Create the tables or bring them to this version's shape; one process at a time, the others wait.

        Raises:
            UserError: a newer version has made this catalog.
        """
        if self._version() == HEAD:
            return
        with self._only_migration():
            found = self._version()
            if found is not None and found > HEAD:
                raise UserError(
                    f"The catalog {self._name} is of a newer version of diary-pipeline. "
                    "Install that, or set DIARY_CATALOG."
                )
            if found != HEAD:
                self._upgrade()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _version(self) -> str | None:
        with self._as_diary_errors(), self.engine.connect().execution_options(diary_reading=True) as connection:
            if not self.engine.dialect.has_table(connection, VERSION_TABLE):
                return None
            return connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar()

    def _upgrade(self) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with _ALEMBIC, self.writing() as connection:
            config.attributes["connection"] = connection
            if earlier := self._adopt_version(connection):
                command.stamp(config, earlier)
            command.upgrade(config, "head")

    def _adopt_version(self, connection: Connection) -> str | None:
        """Move the version from Alembic's shared table, where it was once kept, to a table of our own."""
        has_table = self.engine.dialect.has_table
        if (
            has_table(connection, VERSION_TABLE)
            or not has_table(connection, _SHARED_TABLE)
            or not has_table(connection, "recordings")
        ):
            return None
        shared = table(_SHARED_TABLE, column("version_num", String))
        mine = shared.c.version_num.in_(f"{one:04}" for one in range(1, int(HEAD) + 1))
        found = connection.execute(select(shared.c.version_num).where(mine)).scalar()
        connection.execute(delete(shared).where(mine))
        return found

    def _prepare_sqlite(self, connection: Any, _: Any) -> None:
        connection.isolation_level = None  # pysqlite's own BEGIN comes too late for BEGIN IMMEDIATE
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            with self._only_one():  # of two that change it at once, SQLite refuses one without waiting
                connection.execute("PRAGMA journal_mode=WAL")
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        with Path(f"{self.url.database}.migration").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _only_migration(self) -> Iterator[None]:
        if self.is_sqlite:
            with self._only_one():
                yield
            return
        with self._as_diary_errors(), self.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})

    @contextmanager
    def _as_diary_errors(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            cause = str(error.orig).strip().splitlines()[0] if error.orig else type(error).__name__
            mend = (
                "another process holds it; wait for it or end it"
                if "lock" in cause
                else "check DIARY_CATALOG and that it runs"
            )
            raise TransientError(
                f"The catalog {self._name} cannot be used: {cause}. Nothing is lost; {mend}, then try again."
            ) from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise TransientError(
                    f"The connection to the catalog {self._name} broke. Nothing is lost; try again."
                ) from error
            raise


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("diary_reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
