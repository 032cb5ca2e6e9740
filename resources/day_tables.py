"""Day tables as Parquet files: one per asset and partition, in a folder or a bucket, also when one run writes many days.

What belongs here: where tables lie and how they are written whole. What does not: what is in them (`diary_pipeline.views.day_tables`).
See https://docs.dagster.io/guides/build/io-managers.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from upath import UPath

from diary_pipeline.settings import Settings

if TYPE_CHECKING:
    import pandas as pd


class DayTables(dg.UPathIOManager):
    """`tables/ASSET/DAY.parquet` under the store's root. A run over several days hands in {day: table}."""

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
        """Write so that a reader never sees half a table: under another name first; in a bucket a write is whole by itself."""
        local = isinstance(path, Path)
        place = path.with_name(f".{path.name}.{context.run_id[:8]}") if local else path
        with place.open("wb") as out:
            obj.to_parquet(out, index=False)
        if local:
            place.replace(path)

    def load_from_path(self, context: dg.InputContext, path: UPath) -> "pd.DataFrame":
        """Read one day's table."""
        import pandas as pd

        with path.open("rb") as file:
            return pd.read_parquet(file)


class DayTablesResource(dg.ConfigurableIOManagerFactory[DayTables]):
    """Keeps day tables where the diary keeps its documents."""

    home: str | None = None
    """The diary's home; without it DIARY_HOME or ~/diary."""

    def create_io_manager(self, context: dg.InitResourceContext) -> DayTables:
        """The manager over the store's root."""
        settings = Settings.load(home=self.home) if self.home else Settings.load()
        return DayTables(base_path=UPath(settings.store_url) / "tables")
