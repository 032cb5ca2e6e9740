"""Three jobs over the same four assets: new memos at once, the nightly sweep with all checks, and redoing a day.

What belongs here: jobs, their selections and executors. What does not: when they run (`schedules`, `sensors`).
See https://docs.dagster.io/guides/build/jobs.
"""

import dagster as dg

from assets.checks import EXPECTED
from assets.partitions import MODE_TAG, NIGHTLY_MODE, REDO_TAG
from diary_pipeline.settings import Settings
from jobs.dagster_internals import UnresolvedAssetJobDefinition
from jobs.gpu_executor import gpu_executor

ARRIVALS, NIGHTLY, REDO = "process_new_audio", "nightly_diary", "redo"
_ASSETS = dg.AssetSelection.assets(*EXPECTED)
_TABLE_CHECKS = dg.AssetSelection.checks(
    *(dg.AssetCheckKey(dg.AssetKey(asset), name) for asset, (_, names) in EXPECTED.items() for name in names)
)


def default_jobs(settings: Settings) -> list[UnresolvedAssetJobDefinition]:
    """All jobs. Each process that imports Great Expectations pays seconds for it: only the nightly job runs them."""
    arrivals = dg.define_asset_job(
        ARRIVALS,
        selection=_ASSETS - _TABLE_CHECKS,
        executor_def=dg.in_process_executor,
        description="New memos of a day, from the inbox to the page, in one process.",
    )
    nightly = dg.define_asset_job(
        NIGHTLY,
        selection=_ASSETS,
        executor_def=fan_out_executor(settings),
        tags={MODE_TAG: NIGHTLY_MODE},
        description="The day that ended and everything unfinished, with every check of the day tables.",
    )
    redo = dg.define_asset_job(
        REDO,
        selection=_ASSETS - _TABLE_CHECKS,
        executor_def=dg.in_process_executor,
        tags={REDO_TAG: "true"},
        description="A day done anew, from the stage in the launchpad on (from_stage). Models are asked again.",
    )
    return [arrivals, nightly, redo]


def fan_out_executor(settings: Settings) -> dg.ExecutorDefinition:
    """Runs a job's steps side by side: as processes with leased devices, or as Kubernetes pods by the same tags."""
    if settings.executor == "local":
        return gpu_executor(settings)
    from dagster_k8s import k8s_job_executor

    executor: dg.ExecutorDefinition = k8s_job_executor
    return executor
