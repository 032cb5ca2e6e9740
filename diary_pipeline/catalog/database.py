"""The connection to the catalog: transactions, the database's own clock, and tables brought up to date.

Leases are judged by the database's clock, never by a worker's: two machines may disagree about the time.
"""

import fcntl
import re
import sqlite3
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
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, NotSupportedError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from diary_pipeline.catalog.tables import VERSION_TABLE
from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.file_names import readable

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

HEAD = "0012"
_ALEMBIC = threading.Lock()  # its migration context is one global of the process, whatever the database
_SHARED_TABLE = "alembic_version"
_WRITE_ONE = "Write one like postgresql+psycopg2://user@host/diary or sqlite:////home/me/diary/catalog.db."
_ABOUT_A_VALUE = (IntegrityError, DataError, NotSupportedError, sqlite3.IntegrityError, sqlite3.DataError)
_OTHER_REMEDY = "check DIARY_CATALOG and that it runs"
_NO_CATALOG = "it is no catalog or is damaged: move it away and run `diary rebuild`, which makes it from the store"
_REMEDIES = {
    "lock": "another process holds it; wait for it or end it",
    "not a database": _NO_CATALOG,
    "malformed": _NO_CATALOG,
    "already exists": "it belongs to another program: set DIARY_CATALOG to another one",
    "readonly": "let the diary's user write it",
    "unable to open": "check that it is a file that the diary's user may read and write",
    "is full": "make room on its disk",
}
"""What to do, by words of what the database says."""
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

    def __init__(self, url: str, timeout_seconds: float, threads: int = 1) -> None:
        """*threads*: how many of this process use it at once; each may need two connections, the heartbeat one."""
        self.url, self.timeout = _parse(url), timeout_seconds
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._name = readable(self.url.render_as_string(hide_password=True))
        self.engine = self._engine(2 * threads + 8)

    def _engine(self, connections: int) -> Engine:
        arguments: dict[str, Any] = {"timeout": self.timeout}
        if self.is_sqlite:
            self._make_folder(Path(str(self.url.database)).parent)
        else:
            arguments = {
                "connect_timeout": max(2, int(self.timeout)),
                "options": f"-c lock_timeout={int(self.timeout * 1000)}",
            }
        engine = create_engine(
            self.url,
            connect_args=arguments,
            pool_pre_ping=not self.is_sqlite,
            pool_timeout=self.timeout,
            max_overflow=connections,  # beside the five that stay open
            hide_parameters=True,  # an error's text must not quote what was stored
        )
        if self.is_sqlite:
            event.listen(engine, "connect", self._prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _make_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TransientError(
                f"The folder {readable(str(folder))} of the catalog cannot be made: {error.strerror}. "
                "Set DIARY_CATALOG or DIARY_HOME to a place of yours."
            ) from error

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
            if found is not None and not re.fullmatch(r"\d{4}", found):
                raise UserError(_not_ours(self._name))
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
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        try:
            with _ALEMBIC, self.writing() as connection:
                config.attributes["connection"] = connection
                if earlier := self._adopt_version(connection):
                    command.stamp(config, earlier)
                command.upgrade(config, "head")
        except CommandError as error:
            raise UserError(_not_ours(self._name)) from error

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
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and not tables & {VERSION_TABLE, "recordings"}:
            raise UserError(_not_ours(self._name))  # before anything in that file is changed
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            with self._only_one():  # of two that change it at once, SQLite refuses one without waiting
                connection.execute("PRAGMA journal_mode=WAL")
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @contextmanager
    def _only_one(self) -> Iterator[None]:
        try:
            lock = Path(f"{self.url.database}.migration").open("w")  # noqa: SIM115 - closed below
        except OSError as error:
            raise TransientError(
                f"The catalog {self._name} cannot be used: {error.strerror}. Nothing is lost; let the diary's user "
                "write in its folder, or set DIARY_HOME to another one."
            ) from error
        with lock:
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
        except (DBAPIError, sqlite3.Error) as error:
            if isinstance(error, _ABOUT_A_VALUE):
                raise
            raise TransientError(self._trouble(error)) from error
        except PoolTimeoutError as error:
            raise TransientError(
                f"All connections to the catalog {self._name} were in use for {self.timeout:g} s. Nothing is lost; "
                "try again, or let fewer notes be written at once (DIARY_LLM__NOTES_AT_ONCE)."
            ) from error
        except UnicodeEncodeError as error:
            raise UserError("A name or an id holds characters that no text can have. Write it in UTF-8.") from error

    def _trouble(self, error: DBAPIError | sqlite3.Error) -> str:
        """What is wrong with the catalog as a whole, and what to do."""
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return f"The connection to the catalog {self._name} broke. Nothing is lost; try again."
        orig = error.orig if isinstance(error, DBAPIError) else error
        cause = next(iter(str(orig).strip().splitlines()), "") or type(orig or error).__name__
        remedy = next((remedy for words, remedy in _REMEDIES.items() if words in cause), _OTHER_REMEDY)
        return f"The catalog {self._name} cannot be used: {cause}. Nothing is lost; {remedy}, then try again."


def _parse(url: str) -> URL:
    """The URL with the driver that is installed.

    Raises:
        UserError: it is none, or of a database that the catalog cannot be in.
    """
    try:
        parsed = make_url(url)
        if url.startswith("sqlite:///") and not re.search(r"\?\w+=", url):  # a folder's name may hold a question mark
            parsed = URL.create("sqlite", database=url.removeprefix("sqlite:///"))
        backend, _, driver = parsed.drivername.partition("+")
        if backend in ("postgresql", "postgres") and driver in ("", "psycopg2"):
            return parsed.set(drivername="postgresql+psycopg2")  # SQLAlchemy 2.1 would look for psycopg 3
        is_file = parsed.database not in (None, "", ":memory:")
    except (ArgumentError, ValueError) as error:  # a port that is no number is a ValueError
        raise UserError(f"DIARY_CATALOG is not a database's URL. {_WRITE_ONE}") from error
    if backend == "sqlite" and driver in ("", "pysqlite") and is_file:
        return parsed
    raise UserError(f"DIARY_CATALOG names a database that the catalog cannot be in. {_WRITE_ONE}")


def _not_ours(name: str) -> str:
    return f"The catalog {name} was not made by diary-pipeline. Set DIARY_CATALOG to another database."


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("diary_reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
