"""Which pages may have to be composed: those of open recordings, and those that are not what the catalog says."""

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from diary_pipeline.catalog.pages import Composition, compositions, outdate_composition, page_subject
from diary_pipeline.notes.page.state import is_lost
from diary_pipeline.store import page_path
from diary_pipeline.work import Work


def due_pages(work: Work, days: Sequence[date] | None) -> dict[str, tuple[str, date]]:
    """By name, the pages (author and day) of *days*, or of all days those that may have to be composed."""
    if days is not None:
        recordings = [r for r, _ in work.catalog.recordings.all(days)]
    else:
        recordings = work.catalog.known_states.open(work.fingerprints.basis)
    pages = {page_subject(r.author, r.day): (r.author, r.day) for r in recordings if r.day}
    return pages | {page_subject(*page): page for page in work.catalog.attempts.stale_pages(days)}


def outdate_lost(work: Work, days: Sequence[date] | None) -> None:
    """Mark pages as stale that are not what the catalog says they are."""
    with work.catalog.database.reading() as connection:
        made = compositions(connection, days)
    for one in _lost(work, made) if work.store.is_local else _absent(work, made):
        with work.catalog.database.writing() as connection:
            outdate_composition(connection, one.subject, [one.fingerprint])


def _absent(work: Work, made: Iterable[Composition]) -> list[Composition]:
    listed: dict[str, frozenset[str]] = {}  # a bucket is only asked what there is
    absent = []
    for one in made:
        folder, _, day = page_path(one.author, one.day).rpartition("/")
        if f"{day}.md" not in listed.setdefault(folder, work.store.names(folder, "standard")):
            absent.append(one)
    return absent


def _lost(work: Work, made: Iterable[Composition]) -> list[Composition]:
    """Those that lie there otherwise than they were composed. Only files that were changed since are opened."""
    folders = defaultdict[str, list[Composition]](list)
    for one in made:
        folders[page_path(one.author, one.day).rpartition("/")[0]].append(one)
    found = []
    for folder, those in folders.items():
        changed = _changed(Path(str(work.store.at(folder, "standard"))))
        for one in those:
            files = (changed.get(f"{one.day}{ending}") for ending in (".md", ".json"))
            if any(moment is None or moment > one.finished_at for moment in files) and is_lost(
                work.store, page_path(one.author, one.day), [one.fingerprint]
            ):
                found.append(one)
    return found


def _changed(folder: Path) -> dict[str, float]:
    """When each file of a folder was changed last, by whatever clock, in milliseconds since 1970."""
    found: dict[str, float] = {}
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                info = entry.stat()
                found[entry.name] = max(info.st_mtime, info.st_ctime) * 1000
    return found
