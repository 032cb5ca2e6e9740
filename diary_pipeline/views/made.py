"""Which documents there are of a day, by stage, as one short hash that changes with them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from diary_pipeline.catalog.pages import page_subject
from diary_pipeline.diary import Diary
from diary_pipeline.fingerprints import digest
from diary_pipeline.schema import Stage


@dataclass(frozen=True)
class MadeOfDay:
    """The documents of one stage and day: their hash, and when the newest was finished, in seconds since 1970."""

    digest: str
    finished: float


def made_on(diary: Diary, days: Collection[date]) -> Mapping[date, Mapping[Stage, MadeOfDay]]:
    """By day and stage, what was made; a stage that has made nothing is left out."""
    subjects: dict[str, date] = {}
    for recording, _ in diary.catalog.recordings.all(list(days)):
        if recording.day:
            subjects |= {recording.id: recording.day, page_subject(recording.author, recording.day): recording.day}
    newest: dict[tuple[date, Stage], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for attempt in diary.catalog.attempts.of(subjects):
        if attempt["outcome"] == "ok" or (attempt["outcome"] == "interim" and attempt["document"]):
            newest[subjects[attempt["subject"]], attempt["stage"]][attempt["subject"]] = attempt
    found: dict[date, dict[Stage, MadeOfDay]] = {day: {} for day in days}
    for (day, stage), attempts in newest.items():
        documents = sorted((name, one["fingerprint"], one["document"]) for name, one in attempts.items())
        finished = max(one["finished_at"] or 0 for one in attempts.values()) / 1000
        found[day][stage] = MadeOfDay(digest(documents), finished)
    return found
