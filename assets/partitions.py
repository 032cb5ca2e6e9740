"""The days that the assets are partitioned by, and which of them a run covers.

What belongs here: the one partitions definition, its backfill policy and the run tags that name days. What does not:
which day a memo belongs to (the library decides).
See https://docs.dagster.io/guides/build/partitions-and-backfills.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypedDict

import dagster as dg

from diary_pipeline import redo
from diary_pipeline.schema import Mode, RedoStage, Stage, Wanted
from diary_pipeline.settings import Settings

DAYS_AHEAD = 2
"""Today and tomorrow: while it is Monday evening in London, an author in Auckland needs a Tuesday."""

DAYS_PER_RUN = 31
"""A run over many days fills batches; a run over more than a month would show nothing for hours."""

MODE_TAG, NIGHTLY_MODE = "diary/mode", "nightly"
"""A run with this tag may take the cheapest way to its notes; nobody waits for it."""

SIGNATURE_TAG = "diary/signature"
"""A run that a sensor or schedule has requested has this tag: which work it was requested for."""

REDO_TAG = "diary/redo"
"""A run of the job `redo` has this tag."""

BACKFILL_POLICY = dg.BackfillPolicy.multi_run(max_partitions_per_run=DAYS_PER_RUN)
PARTITION, RANGE_START, RANGE_END = (
    "dagster/partition",
    "dagster/asset_partition_range_start",
    "dagster/asset_partition_range_end",
)


class Shared(TypedDict):
    """What the four assets have in common, and the version of each one's code."""

    partitions_def: dg.DailyPartitionsDefinition
    backfill_policy: dg.BackfillPolicy
    group_name: str
    owners: list[str]
    code_version: str


def daily(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One partition per diary day, from the diary's first day on."""
    return dg.DailyPartitionsDefinition(
        start_date=settings.start_date.isoformat(), end_offset=DAYS_AHEAD, timezone=settings.timezone
    )


def days_in(tags: Mapping[str, str], partitions: dg.DailyPartitionsDefinition) -> list[date]:
    """The days that a run with these *tags* covers: one, a range, or none."""
    if day := tags.get(PARTITION):
        return [date.fromisoformat(day)]
    if start := tags.get(RANGE_START):
        return as_days(partitions.get_partition_keys_in_range(dg.PartitionKeyRange(start, tags[RANGE_END])))
    return []


def mode_of(tags: Mapping[str, str]) -> Mode:
    """Whether a person waits for a run with these *tags* (interactive)."""
    return "nightly" if tags.get(MODE_TAG) == NIGHTLY_MODE else "interactive"


def wanted_in(stage: Stage, tags: Mapping[str, str], redo_from: RedoStage) -> Wanted:
    """What a run with these *tags* wants of a stage.

    What a person or a backfill has launched includes what is stale. The job `redo` does everything from the stage
    *redo_from* on anew.
    """
    if REDO_TAG in tags:
        return redo.wanted_in(stage, redo_from)
    return "pending" if SIGNATURE_TAG in tags else "stale"


def as_days(keys: Iterable[str]) -> list[date]:
    """Partition keys as dates."""
    return [date.fromisoformat(key) for key in keys]
