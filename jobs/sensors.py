"""Sensors: one requests runs until no work is pending, one polls providers' batches, two release dead runs' claims.

What belongs here: polling and requesting. What does not: which runs to request (`requests`), what discovery does
(`diary_pipeline.pipeline`).
See https://docs.dagster.io/guides/automate/sensors.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from datetime import date

import dagster as dg

from diary_pipeline import pipeline
from diary_pipeline.arrivals import arrivals
from diary_pipeline.diary import Diary
from diary_pipeline.views import status
from jobs.jobs import ARRIVALS
from jobs.requests import requests

log = logging.getLogger("diary.sensors")


def new_audio_sensor(partitions: dg.DailyPartitionsDefinition) -> dg.SensorDefinition:
    """Reconciles: it requests all pending work that no run covers, so a lost tick, a failed run or a restart heals."""

    @dg.sensor(
        name="new_audio_sensor",
        job_name=ARRIVALS,
        minimum_interval_seconds=1,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Watches the inbox and requests a run for each day with new work.",
    )
    def sensor(
        context: dg.SensorEvaluationContext, diary: dg.ResourceParam[Diary]
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        found = _watch(context.instance, diary, partitions)
        yield from found
        if not found:
            yield dg.SkipReason("Nothing new in the inbox, and no pending work without a run.")

    return sensor


def _watch(instance: dg.DagsterInstance, diary: Diary, partitions: dg.DailyPartitionsDefinition) -> list[dg.RunRequest]:
    """One full look, then file events, until there is something to request, or for `watch_seconds`.

    The daemon starts a tick only every five seconds.
    """
    until = time.monotonic() + diary.settings.watch_seconds

    def wanted() -> list[dg.RunRequest]:
        pending = status.pending_new(diary)
        return _requests(instance, diary, partitions, pending) if pending else []

    with arrivals(diary.settings, lambda paths: pipeline.discover(diary, only=paths)) as inbox:
        growing = pipeline.discover(diary).growing
        pipeline.notice_corrections(diary)
        while not (found := wanted()) and (left := until - time.monotonic()) > 0:
            if growing:  # before anybody listened
                time.sleep(min(left, diary.settings.settle_seconds))
                growing = pipeline.discover(diary).growing
            else:
                inbox.look(left)
        return found


def _requests(
    instance: dg.DagsterInstance, diary: Diary, partitions: dg.DailyPartitionsDefinition, pending: Mapping[date, str]
) -> list[dg.RunRequest]:
    queue = diary.catalog.queue
    return list(requests(instance, partitions, pending, queue.priorities(list(pending)), queue.arrived()))


def batch_sensor() -> dg.SensorDefinition:
    """Polls notes that wait in a provider's batch. What has ended is pending work: `new_audio_sensor` requests it."""

    @dg.sensor(
        name="batch_sensor",
        job_name=ARRIVALS,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Polls the half-price batches of notes, and collects what has ended.",
    )
    def sensor(diary: dg.ResourceParam[Diary]) -> dg.SkipReason:
        return dg.SkipReason(f"{pipeline.poll_batches(diary)} batches of notes are under way.")

    return sensor


def dead_run_sensors() -> list[dg.SensorDefinition]:
    """Release the claims of a failed or cancelled run at once, instead of when their lease expires."""

    def release(context: dg.RunStatusSensorContext, diary: dg.ResourceParam[Diary]) -> None:
        run, died = context.dagster_run.run_id, context.dagster_run.status != dg.DagsterRunStatus.CANCELED
        released = {"run_id": run, "claims": pipeline.release_run(diary, run, died=died)}
        log.error("run failed or was cancelled", extra={"ctx": released})

    return [
        dg.run_status_sensor(
            run_status=status, name=name, default_status=dg.DefaultSensorStatus.RUNNING, description=description
        )(release)
        for status, name, description in (
            (dg.DagsterRunStatus.FAILURE, "failed_run_sensor", "Releases the claims of a failed run, and logs it."),
            (dg.DagsterRunStatus.CANCELED, "cancelled_run_sensor", "Releases the claims of a cancelled run."),
        )
    ]
