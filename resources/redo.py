"""From which stage on a run redoes its days; nothing, unless its configuration says so.

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


class RedoResource(dg.ConfigurableResource[RedoStage | None]):
    """What the job `redo` is told in the launchpad."""

    from_stage: FromStage | None = Field(
        None, description="transcribe, write or compose: this stage and those after it are done anew."
    )

    def create_resource(self, context: dg.InitResourceContext) -> RedoStage | None:
        """The stage."""
        return self.from_stage.value if self.from_stage else None
