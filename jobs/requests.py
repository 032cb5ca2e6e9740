"""Which runs to request: days with pending work that no live run covers, consecutive days together.

What belongs here: turning pending work into run requests. What does not: when they are made (`sensors`, `schedules`).
See https://docs.dagster.io/guides/automate/sensors.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import dagster as dg

from assets.partitions import DAYS_PER_RUN, PARTITION, RANGE_END, RANGE_START, SIGNATURE_TAG, days_in

DAY_TAG = "diary/day"
LIVE = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
"""A run that has not ended."""

_QUEUED = frozenset({dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED})
PRIORITY, BACKFILL = "dagster/priority", "dagster/backfill"
ARRIVALS_PRIORITY = 10
"""Of a run for new memos, to which a memo's own priority is added. A backfill's runs have none, which is 0."""

MAX_REQUESTS, MAX_KILLED = 3, 30
"""A run that ends without having attempted anything is requested so often, one that was killed before it did more
often; then the nightly sweep takes over."""

_OWN_FAILURES = frozenset({"STEP_FAILURE", "RUN_EXCEPTION", "JOB_INITIALIZATION_FAILURE"})
"""Reasons that Dagster gives where a run failed by itself; it gives none where the run's process is gone."""


@dataclass(frozen=True)
class Span:
    """Consecutive days for one run, and a signature of their pending work."""

    days: Sequence[date]
    signature: str

    @property
    def name(self) -> str:
        """The day, or the first and the last."""
        return str(self.days[0]) if len(self.days) == 1 else f"{self.days[0]}..{self.days[-1]}"

    @property
    def tags(self) -> dict[str, str]:
        """The run tags that select these days."""
        selection = (
            {PARTITION: str(self.days[0])}
            if len(self.days) == 1
            else {RANGE_START: str(self.days[0]), RANGE_END: str(self.days[-1])}
        )
        return selection | {DAY_TAG: self.name, SIGNATURE_TAG: self.signature}


def spans(pending: Mapping[date, str]) -> Iterator[Span]:
    """Group consecutive days, at most `DAYS_PER_RUN` together; *pending* maps a day to its work's signature."""
    group: list[date] = []
    for day in sorted(pending):
        if group and (day - group[-1] != timedelta(days=1) or len(group) == DAYS_PER_RUN):
            yield _span(group, pending)
            group = []
        group.append(day)
    if group:
        yield _span(group, pending)


def requests(
    instance: dg.DagsterInstance,
    partitions: dg.DailyPartitionsDefinition,
    pending: Mapping[date, str],
    priorities: Mapping[date, int],
    arrived: Mapping[date, datetime],
) -> Iterator[dg.RunRequest]:
    """Request runs for the *pending* days that no live run covers; days without a partition are left out.

    *arrived*: when each day's newest memo that was never written arrived. Dagster never accepts a run key twice, so it
    holds the work's signature and how often that was requested before.
    """
    live = instance.get_run_records(dg.RunsFilter(statuses=LIVE))
    covered = {
        day for record in live for day in days_in(record.dagster_run.tags, partitions) if _covers(record, arrived, day)
    }
    free = {
        day: signature
        for day, signature in pending.items()
        if day not in covered and partitions.has_partition_key(str(day))
    }
    for span in spans(free):
        same = dg.RunsFilter(tags={DAY_TAG: span.name, SIGNATURE_TAG: span.signature})
        runs = instance.get_runs(same, limit=MAX_KILLED)
        if sum(not _was_killed(run) for run in runs) < MAX_REQUESTS and len(runs) < MAX_KILLED:
            priority = ARRIVALS_PRIORITY + max(priorities.get(day, 0) for day in span.days)
            tags = span.tags | {PRIORITY: str(max(priority, _above_backfills(live)))}
            yield dg.RunRequest(run_key=f"{span.name}:{span.signature}:{len(runs)}", tags=tags)


def _covers(record: dg.RunRecord, arrived: Mapping[date, datetime], day: date) -> bool:
    """Whether a live run over this day does what waits there.

    A backfill may queue a run for each of hundreds of days, so that one of its runs that has not begun is nothing to
    wait for. A run that has begun knows nothing of a memo that arrived since. Both may then work on one day: claims
    keep them from doing anything twice.
    """
    run = record.dagster_run
    if run.status in _QUEUED:
        return BACKFILL not in run.tags
    if run.status == dg.DagsterRunStatus.STARTING or day not in arrived:
        return True
    return arrived[day].timestamp() <= (record.start_time or record.create_timestamp.timestamp())


def _above_backfills(live: Sequence[dg.RunRecord]) -> int:
    tags = [record.dagster_run.tags for record in live if BACKFILL in record.dagster_run.tags]
    given = [one.get(PRIORITY, "0") for one in tags]
    return 1 + max((int(one) for one in given if one.lstrip("-").isdecimal()), default=0)


def _was_killed(run: dg.DagsterRun) -> bool:
    failed = run.status == dg.DagsterRunStatus.FAILURE
    return failed and run.tags.get("dagster/failure_reason") not in _OWN_FAILURES


def _span(days: Sequence[date], pending: Mapping[date, str]) -> Span:
    signatures = [pending[day] for day in days]
    joined = hashlib.sha256("".join(signatures).encode()).hexdigest()[:16]
    return Span(tuple(days), signatures[0][:8] if len(days) == 1 else joined)
