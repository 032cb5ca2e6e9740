"""What a look is at: files of the inbox, and what the catalog knows of each file that one of them may have been.

A look at everything and a look at a few files go on alike; both are cheap where little is new. Files that are as they
were are known by name only.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.known import KnownRecording
from diary_pipeline.errors import type_and_place
from diary_pipeline.recordings.inbox import Inbox, Listed
from diary_pipeline.recordings.inbox_file import InboxFile
from diary_pipeline.recordings.stamps import lasting

log = logging.getLogger("diary.discover")


@dataclass
class LookScope:
    """The files that are looked at, and what is known of them and their relatives, by path.

    `digests` are the hashes of new files of which a recording has the size.
    """

    inbox: Inbox
    listed: Listed
    known: dict[str, KnownRecording]
    digests: dict[str, str | None] = field(default_factory=dict)


def everything(catalog: Catalog, inbox: Inbox) -> LookScope:
    """The whole inbox, by one listing and one query.

    Raises:
        TransientError: the inbox cannot be listed.
    """
    remembered = catalog.recordings.remembered()
    others = remembered.others
    plain = remembered.plain  # also of those that only seem to have something beside them

    def seen(path: str, stamp: str, beside: str | None) -> bool:
        return (beside is None and plain.get(path) == stamp) or _is_as_before(others, path, stamp, beside)

    listed = inbox.listed(seen, plain)
    known = others | catalog.recordings.known_at([file.path for file in listed.files])
    if plain.keys() - listed.paths and (copies := catalog.recordings.copies()):
        originals = catalog.recordings.known_by_id(one.duplicate_of for one in copies.values() if one.duplicate_of)
        known |= copies | {path: one for path, one in originals.items() if path not in listed.paths}
    scope = LookScope(inbox, listed, known)
    scope.known |= _relatives(catalog, scope)
    return scope


def some(catalog: Catalog, inbox: Inbox, paths: Collection[str]) -> LookScope:
    """The files at these *paths* and those whose sidecars may lie there.

    Raises:
        TransientError: the inbox cannot be listed.
    """
    listed = inbox.around(paths, lambda *_: False)
    known = catalog.recordings.known_at({*paths, *listed.paths})
    listed.files = [f for f in listed.files if not _is_as_before(known, f.path, f.stamp, f.beside)]
    scope = LookScope(inbox, listed, known)
    gone = [one.id for path, one in known.items() if path not in listed.paths]
    relatives = _relatives(catalog, scope) | catalog.recordings.copies(gone)
    if relatives := {path: one for path, one in relatives.items() if path not in known}:
        known |= relatives
        around = inbox.around(relatives, lambda *file: _is_as_before(known, *file))
        listed.paths |= around.paths & relatives.keys()
        listed.files += [file for file in around.files if file.path in relatives]
    return scope


def _is_as_before(known: dict[str, KnownRecording], path: str, stamp: str, beside: str | None) -> bool:
    return path in known and known[path].is_as_before(stamp, beside)


def _relatives(catalog: Catalog, scope: LookScope) -> dict[str, KnownRecording]:
    """The recordings that have the bytes of a new file; those that are not ingested, its size and time."""
    new = [file for file in scope.listed.files if file.path not in scope.known and not file.trouble]
    if not new:
        return {}
    sizes = catalog.recordings.known_sizes({file.size for file in new})
    for file in new:
        if file.size in sizes:
            try:
                scope.digests[file.path] = digest_of_file(scope.inbox, file)
            except Exception as error:  # noqa: BLE001 - what is wrong with one file must not stop the others
                log.warning("not looked for", extra={"ctx": {"error": type_and_place(error)}})
    digests = {digest for digest in scope.digests.values() if digest is not None}
    found = catalog.recordings.with_bytes(digests, {lasting(file.stamp) for file in new})
    return {path: one for path, one in found.items() if path not in scope.known}


def digest_of_file(inbox: Inbox, file: InboxFile) -> str | None:
    """The sha256 of the file's bytes, also for what is refused; None where it cannot be read."""
    if file.trouble:
        return None
    return inbox.digest(file.path)
