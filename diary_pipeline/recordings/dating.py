"""When a memo was spoken, by which evidence, and which diary day that is.

Impossible or ambiguous evidence is refused, with the reason, and never replaced by a guess. No file is read here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from diary_pipeline.file_names import quoted
from diary_pipeline.schema import DatedBy

_EARLIEST_YEAR, _LATEST_YEAR = 1900, 9998  # the last one leaves room to convert between zones
_NEVER_SET_DAYS = frozenset(
    {date(1904, 1, 1), date(1970, 1, 1)}
)  # MP4's and Unix's zero; a clock may have run some hours since
_NEVER_SET = frozenset(datetime(year, 1, 1) for year in (1980, 2000))  # noqa: DTZ001 - FAT's and many recorders' zero, as a wall clock
_AHEAD = timedelta(days=1)
_AHEAD_OF_DEVICES = timedelta(hours=26)  # a device knows only its own zone, and zones lie up to 26 hours apart

# Never inside a longer run of digits: phone numbers and counters hold dates by chance. Eight digits may have six behind
# them, the time.
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
    (?:(?P<digits>\d{6}|\d{4})(?!\d) |
    (?P<hour>\d{1,2})(?P<mark>[.:h_-])(?P<minute>\d\d)(?:(?P=mark)(?P<second>\d\d))?(?!\d)) (?:[.,]\d{1,9}(?=Z|[+-]\d))?
    (?:\s?(?P<half>[AP])\.?M\b)? (?P<offset>Z(?![A-Z0-9])|[+-](?:0\d|1[0-4]):?(?:00|15|30|45)(?!\w))?""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Evidence:
    """All evidence of when a memo was spoken, as found.

    Texts are as written; `modified` (the file's time) is aware.
    """

    requested: str | None
    sidecar: str | None
    name: str
    container: str | None
    modified: datetime | None


@dataclass(frozen=True)
class Dated:
    """When it was spoken (with the author's offset), by which evidence, on which day.

    `refused` names evidence that could not be used, and why.
    """

    recorded_at: datetime
    dated_by: DatedBy
    day: date
    refused: tuple[str, ...]


@dataclass(frozen=True)
class _Reading:
    """A date in a name and, where the name has one, the time; the time is aware where the name gives its offset."""

    day: date
    clock: time | None


def date_recording(evidence: Evidence, *, zone: ZoneInfo, day_start: time, now: datetime) -> Dated | None:
    """Date a memo by the first usable evidence: request, sidecar, file name, container, file time.

    None: nothing is usable.

    A time without a zone is the author's local time, but UTC in a container (the MP4 standard). A date without a time
    in the file name takes its time from the container or the file's time where that falls on the same date in the
    author's zone, else it means noon.
    """
    in_order: tuple[tuple[DatedBy, timedelta, Callable[[], datetime | None]], ...] = (
        ("request", _AHEAD, lambda: _parsed(evidence.requested, zone)),
        ("sidecar", _AHEAD, lambda: _parsed(evidence.sidecar, zone)),
        ("file name", _AHEAD_OF_DEVICES, lambda: _named(evidence, zone, now)),
        ("container", _AHEAD_OF_DEVICES, lambda: _parsed(evidence.container, UTC)),
        ("file time", _AHEAD, lambda: evidence.modified),
    )
    refused: list[str] = []
    for source, ahead, read in in_order:
        try:
            moment = read()
            if moment is not None:
                local = _believable(moment, zone, now + ahead)
                # A fixed offset: in the hour that comes twice, Python holds a time of a zone unequal to the same
                # instant elsewhere.
                fixed = local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))
                return Dated(fixed, source, diary_day(local, zone, day_start), tuple(refused))
        except ValueError as error:
            refused.append(f"{source}: {error}")
    return None


def diary_day(moment: datetime, zone: ZoneInfo, day_start: time) -> date:
    """The diary day of an aware *moment*: what the author's wall clock showed decides, also where clocks change."""
    local = moment.astimezone(zone)
    return local.date() if local.time() >= day_start else local.date() - timedelta(days=1)


def parse_moment(text: str, zone: tzinfo) -> datetime:
    """Read an ISO 8601 date and time; one without an offset is local time in *zone*.

    A local time that a clock change leaves out moves on by the gap; of one that comes twice, the first is meant.

    Raises:
        ValueError: it is not such a text, or has no time of day; the message says how to write one.
    """
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a date and time. Write one like 2026-03-14T08:12:00+00:00.") from None
    if not any(mark in text for mark in "T: "):
        raise ValueError(f"{quoted(text)} has no time of day. Write one like {text}T08:12:00.")
    if not _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
        raise ValueError(f"{quoted(text)} is no date on which anybody could have spoken into a recorder.")
    return _exact(moment, zone)


def moment_trouble(text: str, zone: tzinfo, now: datetime) -> str | None:
    """Why nobody can have spoken at the time that *text* names; None where somebody can, or it is no time at all."""
    try:
        moment = parse_moment(text, zone)
    except ValueError:
        return None
    try:
        _believable(moment, zone, now + _AHEAD)
    except ValueError as error:
        return str(error)
    return None


def _exact(moment: datetime, zone: tzinfo) -> datetime:
    """Give a naive *moment* its zone; by way of UTC, because a local time may not exist."""
    return moment if moment.tzinfo else moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _parsed(text: str | None, zone: tzinfo) -> datetime | None:
    return parse_moment(text, zone) if text else None


def _believable(moment: datetime, zone: tzinfo, latest: datetime) -> datetime:
    """*moment* in the author's zone; ValueError where nobody can have spoken then."""
    if moment.year < _EARLIEST_YEAR:
        raise ValueError(f"{moment.date()} is before there were recorders")
    if moment > latest:
        raise ValueError(f"{moment.isoformat()} lies in the future")
    local, universal = moment.astimezone(zone), moment.astimezone(UTC)
    days, clocks = {local.date(), universal.date()}, {local.replace(tzinfo=None), universal.replace(tzinfo=None)}
    if days & _NEVER_SET_DAYS or clocks & _NEVER_SET:
        raise ValueError(f"{moment.isoformat()} is what a clock shows that was never set")
    return local


def _named(evidence: Evidence, zone: ZoneInfo, now: datetime) -> datetime | None:
    reading = _read_name(evidence.name)
    if reading is None:
        return None
    if reading.clock is not None:
        return _exact(datetime.combine(reading.day, reading.clock), zone)
    return _time_of_same_day(reading, evidence, zone, now) or _exact(datetime.combine(reading.day, time(12)), zone)


def _time_of_same_day(reading: _Reading, evidence: Evidence, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The container's or the file's time, where it agrees with the date in the name."""
    readers: tuple[Callable[[], datetime | None], ...] = (
        lambda: _parsed(evidence.container, UTC),
        lambda: evidence.modified,
    )
    for read in readers:
        try:
            moment = read()
            local = _believable(moment, zone, now + _AHEAD_OF_DEVICES) if moment else None
        except ValueError:
            continue
        if local is not None and local.date() == reading.day:
            return local
    return None


def _read_name(name: str) -> _Reading | None:
    """The one date that a file name holds, or None where it holds none.

    Digits without separators are read year first; others in any order that only one date fits. Four digits behind a
    date are no time: they are as often a counter.

    Raises:
        ValueError: what looks like a date is impossible or can be read in two ways, or there are several.
    """
    readings, troubles, position = set[_Reading](), list[str](), 0
    while found := _DAY.search(name, position):
        behind = _CLOCK.match(name, found.end())
        position = found.end()
        try:
            day, clock = _day(found), _clock(behind) if behind else None
        except ValueError as error:
            troubles.append(f"{quoted(name[found.start() : found.end()])} {error}")
            continue
        readings.add(_Reading(day, clock))
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
