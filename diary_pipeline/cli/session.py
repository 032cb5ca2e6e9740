"""What every command starts with: the settings, logging, and a diary that is closed when the command ends."""

import logging
import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from diary_pipeline.errors import UserError
from diary_pipeline.file_names import readable
from diary_pipeline.views.days import parse_day

if TYPE_CHECKING:
    from diary_pipeline.diary import Diary
    from diary_pipeline.schema import Recording
    from diary_pipeline.settings import Settings

OK, SOME_FAILED, USAGE = 0, 1, 2

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, nothing else.")]
Days = Annotated[
    list[str] | None,
    typer.Option("--day", help="Only this diary day (YYYY-MM-DD, today, yesterday, -1); may be given several times."),
]


def load_settings() -> "Settings":
    """The settings, with logging set up by them."""
    from diary_pipeline.observability.logs import set_up_logging
    from diary_pipeline.settings import Settings, unknown_variables

    settings = Settings.load()
    set_up_logging(settings.log_level, for_people=sys.stderr.isatty() and "--json" not in sys.argv)
    for unknown in unknown_variables(Settings):
        logging.getLogger("diary.settings").warning(unknown)
    return settings


def opened(settings: "Settings | None" = None) -> "Diary":
    """The diary of these settings, by default those of the environment; use it as a context manager."""
    from diary_pipeline.bootstrap import open_diary

    return open_diary(settings or load_settings())


def opened_to_read() -> "Diary":
    """The diary of the environment, for commands that only read: where there is none, none is made.

    Raises:
        UserError: there is no diary.
    """
    from diary_pipeline.home import holds_diary

    settings = load_settings()
    if not holds_diary(settings):
        raise UserError(
            f"There is no diary in {readable(str(settings.root))}. `diary setup` makes one; check DIARY_HOME."
        )
    return opened(settings)


def parse_days(texts: list[str] | None, settings: "Settings") -> list[date] | None:
    """The days given by `--day`; None without any: all days."""
    return [parse_day(text, settings) for text in texts] if texts else None


def recording_named(diary: "Diary", text: str) -> "Recording":
    """The one recording that *text* names; see `views.selection`."""
    from diary_pipeline.views import selection

    return selection.recording_named(diary, text)
