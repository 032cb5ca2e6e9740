"""Voice memos in, a faithful diary page per day out.

    import diary_pipeline

    with diary_pipeline.open("diary") as diary:
        diary.add("memo.m4a")
        diary.process()
        print(diary.page("2026-03-14"))

The library never imports Dagster. `open` is its face; read `pipeline` next: it is the table of contents.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from diary_pipeline.library import OpenDiary

__all__ = ["open"]


def open(home: "str | Path | None" = None, **settings: Any) -> "OpenDiary":  # noqa: A001 - read as diary_pipeline.open
    """Open the diary in the folder *home*, which is made where it is missing; without *home*, the one of DIARY_HOME.

    *settings* are fields of `Settings`, such as `timezone="Europe/Berlin"` or `whisper_model="tiny.en"`. They come
    before the environment and the home's settings file. Where no speech model is named, one is chosen for this machine
    and remembered in the home, as `diary setup` does.

    Raises:
        UserError: a setting cannot be used, or no speech model can be had.
        TransientError: the home, the catalog or the store cannot be reached.
    """
    from diary_pipeline.library import OpenDiary
    from diary_pipeline.settings import Settings

    return OpenDiary(Settings.load(**({} if home is None else {"home": home}), **settings))
