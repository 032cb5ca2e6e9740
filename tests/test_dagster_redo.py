"""What is stale, and what is redone, in Dagster: who launched a run decides; and the job `redo` from which stage."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assets.partitions import SIGNATURE_TAG
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.schema import RedoStage
from jobs.jobs import ARRIVALS, REDO
from tests.dagster_world import DAY, World, a_world, metadata_of

MEMOS = 2


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    """A day that is done."""
    with a_world(home) as world:
        world.put(DAY, MEMOS)
        assert world.run(ARRIVALS, DAY).success
        yield world


def with_another_writer(world: World) -> World:
    """The same world after its notes have become stale."""
    diary = world.diary
    writer = {**diary.writer.identity(), "version": 99}
    fingerprints = Fingerprints(diary.settings, diary.engine.identity, lambda: writer)
    return World(world.instance, replace(diary, fingerprints=fingerprints))


def attempts(world: World, stage: str) -> int:
    return sum(attempt["stage"] == stage for attempt in world.diary.catalog.attempts.of())


def counts(result: Any, asset: str) -> tuple[int, int]:
    found = metadata_of(result, asset)
    return found["pending"], found["stale"]


def test_a_run_of_the_sensor_leaves_what_is_stale_and_says_so_and_one_of_a_person_redoes_it(world: World) -> None:
    changed = with_another_writer(world)
    job = changed.defs.resolve_job_def(ARRIVALS)
    result = job.execute_in_process(instance=changed.instance, partition_key=DAY, tags={SIGNATURE_TAG: "new memos"})
    assert [counts(result, asset) for asset in ("transcripts", "diary_notes", "diary_days")] == [(0, 0), (0, 2), (0, 2)]
    assert attempts(changed, "write") == MEMOS
    result = changed.run(ARRIVALS, DAY)
    assert [counts(result, asset) for asset in ("diary_notes", "diary_days")] == [(0, 0), (0, 0)]
    assert attempts(changed, "write") == 2 * MEMOS
    changed.run(ARRIVALS, DAY)
    assert attempts(changed, "write") == 2 * MEMOS


@pytest.mark.parametrize(
    ("from_stage", "expected"),
    [(None, (1, 2, 2)), ("transcribe", (2, 2, 2)), ("write", (1, 2, 2)), ("compose", (1, 1, 2))],
)
def test_the_job_redo_redoes_a_day_from_the_stage_in_its_configuration(
    world: World, from_stage: RedoStage | None, expected: tuple[int, int, int]
) -> None:
    config = {"resources": {"redo": {"config": {"from_stage": from_stage}}}} if from_stage else None
    job = world.defs.resolve_job_def(REDO)
    assert job.execute_in_process(instance=world.instance, partition_key=DAY, run_config=config).success
    transcribed, written, composed = expected
    assert attempts(world, "transcribe") == transcribed * MEMOS
    assert attempts(world, "write") == written * MEMOS
    assert attempts(world, "compose") == composed
