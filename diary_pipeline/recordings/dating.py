"""When a memo was spoken, by which evidence, and which diary day that is.

Impossible or ambiguous evidence is refused, with the reason, and never replaced by a guess. No file is read here; what
names say is read by `naming`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from diary_pipeline.file_names import quoted
from diary_pipeline.recordings.naming import NameReading, folder_day, read_clock, read_name
from diary_pipeline.schema import DatedBy

_EARLIEST_YEAR, _LATEST_YEAR = 1900, 9998  # the last one leaves room to convert between zones
_NEVER_SET_DAYS = frozenset(
    {date(1904, 1, 1), date(1970, 1, 1)}
)  # MP4's and Unix's zero; a clock may have run some hours since
_NEVER_SET = frozenset(datetime(year, 1, 1) for year in (1980, 2000))  # noqa: DTZ001 - FAT's and many recorders' zero, as a wall clock
_AHEAD = timedelta(days=1)
_AHEAD_OF_CLOCKS = timedelta(minutes=5)  # two machines that keep their clocks
_AHEAD_OF_DEVICES = timedelta(hours=26)  # a device knows only its own zone, and zones lie up to 26 hours apart


@dataclass(frozen=True)
class Evidence:
    """All evidence of when a memo was spoken, as found.

    Texts are as written; `modified` (the file's time) and `arrived` are aware. `recorder` is what the recorder wrote
    into the file by its own clock, `container` when the file was made; `folders` are those that it lies in.
    """

    requested: str | None
    sidecar: str | None
    name: str
    container: str | None
    modified: datetime | None
    recorder: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    arrived: datetime | None = None


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
class _Judge:
    """What evidence is judged by: whose zone, which moment is now, and the diary's first day."""

    zone: ZoneInfo
    now: datetime
    first_day: date
    refused: list[str]

    def read_name(self, evidence: Evidence) -> NameReading | None:
        """What the file's name says, with the date of its folder where it has only the time."""
        latest = (self.now + _AHEAD_OF_DEVICES).date()
        reading = read_name(evidence.name, self.first_day, latest)
        if (reading is None or (reading.short and reading.clock is None)) and (clock := read_clock(evidence.name)):
            day = folder_day(evidence.folders, self.first_day, latest)
            reading = NameReading(day, clock) if day else reading
        if reading and reading.doubt:
            self.refused.append(f"file name: {reading.doubt}")
        return reading

    def parsed(self, source: DatedBy, text: str | None, zone: tzinfo) -> datetime | None:
        """The moment that a text gives; what a change of clocks makes of it is noted."""
        if not text:
            return None
        self._note_clock_change(source, _iso(text))
        return parse_moment(text, zone)

    def named(self, evidence: Evidence) -> datetime | None:
        """When the file's name says that it was."""
        reading = self.read_name(evidence)
        if reading is None:
            return None
        return reading.moment or self._at(reading, evidence)

    def in_folder(self, evidence: Evidence) -> datetime | None:
        """When the folders say that it was."""
        day = folder_day(evidence.folders, self.first_day, (self.now + _AHEAD_OF_DEVICES).date())
        return self._at(NameReading(day), evidence) if day else None

    def _at(self, reading: NameReading, evidence: Evidence) -> datetime:
        if reading.clock is None:
            borrowed = self._time_of_same_day(reading.day, evidence)
            return borrowed or _exact(datetime.combine(reading.day, time(12)), self.zone)
        moment = datetime.combine(reading.day, reading.clock)
        self._note_clock_change("file name", moment)
        return _exact(moment, self.zone)

    def _note_clock_change(self, source: DatedBy, moment: datetime | None) -> None:
        if moment is not None and source != "container" and (why := clock_change(moment, self.zone)):
            self.refused.append(f"{source}: {why}")

    def _time_of_same_day(self, day: date, evidence: Evidence) -> datetime | None:
        """The container's or the file's time, where it agrees with the date in the name."""
        texts = [(text, self.zone) for text in evidence.recorder] + [(evidence.container, UTC)]
        readers: list[Callable[[], datetime | None]] = [partial(_parsed, text, zone) for text, zone in texts]
        readers.append(lambda: evidence.modified)
        for read in readers:
            try:
                moment = read()
                local = _believable(moment, self.zone, self.now + _AHEAD_OF_DEVICES) if moment else None
            except ValueError:
                continue
            if local is not None and local.date() == day:
                return local
        return None


def date_recording(
    evidence: Evidence, *, zone: ZoneInfo, day_start: time, now: datetime, first_day: date = date(2015, 1, 1)
) -> Dated | None:
    """Date a memo by the first usable evidence, in this order.

    Request, sidecar, file name, container (the recorder's own date, then when the file was made), date folder, file
    time; and its arrival where the file's time lies in the future. None: nothing is usable.

    A time without a zone is the author's local time, but UTC in a container's creation time (the MP4 standard). A date
    without a time in the file name or folder takes its time from the container or the file's time where that falls on
    the same date in the author's zone, else it means noon. Years of two digits are none before *first_day*.
    """
    refused: list[str] = []
    judge = _Judge(zone, now, first_day, refused)
    ahead = evidence.modified is not None and evidence.modified > now + _AHEAD_OF_CLOCKS
    in_order: tuple[tuple[DatedBy, timedelta, Callable[[], datetime | None]], ...] = (
        ("request", _AHEAD, lambda: judge.parsed("request", evidence.requested, zone)),
        ("sidecar", _AHEAD, lambda: judge.parsed("sidecar", evidence.sidecar, zone)),
        ("file name", _AHEAD_OF_DEVICES, lambda: judge.named(evidence)),
        *(("container", _AHEAD_OF_DEVICES, partial(judge.parsed, "container", t, zone)) for t in evidence.recorder),
        ("container", _AHEAD_OF_DEVICES, lambda: judge.parsed("container", evidence.container, UTC)),
        ("folder", _AHEAD_OF_DEVICES, lambda: judge.in_folder(evidence)),
        ("file time", _AHEAD_OF_CLOCKS, lambda: evidence.modified),
        ("arrival", _AHEAD, lambda: evidence.arrived if ahead else None),
    )
    for source, most_ahead, read in in_order:
        try:
            moment = read()
            if moment is not None:
                local = _believable(moment, zone, now + most_ahead)
                # A fixed offset: in the hour that comes twice, Python holds a time of a zone unequal to the same
                # instant elsewhere.
                fixed = local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))
                return Dated(fixed, source, diary_day(local, zone, day_start), tuple(dict.fromkeys(refused)))
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
    written = _iso(text)
    if written is not None and (why := clock_change(written, zone)) and "does not exist" in why:
        return f"{why.partition(';')[0]}"
    try:
        _believable(moment, zone, now + _AHEAD)
    except ValueError as error:
        return str(error)
    return None


def clock_change(moment: datetime, zone: tzinfo) -> str | None:
    """What a change of clocks in *zone* makes of a local time: none of it, or two. None: nothing."""
    if moment.tzinfo is not None:
        return None
    shown = _exact(moment, zone).replace(tzinfo=None)
    if shown != moment:
        return f"{moment.isoformat()} does not exist in {zone}, where clocks go forward; {shown.time()} is taken"
    first, second = (moment.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return None if first == second else f"{moment.isoformat()} comes twice in {zone}; the first is taken"


def _exact(moment: datetime, zone: tzinfo) -> datetime:
    """Give a naive *moment* its zone; by way of UTC, because a local time may not exist."""
    return moment if moment.tzinfo else moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _parsed(text: str | None, zone: tzinfo) -> datetime | None:
    return parse_moment(text, zone) if text else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


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
