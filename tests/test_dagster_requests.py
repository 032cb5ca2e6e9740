"""Which runs the sensors and the schedule request, and what happens to the claims of runs that died."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets.partitions import PARTITION, RANGE_END, RANGE_START, days_in
from diary_pipeline.catalog import Subject
from jobs.jobs import ARRIVALS
from jobs.requests import DAY_TAG, MAX_KILLED, MAX_REQUESTS, spans
from jobs.schedules import nightly_schedule
from jobs.sensors import dead_run_sensors, new_audio_sensor
from tests.dagster_world import DAY, World, a_world, metadata_of


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with a_world(home) as world:
        yield world


def test_the_sensor_requests_consecutive_days_together_and_no_days_that_a_run_covers(world: World) -> None:
    for day in ("2026-03-14", "2026-03-15", "2026-03-20"):
        world.put(day, 1)
    sensor = new_audio_sensor(world.partitions)
    first = world.requests(sensor)
    assert [r.tags[DAY_TAG] for r in first] == ["2026-03-14..2026-03-15", "2026-03-20"]
    job = world.defs.resolve_job_def(ARRIVALS)
    world.instance.create_run_for_job(job, tags=dict(first[0].tags), status=dg.DagsterRunStatus.STARTED)
    assert [r.tags[DAY_TAG] for r in world.requests(sensor)] == ["2026-03-20"]


@pytest.mark.parametrize(("reason", "most"), [("STEP_FAILURE", MAX_REQUESTS), (None, MAX_KILLED)])
def test_a_run_that_failed_before_it_did_anything_is_requested_again_but_not_for_ever(
    reason: str | None, most: int, world: World
) -> None:
    world.put(DAY, 1)
    sensor, keys = new_audio_sensor(world.partitions), []
    job = world.defs.resolve_job_def(ARRIVALS)
    while requests := world.requests(sensor):
        (request,) = requests
        keys.append(request.run_key)
        tags = dict(request.tags) | ({"dagster/failure_reason": reason} if reason else {})
        world.instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.FAILURE)
    assert len(keys) == len(set(keys)) == most


def test_a_memo_of_a_day_that_has_no_partition_does_not_stop_the_others(world: World) -> None:
    world.put("2014-12-31", 1)
    world.put(DAY, 1)
    assert [r.tags[DAY_TAG] for r in world.requests(new_audio_sensor(world.partitions))] == [DAY]


def test_days_are_grouped_by_at_most_a_month() -> None:
    first = date(2026, 1, 1)
    pending = {first + timedelta(days=n): str(n) for n in range(40)}
    assert [len(span.days) for span in spans(pending)] == [31, 9]


@pytest.mark.parametrize(("number", "status", "outcome"), [(0, "FAILURE", "died"), (1, "CANCELED", "released")])
def test_the_claims_of_a_run_that_ended_are_released_and_only_a_death_leaves_suspects(
    number: int, status: str, outcome: str, world: World
) -> None:
    job, ended = world.defs.resolve_job_def(ARRIVALS), dg.DagsterRunStatus[status]
    run = world.instance.create_run_for_job(job, tags={"dagster/partition": DAY}, status=ended)
    claims = world.diary.catalog.attempts.claim("transcribe", [Subject("memo", "f")], "worker", run.run_id, 1)
    assert len(claims) == 1
    sensor = dead_run_sensors()[number]
    event = dg.DagsterEvent(event_type_value=f"PIPELINE_{status}", job_name=ARRIVALS)
    with dg.build_run_status_sensor_context(
        sensor_name=sensor.name,
        dagster_event=event,
        dagster_instance=world.instance,
        dagster_run=run,
        resources={"diary": world.diary},
    ) as context:
        sensor(context)
    (attempt,) = world.diary.catalog.attempts.of(["memo"])
    assert attempt["outcome"] == outcome


def test_the_night_covers_yesterday_and_everything_unfinished(world: World) -> None:
    world.put(DAY, 1)
    schedule = nightly_schedule(world.diary.settings, world.partitions)
    now = datetime(2026, 3, 20, 4, 30, tzinfo=UTC)
    with dg.build_schedule_context(
        instance=world.instance, resources={"diary": world.diary}, scheduled_execution_time=now
    ) as context:
        requests = schedule.evaluate_tick(context).run_requests or []
    assert [days_in(r.tags, world.partitions) for r in requests] == [[date(2026, 3, 14)], [date(2026, 3, 19)]]


BACKFILL = {"dagster/backfill": "all of it", "dagster/priority": "20"}
WAITS, STARTS, RUNS = 0, 1, 2


def a_run(world: World, tags: Mapping[str, str], how_far: int) -> None:
    """A run that waits, starts or has begun."""
    run = world.instance.create_run_for_job(world.defs.resolve_job_def(ARRIVALS), tags=tags)
    for event in ("PIPELINE_STARTING", "PIPELINE_START")[:how_far]:
        world.instance.report_dagster_event(dg.DagsterEvent(event, ARRIVALS), run.run_id)


@pytest.mark.parametrize("tags", [{PARTITION: DAY}, {RANGE_START: "2026-03-01", RANGE_END: "2026-03-31"}])
@pytest.mark.parametrize(("how_far", "at_once"), [(WAITS, 1), (STARTS, 0), (RUNS, 1)])
def test_a_memo_that_arrives_during_a_backfill_of_its_day_gets_one_run_at_once_and_is_done_once(
    how_far: int, at_once: int, tags: dict[str, str], world: World
) -> None:
    world.put(DAY, 1)
    assert world.run(ARRIVALS, DAY).success
    sensor, job = new_audio_sensor(world.partitions), world.defs.resolve_job_def(ARRIVALS)
    a_run(world, tags | BACKFILL, how_far)
    assert world.requests(sensor) == []
    world.put(DAY, 2)
    requests = world.requests(sensor)
    assert [r.tags[DAY_TAG] for r in requests] == [DAY] * at_once, "a run that starts looks at the inbox first"
    for request in requests:
        assert int(request.tags["dagster/priority"]) > int(BACKFILL["dagster/priority"])
        a_run(world, request.tags, WAITS)
        assert world.requests(sensor) == []
        result = job.execute_in_process(instance=world.instance, tags=dict(request.tags), partition_key=DAY)
        assert metadata_of(result, "diary_days")["recordings"] == 2
        assert world.run(ARRIVALS, DAY).success, "as the backfill's own run, which finds nothing left to do"
    tries = Counter((a["subject"], a["stage"]) for a in world.diary.catalog.attempts.of() if a["stage"] != "compose")
    assert set(tries.values()) == {1}


def test_what_waited_before_a_run_began_is_that_runs_business_and_what_arrived_since_is_not(world: World) -> None:
    world.put(DAY, 1)
    sensor = new_audio_sensor(world.partitions)
    assert len(world.requests(sensor)) == 1
    a_run(world, BACKFILL | {RANGE_START: "2026-03-01", RANGE_END: "2026-03-31"}, RUNS)
    assert world.requests(sensor) == []
    world.put("2026-03-20", 1)
    assert [request.tags[DAY_TAG] for request in world.requests(sensor)] == ["2026-03-20"]
