"""Day tables as Parquet files: `tables/ASSET/DAY.parquet` in the store; rows about private and held memos in the home.

They follow the catalog: a day that changed is written again at the end of a run, by Dagster or the command line, or
before the next query.
"""

import io
import os
from collections import defaultdict
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from diary_pipeline.catalog.home_index import HomeIndex
from diary_pipeline.diary import Diary
from diary_pipeline.schema import Privacy
from diary_pipeline.views.day_tables import ASSETS, columns_of, day_rows

if TYPE_CHECKING:
    import pyarrow as pa

WAIT_SECONDS = 10.0

_DAYS_TOGETHER = 20


def table_path(asset: str, day: date) -> str:
    """Place of a day table."""
    return f"tables/{asset}/{day.isoformat()}.parquet"


def refresh_tables(diary: Diary, index: HomeIndex) -> int:
    """Write the tables of the days that changed; returns how many days. Another process may be at it already."""
    diary.catalog.days.take_changes()
    if not _due(diary, index):
        return 0
    with diary.catalog.days.alone("tables", WAIT_SECONDS) as mine:
        due = sorted(_due(diary, index).items()) if mine else []
        for start in range(0, len(due), _DAYS_TOGETHER):
            for day, _ in (some := due[start : start + _DAYS_TOGETHER]):
                for asset in ASSETS:
                    write_table(diary, asset, day, _table(diary, asset, day))
            stamps = {name: stamp for _, those in some for name, stamp in those.items()}
            diary.catalog.days.settle("tables", stamps)
            if diary.store.split:
                index.settle("private tables", stamps)
    return len(due)


def write_table(diary: Diary, asset: str, day: date, table: "pa.Table") -> None:
    """Write one day's table, whole or not at all: rows about private and held memos go to the home."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    places: dict[Privacy, pa.Table] = {"standard": table}
    if diary.store.split and "recording" in table.column_names:
        hidden = _hidden(diary, day)
        private = pa.array([name in hidden for name in table["recording"].to_pylist()], pa.bool_())
        standard = pa.array([not one for one in private.to_pylist()], pa.bool_())
        places = {"standard": table.filter(standard), "local_only": table.filter(private)}
    for privacy, rows in places.items():
        if privacy == "local_only" and not rows.num_rows:
            diary.store.delete(table_path(asset, day), privacy)
            continue
        data = io.BytesIO()
        pq.write_table(rows, data)
        diary.store.replace(table_path(asset, day), data.getvalue(), privacy)


def schema_of(asset: str) -> "pa.Schema":
    """The columns of a table, as its file has them."""
    import pyarrow as pa

    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns_of(asset).items()])


def _table(diary: Diary, asset: str, day: date) -> "pa.Table":
    import pyarrow as pa

    return pa.Table.from_pylist(day_rows(diary, asset, day), schema_of(asset))


def table_days(diary: Diary) -> list[date]:
    """The days that have tables."""
    return sorted({_day(subject) for subject in diary.catalog.days.all()})


def _due(diary: Diary, index: HomeIndex) -> dict[date, dict[str, int]]:
    """The days whose tables are behind, each with the stamps of its authors' days."""
    days = diary.catalog.days
    behind = {_day(subject) for subject in days.due("tables")}
    if diary.store.split and days.totals() != index.totals("private tables"):
        now, before = days.all(), index.stamps("private tables")
        behind |= {_day(name) for name, stamp in now.items() if before.get(name) != stamp}
    if diary.store.is_local:
        behind |= _without_file(diary)
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for subject, stamp in days.all().items() if behind else ():
        if (day := _day(subject)) in behind:
            found[day][subject] = stamp
    return dict(found)


def _without_file(diary: Diary) -> set[date]:
    """The days of which somebody has taken a table away."""
    names = {f"{day}.parquet": day for day in table_days(diary)}
    found = set[date]()
    for asset in ASSETS:
        folder, there = diary.store.at(f"tables/{asset}", "standard"), list[str]()
        with suppress(FileNotFoundError):
            there = os.listdir(str(folder))  # noqa: PTH208 - of many names, none of which becomes a path
        found |= {names[name] for name in names.keys() - set(there)}
    return found


def _hidden(diary: Diary, day: date) -> set[str]:
    rows = diary.catalog.recordings.all([day])
    return {recording.id for recording, hold in rows if recording.privacy == "local_only" or hold}


def _day(subject: str) -> date:
    return date.fromisoformat(subject.rpartition("/")[2])
