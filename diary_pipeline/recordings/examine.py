"""One file of the inbox as an arrival: whether it is complete, what is said beside it, and which day it belongs to."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePosixPath

from diary_pipeline.catalog import Arrival
from diary_pipeline.catalog.recordings import tightest
from diary_pipeline.errors import DiaryError, TransientError, type_and_place
from diary_pipeline.file_names import as_file
from diary_pipeline.media import MediaReader
from diary_pipeline.recordings.authors import Owner
from diary_pipeline.recordings.beside import Beside, read_beside
from diary_pipeline.recordings.dating import Dated, Evidence, date_recording, moment_trouble
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.recordings.inbox_file import InboxFile
from diary_pipeline.recordings.inbox_paths import name_of
from diary_pipeline.recordings.listing import is_transcript, sidecar_names
from diary_pipeline.recordings.sidecar import EXAMPLE, Sidecar, impossible_time
from diary_pipeline.settings import Settings

GROWING = "It is still being written, or was a moment ago; it is ingested once it has not changed for {0:g} s."
UNEXPECTED = "It could not be examined: an unexpected {0}. It is examined again each time."


@dataclass(frozen=True)
class Look:
    """What a look at one file found. `beside` is None where it was not read.

    `growing`: the file or one beside it may not be complete. `unexpected`: it failed in a way that nobody foresaw.
    """

    arrival: Arrival
    beside: Beside | None = None
    growing: bool = False
    unexpected: bool = False

    @property
    def keeps(self) -> bool:
        """Whether this says nothing about what was ingested before."""
        return self.growing or self.beside is None

    @property
    def held_back(self) -> bool:
        """Whether the recording must not leave the machine, also where it was ingested before."""
        return self.arrival.hold is not None and not self.keeps


def look_at(
    settings: Settings, inbox: Inbox, found: InboxFile, owner: Owner, *, age: float, settle_seconds: float
) -> Look:
    """A first look, which opens only what lies beside the file. *age*: the seconds since it changed.

    *owner*: whose folder it lies in; an author in its sidecar answers the question whose that is.
    """
    base = Arrival(
        path=found.path,
        source=name_of(found.path),
        author=owner.author,
        seen=found.stamp,
        privacy=found.privacy,
    )
    if found.trouble:
        return Look(replace(base, quarantine=found.trouble))
    growing = Look(replace(base, hold=GROWING.format(settings.settle_seconds)), growing=True)
    if age < settle_seconds:
        return growing
    try:
        beside = read_beside(inbox, found, settle_seconds)
    except TransientError as error:
        return Look(replace(base, hold=str(error)))
    if beside.growing:
        return growing
    if beside.mark:
        base = replace(base, seen=f"{found.stamp}|{beside.mark}")
    base = replace(base, beside=found.beside or None)
    said = beside.said
    said_of_it = replace(
        base,
        author=said.author or base.author,
        privacy=tightest(base.privacy, said.privacy),
        language=said.language,
        priority=said.priority,
        hold=beside.held or (None if said.author else owner.question),
    )
    return Look(said_of_it, beside)


def date_it(settings: Settings, inbox: Inbox, reader: MediaReader, found: InboxFile, look: Look) -> Look:
    """The same look with the recording's time and day, or with the reason why it has none."""
    if look.growing or look.beside is None or look.arrival.hold or look.arrival.quarantine:
        return look
    said, arrival = look.beside.said, look.arrival
    zone, now = settings.zone(arrival.author), datetime.now(UTC)
    if said.recorded_at and (why := moment_trouble(said.recorded_at, zone, now)):
        return replace(look, arrival=replace(arrival, hold=impossible_time(_sidecar_of(arrival), why)))
    return replace(look, arrival=_dated(settings, arrival, _when(settings, inbox, reader, found, said, arrival.author)))


def faulty(found: InboxFile, author: str, error: Exception) -> Look:
    """A file whose examination failed in a way that nobody foresaw. The error's message may quote anything."""
    reason = str(error) if isinstance(error, DiaryError) else UNEXPECTED.format(type_and_place(error))
    return Look(Arrival(found.path, name_of(found.path), author, found.stamp, quarantine=reason), unexpected=True)


def _sidecar_of(arrival: Arrival) -> str:
    return sidecar_names(arrival.source)[-1]


def _dated(settings: Settings, arrival: Arrival, dated: Dated | None) -> Arrival:
    remedy = f"Write its time beside it, in {_sidecar_of(arrival)}: {EXAMPLE}."
    if dated is None:
        return replace(arrival, quarantine=f"Nothing says when it was recorded. {remedy}")
    refused = "; ".join(dated.refused) or None
    arrival = replace(
        arrival, recorded_at=dated.recorded_at, dated_by=dated.dated_by, date_refused=refused, day=dated.day
    )
    if dated.day < settings.start_date:
        why = f"It is dated {dated.day} by its {dated.dated_by}, before the diary's first day {settings.start_date}."
        return replace(
            arrival,
            quarantine=f"{why} Set DIARY_START_DATE earlier, or correct the date: {remedy[0].lower()}{remedy[1:]}",
        )
    return arrival


def _when(
    settings: Settings, inbox: Inbox, reader: MediaReader, found: InboxFile, said: Sidecar, author: str
) -> Dated | None:
    """When it was recorded. The container is opened only where the name does not give the time of day."""
    now, path = datetime.now(UTC), PurePosixPath(as_file(found.path))
    date = partial(
        date_recording,
        zone=settings.zone(author),
        day_start=settings.day_start,
        now=now,
        first_day=settings.start_date,
    )
    evidence = Evidence(
        requested=said.recorded_at if said.requested else None,
        sidecar=None if said.requested else said.recorded_at,
        name=path.name,
        container=None,
        modified=None,
        folders=path.parts[:-1],
    )
    dated = date(evidence)
    has_time = dated and (dated.recorded_at.hour, dated.recorded_at.minute) != (12, 0)
    if dated and (dated.dated_by in ("request", "sidecar") or (dated.dated_by == "file name" and has_time)):
        return dated
    if not is_transcript(name_of(found.path)):
        try:
            with inbox.local_file(found.path) as file:
                probe = reader.probe(file)
            evidence = replace(evidence, recorder=probe.recorded, container=probe.created_at)
        except DiaryError:
            pass  # whether it is audio at all is for ingestion to say
    arrived = datetime.fromtimestamp(found.changed, UTC) if found.changed else now
    return date(replace(evidence, modified=found.modified, arrived=arrived))
