"""A time zone that was corrected in the settings corrects the dates of the recordings that were made before."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from diary_pipeline.catalog import Arrival, Catalog
from diary_pipeline.file_names import as_file
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.freshness import adopt
from diary_pipeline.recordings.dating import Evidence, date_recording, diary_day
from diary_pipeline.schema import Recording
from diary_pipeline.settings import Settings

AGAIN = "|zone"
"""Ends what was seen of a file of which a sidecar gave the time: discovery reads it again, if it is still there."""


def correct_zones(settings: Settings, catalog: Catalog, fingerprints: Fingerprints) -> list[str]:
    """Date recordings anew that are in another zone than their author's now; returns their ids.

    Only zones that somebody has set count: the zone of the machine is that of whoever looks. Results of versions that
    kept no inputs get them before.
    """
    adopt(catalog, fingerprints)
    corrected = []
    for recording in catalog.known_states.open(fingerprints.basis):
        zone = _set_zone(settings, recording.author)
        if zone is None or recording.hold or recording.quarantine or recording.recorded_at is None:
            continue
        if recording.recorded_at.utcoffset() != recording.recorded_at.astimezone(zone).utcoffset():
            catalog.recordings.redate(recording, _in_zone(settings, catalog, recording, zone))
            corrected.append(recording.id)
    return corrected


def _set_zone(settings: Settings, author: str) -> ZoneInfo | None:
    known = settings.authors.get(author)
    is_set = "timezone" in settings.model_fields_set or (known is not None and known.timezone is not None)
    return settings.zone(author) if is_set else None


def _in_zone(settings: Settings, catalog: Catalog, recording: Recording, zone: ZoneInfo) -> Arrival:
    """A time in a file's name is meant in the new zone; all others are moments, which the new zone only shows."""
    moment = recording.recorded_at or datetime.now(UTC)
    named = _named(settings, recording, zone, moment) if recording.dated_by in ("file name", "folder") else None
    local = named or moment.astimezone(zone)
    seen = catalog.recordings.seen(recording.id)
    said = recording.dated_by in ("request", "sidecar") and not seen.endswith(AGAIN)
    return Arrival(
        path=recording.path,
        source=recording.source,
        author=recording.author,
        seen=f"{seen}{AGAIN}" if said else seen,
        recorded_at=local.replace(tzinfo=timezone(local.utcoffset() or timedelta())),
        dated_by=recording.dated_by,
        date_refused=recording.date_refused,
        day=diary_day(local, zone, settings.day_start),
        language=recording.language,
        priority=recording.priority,
    )


def _named(settings: Settings, recording: Recording, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """When the file's name says it was, in the new zone; a name without a time of day takes that of *moment*."""
    is_noon = (moment.hour, moment.minute, moment.second) == (12, 0, 0)
    evidence = Evidence(
        requested=None,
        sidecar=None,
        name=recording.source,
        folders=PurePosixPath(as_file(recording.path)).parts[:-1],
        container=None,
        modified=None if is_noon else moment,
    )
    dated = date_recording(
        evidence, zone=zone, day_start=settings.day_start, now=datetime.now(UTC), first_day=settings.start_date
    )
    return dated.recorded_at.astimezone(zone) if dated and dated.dated_by in ("file name", "folder") else None
