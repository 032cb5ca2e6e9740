"""Discovery: which files lie in the inbox, whether they are complete, and which day they belong to. Cheap.

Every candidate becomes a row at once, also one that cannot be ingested yet (still growing, unreadable, undated):
nothing is passed over in silence. Whether the audio is good is checked by ingestion.
"""

import logging
import time
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from diary_pipeline.catalog import Arrival, Catalog
from diary_pipeline.catalog.known import KnownRecording
from diary_pipeline.catalog.privacy import PrivateBytes, Source
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.errors import TransientError, type_and_place
from diary_pipeline.media import MediaReader
from diary_pipeline.recordings.examine import UNEXPECTED, Look, date_it, faulty, look_at
from diary_pipeline.recordings.inbox import Inbox, InboxFile
from diary_pipeline.recordings.inbox_paths import author_of, privacy_of
from diary_pipeline.recordings.moves import as_moved, follow_moves
from diary_pipeline.recordings.scope import LookScope, digest_of_file, everything, some
from diary_pipeline.recordings.unfinished import UNFINISHED, may_grow
from diary_pipeline.settings import Settings
from diary_pipeline.work import Fault

log = logging.getLogger("diary.discover")
GONE = "It is no longer in the inbox, and it was not ingested before."


@dataclass
class Discovery:
    """What was refused, how many files are still being written, and how many recordings are held back."""

    refused: list[Fault] = field(default_factory=list)
    growing: int = 0
    held: int = 0

    def add(self, later: "Discovery") -> None:
        """Add the result of a later discovery."""
        self.refused += later.refused
        self.growing, self.held = later.growing, later.held


def discover(
    settings: Settings,
    catalog: Catalog,
    reader: MediaReader,
    settled: AbstractSet[str] = frozenset(),
    only: Collection[str] | None = None,
) -> Discovery:
    """Register what is new or changed in the inbox; files that vanished before they were ingested are marked so.

    With *only*, what lies at these paths and beside them, and what was moved from or to there.

    The paths in *settled* are known to be complete and need not settle first. What is wrong with one file stops no
    other.

    Raises:
        TransientError: the inbox cannot be listed, or the catalog cannot be used.
    """
    inbox = Inbox(settings.inbox_url)
    scope = everything(catalog, inbox) if only is None else some(catalog, inbox, only)
    return _register_all(settings, catalog, reader, scope, settled)


def _register_all(
    settings: Settings, catalog: Catalog, reader: MediaReader, scope: LookScope, settled: AbstractSet[str]
) -> Discovery:
    inbox, listed, known, result = scope.inbox, scope.listed, scope.known, Discovery()
    moved, stamps = follow_moves(catalog, scope), list[tuple[str, str, str | None]]()
    if unseen := moved - {file.path for file in listed.files}:  # copies that take the places of their originals
        again = inbox.around(unseen, lambda *_: False).files
        listed.files += [file for file in again if file.path in unseen]
    for found in sorted(listed.files, key=lambda file: file.path not in moved):  # what is new at a former path is later
        before = known.get(found.path)
        if _waits(settings, found, before):
            continue
        try:
            look = look_at(
                settings,
                inbox,
                found,
                age=time.time() - found.changed,
                settle_seconds=0.0 if found.path in settled else settings.settle_seconds,
            )
            if news := _is_news(before, look.arrival):
                look = date_it(settings, inbox, reader, found, look)
            sha256 = digest_of_file(inbox, found) if news and _needs_digest(before, look) else None
        except Exception as error:  # noqa: BLE001 - what is wrong with one file must not stop the others
            look, news, sha256 = faulty(found, author_of(found.path), error), True, None
        result.growing += look.growing
        result.held += look.held_back
        if news and (fault := _register(settings, catalog, before, look, sha256)):
            result.refused.append(fault)
        if before is not None and not news and not look.keeps and before.beside != look.arrival.beside:
            stamps.append((before.id, before.seen, look.arrival.beside))
    catalog.recordings.remember(stamps)
    for path in known.keys() - listed.paths:
        before = known[path]
        if not before.taken and before.seen != "gone":
            catalog.recordings.update(before.id, hold=GONE, seen="gone")
            log.info("gone from the inbox", extra={"ctx": {"recording": before.id, "name_length": len(path)}})
    return result


def _waits(settings: Settings, found: InboxFile, before: KnownRecording | None) -> bool:
    """Whether it was found to be cut off, and may still grow."""
    if before is None or not before.hold.startswith(UNFINISHED) or before.seen.partition("|")[0] != found.stamp:
        return False
    return may_grow(settings, found.changed)


def _is_news(before: KnownRecording | None, arrival: Arrival) -> bool:
    if before is None or before.moved_from or before.seen != arrival.seen or before.held:
        return True
    return not before.taken and before.refused


def _needs_digest(before: KnownRecording | None, look: Look) -> bool:
    if look.arrival.quarantine:
        return _is_newly_refused(before, look.arrival)
    if look.arrival.privacy == "local_only" and not look.growing:
        return True
    return before is not None and before.taken and not look.keeps and _has_other_stamp(before, look.arrival)


def _is_newly_refused(before: KnownRecording | None, arrival: Arrival) -> bool:
    return before is None or not before.refused or before.seen != arrival.seen


def _has_other_stamp(before: KnownRecording, arrival: Arrival) -> bool:
    return before.seen.partition("|")[0] != arrival.seen.partition("|")[0]


def private_by(path: str) -> Source:
    """What makes a private memo at *path* private, as far as the path tells."""
    return "folder" if privacy_of(path) == "local_only" else "sidecar"


def _evidence(look: Look, sha256: str | None) -> PrivateBytes | None:
    """A private file's bytes: they may be known, as a standard memo of another name."""
    if sha256 is None or look.growing or look.arrival.privacy != "local_only":
        return None
    return PrivateBytes(sha256, private_by(look.arrival.path))


def _register(
    settings: Settings,
    catalog: Catalog,
    before: KnownRecording | None,
    look: Look,
    sha256: str | None,
) -> Fault | None:
    """Bring the catalog up to date with a look at one file; the fault that it is, if it is one and a new one."""
    arrival = look.arrival
    version = before.version if before else 1
    try:
        if before is not None and before.taken:
            return _register_again(settings, catalog, before, look, sha256)
        moved = before.id if before and before.moved_from else None
        identity = catalog.recordings.register(arrival, version, _evidence(look, sha256), moved)
        if not arrival.quarantine or not _is_newly_refused(before, arrival):
            return None
        catalog.recordings.update(identity, sha256=sha256)
        return Fault(identity, arrival.quarantine, permanent=True)
    except TransientError:
        raise  # the catalog cannot be used, for the other files neither
    except Exception as error:  # noqa: BLE001 - a value that the catalog does not take must not stop the others
        identity = before.id if before else recording_id(arrival.author, arrival.path, version)
        reason = UNEXPECTED.format(type_and_place(error))
        log.warning("not registered", extra={"ctx": {"recording": identity, "error": type_and_place(error)}})
        return Fault(identity, reason, permanent=True)


def _register_again(
    settings: Settings, catalog: Catalog, before: KnownRecording, look: Look, sha256: str | None
) -> Fault | None:
    """What was ingested stays as it is, except for what is said beside it; other bytes are another version."""
    arrival = look.arrival
    if look.keeps:  # it is examined again once it is complete
        return Fault(before.id, arrival.quarantine or "", permanent=False) if look.unexpected else None
    (old,), bucket = catalog.recordings.get([before.id]), "://" in settings.store_url
    if _has_other_stamp(before, arrival) and sha256 != old.sha256:
        catalog.recordings.register(arrival, before.version + 1, _evidence(look, sha256))
    elif reason := arrival.hold or arrival.quarantine:
        if (before.seen, old.hold) != (arrival.seen, reason):
            catalog.recordings.hold_back(old, reason, arrival.seen, bucket=bucket)
    else:
        if look.beside is not None and look.beside.foreign:  # an earlier version took the language from there
            arrival = replace(arrival, language=arrival.language or old.language)
        arrival = as_moved(old, arrival) if before.moved_from else arrival
        catalog.recordings.redate(old, arrival, private_by(arrival.path), bucket=bucket)
    return None
