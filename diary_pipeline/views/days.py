"""Days as people write them, for every face."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from diary_pipeline.errors import UserError
from diary_pipeline.file_names import quoted

if TYPE_CHECKING:
    from diary_pipeline.settings import Settings

_WORDS = {"today": 0, "yesterday": 1}
_AGO = re.compile("[-\N{MINUS SIGN}]([0-9]{1,4})")


def parse_day(text: str, settings: "Settings | None" = None, author: str = "") -> date:
    """A day written as YYYY-MM-DD; with *settings* also today, yesterday, or -1, -2 and so on, as days ago.

    Today is the *author's* diary day: it begins when the settings say, in the author's time zone.

    Raises:
        UserError: it is written otherwise.
    """
    ago = days_ago(text)
    if ago is not None and settings is not None:
        return today(settings, author) - timedelta(days=ago)
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 9998:
        raise UserError(f"{quoted(text[:80])} is not a day. Write it like 2026-03-14, or today, yesterday, -1.")
    return day


def days_ago(text: str) -> int | None:
    """How many days ago the day is that *text* means from today on; None where it is written otherwise."""
    match = _AGO.fullmatch(text.strip())
    return int(match[1]) if match else _WORDS.get(text.strip().lower())


def today(settings: "Settings", author: str = "", now: datetime | None = None) -> date:
    """The diary day that it is for the author, now or at another moment."""
    here = (now or datetime.now(UTC)).astimezone(settings.zone(author))
    return here.date() - timedelta(days=here.time() < settings.day_start)
