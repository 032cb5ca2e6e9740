"""The nightly schedule: yesterday, and every day with unfinished work, with all checks.

What belongs here: when the nightly job runs and for which days. What does not: what it does (`jobs`).
See https://docs.dagster.io/guides/automate/schedules.
"""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.settings import Settings
from diary_pipeline.views import status
from jobs.jobs import NIGHTLY
from jobs.requests import spans


def nightly_schedule(settings: Settings, partitions: dg.DailyPartitionsDefinition) -> dg.ScheduleDefinition:
    """Half an hour after a diary day has ended: its page is complete, and the machine is not in use."""
    minutes = settings.day_start.hour * 60 + settings.day_start.minute + 30

    @dg.schedule(
        name="nightly_schedule",
        job_name=NIGHTLY,
        cron_schedule=f"{minutes % 60} {minutes // 60 % 24} * * *",
        execution_timezone=settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Each night: the day that ended, and every day with unfinished work.",
    )
    def schedule(context: dg.ScheduleEvaluationContext, diary: dg.ResourceParam[Diary]) -> Iterator[dg.RunRequest]:
        now = context.scheduled_execution_time
        yesterday = now.astimezone(ZoneInfo(settings.timezone)).date() - timedelta(days=1)
        pipeline.discover(diary)
        pipeline.notice_corrections(diary)
        unavailable = dict.fromkeys(diary.catalog.queue.days_with_provider_unavailable(), "provider_unavailable")
        pending = {yesterday: "ended"} | unavailable | status.pending_new(diary)
        known = {day: signature for day, signature in pending.items() if partitions.has_partition_key(str(day))}
        for span in spans(known):
            yield dg.RunRequest(run_key=f"{now.date()}:{span.name}", tags=span.tags)

    return schedule
