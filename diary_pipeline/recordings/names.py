"""Dates in file names, as phones and recording apps write them.

What belongs here: which digits of a name are a date or a time. What does not: whether the date can be believed.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, time, timedelta, timezone

# Never inside a longer run of digits: phone numbers and counters hold dates by chance. Eight digits may have six more behind them, the time.
_DAY = re.compile(
    r"""(?<!\d)(?:
      (?P<year>(?:19|20)\d\d)(?P<mark>[-._])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)
    | (?P<first>\d{1,2})(?P<sep>[-._])(?P<second>\d{1,2})(?P=sep)(?P<last>(?:19|20)\d\d)(?!\d)
    | (?P<long>(?:19|20)\d{6})(?=\d{6}(?!\d)|(?!\d))
    | (?P<short>\d{6})(?=[_\x20-]\d{6}(?!\d))
    )""",
    re.VERBOSE,
)
_CLOCK = re.compile(
    r"""(?:(?P<iso>T)|\s+at\s+|[_.,\s-]{0,3})
    (?:(?P<digits>\d{6}|\d{4})(?!\d) | (?P<hour>\d{1,2})(?P<mark>[.:h_-])(?P<minute>\d\d)(?:(?P=mark)(?P<second>\d\d))?(?!\d))
    (?:[.,]\d{1,9}(?=Z|[+-]\d))?
    (?:\s?(?P<half>[AP])\.?M\b)?
    (?P<offset>Z(?![A-Z0-9])|[+-](?:0\d|1[0-4]):?(?:00|15|30|45)(?!\w))?""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """A date in a name and, where the name has one, the time; the time is aware where the name gives its offset."""

    day: date
    clock: time | None


def read_name(name: str) -> Reading | None:
    """The one date that a file name holds, or None where it holds none.

    Digits without separators are read year first; others in any order that only one date fits. Four digits behind a date are no time: they
    are as often a counter.

    Raises:
        ValueError: what looks like a date is impossible or can be read in two ways, or there are several.
    """
    readings, troubles, position = set[Reading](), list[str](), 0
    while found := _DAY.search(name, position):
        behind = _CLOCK.match(name, found.end())
        position = found.end()
        try:
            day, clock = _day(found), _clock(behind) if behind else None
        except ValueError as error:
            troubles.append(f"{name[found.start() : found.end()]!r} {error}")
            continue
        readings.add(Reading(day, clock))
        position = behind.end() if behind and clock else position
    timed = {reading for reading in readings if reading.clock is not None}
    plain = {reading for reading in readings if reading.day not in {other.day for other in timed}}
    if len(timed | plain) > 1:
        raise ValueError("it holds several dates")
    if troubles and not readings:
        raise ValueError("; ".join(troubles))
    return next(iter(timed | plain), None)


def _day(found: re.Match[str]) -> date:
    if digits := found["long"]:
        parts = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    elif digits := found["short"]:
        parts = 2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:])
    elif found["year"]:
        parts = int(found["year"]), int(found["month"]), int(found["day"])
    else:
        return _only_reading(int(found["last"]), int(found["first"]), int(found["second"]))
    try:
        return date(*parts)
    except ValueError:
        raise ValueError("is no date of the calendar") from None


def _only_reading(year: int, first: int, second: int) -> date:
    """Day and month in the order that makes a date; 03-04-2024 makes two."""
    readings = set()
    for month, day in ((first, second), (second, first)):
        try:
            readings.add(date(year, month, day))
        except ValueError:
            continue
    if len(readings) != 1:
        raise ValueError("can be read as two dates" if readings else "is no date of the calendar")
    return readings.pop()


def _clock(found: re.Match[str]) -> time | None:
    """The time of day; None where the digits behind a date are something else."""
    digits, half = found["digits"], (found["half"] or "").lower()
    if digits:
        if len(digits) == 4 and not found["iso"]:
            return None
        hour, minute, second = int(digits[:2]), int(digits[2:4]), int(digits[4:] or 0)
    else:
        if len(found["hour"]) == 1 and not half:
            return None  # "-1.22" may be a part's number
        hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if half:
        hour = hour % 12 + 12 * (half == "p") if 1 <= hour <= 12 else 99
    try:
        return time(hour, minute, second, tzinfo=_offset(found))
    except ValueError:
        raise ValueError("has a time behind it that no clock shows") from None


def _offset(found: re.Match[str]) -> timezone | None:
    """The offset from UTC behind a time. Without a T or a colon, "-0100" is rather a counter."""
    text = found["offset"] or ""
    if text in {"Z", "z"}:
        return UTC
    if not text or not (found["iso"] or ":" in text):
        return None
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
