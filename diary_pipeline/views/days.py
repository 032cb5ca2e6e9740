"""Days as people write them, for every face."""

from datetime import date, datetime

from diary_pipeline.errors import UserError


def parse_day(text: str) -> date:
    """A day written as YYYY-MM-DD.

    Raises:
        UserError: it is written otherwise.
    """
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 9998:
        raise UserError(f"{text!r} is not a day. Write it like 2026-03-14.")
    return day
