"""The asset `diary_notes`: see its description below. The work is `diary_pipeline.pipeline.write_notes`."""

from typing import Any, Unpack

import dagster as dg

from assets.metadata import published
from assets.partitions import Shared, as_days, mode_of
from diary_pipeline import pipeline
from diary_pipeline.pipeline import Diary

DESCRIPTION = "What each memo contributes to its day; every statement cites the words that say it."


def diary_notes(**shared: Unpack[Shared]) -> dg.AssetsDefinition:
    """The asset, with what all four share: partitions, backfill policy, code version."""

    @dg.asset(name="diary_notes", description=DESCRIPTION, deps=["transcripts"], **shared)
    def materialize(context: dg.AssetExecutionContext, diary: dg.ResourceParam[Diary]) -> Any:
        days = as_days(context.partition_keys)
        return published(context, diary, pipeline.write_notes(diary, days, mode_of(context.run.tags)), days)

    return materialize
