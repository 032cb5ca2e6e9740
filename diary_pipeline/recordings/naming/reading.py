"""The one date and time that a name means, or why none of those in it is taken."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from urllib.parse import unquote

from diary_pipeline.recordings.naming.clocks import clock_at_start, clock_behind, clock_elsewhere, clock_in_front
from diary_pipeline.recordings.naming.dates import WrittenDate, full_dates, instants, short_dates
from diary_pipeline.recordings.naming.words import CONFLICT, COPIED, SINCE, plain

_ENDING = re.compile(r"\.(?!\d{1,2}z?$)(?:[a-z][a-z0-9]{1,4}|3g[ap2]p?|7z)$")
_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_UNIVERSAL = re.compile(r"pxl_\Z|(?<![a-z])(?:gmt|utc)[\s_-]?\Z")


@dataclass(frozen=True)
class NameReading:
    """A date in a name and, where the name has one, the time; the time is aware where the name gives its zone.

    *moment*: the name is a Unix time instead. *doubt* says what of the name was not taken. *short*: its year has two
    digits, so that beside a date folder it may be a time (10.10.21).
    """

    day: date
    clock: time | None = None
    moment: datetime | None = None
    doubt: str = ""
    short: bool = False


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    reading: NameReading


def read_name(name: str, earliest: date, latest: date) -> NameReading | None:
    """What a file name says; None where it says nothing of a date.

    Years of two digits and Unix times are taken for days from *earliest* to *latest* alone. Digits without separators
    are read year first; others in any order that only one date fits. Of a beginning and an end, the beginning is meant;
    the dates of conflict copies and exports are none of the recording.

    Raises:
        ValueError: what looks like a date is impossible or can be read in two ways, or there are several.
    """
    text, copied = _without_copies(_ENDING.sub("", plain(unquote(name)).strip()))
    troubles: list[str] = []
    for written in (full_dates(text), short_dates(text, earliest, latest)):
        found = _readings(text, written, troubles)
        if found:
            return _one(text, found)
    moments = instants(text, earliest, latest)
    if len(moments) == 1:
        moment = moments.pop()
        return NameReading(moment.date(), moment.timetz(), moment)
    if moments:
        raise ValueError("it holds several Unix times")
    if troubles:
        raise ValueError("; ".join(dict.fromkeys(troubles)))
    if copied:
        raise ValueError("its date is that of a copy")
    return None


def read_clock(name: str) -> time | None:
    """The time in a name without a date, for a folder that has the date."""
    text, _ = _without_copies(_ENDING.sub("", plain(unquote(name)).strip()))
    found = clock_at_start(text, universal=False) or clock_elsewhere(text, universal=False)
    return found.at if found else None


def _readings(text: str, written: Iterable[WrittenDate], troubles: list[str]) -> list[_Found]:
    found: list[_Found] = []
    taken = 0
    for one in written:
        if one.start < taken or (one.short and not _may_be_meant(one)):
            continue
        shown = repr(text[one.start : one.end].strip())
        if not one.days:
            troubles.append(f"{shown} is no date of the calendar")
            continue
        try:
            end, clock, doubt = _clock(text, one, taken)
        except ValueError as error:
            troubles.append(f"{shown} {error}")
            continue
        if one.short and clock is None and (doubt or not one.dotted):
            troubles += [f"{text[one.start : end]!r} may be a date with a counter"] if doubt else []
        elif len(one.days) > 1:
            troubles.append(f"{shown} can be read as two dates ({' or '.join(map(str, sorted(one.days)))})")
        else:
            found.append(_Found(one.start, end, NameReading(next(iter(one.days)), clock, doubt=doubt, short=one.short)))
            taken = max(end, one.end)
    return _with_only_clock(text, found)


def _may_be_meant(one: WrittenDate) -> bool:
    """Whether digits with a year of two digits are a date at all: six in a row only where one date fits."""
    return len(one.days) == 1 or (bool(one.days) and not one.compact)


def _clock(text: str, one: WrittenDate, taken: int) -> tuple[int, time | None, str]:
    """Where date and clock end, the time, and a doubt about it."""
    universal = _UNIVERSAL.search(text, taken, one.start) is not None
    behind = clock_behind(text, one.start, one.end, universal=universal)
    if behind is not None:
        return behind.end, behind.at, behind.doubt
    before = clock_in_front(text[taken:], one.start - taken, universal=universal)
    return one.end, before.at if before else None, ""


def _with_only_clock(text: str, found: list[_Found]) -> list[_Found]:
    """A lone date takes the only clock of the name, also where words stand between."""
    if len(found) != 1 or found[0].reading.clock is not None or found[0].reading.doubt:
        return found
    (one,) = found
    rest = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    clock = clock_elsewhere(rest, universal=False)
    return [_Found(one.start, one.end, NameReading(one.reading.day, clock.at))] if clock else found


def _one(text: str, found: Sequence[_Found]) -> NameReading:
    """The reading that is meant, of one or more."""
    first = found[0]
    for before, later in pairwise(found):
        between = text[before.end : later.start].strip(" _.,()[]")
        if between in SINCE and _moment(later.reading) >= _moment(before.reading):
            continue
        if between == "" and before is first and _is_end(first.reading, later.reading):
            continue
        return _only(found)
    return first.reading if len(found) > 1 else _only(found)


def _is_end(first: NameReading, later: NameReading) -> bool:
    """Whether two times that stand side by side are a beginning and an end within a day."""
    if first.clock is None or later.clock is None:
        return False
    return timedelta(0) < _moment(later) - _moment(first) < timedelta(days=1)


def _moment(reading: NameReading) -> datetime:
    return datetime.combine(reading.day, (reading.clock or time()).replace(tzinfo=None))


def _only(found: Iterable[_Found]) -> NameReading:
    """The reading on which all agree, the most exact one.

    Raises:
        ValueError: they do not agree.
    """
    readings = [one.reading for one in found]
    timed = [one for one in readings if one.clock is not None]
    exact = max(timed or readings, key=lambda one: one.clock.second if one.clock else 0)
    for one in readings:
        minutes = (one.clock.hour, one.clock.minute) if one.clock and exact.clock else None
        if one.day != exact.day or (minutes and exact.clock and minutes != (exact.clock.hour, exact.clock.minute)):
            raise ValueError(f"it holds several dates ({', '.join(dict.fromkeys(str(one.day) for one in readings))})")
    return exact


def _without_copies(text: str) -> tuple[str, bool]:
    """*text* without what a program added to the name of a copy, and whether a date was among that."""
    copied = False

    def blank(found: re.Match[str]) -> str:
        nonlocal copied
        if CONFLICT.search(found[0]) or COPIED.search(found[0]):
            copied |= any(True for _ in full_dates(found[0]))
            return " " * len(found[0])
        return found[0]

    text = _IN_BRACKETS.sub(blank, text)
    mark = CONFLICT.search(text)
    if mark is not None:
        behind = text[mark.end() :]
        if not any(True for _ in full_dates(behind)):  # the mark stands at the end, behind the date of the conflict
            dates = list(full_dates(text[: mark.start()]))
            cut = dates[-1].start if len(dates) > 1 else mark.start()
            return text[:cut], copied
        return text[: mark.start()], True
    mark = COPIED.search(text)
    if mark is not None and any(True for _ in full_dates(text[: mark.start()])):
        return text[: mark.start()], copied
    return text, copied
