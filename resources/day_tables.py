"""Day tables as Parquet files, one per asset and partition, also when one run writes many partitions.

What belongs here: where tables lie and how they are written. What does not: what is in them
(`diary_pipeline.views.day_tables`).
See https://docs.dagster.io/guides/build/io-managers.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from upath import UPath

if TYPE_CHECKING:
    import pandas as pd


class DayTables(dg.UPathIOManager):
    """`tables/ASSET/DAY.parquet` under the store's root. A run over several days passes {day: table}."""

    extension = ".parquet"

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write one day's table, or each of several days'."""
        if not isinstance(obj, dict):
            super().handle_output(context, obj)
            return
        for key, path in self._get_paths_for_partitions(context).items():
            self.make_directory(path.parent)
            self.dump_to_path(context, obj[key], path)

    def dump_to_path(self, context: dg.OutputContext, obj: "pd.DataFrame", path: UPath) -> None:
        """Write atomically: a local file under a temporary name first; an object in a bucket is atomic by itself."""
        local = isinstance(path, Path)
        target = path.with_name(f".{path.name}.{context.run_id[:8]}") if local else path
        with target.open("wb") as out:
            obj.to_parquet(out, index=False)
        if local:
            target.replace(path)

    def load_from_path(self, context: dg.InputContext, path: UPath) -> "pd.DataFrame":
        """Read one day's table."""
        import pandas as pd

        with path.open("rb") as file:
            return pd.read_parquet(file)


@dg.io_manager(required_resource_keys={"diary"})
def day_tables_io_manager(context: dg.InitResourceContext) -> DayTables:
    """Keeps day tables where the resource `diary` keeps its documents."""
    return DayTables(base_path=UPath(context.resources.diary.settings.store_url) / "tables")
