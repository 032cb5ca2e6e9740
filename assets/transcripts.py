"""The asset `transcripts`: see its description below. The work is `diary_pipeline.pipeline.transcribe`."""

from typing import Any, Unpack

import dagster as dg

from assets.metadata import published
from assets.partitions import Shared, as_days
from diary_pipeline import pipeline
from diary_pipeline.pipeline import Diary

DESCRIPTION = "What was said in each memo: the memos of all days of a run are heard together."


def transcripts(**shared: Unpack[Shared]) -> dg.AssetsDefinition:
    """The asset, with what all four share: partitions, backfill policy, code version."""

    @dg.asset(name="transcripts", description=DESCRIPTION, deps=["recordings"], **shared)
    def materialize(context: dg.AssetExecutionContext, diary: dg.ResourceParam[Diary]) -> Any:
        days = as_days(context.partition_keys)
        return published(context, diary, pipeline.transcribe(diary, days), days)

    return materialize
