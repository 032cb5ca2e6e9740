"""A diary with a scripted engine, Dagster's definitions over it and an instance in memory, for Dagster's tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

from assets.partitions import RANGE_END, RANGE_START, daily
from assets.transcripts import STEP_IO_MANAGER
from definitions import build_defs
from diary_pipeline.bootstrap import code_versions, open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from jobs.made_elsewhere import made_elsewhere_sensor
from tests.memos import day_names, memos

DAY = "2026-03-14"
SECRET = "Nobody may read this in the event log."


class World:
    """The definitions over *diary*, and their instance."""

    def __init__(self, instance: dg.DagsterInstance, diary: Diary) -> None:
        self.instance, self.diary, self.home = instance, diary, diary.settings.root
        self.partitions = daily(diary.settings)

        @dg.resource
        def opened(context: dg.InitResourceContext) -> Diary:
            return diary.of_run(context.run.run_id) if context.run else diary

        self.defs = build_defs(diary.settings, diary.engine, diary=opened, **{STEP_IO_MANAGER: dg.mem_io_manager})

    def put(self, day: str, count: int, author: str = "") -> None:
        """Put memos of that day into the inbox."""
        memos(self.home / "inbox" / author, day_names(day, count))

    def run(self, job: str, first: str, last: str | None = None) -> dg.ExecuteInProcessResult:
        """Run a job over one day, or over a range of days."""
        tags = {RANGE_START: first, RANGE_END: last} if last else {}
        key = None if last else first
        return self.defs.resolve_job_def(job).execute_in_process(instance=self.instance, tags=tags, partition_key=key)

    def tick(self, sensor: dg.SensorDefinition, cursor: str | None = None) -> Any:
        """What one evaluation of the sensor gives."""
        resources = {"diary": self.diary}
        with dg.build_sensor_context(instance=self.instance, resources=resources, cursor=cursor) as context:
            return sensor.evaluate_tick(context)

    def requests(self, sensor: dg.SensorDefinition) -> list[dg.RunRequest]:
        """The runs that one evaluation of the sensor requests."""
        return list(self.tick(sensor).run_requests or [])

    def pages(self) -> list[str]:
        """The pages of the diary, as AUTHOR/DAY."""
        return sorted(
            file.relative_to(self.home / "days").with_suffix("").as_posix()
            for file in (self.home / "days").rglob("*.md")
        )


class Ticks:
    """Ticks of the sensor that tells of what was made elsewhere, one after the other."""

    def __init__(self, world: World, days_at_a_tick: int = 40) -> None:
        self.world, self.cursor = world, None
        versions = code_versions(world.diary.settings, world.diary.engine)
        self.sensor = made_elsewhere_sensor(world.partitions, versions, days_at_a_tick)

    def tick(self) -> str:
        answer = self.world.tick(self.sensor, self.cursor)
        self.cursor = answer.cursor
        return str(answer.skip_message)


@contextmanager
def a_world(home: Path) -> Iterator[World]:
    """A world whose every memo says the same two sentences."""
    settings = Settings.load(home=home, timezone="Europe/London", settle_seconds=0, watch_seconds=0)
    engine = ScriptedEngine(lambda _: [SECRET, "And then some more."])
    with open_diary(settings, engine) as diary, dg.DagsterInstance.ephemeral() as instance:
        yield World(instance, diary)


def metadata_of(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    """The metadata of the one materialization of *asset* in a run."""
    (event,) = [e for e in result.get_asset_materialization_events() if e.asset_key == dg.AssetKey(asset)]
    return {name: value.value for name, value in event.materialization.metadata.items()}
