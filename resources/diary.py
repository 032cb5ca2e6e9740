"""The diary as a resource: opened for as long as a step or a sensor's tick lasts, and closed after it.

What belongs here: turning Dagster's configuration into a `Diary`. What does not: anything that works on it.
See https://docs.dagster.io/guides/build/external-resources/defining-resources.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import dagster as dg
from pydantic import Field

from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.home import prepare
from diary_pipeline.settings import Settings
from diary_pipeline.settings.descriptions import descriptions

_DESCRIPTIONS = descriptions(Settings)


def _setting(name: str, *, secret: bool = False) -> Any:
    """A field that overrides the setting of this *name*, with that setting's own description."""
    description = f"{_DESCRIPTIONS[name]} Empty: as the settings say."
    return Field("", description=description, json_schema_extra={"dagster__is_secret": secret})


class DiaryResource(dg.ConfigurableResource[Diary]):
    """Opens the diary. Each field overrides the setting of its name; an empty field leaves the setting as it is.

    Values can be `dg.EnvVar("NAME")`. Dagster's UI shows them, except the catalog's URL, which may hold a password.
    """

    home: str = _setting("home")
    inbox: str = _setting("inbox")
    store: str = _setting("store")
    catalog: str = _setting("catalog", secret=True)
    timezone: str = _setting("timezone")
    whisper_model: str = _setting("whisper_model")
    device: str = _setting("device")
    note_style: str = _setting("note_style")
    log_level: str = _setting("log_level")

    catalog_in_code: ClassVar[str] = ""

    def of_this_deployment(self) -> Self:
        """The same resource, whose catalog holds where the launchpad sends asterisks, which it shows in its place."""
        DiaryResource.catalog_in_code = self.catalog
        return self

    def settings(self) -> Settings:
        """The settings with these fields over them.

        Raises:
            UserError: a value cannot be used.
        """
        given = {name: _value(getattr(self, name)) for name in DiaryResource.model_fields}
        if (shown := given["catalog"]) and not shown.strip("*"):
            given["catalog"] = _value(self.catalog_in_code)
        return Settings.load(**{name: value for name, value in given.items() if value})

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Diary]:
        """Open the diary on behalf of the run, so that the run's claims can be released if it dies."""
        settings = self.settings()
        if "log_level" in settings.model_fields_set:  # otherwise the level in dagster.yaml holds
            logging.getLogger("diary").setLevel(settings.log_level.upper())
        with open_diary(prepare(settings)) as diary:
            yield diary.of_run(context.run.run_id) if context.run else diary


def _value(field: str) -> str | None:
    """The text of a field; of one that names an environment variable, what that holds."""
    return field.get_value() if isinstance(field, dg.EnvVar) else field
