"""Dagster's side in this process: what it is made of, runs over one and many days, its sensors, its checks."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from upath import UPath

from assets.partitions import RANGE_END, RANGE_START, daily, days_in
from assets.transcripts import HANDOVER
from definitions import build_defs
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.pipeline import Diary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from jobs.jobs import ARRIVALS, NIGHTLY
from jobs.requests import DAY_TAG, spans
from jobs.schedules import nightly_schedule
from jobs.sensors import batch_sensor, dead_run_sensors, new_audio_sensor
from resources.day_tables import DayTables
from tests.memos import day_names, memos
from tests.nights import a_diary, faithful
from tests.wire import Wire

DAY = "2026-03-14"
SECRET = "Nobody may read this in the event log."


class World:
    """A diary with a scripted engine (or the *diary* given), Dagster's definitions over it, and an instance in memory."""

    def __init__(self, home: Path, instance: dg.DagsterInstance, diary: Diary | None = None) -> None:
        settings = Settings.load(home=home, timezone="Europe/London", settle_seconds=0, watch_seconds=0)
        self.home, self.instance = home, instance
        self.diary = diary or open_diary(settings, ScriptedEngine(lambda _: [SECRET, "And then some more."]))
        self.settings, self.engine = self.diary.settings, self.diary.engine
        self.partitions = daily(self.settings)

        @dg.resource
        def opened(context: dg.InitResourceContext) -> Diary:
            return self.diary.of_run(context.run.run_id) if context.run else self.diary

        self.defs = build_defs(self.settings, self.engine, diary=opened, **io_managers(home))

    def put(self, day: str, count: int, author: str = "") -> None:
        memos(self.home / "inbox" / author, day_names(day, count))

    def run(self, job: str, first: str, last: str | None = None) -> dg.ExecuteInProcessResult:
        tags = {RANGE_START: first, RANGE_END: last} if last else {}
        key = None if last else first
        return self.defs.resolve_job_def(job).execute_in_process(instance=self.instance, tags=tags, partition_key=key)

    def tick(self, sensor: dg.SensorDefinition) -> list[dg.RunRequest]:
        return list(self.looked(sensor).run_requests or [])

    def looked(self, sensor: dg.SensorDefinition) -> Any:
        with dg.build_sensor_context(instance=self.instance, resources={"diary": self.diary}) as context:
            return sensor.evaluate_tick(context)

    def pages(self) -> list[str]:
        return sorted(
            file.relative_to(self.home / "days").with_suffix("").as_posix()
            for file in (self.home / "days").rglob("*.md")
        )


def io_managers(home: Path) -> dict[str, Any]:
    return {"io_manager": DayTables(base_path=UPath(home) / "tables"), HANDOVER: dg.mem_io_manager}


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with dg.DagsterInstance.ephemeral() as instance:
        world = World(home, instance)
        yield world
        world.diary.close()


def test_the_graph_is_four_assets_in_a_row_with_two_jobs_a_schedule_and_four_sensors(world: World) -> None:
    graph = world.defs.resolve_asset_graph()
    chain = {
        key.path[-1]: sorted(parent.path[-1] for parent in graph.get(key).parent_keys)
        for key in graph.get_all_asset_keys()
    }
    assert chain == {
        "recordings": [],
        "transcripts": ["recordings"],
        "diary_notes": ["transcripts"],
        "diary_days": ["diary_notes"],
    }
    assert {job.name for job in world.defs.jobs or ()} == {ARRIVALS, NIGHTLY}
    assert [schedule.name for schedule in world.defs.schedules or ()] == ["nightly_schedule"]
    assert [sensor.name for sensor in world.defs.sensors or ()] == [
        "new_audio_sensor",
        "batch_sensor",
        "failed_run_sensor",
        "cancelled_run_sensor",
    ]
    arrivals, nightly = (set(checks_of(world, name)) for name in (ARRIVALS, NIGHTLY))
    assert arrivals == {"every_memo_is_on_its_page", "evidence_holds", "little_is_left_out"}
    assert len(nightly) > len(arrivals)


def checks_of(world: World, job: str) -> list[str]:
    return [key.name for key in world.defs.resolve_job_def(job).asset_layer.asset_graph.asset_check_keys]


def test_a_run_over_one_day_makes_its_page_its_tables_and_metadata_without_a_word_of_it(world: World) -> None:
    world.put(DAY, 3)
    result = world.run(ARRIVALS, DAY)
    assert result.success
    assert world.pages() == [f"me/{DAY}"]
    assert sorted(file.parent.name for file in (world.home / "tables").rglob(f"{DAY}.parquet")) == sorted(
        ["recordings", "transcripts", "diary_notes", "diary_days"]
    )
    (event,) = [e for e in result.get_asset_materialization_events() if e.asset_key == dg.AssetKey("diary_days")]
    metadata = event.materialization.metadata
    assert (metadata["recordings"].value, metadata["pending"].value, metadata["failed"].value) == (3, 0, 0)
    assert str(world.home / "days" / "me" / f"{DAY}.md") in str(metadata["pages"].value)
    assert "data:image/svg+xml" in str(metadata["day"].value)
    assert all(SECRET not in str(event) for event in world.instance.all_logs(result.run_id))


def test_a_run_over_a_range_hears_all_days_together_and_describes_each(world: World) -> None:
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
    requests = world.tick(new_audio_sensor(world.partitions))
    assert [days_in(r.tags, world.partitions) for r in requests] == [[date.fromisoformat(tuesday)]]
    world.run(ARRIVALS, tuesday)
    assert (world.home / "days" / "me" / f"{tuesday}.md").read_text().count("\n## ") == 2
    assert (world.home / "days" / "me" / f"{wednesday}.md").stat().st_mtime_ns == before
    assert world.tick(new_audio_sensor(world.partitions)) == []


def test_the_sensor_asks_for_neighbouring_days_together_and_not_for_days_that_a_run_is_about(world: World) -> None:
    for day in ("2026-03-14", "2026-03-15", "2026-03-20"):
        world.put(day, 1)
    sensor = new_audio_sensor(world.partitions)
    first = world.tick(sensor)
    assert [r.tags[DAY_TAG] for r in first] == ["2026-03-14..2026-03-15", "2026-03-20"]
    job = world.defs.resolve_job_def(ARRIVALS)
    world.instance.create_run_for_job(job, tags=dict(first[0].tags), status=dg.DagsterRunStatus.STARTED)
    assert [r.tags[DAY_TAG] for r in world.tick(sensor)] == ["2026-03-20"]


def test_a_run_that_failed_before_it_did_anything_is_asked_for_again_but_not_for_ever(world: World) -> None:
    world.put(DAY, 1)
    sensor, keys = new_audio_sensor(world.partitions), []
    job = world.defs.resolve_job_def(ARRIVALS)
    while requests := world.tick(sensor):
        (request,) = requests
        keys.append(request.run_key)
        world.instance.create_run_for_job(job, tags=dict(request.tags), status=dg.DagsterRunStatus.FAILURE)
    assert len(keys) == len(set(keys)) == 3


def test_a_memo_of_a_day_that_has_no_partition_stops_nobody(world: World) -> None:
    world.put("2014-12-31", 1)
    world.put(DAY, 1)
    assert [r.tags[DAY_TAG] for r in world.tick(new_audio_sensor(world.partitions))] == [DAY]


def test_days_are_grouped_by_at_most_a_month() -> None:
    first = date(2026, 1, 1)
    waiting = {first + timedelta(days=n): str(n) for n in range(40)}
    assert [len(span.days) for span in spans(waiting)] == [31, 9]


def test_a_dead_run_gives_its_claims_back_through_the_sensor(world: World) -> None:
    from diary_pipeline.catalog import Subject

    job = world.defs.resolve_job_def(ARRIVALS)
    run = world.instance.create_run_for_job(job, tags={"dagster/partition": DAY}, status=dg.DagsterRunStatus.FAILURE)
    claims = world.diary.catalog.attempts.claim("transcribe", [Subject("memo", "f")], "worker", run.run_id, 1)
    assert len(claims) == 1
    failed, _ = dead_run_sensors()
    event = dg.DagsterEvent(event_type_value="PIPELINE_FAILURE", job_name=ARRIVALS)
    with dg.build_run_status_sensor_context(
        sensor_name=failed.name,
        dagster_event=event,
        dagster_instance=world.instance,
        dagster_run=run,
        resources={"diary": world.diary},
    ) as context:
        failed(context)
    (attempt,) = world.diary.catalog.attempts.of(["memo"])
    assert attempt["outcome"] == "died"


def test_the_night_takes_yesterday_and_everything_unfinished(world: World) -> None:
    world.put(DAY, 1)
    schedule = nightly_schedule(world.settings, world.partitions)
    now = datetime(2026, 3, 20, 4, 30, tzinfo=UTC)
    with dg.build_schedule_context(
        instance=world.instance, resources={"diary": world.diary}, scheduled_execution_time=now
    ) as context:
        requests = schedule.evaluate_tick(context).run_requests or []
    assert [days_in(r.tags, world.partitions) for r in requests] == [[date(2026, 3, 14)], [date(2026, 3, 19)]]


def test_the_nightly_job_holds_every_table_against_its_expectations(world: World) -> None:
    world.put(DAY, 2)
    result = world.run(NIGHTLY, DAY)
    evaluations = result.get_asset_check_evaluations()
    assert {(e.check_name, e.passed) for e in evaluations} >= {
        ("every_recording_once", True),
        ("cited_segments_exist", True),
    }
    assert [e.check_name for e in evaluations if not e.passed] == [
        "speech_is_at_a_human_pace"
    ]  # twelve words in 0.3 s are not
    assert len(evaluations) == len(checks_of(world, NIGHTLY))


def test_the_nightly_job_hands_over_a_sensor_looks_and_a_run_collects_what_the_batch_brought(home: Path) -> None:
    memos(home / "inbox", day_names(DAY, 2))
    with (
        Wire(answer=faithful).running() as wire,
        a_diary(home, wire, "openai") as diary,
        dg.DagsterInstance.ephemeral() as instance,
    ):
        world = World(home, instance, diary)
        night = world.run(NIGHTLY, DAY)
        assert (night.success, wire.batches.submitted, world.pages()) == (True, 1, [f"me/{DAY}"])
        assert described(night, "diary_notes")["pending"] == 2, "a green partition says what still waits"
        assert world.tick(new_audio_sensor(world.partitions)) == []
        assert "1 batches" in str(world.looked(batch_sensor()).skip_message)
        wire.batches.ready = True
        assert "0 batches" in str(world.looked(batch_sensor()).skip_message)
        (request,) = world.tick(new_audio_sensor(world.partitions))
        morning = world.defs.resolve_job_def(ARRIVALS).execute_in_process(
            instance=instance, tags=dict(request.tags), partition_key=DAY
        )
        figures = described(morning, "diary_notes")
        assert (figures["pending"], figures["written by"], figures["evidence score"]) == (0, {"openai/m": 2}, 1.0)
        assert figures["dollars"] == pytest.approx(
            sum(read + 2 * wrote for read, wrote in wire.batches.billed.values()) / 2e6, abs=1e-8
        )
        name = "openai/m, note 1"
        assert (
            figures[f"{name}: evidence score"],
            figures[f"{name}: fallback rate"],
            figures[f"{name}: also said share"],
        ) == (
            1.0,
            0.0,
            0.0,
        )
        assert figures[f"{name}: dollars"] == figures["dollars"]
        assert world.tick(new_audio_sensor(world.partitions)) == []
    assert (wire.seen, wire.batches.files) == ([], {})


def test_notes_whose_claims_fall_or_that_leave_much_out_make_the_checks_warn(home: Path) -> None:
    memos(home / "inbox", day_names(DAY, 1))

    def poor(body: dict[str, Any]) -> str:
        told = json.loads(faithful(body))["statements"]
        return json.dumps({"title": "", "statements": [told[0], {"text": "I flew to Paris.", "segments": ["s01"]}]})

    said = ["I watered the plants.", "Then I met Helen.", "We had tea.", "It rained all day."]
    with Wire(answer=poor).running() as wire, dg.DagsterInstance.ephemeral() as instance:
        with a_diary(home, wire, "openai", script=lambda _: said) as diary:
            found = {
                c.check_name: c for c in World(home, instance, diary).run(ARRIVALS, DAY).get_asset_check_evaluations()
            }
        assert [(found[name].passed, found[name].severity) for name in ("evidence_holds", "little_is_left_out")] == [
            (False, dg.AssetCheckSeverity.WARN),
            (False, dg.AssetCheckSeverity.WARN),
        ]
        assert found["little_is_left_out"].metadata["mean also_said_share"].value == 0.75


def described(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    (event,) = [e for e in result.get_asset_materialization_events() if e.asset_key == dg.AssetKey(asset)]
    return {name: value.value for name, value in event.materialization.metadata.items()}


def test_a_memo_that_failed_makes_the_check_warn(world: World) -> None:
    world.put(DAY, 1)
    (world.home / "inbox" / f"{DAY} 20.00.wav").write_bytes(b"no audio at all")
    (check,) = [
        c for c in world.run(ARRIVALS, DAY).get_asset_check_evaluations() if c.check_name == "every_memo_is_on_its_page"
    ]
    assert (check.passed, check.severity, check.metadata["quarantined"].value) == (False, dg.AssetCheckSeverity.WARN, 1)


def test_thirty_days_of_four_memos_are_one_run_and_thirty_pages(world: World) -> None:
    days = [str(date(2026, 1, 1) + timedelta(days=n)) for n in range(30)]
    for day in days:
        world.put(day, 4)
    started = time.process_time()
    assert world.run(ARRIVALS, days[0], days[-1]).success
    spent = time.process_time() - started
    assert world.pages() == [f"me/{day}" for day in days]
    assert len(world.instance.get_runs()) == 1
    assert spent < 60, "a quadratic look at the catalog"


def test_on_kubernetes_the_same_steps_are_pods_and_the_one_that_hears_asks_for_a_gpu(home: Path) -> None:
    job = build_defs(Settings.load(home=home, executor="kubernetes", whisper_model="tiny.en")).resolve_job_def(NIGHTLY)
    assert job.executor_def.name == "k8s"
    hear = next(node.definition for node in all_nodes(job) if node.definition.name == "hear_batch")
    assert "nvidia.com/gpu" in str(hear.tags["dagster-k8s/config"])


def all_nodes(job: dg.JobDefinition) -> list[Any]:
    found, waiting = [], list(job.graph.nodes)
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += list(getattr(node.definition, "nodes", []))
    return found
