"""SQL over the day tables: views that DuckDB makes of their files, for statements that only read.

The statement sees these views and nothing else: no file, no network, no extension, and no setting can be changed. Only
the tables of the days that it asks for by `day` are read.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from diary_pipeline.diary import Diary
from diary_pipeline.errors import DiaryError, TransientError, UserError
from diary_pipeline.schema import Privacy
from diary_pipeline.views.search_index import home_index
from diary_pipeline.views.table_files import refresh_tables, schema_of, table_days, table_path

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MEMORY_MB = 200
"""What a statement may use. A machine that transcribes has better uses for more."""

ROWS_TOGETHER = 5000

VIEWS: Mapping[str, str] = {
    "recordings": "recordings",
    "transcripts": "transcripts",
    "notes": "diary_notes",
    "days": "diary_days",
}
"""By view, the day table that it is of. docs/query.md says what each column means."""

_AS_TIME = "CAST(left(recorded_at, 19) AS TIMESTAMP) AS recorded_at"  # on the clock of the place where it was recorded
_SETTINGS = f"""
    SET threads = 2; SET memory_limit = '{MEMORY_MB}MB'; SET temp_directory = '';
    SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; SET TimeZone = 'UTC';
    SET enable_external_access = false; SET lock_configuration = true"""
_ABOUT_THE_STATEMENT = ("BinderException", "CatalogException", "ParserException", "SyntaxException")
"""Errors that speak of the statement alone. Others may quote a value."""
_ONLY_READS = "`diary query` only reads: write one SELECT, like `SELECT day, words FROM days`."


@dataclass(frozen=True)
class Answer:
    """What a statement selects: the columns, and the rows as batches, which are made while they are read."""

    columns: "pa.Schema"
    batches: "Iterator[pa.RecordBatch]"


@contextmanager
def queried(diary: Diary, statement: str) -> Iterator[Answer]:
    """The answer to one SELECT, for as long as the context lasts.

    Raises:
        UserError: it is no single SELECT, or DuckDB cannot carry it out; also while the batches are read.
        TransientError: the store cannot be reached, or a table cannot be read; the next query writes all anew.
    """
    import duckdb

    with home_index(diary) as index:
        refresh_tables(diary, index)
    days = table_days(diary)
    with duckdb.connect(config={"python_enable_replacements": False}) as connection:
        for name, asset in VIEWS.items():
            asked = days if name in statement.lower() else []
            connection.register(f"{name}_files", _dataset(diary, asset, asked))
            connection.execute(f"CREATE VIEW {name} AS SELECT {', '.join(_columns(asset))} FROM {name}_files")  # noqa: S608 - names of ours
        connection.execute(_SETTINGS)
        with _as_diary_errors(diary):
            rows = _selected(connection, statement).to_arrow_reader(ROWS_TOGETHER)
        yield Answer(rows.schema, _batches(diary, rows))


def _batches(diary: Diary, rows: Any) -> "Iterator[pa.RecordBatch]":
    with _as_diary_errors(diary):
        yield from rows


def _selected(connection: "duckdb.DuckDBPyConnection", statement: str) -> "duckdb.DuckDBPyRelation":
    import duckdb

    found = connection.extract_statements(statement)
    if len(found) != 1 or found[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise UserError(_ONLY_READS)
    return connection.sql(statement)


def _columns(asset: str) -> list[str]:
    names = [name for name in schema_of(asset).names if name != "day"]
    return ["day", *(_AS_TIME if name == "recorded_at" else name for name in names)]


def _dataset(diary: Diary, asset: str, days: Sequence[date]) -> Any:
    """The files of a day table. The day of each is known without reading it."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    fields = [field for field in schema_of(asset) if field.name != "day"]
    schema = pa.schema([*fields, pa.field("day", pa.date32())])
    parts = [_part(diary, asset, schema, "standard", days)]
    if diary.store.split and days:
        private = diary.store.names(f"tables/{asset}", "local_only")
        parts.append(_part(diary, asset, schema, "local_only", [day for day in days if f"{day}.parquet" in private]))
    return parts[0] if len(parts) == 1 else ds.dataset(parts)


def _part(diary: Diary, asset: str, schema: "pa.Schema", privacy: Privacy, days: Sequence[date]) -> Any:
    import pyarrow as pa
    import pyarrow.dataset as ds
    from pyarrow import fs

    root = diary.store.at("", privacy)
    remote = getattr(root, "fs", None) if "://" in str(root) else None
    files = fs.PyFileSystem(fs.FSSpecHandler(remote)) if remote is not None else fs.LocalFileSystem()
    base = root.path.rstrip("/") if remote is not None and hasattr(root, "path") else str(root)
    parquet = ds.ParquetFileFormat()
    fragments = [
        parquet.make_fragment(f"{base}/{table_path(asset, day)}", files, ds.field("day") == pa.scalar(day))
        for day in days
    ]
    return ds.FileSystemDataset(fragments, schema, parquet, files)


@contextmanager
def _as_diary_errors(diary: Diary) -> Iterator[None]:
    """What DuckDB says, as a sentence. What it says of values stays out: they are of the diary."""
    import duckdb
    import pyarrow as pa

    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        kind, said = type(error).__name__, str(error)
        raise _trouble(diary, kind, said) from error


def _trouble(diary: Diary, kind: str, said: str) -> DiaryError:
    if kind == "OutOfMemoryException" or "Out of Memory Error" in said:
        return UserError(
            f"The query needs more than {MEMORY_MB} MB of memory. Ask for fewer days (WHERE day BETWEEN ...) or sum up."
        )
    if kind == "PermissionException":
        return UserError("The query may read the diary's views and nothing else: no file, no network, no extension.")
    if kind in _ABOUT_THE_STATEMENT:
        cause = said.partition("\n\nLINE ")[0].partition(": ")[2].replace("\n", " ")
        return UserError(f"The query cannot be read: {cause} Its views are {', '.join(VIEWS)}.")
    if ".parquet" in said or "Parquet" in said:
        diary.catalog.days.forget("tables")
        return TransientError("A day table is missing or damaged. Ask again: the next query writes all tables anew.")
    return UserError(f"The query failed on a value ({kind}). TRY_CAST gives NULL where a value does not fit.")


def plain(value: Any) -> Any:
    """A value as JSON has it: no NaN, no type of its own for days, times and sums."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    known = value is None or isinstance(value, str | int | float)
    return value if known else value.isoformat() if hasattr(value, "isoformat") else str(value)
