"""Documents that change their place: what became private comes home; audio goes to a bucket once it was transcribed.

A recording is private from the moment its row says so. From then on nothing of it is written outside the home, and
`relocate` brings home what is there. Every step may be repeated after a crash. A recording is done when nothing of it
is outside, and nobody works on it who may not know its class yet.
"""

import hashlib
import logging
from pathlib import Path

from diary_pipeline.catalog import Catalog
from diary_pipeline.schema import DiaryDay, Recording
from diary_pipeline.store import Store, page_path

log = logging.getLogger("diary.privacy")
KINDS = ("transcripts", "notes", "answers", "chunks")
"""Folders that have a folder for each recording."""


def relocate(catalog: Catalog, store: Store) -> int:
    """Bring home every document of private recordings that lies outside; returns how many recordings are done.

    Nothing where the store is the home. What could not be moved is tried again by the next call.

    Raises:
        TransientError: the store or the catalog cannot be used.
    """
    done = 0
    for recording in catalog.recordings.get(catalog.privacy.outside()) if store.split else ():
        places = [*(f"{kind}/{recording.id}" for kind in KINDS), f"recordings/{recording.id}.json"]
        found = {path: size for place in places for path, size in store.outside(place).items()}
        found |= store.outside("audio", f"{recording.id}.")  # also transcripts that were replaced
        for path, size in found.items():
            store.bring_home(path, size)
        for page in () if store.is_local else _pages(catalog, recording):
            _bring_page_home(store, page, recording.id)
            _bring_backups_home(store, page)
        finished = catalog.privacy.came_home(recording.id)
        done += finished
        context = {"recording": recording.id, "documents": len(found), "done": finished}
        log.info("brought home", extra={"ctx": context})
    return done


def publish(store: Store, audio: str) -> None:
    """Copy transcribed audio from the home to the bucket that is the store. The home keeps its copy."""
    place = Path(str(store.at(audio, "local_only")))
    if not store.is_local and place.exists():
        with place.open("rb") as stream:
            store.copy_in(audio, stream, "standard", verify=lambda: None)


def remove_staged(store: Store, audio: str) -> None:
    """Remove the home's copy of audio that is whole in the bucket."""
    place = Path(str(store.at(audio, "local_only")))
    if not store.is_local and place.exists() and store.outside(audio) == {audio: place.stat().st_size}:
        place.unlink()


def _pages(catalog: Catalog, recording: Recording) -> list[str]:
    """The pages that may have the recording's words: its own, and those of its author that are to be composed again."""
    stale = {page_path(author, day) for author, day in catalog.attempts.stale_pages(None) if author == recording.author}
    return sorted(stale | ({page_path(recording.author, recording.day)} if recording.day else set()))


def _bring_page_home(store: Store, page: str, recording: str) -> None:
    """Bring home a page that has the recording's words. What may be outside of it is composed anew, from the rest.

    Where the home has its own variant, the one outside is kept beside it if a person has edited it.
    """
    made, text = store.read(f"{page}.json", "standard"), store.read(f"{page}.md", "standard")
    composed = _composed(made)
    if (text is None and made is None) or (composed and recording not in composed.recordings):
        return
    if store.read(f"{page}.md", "local_only") is None:
        for ending, data in ((".json", made), (".md", text)):
            if data is not None:
                store.replace(f"{page}{ending}", data, "local_only")
    elif text is not None and not (composed and composed.markdown.encode() == text):
        store.write_new(f"{page}.{hashlib.sha256(text).hexdigest()[:12]}.md", text, "local_only")
    for ending in (".md", ".json"):
        store.delete(f"{page}{ending}", "standard")


def _bring_backups_home(store: Store, page: str) -> None:
    """Bring home what was kept of a page in another encoding: it may hold the words of any of its memos."""
    for path in store.paths(page.rpartition("/")[0], "standard"):
        data = store.read(path, "standard") if path.startswith(f"{page}.md.") else None
        if data is not None:
            store.write_new(path, data, "local_only")
            store.delete(path, "standard")


def _composed(made: bytes | None) -> DiaryDay | None:
    """The page as it was composed; None where that cannot be read."""
    try:
        return DiaryDay.model_validate_json(made) if made else None
    except ValueError:
        return None
