"""The Dagster composition root: settings in, fresh `Definitions` out. `workspace.yaml` loads it.

What belongs here: putting assets, checks, jobs, schedules, sensors and resources together. What does not: any of them.
See https://docs.dagster.io/guides/build/projects-and-components.
"""

import warnings
from typing import Any

import dagster as dg

from assets.checks import EXPECTED, finished_check, notes_checks, table_checks
from assets.diary_days import diary_days
from assets.diary_notes import diary_notes
from assets.partitions import BACKFILL_POLICY, Shared, daily
from assets.recordings import recordings
from assets.transcripts import HANDOVER, transcripts
from diary_pipeline.bootstrap import code_versions
from diary_pipeline.schema import Stage
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe.engine import Engine
from jobs.gpu_executor import ON_A_GPU
from jobs.jobs import default_jobs
from jobs.schedules import nightly_schedule
from jobs.sensors import batch_sensor, dead_run_sensors, new_audio_sensor
from resources.day_tables import DayTablesResource
from resources.diary import DiaryResource


def build_defs(settings: Settings | None = None, engine: Engine | None = None, **resources: Any) -> dg.Definitions:
    """Everything Dagster needs to know, from *settings*; *resources* replace the ones of the same name.

    *engine* gives the transcripts' code version where another engine than the settings' will be used.
    """
    warnings.filterwarnings("ignore", category=dg.BetaWarning)  # backfill policies are one; each process would say so
    settings = settings or Settings.load()
    partitions, versions = daily(settings), code_versions(settings, engine)

    def shared(stage: Stage) -> Shared:
        return {
            "partitions_def": partitions,
            "backfill_policy": BACKFILL_POLICY,
            "group_name": "diary",
            "code_version": versions[stage],
        }

    return dg.Definitions(
        assets=[
            recordings(**shared("ingest")),
            transcripts(dict(ON_A_GPU), **shared("transcribe")),
            diary_notes(**shared("write")),
            diary_days(**shared("compose")),
        ],
        asset_checks=[
            finished_check(partitions),
            notes_checks(partitions),
            *(table_checks(asset, partitions) for asset in EXPECTED),
        ],
        jobs=default_jobs(settings),
        schedules=[nightly_schedule(settings, partitions)],
        sensors=[new_audio_sensor(partitions), batch_sensor(), *dead_run_sensors()],
        resources={
            "diary": DiaryResource(),
            "io_manager": DayTablesResource(),
            HANDOVER: dg.FilesystemIOManager(),
            **resources,
        },
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the settings that the environment names; made when Dagster asks for them."""
    return build_defs()
