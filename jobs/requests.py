"""Which runs to ask for: days with work that no live run is about, neighbouring days together.

What belongs here: turning what waits into run requests. What does not: when anybody asks (`sensors`, `schedules`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import dagster as dg

from assets.partitions import DAYS_PER_RUN, PARTITION, RANGE_END, RANGE_START, days_in

DAY_TAG, SIGNATURE_TAG = "diary/day", "diary/signature"
_NOT_FINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
TRIES = 3
"""A run that ends without having attempted anything is asked for again so often; then the night's sweep takes over."""


@dataclass(frozen=True)
class Span:
    """Neighbouring days for one run, and a signature of what waits on them."""

    days: Sequence[date]
    signature: str

    @property
    def name(self) -> str:
        """The day, or the first and the last."""
        return str(self.days[0]) if len(self.days) == 1 else f"{self.days[0]}..{self.days[-1]}"

    @property
    def tags(self) -> dict[str, str]:
        """What makes a run be about these days."""
        about = (
            {PARTITION: str(self.days[0])}
            if len(self.days) == 1
            else {RANGE_START: str(self.days[0]), RANGE_END: str(self.days[-1])}
        )
        return about | {DAY_TAG: self.name, SIGNATURE_TAG: self.signature}


def spans(waiting: Mapping[date, str]) -> Iterator[Span]:
    """Group days without a gap between them, at most `DAYS_PER_RUN` together; *waiting* maps a day to its work's signature."""
    group: list[date] = []
    for day in sorted(waiting):
        if group and (day - group[-1] != timedelta(days=1) or len(group) == DAYS_PER_RUN):
            yield _span(group, waiting)
            group = []
        group.append(day)
    if group:
        yield _span(group, waiting)


def requests(
    instance: dg.DagsterInstance,
    partitions: dg.DailyPartitionsDefinition,
    waiting: Mapping[date, str],
    priorities: Mapping[date, int],
) -> Iterator[dg.RunRequest]:
    """Ask for the days that wait, unless a run that is not over is about them.

    Days outside the partitions are left out.

    A run key is never accepted twice, so it holds the signature of the work and how often it was asked for.
    """
    live = instance.get_runs(dg.RunsFilter(statuses=_NOT_FINISHED))
    busy = {day for run in live for day in days_in(run.tags, partitions)}
    free = {
        day: signature
        for day, signature in waiting.items()
        if day not in busy and partitions.has_partition_key(str(day))
    }
    for span in spans(free):
        before = len(
            instance.get_runs(dg.RunsFilter(tags={DAY_TAG: span.name, SIGNATURE_TAG: span.signature}), limit=TRIES)
        )
        if before < TRIES:
            priority = max(priorities.get(day, 0) for day in span.days)
            tags = span.tags | {"dagster/priority": str(10 + priority)}
            yield dg.RunRequest(run_key=f"{span.name}:{span.signature}:{before}", tags=tags)


def _span(days: list[date], waiting: Mapping[date, str]) -> Span:
    return Span(
        tuple(days),
        "-".join(waiting[day][:8] for day in days) if len(days) == 1 else _joined([waiting[day] for day in days]),
    )


def _joined(signatures: Sequence[str]) -> str:
    import hashlib

    return hashlib.sha256("".join(signatures).encode()).hexdigest()[:16]
