"""The command `query`: SQL over the day tables, as a table, CSV, JSON or Parquet."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from diary_pipeline.cli.output import print_json, print_rows, print_text
from diary_pipeline.cli.session import Json, opened_to_read
from diary_pipeline.errors import UserError

if TYPE_CHECKING:
    from diary_pipeline.views.query import Answer

FORMATS = ("table", "csv", "json", "parquet")
SHOWN_ROWS = 1000
"""Rows of a table for people; the other formats have all."""


def query(
    statement: Annotated[str, typer.Argument(metavar="SELECT", help="One SQL SELECT, of DuckDB's kind.")],
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "table",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Ask the day tables by SQL: views recordings, transcripts, notes and days. They hold figures, no diary text."""
    from diary_pipeline.views.query import queried

    form = "json" if as_json else form
    if form not in FORMATS:
        raise UserError(f"There is no format {form!r}. Choose one of {', '.join(FORMATS)}.")
    if form == "parquet" and output is None and sys.stdout.isatty():
        raise UserError("Parquet is no text. Name a file: --output FILE.")
    with opened_to_read() as diary, queried(diary, statement) as rows:
        _WRITERS[form](rows, output)


def _as_table(rows: "Answer", output: Path | None) -> None:
    shown, more = list[list[str]](), False
    for row in _values(rows):
        if more := len(shown) == SHOWN_ROWS:
            break
        shown.append(["" if value is None else str(value) for value in row])
    with _text(output) as out:
        print_rows(rows.columns.names, shown, out)
    if more:
        print_text(f"There are more than {SHOWN_ROWS} rows. --format csv gives all.")


def _as_csv(rows: "Answer", output: Path | None) -> None:
    with _text(output) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(rows.columns.names)
        writer.writerows(_values(rows))


def _as_json(rows: "Answer", output: Path | None) -> None:
    found = {"columns": rows.columns.names, "rows": list(_values(rows))}
    with _text(output) as out:
        print_json(found, out)


def _as_parquet(rows: "Answer", output: Path | None) -> None:
    import pyarrow.parquet as pq

    with _binary(output) as out, pq.ParquetWriter(out, rows.columns) as writer:
        for batch in rows.batches:
            writer.write_batch(batch)


_WRITERS = {"table": _as_table, "csv": _as_csv, "json": _as_json, "parquet": _as_parquet}


def _values(rows: "Answer") -> Iterator[list[Any]]:
    from diary_pipeline.views.query import plain

    for batch in rows.batches:
        columns = [column.to_pylist() for column in batch.columns]
        yield from ([plain(value) for value in row] for row in zip(*columns, strict=True))


@contextmanager
def _text(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        yield sys.stdout
        return
    with output.open("w", encoding="utf-8", newline="") as out:
        yield out


@contextmanager
def _binary(output: Path | None) -> Iterator[IO[bytes]]:
    if output is None:
        yield sys.stdout.buffer
        return
    with output.open("wb") as out:
        yield out
