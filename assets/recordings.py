"""The asset `recordings`: see its description below. The work is `diary_pipeline.pipeline.ingest`."""

from typing import Any, Unpack

import dagster as dg

from assets.metadata import published
from assets.partitions import Shared, as_days
from diary_pipeline import pipeline
from diary_pipeline.pipeline import Diary

DESCRIPTION = "Voice memos of the day, copied into the store, checked and dated."


def recordings(**shared: Unpack[Shared]) -> dg.AssetsDefinition:
    """The asset, with what all four share: partitions, backfill policy, code version."""

    @dg.asset(name="recordings", description=DESCRIPTION, **shared)
    def materialize(context: dg.AssetExecutionContext, diary: dg.ResourceParam[Diary]) -> Any:
        days = as_days(context.partition_keys)
        return published(context, diary, pipeline.ingest(diary, days), days)

    return materialize
