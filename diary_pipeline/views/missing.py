"""Documents that the catalog knows of and the store lacks."""

from collections.abc import Iterator
from itertools import chain

from diary_pipeline.diary import Diary
from diary_pipeline.schema import Privacy, Recording, Stage

_FOLDERS: dict[Stage, str] = {"transcribe": "transcripts", "write": "notes"}


def missing_documents(diary: Diary) -> dict[str, list[Recording]]:
    """By folder (audio, transcripts, notes), the recordings whose document is not there; no document is opened.

    Raises:
        TransientError: the store cannot be listed.
    """
    rows = {recording.id: recording for recording, _ in diary.catalog.recordings.all()}
    wanted = {"audio": {r.id: r.audio for r in rows.values() if r.audio}}
    wanted |= {folder: diary.catalog.results.documents(stage, list(rows)) for stage, folder in _FOLDERS.items()}
    found = {}
    for folder, documents in wanted.items():
        there = set(chain.from_iterable(_paths(diary, folder)))
        found[folder] = [rows[name] for name, path in documents.items() if path not in there]
    return found


def _paths(diary: Diary, folder: str) -> Iterator[list[str]]:
    """All files of *folder*, in the home and wherever else documents lie."""
    places: tuple[Privacy, ...] = ("standard", "local_only") if diary.store.split else ("standard",)
    for privacy in places:
        yield diary.store.paths(folder, privacy)
