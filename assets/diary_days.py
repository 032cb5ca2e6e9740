"""The asset `diary_days`: see its description below. The work is `diary_pipeline.pipeline.compose_days`."""

from typing import Any, Unpack

import dagster as dg

from assets.metadata import published
from assets.partitions import Shared, as_days
from diary_pipeline import pipeline
from diary_pipeline.pipeline import Diary

DESCRIPTION = "The diary: one page per author and day."


def diary_days(**shared: Unpack[Shared]) -> dg.AssetsDefinition:
    """The asset, with what all four share: partitions, backfill policy, code version."""

    @dg.asset(name="diary_days", description=DESCRIPTION, deps=["diary_notes"], **shared)
    def materialize(context: dg.AssetExecutionContext, diary: dg.ResourceParam[Diary]) -> Any:
        days = as_days(context.partition_keys)
        return published(context, diary, pipeline.compose_days(diary, days), days)

    return materialize
