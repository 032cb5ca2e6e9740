"""The three assets of one step: each calls one function of `diary_pipeline.pipeline` for the days of its run.

What belongs here: `recordings`, `diary_notes` and `diary_days`, from one factory. What does not: `transcripts`, which
has three steps (`assets.transcripts`), and the work itself.
See https://docs.dagster.io/guides/build/assets.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Unpack

import dagster as dg

from assets.metadata import day_outputs
from assets.partitions import Shared, as_days, mode_of, wanted_in
from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.redo import compose_again
from diary_pipeline.schema import Mode, RedoStage, Stage, Wanted
from diary_pipeline.work import Report


@dataclass(frozen=True)
class StageAsset:
    """What distinguishes one asset from the others. *deps* are the assets before it; *call* does its work."""

    name: str
    stage: Stage
    description: str
    kinds: frozenset[str]
    deps: tuple[str, ...]
    call: Callable[[Diary, Sequence[date], Mode, Wanted], Report]


STAGE_ASSETS = (
    StageAsset(
        name="recordings",
        stage="ingest",
        description="Voice memos of the day: copied into the store, validated and dated.",
        kinds=frozenset({"audio", "parquet"}),
        deps=(),
        call=lambda diary, days, _, __: pipeline.ingest(diary, days),
    ),
    StageAsset(
        name="diary_notes",
        stage="write",
        description="What each memo contributes to its day; every statement cites the segments that say it.",
        kinds=frozenset({"json", "parquet"}),
        deps=("transcripts",),
        call=pipeline.write_notes,
    ),
    StageAsset(
        name="diary_days",
        stage="compose",
        description="The diary: one page per author and day.",
        kinds=frozenset({"markdown", "parquet"}),
        deps=("diary_notes",),
        call=lambda diary, days, _, wanted: (
            compose_again(diary, days) if wanted == "redo" else pipeline.compose_days(diary, days)
        ),
    ),
)


CHAIN: Mapping[str, Stage] = {
    "recordings": "ingest",
    "transcripts": "transcribe",
    "diary_notes": "write",
    "diary_days": "compose",
}
"""The assets in the order in which each reads the one before, and their stages."""


def stage_asset(which: StageAsset, **shared: Unpack[Shared]) -> dg.AssetsDefinition:
    """The Dagster asset; *shared* is common to all four assets."""

    @dg.asset(name=which.name, description=which.description, kinds=set(which.kinds), deps=which.deps, **shared)
    def materialize(
        context: dg.AssetExecutionContext, diary: dg.ResourceParam[Diary], redo: dg.ResourceParam[RedoStage]
    ) -> Any:
        days, tags = as_days(context.partition_keys), context.run.tags
        report = which.call(diary, days, mode_of(tags), wanted_in(which.stage, tags, redo))
        return day_outputs(context, diary, report, days)

    return materialize
