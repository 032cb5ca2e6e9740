"""The documents from which the catalog can be made anew: one of each recording, and one of each page's compositions.

They follow the catalog: whatever changed a row, the end of a stage writes the documents that are behind, and what a
killed process leaves behind the next one writes. A document lies where its privacy class says. Until a recording's
class is settled, by its bytes and its opening words, its document lies only in the home.
"""

import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.documents import Document, StoredDocument
from diary_pipeline.catalog.facts import RecordingDocument
from diary_pipeline.errors import DiaryError, UserError
from diary_pipeline.schema import Privacy
from diary_pipeline.store import Store, compositions_path, recording_path
from diary_pipeline.work import Fault, Work

log = logging.getLogger("diary.documents")

WAIT_SECONDS = 10.0
"""How long to wait for another process that writes documents. It writes what it finds, also of others."""

AT_A_LOOK = 200
"""How many documents a look into the inbox writes at most: a sensor's tick must stay short."""

_AT_ONCE = 8
_TOGETHER = 200
_FAULTS = 3  # after so many the store is taken for broken, and the rest is left to the next run


def write_documents(work: Work, *, at_most: int | None = None, wait_seconds: float = WAIT_SECONDS) -> list[Fault]:
    """Write the documents that are behind the catalog, *at_most* so many; returns those that could not be written."""
    faults: list[Fault] = []
    if at_most == 0 or not work.catalog.documents.due():
        return faults
    with work.catalog.documents.alone(wait_seconds) as mine:
        left = at_most
        while mine and len(faults) < _FAULTS and (left is None or left > 0):
            failed = {fault.subject for fault in faults}
            due = {subject: ids for subject, ids in work.catalog.documents.due().items() if subject not in failed}
            if not due:
                break
            some = list(due)[: min(_TOGETHER, left or _TOGETHER)]
            faults += _write_together(work, {subject: due[subject] for subject in some})
            left = None if left is None else left - len(some)
    for fault in faults:
        log.warning("a document could not be written", extra={"ctx": {"subject": fault.subject}})
    return faults


def refuse_lost_catalog(catalog: Catalog, store: Store) -> None:
    """Raise `UserError` where the catalog is empty although the store has documents of recordings.

    Without it a lost catalog would be filled from the inbox, and everything done and paid for once more.
    """
    if not catalog.recordings.empty():
        return
    known = {path for place in places(store) for path in store.paths("recordings", place)}
    if known and catalog.recordings.empty():  # looked at again: another process may have begun the diary meanwhile
        raise UserError(
            f"The catalog is empty, but the store has documents of {len(known)} recordings. If the catalog was lost, "
            "`diary rebuild` makes it anew. To begin a new diary, set another DIARY_HOME and DIARY_STORE, or move the "
            "folder recordings/ away."
        )


def places(store: Store) -> list[Privacy]:
    """The classes that have a place of their own in this store, the private one first."""
    same = store.at("", "standard") == store.at("", "local_only")
    return ["standard"] if same else ["local_only", "standard"]


def place_of(document: Document) -> Privacy:
    """The privacy class whose place a document lies at."""
    if not isinstance(document, RecordingDocument):
        return "standard"
    transcribed = any(attempt.stage == "transcribe" and attempt.outcome == "ok" for attempt in document.attempts)
    refused = document.quarantine is not None and document.size is not None
    settled = document.hold is None and (transcribed or refused or document.duplicate_of is not None)
    return document.privacy if settled else "local_only"


def _write_together(work: Work, due: dict[str, list[int]]) -> list[Fault]:
    documents, before = work.catalog.documents.of(list(due)), work.catalog.documents.written(list(due))
    places = {subject: place_of(document) for subject, document in documents.items()}
    standard = [name for name, place in places.items() if place == "standard"]
    if expected := [name for name in standard if name not in before or before[name].privacy != "standard"]:
        work.catalog.documents.expect(expected)

    def write(subject: str) -> StoredDocument | Fault:
        try:
            return _write(work, documents[subject], places[subject], before.get(subject))
        except DiaryError as error:
            return Fault(subject, f"Its document could not be written. {error}", permanent=False)
        except Exception as error:  # noqa: BLE001 - one document must not stop the others
            reason = f"Its document could not be written: an unexpected {type(error).__name__}. The next run tries it."
            return Fault(subject, reason, permanent=False)

    if len(documents) == 1:
        results = dict(zip(documents, map(write, documents), strict=True))
    else:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="diary-document") as threads:
            results = dict(zip(documents, threads.map(write, documents), strict=True))
    faults = [result for result in results.values() if isinstance(result, Fault)]
    written = {subject: result for subject, result in results.items() if isinstance(result, StoredDocument)}
    failed = {fault.subject for fault in faults}
    work.catalog.documents.settle(written, [id_ for name, ids in due.items() if name not in failed for id_ in ids])
    return faults


def _write(work: Work, document: Document, place: Privacy, before: StoredDocument | None) -> StoredDocument:
    if isinstance(document, RecordingDocument):
        path = recording_path(document.id)
        document = document.model_copy(update={"zone": str(work.settings.zone(document.author))})
    else:
        path = compositions_path(document.author, document.day)
    data = document.model_dump_json(indent=1, exclude_none=True).encode()
    now = StoredDocument(hashlib.sha256(data).hexdigest(), place)
    if before != now:
        work.store.replace(path, data, place)
        _leave(work, path, place, before)
    return now


def _leave(work: Work, path: str, place: Privacy, before: StoredDocument | None) -> None:
    """Remove the document from the place that it had before."""
    other: Privacy = "standard" if place == "local_only" else "local_only"
    if work.store.at(path, place) == work.store.at(path, other):
        return
    if place == "standard" or (before is not None and before.privacy == "standard"):
        work.store.delete(path, other)
