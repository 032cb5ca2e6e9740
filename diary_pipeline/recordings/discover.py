"""Discovery: which files lie in the inbox, whether they are complete, and which day they belong to. Cheap.

Every candidate becomes a row at once, also one that cannot be ingested yet (still growing, unreadable, undated):
nothing is passed over in silence. Whether the audio is good is checked by ingestion.
"""

import logging
import time
from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property

from diary_pipeline.catalog import Arrival, Catalog
from diary_pipeline.catalog.known import KnownRecording
from diary_pipeline.catalog.privacy import PrivateBytes, Source
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.errors import TransientError, type_and_place
from diary_pipeline.media import MediaReader
from diary_pipeline.recordings.authors import Authors, Owner, is_question, read_authors
from diary_pipeline.recordings.examine import UNEXPECTED, Look, date_it, faulty, look_at
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.recordings.inbox_file import InboxFile
from diary_pipeline.recordings.inbox_paths import privacy_of
from diary_pipeline.recordings.moves import as_moved, as_touched, follow_moves
from diary_pipeline.recordings.scope import LookScope, digest_of_file, everything, some
from diary_pipeline.recordings.unfinished import UNFINISHED, may_grow
from diary_pipeline.schema import Recording
from diary_pipeline.settings import Settings
from diary_pipeline.work import Fault

log = logging.getLogger("diary.discover")
GONE = "It is no longer in the inbox, and it was not ingested before."


@dataclass
class Discovery:
    """What was refused, how many files are still being written, and how many recordings are held back.

    `questions`: of which folders a person must say whose they are. `unused`: why transcripts that came are not used.
    """

    refused: list[Fault] = field(default_factory=list)
    growing: int = 0
    held: int = 0
    questions: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def add(self, later: "Discovery") -> None:
        """Add the result of a later discovery."""
        self.refused += later.refused
        self.unused += later.unused
        self.growing, self.held, self.questions = later.growing, later.held, later.questions


def discover(
    settings: Settings,
    catalog: Catalog,
    reader: MediaReader,
    settled: AbstractSet[str] = frozenset(),
    only: Collection[str] | None = None,
    bring_along: Callable[[str], list[str]] = lambda _: [],
) -> Discovery:
    """Register what is new or changed in the inbox; files that vanished before they were ingested are marked so.

    With *only*, what lies at these paths and beside them, and what was moved from or to there. *bring_along* is called
    with the path of each ingested recording beside which a transcript is new.

    The paths in *settled* are known to be complete and need not settle first. What is wrong with one file stops no
    other.

    Raises:
        TransientError: the inbox cannot be listed, or the catalog cannot be used.
        UserError: the file of authors cannot be used.
    """
    read_authors(settings.root)  # what is wrong with it is said also where nothing is new
    inbox = Inbox(settings.inbox_url)
    scope = everything(catalog, inbox) if only is None else some(catalog, inbox, only)
    moved = follow_moves(catalog, scope)
    if unseen := moved - {file.path for file in scope.listed.files}:  # copies that take the places of their originals
        again = inbox.around(unseen, lambda *_: False).files
        scope.listed.files += [file for file in again if file.path in unseen]
    return _Registrar(settings, catalog, reader, scope, settled, bring_along).register_all(moved)


class _Registrar:
    """Looks at the files of one look, and registers what is new."""

    def __init__(
        self,
        settings: Settings,
        catalog: Catalog,
        reader: MediaReader,
        scope: LookScope,
        settled: AbstractSet[str],
        bring_along: Callable[[str], list[str]],
    ) -> None:
        self._settings, self._catalog, self._reader, self._scope = settings, catalog, reader, scope
        self._settled, self._bring_along = settled, bring_along
        self._found = Discovery()

    def register_all(self, moved: AbstractSet[str]) -> Discovery:
        """All that is new; what is new at a former path (of *moved*) comes later."""
        known, listed, stamps = self._scope.known, self._scope.listed, list[tuple[str, str, str | None]]()
        for file in sorted(listed.files, key=lambda file: file.path not in moved):
            before = known.get(file.path)
            if _waits(self._settings, file, before):
                continue
            look, news = self._register(file, before)
            if before is not None and not news and not look.keeps and before.beside != look.arrival.beside:
                stamps.append((before.id, before.seen, look.arrival.beside))
        self._catalog.recordings.remember(stamps)
        for path in known.keys() - listed.paths:
            before = known[path]
            if not before.taken and before.seen != "gone":
                self._catalog.recordings.update(before.id, hold=GONE, seen="gone")
                log.info("gone from the inbox", extra={"ctx": {"recording": before.id, "name_length": len(path)}})
        return self._found

    def _register(self, file: InboxFile, before: KnownRecording | None) -> tuple[Look, bool]:
        """One file, and whether it was news."""
        result, owner = self._found, self._authors.of(file.path)
        try:
            look = self._looked_at(file, owner, before)
            if news := _is_news(before, look.arrival):
                look = date_it(self._settings, self._scope.inbox, self._reader, file, look)
            sha256 = digest_of_file(self._scope.inbox, file) if news and _needs_digest(before, look) else None
        except Exception as error:  # noqa: BLE001 - what is wrong with one file must not stop the others
            look, news, sha256 = faulty(file, owner.author, error), True, None
        result.growing += look.growing
        result.held += look.held_back
        if is_question(look.arrival.hold) and look.arrival.hold not in result.questions:
            result.questions.append(look.arrival.hold or "")
        if news and (fault := _register(self._settings, self._catalog, self._authors, before, look, sha256)):
            result.refused.append(fault)
        return look, news

    def _looked_at(self, file: InboxFile, owner: Owner, before: KnownRecording | None) -> Look:
        settle = 0.0 if file.path in self._settled else self._settings.settle_seconds
        age = _age(file, before)
        look = look_at(self._settings, self._scope.inbox, file, owner, age=age, settle_seconds=settle)
        arrival = replace(look.arrival, author=self._authors.named(look.arrival.author))
        if _has_new_transcript(file, before, look) and not self._is_brought_along(file):
            arrival = replace(arrival, beside=None)  # it is looked at again
        return replace(look, arrival=arrival)

    def _is_brought_along(self, file: InboxFile) -> bool:
        try:
            self._found.unused += self._bring_along(file.path)
        except Exception as error:  # noqa: BLE001 - what is wrong with one file must not stop the others
            log.warning("a transcript was not brought along", extra={"ctx": {"error": type_and_place(error)}})
            return False
        return True

    @cached_property
    def _authors(self) -> Authors:
        """Made where a file is looked at: it counts all recordings."""
        return Authors(self._settings, self._catalog)


def _has_new_transcript(file: InboxFile, before: KnownRecording | None, look: Look) -> bool:
    """Whether a transcript may have come to, or changed beside, a recording that was ingested before."""
    if before is None or not before.taken or not file.sidecars.transcripts or look.keeps:
        return False
    return before.beside != file.beside and not before.moved_from and not _has_other_stamp(before, look.arrival)


def _age(found: InboxFile, before: KnownRecording | None) -> float:
    """Seconds since the file changed. Where its times say nothing, it must be as it was at the look before."""
    if found.changed or not found.stamp_has_times:
        return time.time() - found.changed
    return time.time() if before is not None and before.seen.partition("|")[0] == found.stamp else 0.0


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
    authors: Authors,
    before: KnownRecording | None,
    look: Look,
    sha256: str | None,
) -> Fault | None:
    """Bring the catalog up to date with a look at one file; the fault that it is, if it is one and a new one."""
    arrival = look.arrival
    version = before.version if before else 1
    try:
        if before is not None and before.taken:
            return _register_again(settings, catalog, authors, before, look, sha256)
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
    settings: Settings, catalog: Catalog, authors: Authors, before: KnownRecording, look: Look, sha256: str | None
) -> Fault | None:
    """What was ingested stays as it is, except for what is said beside it; other bytes are another version."""
    arrival = look.arrival
    if look.keeps:  # it is examined again once it is complete
        return Fault(before.id, arrival.quarantine or "", permanent=False) if look.unexpected else None
    (old,), bucket = catalog.recordings.get([before.id]), "://" in settings.store_url
    if sha256 == old.sha256 or not _has_other_stamp(before, arrival):
        arrival = _as_touched(before, old, arrival)
    if _has_other_stamp(before, arrival) and sha256 != old.sha256:
        catalog.recordings.register(arrival, before.version + 1, _evidence(look, sha256))
    elif reason := arrival.hold or arrival.quarantine:
        if (before.seen, old.hold) != (arrival.seen, reason):
            catalog.recordings.hold_back(old, reason, arrival.seen, bucket=bucket)
    else:
        if look.beside is not None and look.beside.foreign:  # an earlier version took the language from there
            arrival = replace(arrival, language=arrival.language or old.language)
        arrival = as_moved(authors, old, arrival) if before.moved_from else arrival
        catalog.recordings.redate(old, arrival, private_by(arrival.path), bucket=bucket)
    return None


def _as_touched(before: KnownRecording, old: Recording, arrival: Arrival) -> Arrival:
    """The same bytes: what the file's time alone says is no news."""
    said_before, said = (seen.partition("|")[2] for seen in (before.seen, arrival.seen))
    weak = ("file time", "arrival")
    if (
        before.moved_from
        or before.held
        or not (
            (said_before == said and _has_other_stamp(before, arrival))
            or (old.dated_by in weak and arrival.dated_by in weak)
        )
    ):
        return arrival
    return as_touched(old, arrival)
