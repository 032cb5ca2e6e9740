"""Times of day, days and time zones as people write them. A bare number is an hour, never a count of seconds."""

import os
import re
from datetime import date, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

_WRITTEN = re.compile(r"(\d{1,2})(?:[:.](\d{2})(?:[:.](\d{2}))?)?")


def _clock(value: Any) -> Any:
    found = value if isinstance(value, time) else None
    if found is None:
        number = isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()
        text = str(int(value)) if number else str(value).strip()
        match = _WRITTEN.fullmatch(text)
        try:
            hour, minute, second = (int(part or 0) for part in match.groups()) if match else (-1, 0, 0)
            found = time(hour, minute, second)
        except ValueError:
            found = None
    if found is None or found.tzinfo:
        raise ValueError("is no time of day; write one like 04:00 (a whole number is an hour)")
    return found


def _calendar(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError("is no day; write one like 2015-01-01")  # noqa: TRY004 - pydantic reports this one alone
    return value


def _zone(name: Any) -> Any:
    if isinstance(name, str) and not _is_zone(name):
        raise ValueError(f"{name!r} is not a time zone; write one like Europe/London")
    return name


def _is_zone(name: str) -> bool:
    """Whether there is a time zone of that name. Listing them all would cost 20 ms at every start."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # not found is a KeyError; "Europe" is a folder, "../x" no key
        return False
    return True


def local_zone() -> str:
    """The machine's own zone as an IANA name; UTC where it has none (most containers)."""
    here = os.environ.get("TZ") or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    return here if _is_zone(here) else "UTC"


ClockTime = Annotated[time, BeforeValidator(_clock)]
"""A time of day by the diary's clock: 4, "4", "4:30", "04:30" or a time of TOML."""
CalendarDay = Annotated[date, BeforeValidator(_calendar)]
"""A day: "2015-01-01" or a date of TOML."""
TimeZone = Annotated[str, BeforeValidator(_zone)]
"""A time zone by its IANA name."""
