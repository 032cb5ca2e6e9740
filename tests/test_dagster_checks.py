"""Asset checks and metadata: what passes, what warns, and a night whose notes come from a provider's batch."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from jobs.jobs import ARRIVALS, NIGHTLY
from jobs.sensors import batch_sensor, new_audio_sensor
from tests.dagster_world import DAY, World, a_world, metadata_of
from tests.memos import day_names, memos
from tests.nights import a_diary, faithful
from tests.wire import Wire

WARN = dg.AssetCheckSeverity.WARN


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with a_world(home) as world:
        yield world


@pytest.mark.slow
def test_the_nightly_job_validates_every_table(world: World) -> None:
    world.put(DAY, 2)
    result = world.run(NIGHTLY, DAY)
    evaluations = result.get_asset_check_evaluations()
    passed = {(e.check_name, e.passed) for e in evaluations}
    assert passed >= {("every_recording_once", True), ("cited_segments_exist", True)}
    failed = [e.check_name for e in evaluations if not e.passed]
    assert failed == ["speech_is_at_a_human_pace"]  # twelve words in 0.3 s are not
    job = world.defs.resolve_job_def(NIGHTLY)
    assert len(evaluations) == len(list(job.asset_layer.asset_graph.asset_check_keys))


def test_a_memo_that_failed_makes_the_check_warn(world: World) -> None:
    world.put(DAY, 1)
    (world.home / "inbox" / f"{DAY} 20.00.wav").write_bytes(b"no audio at all")
    check = checks_of(world.run(ARRIVALS, DAY))["every_memo_is_on_its_page"]
    assert (check.passed, check.severity, check.metadata["quarantined"].value) == (False, WARN, 1)


def test_notes_with_rejected_statements_or_that_leave_much_out_make_the_checks_warn(home: Path) -> None:
    memos(home / "inbox", day_names(DAY, 1))

    def poor(body: dict[str, Any]) -> str:
        first = json.loads(faithful(body))["statements"][0]
        return json.dumps({"title": "", "statements": [first, {"text": "I flew to Paris.", "segments": ["s01"]}]})

    said = ["I watered the plants.", "Then I met Helen.", "We had tea.", "It rained all day."]
    with Wire(answer=poor).running() as wire, dg.DagsterInstance.ephemeral() as instance:
        with a_diary(home, wire, "openai", script=lambda _: said) as diary:
            checks = checks_of(World(instance, diary).run(ARRIVALS, DAY))
        for name in ("evidence_holds", "little_is_left_out"):
            assert (checks[name].passed, checks[name].severity) == (False, WARN)
        assert checks["little_is_left_out"].metadata["mean also_said_share"].value == 0.75


def checks_of(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {check.check_name: check for check in result.get_asset_check_evaluations()}


def test_the_nightly_job_submits_a_batch_the_sensor_polls_it_and_a_run_collects_the_notes(home: Path) -> None:
    memos(home / "inbox", day_names(DAY, 2))
    with (
        Wire(answer=faithful).running() as wire,
        a_diary(home, wire, "openai") as diary,
        dg.DagsterInstance.ephemeral() as instance,
    ):
        world = World(instance, diary)
        night = world.run(NIGHTLY, DAY)
        assert (night.success, wire.batches.submitted, world.pages()) == (True, 1, [f"me/{DAY}"])
        assert metadata_of(night, "diary_notes")["pending"] == 2, "a green partition shows what is still pending"
        assert world.requests(new_audio_sensor(world.partitions)) == []
        assert "1 batches" in str(world.tick(batch_sensor()).skip_message)
        wire.batches.ready = True
        assert "0 batches" in str(world.tick(batch_sensor()).skip_message)
        (request,) = world.requests(new_audio_sensor(world.partitions))
        morning = world.defs.resolve_job_def(ARRIVALS).execute_in_process(
            instance=instance, tags=dict(request.tags), partition_key=DAY
        )
        assert_figures(metadata_of(morning, "diary_notes"), wire)
        assert world.requests(new_audio_sensor(world.partitions)) == []
    assert (wire.seen, wire.batches.files) == ([], {})


def assert_figures(figures: dict[str, Any], wire: Wire) -> None:
    """Two notes by the model, at what the provider billed, with the figures of the model and its prompt."""
    assert (figures["pending"], figures["written by"], figures["evidence score"]) == (0, {"openai/m": 2}, 1.0)
    billed = sum(read + 2 * wrote for read, wrote in wire.batches.billed.values()) / 2e6
    assert figures["dollars"] == pytest.approx(billed, abs=1e-8)
    of_the_prompt = {"evidence score": 1.0, "fallback rate": 0.0, "also said share": 0.0, "dollars": figures["dollars"]}
    assert {name: figures[f"openai/m, note 1: {name}"] for name in of_the_prompt} == of_the_prompt
