"""The authors of the diary, the folders that are no author's, and what a person must say about folders."""

from typing import Any

from diary_pipeline.diary import Diary
from diary_pipeline.recordings.authors import ROOT_AUTHOR, Authors, is_question


def authors(diary: Diary) -> dict[str, Any]:
    """Each author with their recordings, each folder of which a person said whose it is, and the open questions."""
    known = Authors(diary.settings, diary.catalog)
    names = {known.named(name) for name in (ROOT_AUTHOR, *known.configured, *known.said.people)} | set(known.recorded)
    return {
        "authors": [{"name": name, "recordings": known.recorded.get(name, 0)} for name in sorted(names)],
        "folders": [{"folder": folder, "author": known.named(whose)} for folder, whose in known.said.folders.items()],
        "questions": sorted({hold for _, hold in diary.catalog.recordings.all() if hold and is_question(hold)}),
    }
