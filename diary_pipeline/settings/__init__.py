"""Settings of the diary: the environment (`DIARY_*`), `.env` and the home's settings file, as one typed value."""

from diary_pipeline.settings.diary import SETTINGS_FILE, Settings

__all__ = ["SETTINGS_FILE", "Settings"]
