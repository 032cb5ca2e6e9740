"""Files that were moved or renamed in the inbox: the recording follows, and the new place says what it says.

A moved file is the same recording, with the author, privacy and date of its new path. What the new path says nothing
about stays as it was.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace

from diary_pipeline.catalog import Arrival, Catalog
from diary_pipeline.catalog.recordings import KnownRecording
from diary_pipeline.errors import type_and_place
from diary_pipeline.recordings.authors import Authors
from diary_pipeline.recordings.inbox import Inbox, InboxFile, lasting
from diary_pipeline.schema import Recording

log = logging.getLogger("diary.discover")


def follow_moves(
    catalog: Catalog, inbox: Inbox, files: Sequence[InboxFile], known: dict[str, KnownRecording]
) -> frozenset[str]:
    """In *known* (by path), give recordings whose files were moved their new paths; returns these.

    A file is opened only where a recording of its size has lost its own.
    """
    there = {file.path: file for file in files}
    left = {path: one for path, one in known.items() if path not in there or _has_changed(one, there[path])}
    moved = _copied_before(known, there, left)
    new = [file for file in files if file.path not in known and not file.trouble]
    sizes = catalog.recordings.sizes([one.id for one in left.values()]) if new and left else {}
    for file in new:
        try:
            path = _former_path(inbox, file, there, left, sizes)
        except Exception as error:  # noqa: BLE001 - what is wrong with one file must not stop the others
            log.warning("not looked for", extra={"ctx": {"error": type_and_place(error)}})
            continue
        if path is not None:
            moved[file.path] = path
            del left[path]
    for path, before in moved.items():
        known[path] = replace(known.pop(before), moved_from=before)
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
    known: dict[str, KnownRecording], there: dict[str, InboxFile], left: dict[str, KnownRecording]
) -> dict[str, str]:
    """New path to former path, of recordings whose file is gone and of which a copy was registered as a duplicate."""
    gone = {one.id: path for path, one in left.items() if path not in there}
    moved: dict[str, str] = {}
    for path, one in known.items():
        if path in there and not one.held and one.duplicate_of in gone:
            former = gone.pop(one.duplicate_of)
            moved[path] = former
            del left[former]
    return moved


def _former_path(
    inbox: Inbox,
    file: InboxFile,
    there: dict[str, InboxFile],
    left: dict[str, KnownRecording],
    sizes: dict[str, tuple[int, str]],
) -> str | None:
    """Where the file lay before; None where it was nowhere."""
    stamp = lasting(file.stamp)
    waiting = [p for p, one in left.items() if not one.taken and p not in there and lasting(one.seen) == stamp]
    if len(waiting) == 1:
        return waiting[0]
    ours = [
        (one.duplicate_of is not None, path) for path, one in left.items() if sizes.get(one.id, (-1,))[0] == file.size
    ]
    sha256 = _digest(inbox, file) if ours else None
    for _, path in sorted(ours):
        same = sizes[left[path].id][1] == sha256
        if same and (path not in there or _digest(inbox, there[path]) != sha256):
            return path
    return None


def _digest(inbox: Inbox, file: InboxFile) -> str | None:
    if file.trouble:
        return None
    with inbox.local_file(file.path) as local, local.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
