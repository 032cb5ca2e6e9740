"""Sensors: new audio asks for runs until nothing waits; runs that died give their claims back.

What belongs here: looking and asking. What does not: which runs to ask for (`requests`), what discovery does (the library).
See https://docs.dagster.io/guides/automate/sensors.
"""

import logging
import time
from collections.abc import Iterator

import dagster as dg

from diary_pipeline import pipeline
from diary_pipeline.pipeline import Diary
from diary_pipeline.views import status
from jobs.jobs import ARRIVALS
from jobs.requests import requests

log = logging.getLogger("diary.sensors")
LOOK_SECONDS = 0.5
BUCKET_LOOK_SECONDS = 10.0
"""Each look lists the bucket, and listings are paid: one a second would be a dollar every few days."""


def new_audio_sensor(partitions: dg.DailyPartitionsDefinition) -> dg.SensorDefinition:
    """Reconciles: whatever waits and no run is about is asked for, so a lost tick, a failed run or a restart heals by itself."""

    @dg.sensor(
        name="new_audio_sensor",
        job_name=ARRIVALS,
        minimum_interval_seconds=1,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Looks into the inbox and asks for a run for each day with new work.",
    )
    def sensor(
        context: dg.SensorEvaluationContext, diary: dg.ResourceParam[Diary]
    ) -> Iterator[dg.RunRequest | dg.SkipReason]:
        wanted = _watch(context.instance, diary, partitions)
        yield from wanted
        if not wanted:
            yield dg.SkipReason("Nothing new in the inbox, and nothing unfinished that no run is about.")

    return sensor


def _watch(instance: dg.DagsterInstance, diary: Diary, partitions: dg.DailyPartitionsDefinition) -> list[dg.RunRequest]:
    """Look until something is to be asked for, or the tick's time is over: the daemon's own loop comes round only every five seconds."""
    until = time.monotonic() + diary.settings.watch_seconds
    pause = BUCKET_LOOK_SECONDS if "://" in diary.settings.inbox_url else LOOK_SECONDS
    while True:
        pipeline.discover(diary)
        waiting = status.pending_new(diary)
        wanted = list(requests(instance, partitions, waiting, diary.catalog.queue.priorities())) if waiting else []
        if wanted or time.monotonic() >= until:
            return wanted
        time.sleep(pause)


def batch_sensor() -> dg.SensorDefinition:
    """Looks at notes that wait in a provider's batch.

    What has ended is new work again, and the sensor on the inbox asks for it.
    """

    @dg.sensor(
        name="batch_sensor",
        job_name=ARRIVALS,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Looks at the half-price batches of notes, and takes what has ended.",
    )
    def sensor(diary: dg.ResourceParam[Diary]) -> dg.SkipReason:
        return dg.SkipReason(f"{pipeline.poll_batches(diary)} batches of notes are under way.")

    return sensor


def dead_run_sensors() -> list[dg.SensorDefinition]:
    """A run that failed or was cancelled gives its claims back at once, instead of after their lease."""

    def release(context: dg.RunStatusSensorContext, diary: dg.ResourceParam[Diary]) -> None:
        run = context.dagster_run.run_id
        log.error("run ended badly", extra={"ctx": {"run_id": run, "claims": pipeline.release_run(diary, run)}})

    return [
        dg.run_status_sensor(
            run_status=status, name=name, default_status=dg.DefaultSensorStatus.RUNNING, description=description
        )(release)
        for status, name, description in (
            (
                dg.DagsterRunStatus.FAILURE,
                "failed_run_sensor",
                "Releases what a failed run had claimed, and says so in the log.",
            ),
            (dg.DagsterRunStatus.CANCELED, "cancelled_run_sensor", "Releases what a cancelled run had claimed."),
        )
    ]
