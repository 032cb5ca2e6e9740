"""From which stage on the job `redo` redoes its day.

What belongs here: turning Dagster's configuration into a stage. What does not: redoing (`diary_pipeline.pipeline`).
See https://docs.dagster.io/guides/build/external-resources/defining-resources.
"""

from enum import StrEnum

import dagster as dg
from pydantic import Field

from diary_pipeline.schema import RedoStage


class FromStage(StrEnum):
    """The stages that can be redone; those after one follow it."""

    transcribe = "transcribe"
    write = "write"
    compose = "compose"


class RedoResource(dg.ConfigurableResource[RedoStage]):
    """What the job `redo` is told in the launchpad. Other jobs do not look at it."""

    from_stage: FromStage = Field(
        FromStage.write,
        description="transcribe, write or compose: the job `redo` does this stage of its day and those after it anew.",
    )

    def create_resource(self, context: dg.InitResourceContext) -> RedoStage:
        """The stage."""
        return self.from_stage.value
