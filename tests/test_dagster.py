"""Dagster's definitions: what there is, how it is described, and what a run of each job consists of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from definitions import build_defs
from diary_pipeline.settings import Settings
from jobs.jobs import ARRIVALS, NIGHTLY, REDO
from tests.dagster_world import World, a_world

CHAIN = {
    "recordings": [],
    "transcripts": ["recordings"],
    "diary_notes": ["transcripts"],
    "diary_days": ["diary_notes"],
}
STEPS = {"recordings", "plan_batches", "transcribe_batch", "describe_days", "diary_notes", "diary_days"}


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with a_world(home) as world:
        yield world


def test_the_graph_is_four_assets_in_a_row_with_three_jobs_a_schedule_and_five_sensors(world: World) -> None:
    graph = world.defs.resolve_asset_graph()
    chain = {
        key.path[-1]: sorted(parent.path[-1] for parent in graph.get(key).parent_keys)
        for key in graph.get_all_asset_keys()
    }
    assert chain == CHAIN
    assert {job.name for job in world.defs.jobs or ()} == {ARRIVALS, NIGHTLY, REDO}
    assert [schedule.name for schedule in world.defs.schedules or ()] == ["nightly_schedule"]
    assert [sensor.name for sensor in world.defs.sensors or ()] == [
        "new_audio_sensor",
        "batch_sensor",
        "failed_run_sensor",
        "cancelled_run_sensor",
        "made_elsewhere_sensor",
    ]


def test_every_asset_says_what_it_is_of_which_kinds_and_whose(world: World) -> None:
    for asset in world.defs.assets or ():
        assert isinstance(asset, dg.AssetsDefinition)
        (spec,) = asset.specs
        assert spec.description
        assert {"parquet"} < spec.kinds
        assert spec.owners == ["team:diary"]
        assert (spec.group_name, bool(spec.code_version)) == ("diary", True)


def test_arrivals_leave_the_checks_of_day_tables_to_the_night(world: World) -> None:
    arrivals, nightly = (set(checks_of(world, name)) for name in (ARRIVALS, NIGHTLY))
    assert arrivals == {"every_memo_is_on_its_page", "evidence_holds", "little_is_left_out"}
    assert len(nightly) > len(arrivals)


def checks_of(world: World, job: str) -> list[str]:
    return [key.name for key in world.defs.resolve_job_def(job).asset_layer.asset_graph.asset_check_keys]


def test_the_steps_have_the_names_that_run_configuration_uses(world: World) -> None:
    nodes = all_nodes(world.defs.resolve_job_def(ARRIVALS))
    assert {node.definition.name for node in nodes} >= STEPS


def test_on_kubernetes_the_same_steps_are_pods_and_the_one_that_transcribes_requests_a_gpu(home: Path) -> None:
    job = build_defs(Settings.load(home=home, executor="kubernetes", whisper_model="tiny.en")).resolve_job_def(NIGHTLY)
    assert job.executor_def.name == "k8s"
    (step,) = [node.definition for node in all_nodes(job) if node.definition.name == "transcribe_batch"]
    assert "nvidia.com/gpu" in str(step.tags["dagster-k8s/config"])


def all_nodes(job: dg.JobDefinition) -> list[Any]:
    found, queue = [], list(job.graph.nodes)
    while queue:
        node = queue.pop()
        found.append(node)
        queue += list(getattr(node.definition, "nodes", []))
    return found
