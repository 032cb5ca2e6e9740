"""When a memo was spoken and which diary day that is, decided by evidence that can be named and never by a guess.

What belongs here: the order of the evidence, what is refused and why, and the rule of the diary day. What does not: reading files.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from diary_pipeline.recordings.names import Reading, read_name
from diary_pipeline.schema import DatedBy

_EARLIEST_YEAR = 1900
_NEVER_SET_DAYS = frozenset({date(1904, 1, 1), date(1970, 1, 1)})  # MP4's and Unix's zero; a clock may have run some hours since
_NEVER_SET = frozenset(datetime(year, 1, 1) for year in (1980, 2000))  # noqa: DTZ001 - FAT's and many recorders' zero, as a wall clock
_AHEAD = timedelta(days=1)
_AHEAD_OF_DEVICES = timedelta(hours=26)  # a device knows only its own zone, and zones lie up to 26 hours apart


@dataclass(frozen=True)
class Evidence:
    """All that may tell when a memo was spoken, as found. Texts are as written; `modified` (the file's time) is aware."""

    requested: str | None
    sidecar: str | None
    name: str
    container: str | None
    modified: datetime | None


@dataclass(frozen=True)
class Dated:
    """When it was spoken, in the author's zone, by which evidence, on which diary day; `refused` says what was not believed and why."""

    recorded_at: datetime
    dated_by: DatedBy
    day: date
    refused: tuple[str, ...]


def date_recording(evidence: Evidence, *, zone: ZoneInfo, day_start: time, now: datetime) -> Dated | None:
    """Date a memo by the first usable evidence: request, sidecar, file name, container, file time. None: nothing is usable.

    A time without a zone is the author's local time, but UTC in a container (the MP4 standard). A date without a time in the file name takes its
    time from the container or the file's time where that falls on the same date in the author's zone, else it stands for noon.
    """
    in_order: tuple[tuple[DatedBy, timedelta, Callable[[], datetime | None]], ...] = (
        ("request", _AHEAD, lambda: _told(evidence.requested, zone)),
        ("sidecar", _AHEAD, lambda: _told(evidence.sidecar, zone)),
        ("file name", _AHEAD_OF_DEVICES, lambda: _named(evidence, zone, now)),
        ("container", _AHEAD_OF_DEVICES, lambda: _told(evidence.container, UTC)),
        ("file time", _AHEAD, lambda: evidence.modified),
    )
    refused: list[str] = []
    for source, ahead, read in in_order:
        try:
            moment = read()
            if moment is not None:
                local = _believable(moment, zone, now + ahead)
                return Dated(local, source, diary_day(local, zone, day_start), tuple(refused))
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
        raise ValueError(f"{text!r} is not a date and time. Write one like 2026-03-14T08:12:00+00:00.") from None
    if not any(mark in text for mark in "T: "):
        raise ValueError(f"{text!r} has no time of day. Write one like {text}T08:12:00.")
    if not _EARLIEST_YEAR <= moment.year <= datetime.max.year - 1:
        raise ValueError(f"{text!r} is no date on which anybody could have spoken into a recorder.")
    return _exact(moment, zone)


def _exact(moment: datetime, zone: tzinfo) -> datetime:
    """Give a naive *moment* its zone; by way of UTC, because a local time may not exist."""
    return moment if moment.tzinfo else moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _told(text: str | None, zone: tzinfo) -> datetime | None:
    return parse_moment(text, zone) if text else None


def _believable(moment: datetime, zone: ZoneInfo, latest: datetime) -> datetime:
    """*moment* in the author's zone; ValueError where it cannot be when somebody spoke."""
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
    reading = read_name(evidence.name)
    if reading is None:
        return None
    if reading.clock is not None:
        return _exact(datetime.combine(reading.day, reading.clock), zone)
    return _time_of_same_day(reading, evidence, zone, now) or _exact(datetime.combine(reading.day, time(12)), zone)


def _time_of_same_day(reading: Reading, evidence: Evidence, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The container's or the file's time, where it agrees with the date in the name."""
    for read in (lambda: _told(evidence.container, UTC), lambda: evidence.modified):
        try:
            moment = read()
            local = _believable(moment, zone, now + _AHEAD_OF_DEVICES) if moment else None
        except ValueError:
            continue
        if local is not None and local.date() == reading.day:
            return local
    return None
