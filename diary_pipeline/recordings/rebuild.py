"""The catalog made anew from the store: what recordings there are, what was tried with them, and how it ended.

Costs, run ids and batches that were open at a provider are not in the store. Nothing in the store is changed.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.documents import StoredDocument
from diary_pipeline.catalog.facts import PageDocument, RecordingDocument
from diary_pipeline.catalog.pages import page_subject
from diary_pipeline.catalog.restore import restore
from diary_pipeline.errors import UserError
from diary_pipeline.recordings.documents import place_of, places
from diary_pipeline.schema import Privacy
from diary_pipeline.store import Store, compositions_path, recording_path

_AT_ONCE = 16
D = TypeVar("D", RecordingDocument, PageDocument)


@dataclass
class Rebuilt:
    """What was found, and what could not be used.

    `unreadable`: documents that are damaged; `contradicting`: recordings that others exclude; `unknown_audio`: audio of
    which no document says whose it is.
    """

    recordings: int = 0
    pages: int = 0
    unreadable: list[str] = field(default_factory=list)
    contradicting: list[str] = field(default_factory=list)
    unknown_audio: list[str] = field(default_factory=list)


@dataclass
class _Placed:
    """Where the documents lie that were read, and which subjects need theirs written anew."""

    written: dict[str, StoredDocument] = field(default_factory=dict)
    behind: list[str] = field(default_factory=list)


def rebuild(catalog: Catalog, store: Store) -> Rebuilt:
    """Fill the empty *catalog* from the documents of *store*.

    Raises:
        UserError: the catalog is not empty, or the store has no documents of recordings.
        TransientError: the catalog or the store cannot be reached.
    """
    result, placed = Rebuilt(), _Placed()
    recordings = _recordings(store, result, placed)
    if not recordings and not result.unreadable:
        raise UserError(
            f"The store {store.url} has no recordings/*.json, so there is nothing to make the catalog from. "
            "Check DIARY_HOME and DIARY_STORE. `diary process` begins a new diary."
        )
    pages = _pages(store, result, placed)
    result.contradicting = restore(catalog.database, recordings, pages, placed.written, placed.behind)
    result.recordings, result.pages = len(recordings) - len(result.contradicting), len(pages)
    known, ids = {one.audio for one in recordings}, {one.id for one in recordings}
    audio = {path for place in places(store) for path in store.paths("audio", place)}
    result.unknown_audio = sorted(path for path in audio - known if _recording_of(path) not in ids)
    return result


def _recording_of(path: str) -> str:
    """Whose transcript that came beside it a file is, also one that was replaced; empty for audio."""
    name = path.rpartition("/")[2]
    return name.partition(".transcript-")[0] if ".transcript-" in name else ""


def _recordings(store: Store, result: Rebuilt, placed: _Placed) -> list[RecordingDocument]:
    """Every recording's document; of one that was being moved, the private one, else the one that knows more."""
    found: list[RecordingDocument] = []
    for path, copies in _copies(store, "recordings", places(store)).items():
        parsed = [_parsed(RecordingDocument, data) for data in copies.values()]
        document = max(filter(None, parsed), key=_weight, default=None)
        if document is None or recording_path(document.id) != path:
            result.unreadable.append(path)
            continue
        if parsed[0] is None:  # the private copy is damaged, so the class of the other one may be outdated
            document = document.model_copy(update={"privacy": "local_only"})
        found.append(document)
        place, data = list(copies.items())[-1]
        right = len(places(store)) == 1 or (len(copies) == 1 and place == place_of(document))
        lies = place_of(document) if len(places(store)) == 1 else place
        placed.written[document.id] = StoredDocument(hashlib.sha256(data).hexdigest() if right else "", lies)
        placed.behind += [] if right else [document.id]
    return found


def _weight(document: RecordingDocument) -> tuple[bool, int]:
    return document.privacy == "local_only", sum(attempt.times for attempt in document.attempts)


def _pages(store: Store, result: Rebuilt, placed: _Placed) -> list[PageDocument]:
    found: list[PageDocument] = []
    for path, copies in _copies(store, "compositions", ["standard"]).items():
        document = _parsed(PageDocument, copies["standard"])
        if document is None or compositions_path(document.author, document.day) != path:
            result.unreadable.append(path)
            continue
        found.append(document)
        digest = hashlib.sha256(copies["standard"]).hexdigest()
        placed.written[page_subject(document.author, document.day)] = StoredDocument(digest, "standard")
    return found


def _copies(store: Store, folder: str, where: Sequence[Privacy]) -> dict[str, dict[Privacy, bytes]]:
    """The bytes of every document in *folder*, by path and place."""
    names = [(path, place) for place in where for path in store.paths(folder, place)]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="diary-document") as threads:
        read = list(threads.map(lambda name: store.read(*name), names))
    found: dict[str, dict[Privacy, bytes]] = {}
    for (path, place), data in zip(names, read, strict=True):
        found.setdefault(path, {})[place] = data or b""
    return dict(sorted(found.items()))


def _parsed(kind: type[D], data: bytes) -> D | None:
    """The document; None where it is damaged. What the parser says could quote it."""
    try:
        return kind.model_validate_json(data)
    except ValidationError:
        return None
