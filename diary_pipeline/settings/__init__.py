"""Settings of the diary: the environment (`DIARY_*`), `.env` and the home's settings file, as one typed value."""

from diary_pipeline.settings.diary import Settings
from diary_pipeline.settings.file import SETTINGS_FILE, settings_text
from diary_pipeline.settings.unknown import unknown_variables

__all__ = ["SETTINGS_FILE", "Settings", "settings_text", "unknown_variables"]
