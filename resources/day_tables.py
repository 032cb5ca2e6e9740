"""Day tables as Parquet files, one per asset and partition, also when one run writes many partitions.

What belongs here: Dagster's side of keeping tables. What does not: what is in them (`diary_pipeline.views.day_tables`),
and where they lie (`diary_pipeline.views.table_files`).
See https://docs.dagster.io/guides/build/io-managers.
"""

from datetime import date
from typing import Any

import dagster as dg

from diary_pipeline.diary import Diary
from diary_pipeline.views.table_files import schema_of, write_table


class DayTables(dg.IOManager):
    """Keeps what an asset returns of its day: a table. A run over several days returns {day: table}."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write one day's table, or each of several days'; rows about private memos go to the home."""
        import pyarrow as pa

        asset, keys = context.asset_key.path[-1], context.asset_partition_keys
        for key, frame in (obj if isinstance(obj, dict) else {keys[0]: obj}).items():
            table = pa.Table.from_pandas(frame, schema_of(asset), preserve_index=False)
            write_table(self._diary, asset, date.fromisoformat(key), table)

    def load_input(self, context: dg.InputContext) -> Any:
        """No asset reads another's table: the documents and the catalog are what they work on."""
        raise NotImplementedError("Read day tables with `diary query`.")


@dg.io_manager(required_resource_keys={"diary"})
def day_tables_io_manager(context: dg.InitResourceContext) -> DayTables:
    """Keeps day tables where the resource `diary` keeps its documents, private rows in the home."""
    return DayTables(context.resources.diary)
