"""The Dagster composition root: settings in, fresh `Definitions` out. `workspace.yaml` and `[tool.dg]` load it.

What belongs here: putting assets, checks, jobs, schedules, sensors and resources together. What does not: any of them.
See https://docs.dagster.io/guides/build/projects-and-components.
"""

import atexit
import gc
import warnings
from typing import Any

import dagster as dg

from assets.checks import EXPECTED, finished_check, notes_checks, table_checks
from assets.partitions import BACKFILL_POLICY, Shared, daily
from assets.stage_assets import STAGE_ASSETS, stage_asset
from assets.transcripts import STEP_IO_MANAGER, transcripts
from diary_pipeline.bootstrap import code_versions
from diary_pipeline.schema import Stage
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe.engine import Engine
from jobs.gpu_executor import DEVICE_TAGS
from jobs.jobs import default_jobs
from jobs.made_elsewhere import made_elsewhere_sensor
from jobs.schedules import nightly_schedule
from jobs.sensors import batch_sensor, dead_run_sensors, new_audio_sensor
from resources.day_tables import day_tables_io_manager
from resources.diary import DiaryResource
from resources.redo import FromStage, RedoResource

atexit.register(gc.freeze)  # else each process searches all that it imported for garbage while it ends: 0.4 CPU-s

OWNERS = ["team:diary"]
DIARY = DiaryResource().of_this_deployment()
"""What a deployment sets in code instead of in `DIARY_*` variables, e.g. `DiaryResource(store=dg.EnvVar("BUCKET"))`."""


def build_defs(settings: Settings | None = None, engine: Engine | None = None, **resources: Any) -> dg.Definitions:
    """The definitions for *settings* (by default those of `DIARY`); *resources* replace the ones of the same name.

    *engine* gives the transcripts' code version where another engine than the settings' will be used.
    """
    warnings.filterwarnings("ignore", category=dg.BetaWarning)  # backfill policies are one; each process would warn
    settings = settings or DIARY.settings()
    partitions, versions = daily(settings), code_versions(settings, engine)

    def shared(stage: Stage) -> Shared:
        return {
            "partitions_def": partitions,
            "backfill_policy": BACKFILL_POLICY,
            "group_name": "diary",
            "owners": OWNERS,
            "code_version": versions[stage],
        }

    return dg.Definitions(
        assets=[
            transcripts(dict(DEVICE_TAGS), **shared("transcribe")),
            *(stage_asset(which, **shared(which.stage)) for which in STAGE_ASSETS),
        ],
        asset_checks=[
            finished_check(partitions),
            notes_checks(partitions),
            *(table_checks(asset, partitions) for asset in EXPECTED),
        ],
        jobs=default_jobs(settings),
        schedules=[nightly_schedule(settings, partitions)],
        sensors=[
            new_audio_sensor(partitions),
            batch_sensor(),
            *dead_run_sensors(),
            made_elsewhere_sensor(partitions, versions),
        ],
        resources={
            "diary": DIARY,
            "redo": RedoResource(from_stage=FromStage.write),
            "io_manager": day_tables_io_manager,
            STEP_IO_MANAGER: dg.FilesystemIOManager(),
            **resources,
        },
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of this deployment; made when Dagster asks for them."""
    return build_defs()
