"""Runs of Dagster's jobs in this process: over one day, over a range, and what they leave."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets.partitions import days_in
from jobs.jobs import ARRIVALS
from jobs.sensors import new_audio_sensor
from tests.dagster_world import DAY, SECRET, World, a_world, metadata_of


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with a_world(home) as world:
        yield world


def test_a_run_over_one_day_makes_its_page_its_tables_and_metadata_without_a_word_of_it(world: World) -> None:
    world.put(DAY, 3)
    result = world.run(ARRIVALS, DAY)
    assert result.success
    assert world.pages() == [f"me/{DAY}"]
    assert sorted(file.parent.name for file in (world.home / "tables").rglob(f"{DAY}.parquet")) == sorted(
        ["recordings", "transcripts", "diary_notes", "diary_days"]
    )
    metadata = metadata_of(result, "diary_days")
    assert (metadata["recordings"], metadata["pending"], metadata["failed"]) == (3, 0, 0)
    assert str(world.home / "days" / "me" / f"{DAY}.md") in str(metadata["pages"])
    assert "data:image/svg+xml" in str(metadata["day"])
    assert all(SECRET not in str(event) for event in world.instance.all_logs(result.run_id))


def test_a_run_over_a_range_transcribes_all_days_together_and_describes_each(world: World) -> None:
    days = ["2026-03-14", "2026-03-15", "2026-03-16"]
    for day in days:
        world.put(day, 2)
    result = world.run(ARRIVALS, days[0], days[-1])
    assert world.pages() == [f"me/{day}" for day in days]
    events = [
        e.materialization
        for e in result.get_asset_materialization_events()
        if e.asset_key == dg.AssetKey("transcripts")
    ]
    assert {e.partition: e.metadata["recordings"].value for e in events} == dict.fromkeys(days, 2)
    checks = [e for e in result.get_asset_check_evaluations() if e.check_name == "every_memo_is_on_its_page"]
    assert [(check.passed, check.metadata["done"].value) for check in checks] == [(True, 6)]


def test_a_late_memo_reopens_its_own_day_and_no_other(world: World) -> None:
    tuesday, wednesday = "2026-03-17", "2026-03-18"
    for day in (tuesday, wednesday):
        world.put(day, 1)
    world.run(ARRIVALS, tuesday, wednesday)
    before = (world.home / "days" / "me" / f"{wednesday}.md").stat().st_mtime_ns
    world.put(tuesday, 2)
    requests = world.requests(new_audio_sensor(world.partitions))
    assert [days_in(r.tags, world.partitions) for r in requests] == [[date.fromisoformat(tuesday)]]
    world.run(ARRIVALS, tuesday)
    assert (world.home / "days" / "me" / f"{tuesday}.md").read_text().count("\n## ") == 2
    assert (world.home / "days" / "me" / f"{wednesday}.md").stat().st_mtime_ns == before
    assert world.requests(new_audio_sensor(world.partitions)) == []


def test_thirty_days_of_four_memos_are_one_run_and_thirty_pages(world: World) -> None:
    days = [str(date(2026, 1, 1) + timedelta(days=n)) for n in range(30)]
    for day in days:
        world.put(day, 4)
    started = time.process_time()
    assert world.run(ARRIVALS, days[0], days[-1]).success
    spent = time.process_time() - started
    assert world.pages() == [f"me/{day}" for day in days]
    assert len(world.instance.get_runs()) == 1
    assert spent < 60, "the catalog is read once per day and recording"
