"""The diary as a resource: opened from its settings for as long as a step or a tick lasts, and closed after it.

What belongs here: turning Dagster's configuration into a `Diary`. What does not: anything that works on it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from diary_pipeline.bootstrap import open_diary
from diary_pipeline.home import prepare
from diary_pipeline.pipeline import Diary
from diary_pipeline.settings import Settings


class DiaryResource(dg.ConfigurableResource[Diary]):
    """Opens the diary that the settings name; assets receive the library's own `Diary`."""

    home: str | None = None
    """The diary's home; without it DIARY_HOME or ~/diary."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Diary]:
        """Open the diary in the name of the run, so that the run's claims can be released if it dies."""
        settings = Settings.load(home=self.home) if self.home else Settings.load()
        diary = open_diary(prepare(settings))
        try:
            yield diary.of_run(context.run.run_id) if context.run else diary
        finally:
            diary.close()
