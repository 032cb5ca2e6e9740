"""What the command line made appears in Dagster as if a run had made it, once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.metadata import DOCUMENTS
from assets.stage_assets import CHAIN
from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.fingerprints import Fingerprints
from jobs.jobs import ARRIVALS
from jobs.made_elsewhere import EARLIER
from tests.dagster_world import DAY, SECRET, Ticks, World, a_world

OF_A_RUN = {"seconds spent by the run", "notes that no model wrote", "device", "seconds to load the model"}
POINTER = "dagster/input_event_pointer"


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with a_world(home) as world:
        yield world


def shown(world: World, asset: str, *days: str) -> list[dg.AssetMaterialization]:
    """The materializations of an asset, newest first."""
    wanted = dg.AssetRecordsFilter(dg.AssetKey(asset), asset_partitions=list(days or [DAY]))
    found = [r.asset_materialization for r in world.instance.fetch_materializations(wanted, limit=500).records]
    return [one for one in found if one is not None]


def test_a_day_of_the_command_line_appears_within_a_tick_and_once_with_what_a_run_would_say(world: World) -> None:
    world.put(DAY, 2)
    pipeline.process(world.diary)
    ticks = Ticks(world)
    assert ticks.tick() == "1 days were made elsewhere; 0 wait."
    told = {asset: shown(world, asset) for asset in CHAIN}
    assert [len(one) for one in told.values()] == [1] * 4
    assert SECRET not in str(told)
    assert (world.home / "tables" / "diary_days" / f"{DAY}.parquet").exists()
    assert ticks.tick() == "0 days were made elsewhere; 0 wait."
    assert world.run(ARRIVALS, DAY).success
    for asset, (one,) in told.items():
        by_run = shown(world, asset)[0]
        assert tags(by_run) == tags(one)
        assert set(by_run.metadata) - set(one.metadata) <= OF_A_RUN | {"path"}
        assert one.metadata[DOCUMENTS] == by_run.metadata[DOCUMENTS]
        assert (one.metadata["recordings"].value, one.metadata["pending"].value) == (2, 0)


def tags(event: dg.AssetMaterialization) -> dict[str, Any]:
    """Its tags; which event was read is another one by nature."""
    return {name: POINTER in name or value for name, value in (event.tags or {}).items()}


def test_a_day_that_a_run_made_is_not_told_again_neither_while_it_runs_nor_after(world: World) -> None:
    world.put(DAY, 1)
    assert world.run(ARRIVALS, DAY).success
    ticks = Ticks(world)
    assert ticks.tick() == "0 days were made elsewhere; 0 wait."
    world.put(DAY, 2)
    run = world.instance.create_run_for_job(
        world.defs.resolve_job_def(ARRIVALS), tags={"dagster/partition": DAY}, status=dg.DagsterRunStatus.STARTED
    )
    pipeline.process(world.diary.of_run(run.run_id))
    assert ticks.tick() == "0 days were made elsewhere; 1 wait."
    world.instance.report_run_failed(run)
    assert ticks.tick() == "1 days were made elsewhere; 0 wait.", "it died before it told of the page"
    assert len(shown(world, "diary_days")) == 2
    assert ticks.tick() == "0 days were made elsewhere; 0 wait."


def test_a_memo_that_comes_later_tells_of_its_day_again_and_of_no_other(world: World) -> None:
    world.put(DAY, 1)
    world.put("2026-03-15", 1)
    pipeline.process(world.diary)
    ticks = Ticks(world)
    ticks.tick()
    world.put(DAY, 2)
    pipeline.process(world.diary)
    assert ticks.tick() == "1 days were made elsewhere; 0 wait."
    assert [len(shown(world, "diary_notes", day)) for day in (DAY, "2026-03-15")] == [2, 1]


def test_a_long_history_is_told_in_bounded_ticks_that_go_on_where_the_last_one_ended(world: World) -> None:
    days = [str(date(2026, 1, 1) + timedelta(days=n)) for n in range(5)]
    for day in days:
        world.put(day, 1)
    pipeline.process(world.diary)
    ticks = Ticks(world, days_at_a_tick=2)
    assert [int(ticks.tick().split()[0]) for _ in range(4)] == [2, 2, 1, 0]
    for asset in CHAIN:
        assert sorted(str(one.partition) for one in shown(world, asset, *days)) == days


def test_what_was_made_with_another_model_is_not_shown_as_if_it_were_todays(world: World) -> None:
    world.put(DAY, 1)
    pipeline.process(world.diary)
    later = World(world.instance, with_another_writer(world.diary))
    Ticks(later).tick()
    stale = {asset: (shown(world, asset)[0].tags or {})["dagster/code_version"] == EARLIER for asset in CHAIN}
    assert stale == {"recordings": False, "transcripts": False, "diary_notes": True, "diary_days": True}


def with_another_writer(diary: Diary) -> Diary:
    writer = {**diary.writer.identity(), "version": 99}
    return replace(diary, fingerprints=Fingerprints(diary.settings, diary.engine.identity, lambda: writer))
