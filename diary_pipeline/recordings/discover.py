"""Discovery: which files lie in the inbox, whether they are complete, and which day they belong to. Cheap.

Every candidate becomes a row at once, also one that cannot be ingested yet (still growing, unreadable, undated):
nothing is passed over in silence. Whether the audio is good is checked by ingestion.
"""

import hashlib
import logging
import time
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from diary_pipeline.catalog import Arrival, Catalog
from diary_pipeline.catalog.privacy import PrivateBytes, Source
from diary_pipeline.catalog.recordings import KnownRecording, tightest
from diary_pipeline.errors import DiaryError, UserError
from diary_pipeline.media import MediaReader
from diary_pipeline.recordings.dating import Dated, Evidence, date_recording
from diary_pipeline.recordings.inbox import Inbox, InboxFile, author_of, privacy_of
from diary_pipeline.settings import Settings
from diary_pipeline.work import Fault

log = logging.getLogger("diary.discover")
GONE = "It is no longer in the inbox, and it was not ingested before."
GROWING = "It is still being written, or was a moment ago; it is ingested once it has not changed for {0:g} s."


@dataclass
class Discovery:
    """Ids that are new or changed, what was refused, and how many files are still being written."""

    changed: list[str] = field(default_factory=list)
    refused: list[Fault] = field(default_factory=list)
    growing: int = 0

    def add(self, later: "Discovery") -> None:
        """Add the result of a later discovery."""
        self.changed += later.changed
        self.refused += later.refused
        self.growing = later.growing


@dataclass(frozen=True)
class _Candidate:
    """One file and everything needed to judge it."""

    found: InboxFile
    known: KnownRecording | None
    growing: bool


def discover(
    settings: Settings, catalog: Catalog, reader: MediaReader, settled: AbstractSet[str] = frozenset()
) -> Discovery:
    """Register what is new or changed in the inbox; files that vanished before they were ingested are marked so.

    The paths in *settled* are known to be complete and need not settle first.
    """
    inbox, result = Inbox(settings.inbox_url), Discovery()
    known = dict(catalog.recordings.known())
    for found in inbox.files():
        before = known.pop(found.path, None)
        growing = found.path not in settled and time.time() - found.changed < settings.settle_seconds
        result.growing += growing
        arrival = _examine(settings, inbox, reader, _Candidate(found, before, growing))
        if arrival is not None and _is_news(before, arrival):
            evidence = None if growing else _evidence(inbox, found, arrival)
            identity = _register(catalog, inbox, found, before, arrival, evidence)
            result.changed.append(identity)
            if arrival.quarantine and (before is None or not before.refused or before.seen != arrival.seen):
                result.refused.append(Fault(identity, arrival.quarantine, permanent=True))
                catalog.recordings.update(identity, sha256=_digest(inbox, found))
    for path, before in known.items():
        if not before.taken and not before.held:
            catalog.recordings.update(before.id, hold=GONE, seen="gone")
            log.info("gone from the inbox", extra={"ctx": {"recording": before.id, "name_length": len(path)}})
    return result


def _is_news(before: KnownRecording | None, arrival: Arrival) -> bool:
    if before is None or before.seen != arrival.seen:
        return True
    return not before.taken and (before.held or before.refused)


def _examine(settings: Settings, inbox: Inbox, reader: MediaReader, candidate: _Candidate) -> Arrival | None:
    """The file as an arrival; None where nothing changed since it was last examined."""
    found = candidate.found
    path, name = found.path, PurePosixPath(found.path).name
    base = Arrival(path=path, source=name, author=author_of(path), seen=found.stamp, privacy=privacy_of(path))
    if found.trouble:
        return replace(base, quarantine=found.trouble)
    if candidate.growing:
        return replace(base, hold=GROWING.format(settings.settle_seconds))
    try:
        said = inbox.sidecar(path)
    except UserError as error:
        return replace(base, quarantine=str(error))
    base = replace(base, seen=f"{found.stamp}|{_brief(said)}" if said else found.stamp)
    if candidate.known is not None and not _is_news(candidate.known, base):
        return None
    author = said.get("author") or base.author
    privacy = tightest(base.privacy, said.get("privacy") or "standard")
    base = replace(
        base, author=author, privacy=privacy, language=said.get("language"), priority=said.get("priority", 0)
    )
    return _dated(settings, base, _when(settings, inbox, reader, found, said, author))


def _dated(settings: Settings, arrival: Arrival, dated: Dated | DiaryError | None) -> Arrival:
    sidecar, example = f"{PurePosixPath(arrival.source).stem}.json", '{"recorded_at": "2026-03-14T08:12:00+00:00"}'
    remedy = f"Write its time beside it, in {sidecar}: {example}."
    if isinstance(dated, DiaryError):
        return replace(arrival, quarantine=str(dated))
    if dated is None:
        return replace(arrival, quarantine=f"Nothing says when it was recorded. {remedy}")
    arrival = replace(arrival, recorded_at=dated.recorded_at, dated_by=dated.dated_by, day=dated.day)
    if dated.day < settings.start_date:
        why = f"It is dated {dated.day} by its {dated.dated_by}, before the diary's first day {settings.start_date}."
        return replace(
            arrival,
            quarantine=f"{why} Set DIARY_START_DATE earlier, or correct the date: {remedy[0].lower()}{remedy[1:]}",
        )
    return arrival


def _when(
    settings: Settings, inbox: Inbox, reader: MediaReader, found: InboxFile, said: dict[str, Any], author: str
) -> Dated | DiaryError | None:
    """When it was recorded. The container is opened only where the name does not give the time of day."""
    zone, now = settings.zone(author), datetime.now(UTC)
    requested = said.get("recorded_at") if said.get("by") == "request" else None
    sidecar = None if requested else said.get("recorded_at")
    evidence = Evidence(
        requested=requested, sidecar=sidecar, name=PurePosixPath(found.path).name, container=None, modified=None
    )
    dated = date_recording(evidence, zone=zone, day_start=settings.day_start, now=now)
    if dated and (dated.dated_by != "file name" or (dated.recorded_at.hour, dated.recorded_at.minute) != (12, 0)):
        return dated
    evidence = replace(evidence, container=_container_time(inbox, reader, found), modified=found.modified)
    return date_recording(evidence, zone=zone, day_start=settings.day_start, now=now)


def _container_time(inbox: Inbox, reader: MediaReader, found: InboxFile) -> str | None:
    try:
        with inbox.local_file(found.path) as file:
            return reader.probe(file).created_at
    except DiaryError:
        return None  # whether it is audio at all is for ingestion to say


def private_by(path: str) -> Source:
    """What makes a private memo at *path* private, as far as the path tells."""
    return "folder" if privacy_of(path) == "local_only" else "sidecar"


def _evidence(inbox: Inbox, found: InboxFile, arrival: Arrival) -> PrivateBytes | None:
    """A private file's bytes, hashed before anything else: they may be known, as a standard memo of another name."""
    sha256 = _digest(inbox, found) if arrival.privacy == "local_only" else None
    return PrivateBytes(sha256, private_by(found.path)) if sha256 else None


def _register(
    catalog: Catalog,
    inbox: Inbox,
    found: InboxFile,
    before: KnownRecording | None,
    arrival: Arrival,
    evidence: PrivateBytes | None,
) -> str:
    version = before.version if before else 1
    if before is None or not before.taken:
        return catalog.recordings.register(arrival, version, evidence)
    (old,) = catalog.recordings.get([before.id])
    if arrival.hold or arrival.quarantine:
        return before.id  # what was ingested stays as it is; the file is examined again once it is complete
    if before.seen.partition("|")[0] != arrival.seen.partition("|")[0] and _digest(inbox, found) != old.sha256:
        return catalog.recordings.register(arrival, version + 1, evidence)
    catalog.recordings.redate(old, arrival, private_by(found.path))
    return before.id


def _digest(inbox: Inbox, found: InboxFile) -> str | None:
    """The sha256 of the file's bytes, also for what is refused; None where it cannot be read."""
    if found.trouble:
        return None
    with inbox.local_file(found.path) as file, file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _brief(said: dict[str, Any]) -> str:
    return hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()[:16]
