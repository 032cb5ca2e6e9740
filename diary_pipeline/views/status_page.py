"""One page of the answer of `diary status`: the newest recordings, and those that somebody should look at."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from diary_pipeline.catalog import listing
from diary_pipeline.diary import Diary
from diary_pipeline.schema import Recording
from diary_pipeline.views.status import described

LIMIT = 200
_FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class StatusPage:
    """Recordings by time; how many there are in all; and the id to ask for the next page with (None: it is the last).

    The first page also has recordings that are held, refused, failed or without a date, however old they are.
    """

    recordings: list[dict[str, Any]]
    total: int
    next: str | None


def status_page(diary: Diary, limit: int = LIMIT, before: str | None = None) -> StatusPage:
    """The page of *limit* recordings that are older than the one with the id *before*; without it, the first page.

    Raises:
        UserError: there is no such recording.
    """
    database = diary.catalog.database
    rows, following = listing.newest(database, limit, before)
    if before is None:
        known = {one.id for one in rows}
        rows += [one for one in listing.troubled(database, limit) if one.id not in known]
    return StatusPage(described(diary, sorted(rows, key=_moment)), listing.count(database), following)


def _moment(one: Recording) -> tuple[datetime, str]:
    return one.recorded_at or _FIRST, one.path
