"""The asset `transcripts` in three steps: plan even batches of recordings, transcribe each batch, describe the days.

In one process the batches follow each other; the GPU executor runs them side by side, each on a device of its own.
What belongs here: how one stage fans out into steps. What does not: transcription (`diary_pipeline.pipeline`).
See https://docs.dagster.io/guides/build/assets/graph-backed-assets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Unpack

import dagster as dg

from assets.metadata import day_outputs
from assets.partitions import Shared, as_days, wanted_in
from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.schema import RedoStage
from diary_pipeline.work import Fault, Report

DESCRIPTION = "What was said in each memo. The memos of all days of a run are transcribed together."
STEP_IO_MANAGER = "step_io_manager"
"""The IO manager between the steps: ids and counts, as files under DAGSTER_HOME."""

RETRIES = dg.RetryPolicy(max_retries=2, delay=1)


def transcripts(device_tags: dict[str, Any], **shared: Unpack[Shared]) -> dg.AssetsDefinition:
    """The asset; *device_tags* request a device for steps that transcribe, *shared* is common to all four assets."""

    @dg.op(
        name="plan_batches", ins={"recordings": dg.In(dg.Nothing)}, out=dg.DynamicOut(io_manager_key=STEP_IO_MANAGER)
    )
    def plan(
        context: dg.OpExecutionContext, diary: dg.ResourceParam[Diary], redo: dg.ResourceParam[RedoStage]
    ) -> Iterator[dg.DynamicOutput[list[str]]]:
        days, wanted = as_days(context.partition_keys), wanted_in("transcribe", context.run.tags, redo)
        for number, batch in enumerate(pipeline.plan_transcription(diary, days, wanted)):
            yield dg.DynamicOutput(batch, mapping_key=f"batch{number}")

    @dg.op(name="transcribe_batch", tags=device_tags, retry_policy=RETRIES, out=dg.Out(io_manager_key=STEP_IO_MANAGER))
    def transcribe(
        context: dg.OpExecutionContext,
        diary: dg.ResourceParam[Diary],
        redo: dg.ResourceParam[RedoStage],
        batch: list[str],
    ) -> dict[str, Any]:
        if context.retry_number:  # the process of the try before has died, and may hold claims
            pipeline.release_run(diary, context.run_id, batch)
        days, wanted = as_days(context.partition_keys), wanted_in("transcribe", context.run.tags, redo)
        return asdict(pipeline.transcribe(diary, days, only=batch, wanted=wanted))

    @dg.op(name="describe_days", out={"result": dg.Out()})
    def describe(
        context: dg.AssetExecutionContext, diary: dg.ResourceParam[Diary], batches: Sequence[dict[str, Any]]
    ) -> Any:
        return day_outputs(context, diary, merged_report(batches), as_days(context.partition_keys))

    @dg.graph_asset(
        name="transcripts",
        description=DESCRIPTION,
        kinds={"whisper", "parquet"},
        ins={"recordings": dg.AssetIn(dagster_type=dg.Nothing)},
        **shared,
    )
    def materialize(recordings: Any) -> Any:
        return describe(plan(recordings).map(transcribe).collect())

    return materialize


def merged_report(parts: Sequence[dict[str, Any]]) -> Report:
    """The batches' reports as one."""
    report = Report("transcribe")
    for part in parts:
        report.attempts += part["attempts"]
        report.done += part["done"]
        report.faults += [Fault(**fault) for fault in part["faults"]]
        report.audio_seconds += part["audio_seconds"]
        report.seconds += part["seconds"]
        report.about |= part["about"]
    return report
