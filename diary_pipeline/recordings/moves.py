"""Files that were moved or renamed in the inbox: the recording follows, and the new place says what it says.

A moved file is the same recording, with the author, privacy and date of its new path. What the new path says nothing
about stays as it was.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

from diary_pipeline.catalog import Arrival, Catalog
from diary_pipeline.catalog.known import KnownRecording
from diary_pipeline.errors import type_and_place
from diary_pipeline.recordings.authors import Authors
from diary_pipeline.recordings.inbox_file import InboxFile
from diary_pipeline.recordings.scope import LookScope, digest_of_file
from diary_pipeline.recordings.stamps import lasting
from diary_pipeline.schema import Recording

log = logging.getLogger("diary.discover")


def follow_moves(catalog: Catalog, scope: LookScope) -> frozenset[str]:
    """In what is known (by path), give recordings whose files were moved their new paths; returns these.

    A file is opened only where a recording has its size.
    """
    listed, known = scope.listed, scope.known
    there = {file.path: file for file in listed.files}
    changed = (path for path, file in there.items() if path in known and _has_changed(known[path], file))
    left = {path: known[path] for path in (*(known.keys() - listed.paths), *changed)}
    moved = _copied_before(known, listed.paths, left) if left else {}
    new = [file for file in listed.files if file.path not in known and not file.trouble]
    if new and left:
        lost = _Lost(scope, there, left, catalog.recordings.sizes([one.id for one in left.values()]))
        for file in new:
            try:
                path = lost.former_path(file)
            except Exception as error:  # noqa: BLE001 - what is wrong with one file must not stop the others
                log.warning("not looked for", extra={"ctx": {"error": type_and_place(error)}})
                continue
            if path is not None:
                moved[file.path] = path
                del left[path]
    for path, before in moved.items():
        known[path] = known.pop(before)._replace(moved_from=before)
    return frozenset(moved)


def as_moved(authors: Authors, old: Recording, arrival: Arrival) -> Arrival:
    """What is known of an ingested recording after its file was moved. The weaker evidence of a date decides nothing.

    A sidecar or request that was left behind counts for as long as the file's name stays.
    """
    said = arrival.dated_by in ("request", "sidecar")
    left_behind = old.dated_by in ("request", "sidecar") and old.source == arrival.source
    named = arrival.dated_by == "file name" and not left_behind
    if old.day is not None and not said and not named:
        arrival = dated_as(old, arrival)
    if arrival.author == authors.of(arrival.path).author == authors.of(old.path).author:
        arrival = replace(arrival, author=old.author)
    return replace(arrival, language=arrival.language or old.language, priority=arrival.priority or old.priority)


def as_touched(old: Recording, arrival: Arrival) -> Arrival:
    """What is known of an ingested recording of whose file, and of what lies beside it, the times alone changed.

    A copy or a backup program does that. Nothing that was said of the memo has changed, so its date stays, and what
    the new time alone would make of it is no reason against it.
    """
    return arrival if old.day is None else replace(dated_as(old, arrival), quarantine=None)


def dated_as(old: Recording, arrival: Arrival) -> Arrival:
    """*arrival* with the date that the recording has."""
    return replace(
        arrival, recorded_at=old.recorded_at, dated_by=old.dated_by, date_refused=old.date_refused, day=old.day
    )


def _has_changed(one: KnownRecording, file: InboxFile) -> bool:
    return one.seen.partition("|")[0] != file.stamp


def _copied_before(
    known: dict[str, KnownRecording], paths: AbstractSet[str], left: dict[str, KnownRecording]
) -> dict[str, str]:
    """New path to former path, of recordings whose file is gone and of which a copy was registered as a duplicate."""
    gone = {one.id: path for path, one in left.items() if path not in paths}
    moved: dict[str, str] = {}
    for path, one in known.items() if gone else ():
        if one.duplicate_of in gone and path in paths and not one.held:
            former = gone.pop(one.duplicate_of)
            moved[path] = former
            del left[former]
    return moved


class _Lost:
    """The recordings that have lost their files, by what tells them again. Those that were found are not in *left*."""

    def __init__(
        self,
        scope: LookScope,
        there: Mapping[str, InboxFile],
        left: Mapping[str, KnownRecording],
        sizes: Mapping[str, tuple[int, str]],
    ) -> None:
        self._scope, self._there, self._left, self._sizes = scope, there, left, sizes
        self._waiting, self._of_size = defaultdict[str, list[str]](list), defaultdict[int, list[str]](list)
        for path, one in left.items():
            if not one.taken and path not in scope.listed.paths:
                self._waiting[lasting(one.seen)].append(path)
            if one.id in sizes:
                self._of_size[sizes[one.id][0]].append(path)

    def former_path(self, file: InboxFile) -> str | None:
        """Where the file lay before; None where it was nowhere."""
        waiting = [path for path in self._waiting.get(lasting(file.stamp), ()) if path in self._left]
        if len(waiting) == 1:
            return waiting[0]
        ours = [
            (self._left[path].duplicate_of is not None, path)
            for path in self._of_size.get(file.size, ())
            if path in self._left
        ]
        sha256 = self._scope.digests.get(file.path)
        for _, path in sorted(ours):
            same = self._sizes[self._left[path].id][1] == sha256
            if same and (path not in self._scope.listed.paths or self._is_other(path, sha256)):
                return path
        return None

    def _is_other(self, path: str, sha256: str | None) -> bool:
        return digest_of_file(self._scope.inbox, self._there[path]) != sha256
