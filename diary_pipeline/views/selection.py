"""The recordings that a person names: by a day, by an id or its beginning, by a file of the inbox."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.schema import Recording
from diary_pipeline.settings import Settings
from diary_pipeline.views.days import parse_day

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ID = re.compile(r"[0-9a-f]{4,16}")
_LISTED = 5


def recordings_named(diary: Diary, text: str) -> list[Recording]:
    """The ingested recordings that *text* names.

    It is a day (YYYY-MM-DD, today, yesterday), an id or the beginning of one, or the path or name of a file in the
    inbox. A duplicate stands for the recording that it is a copy of, an older version of a file for the newer one.

    Raises:
        UserError: it names none, or several where one is meant, or one that is not ingested.
    """
    rows = [recording for recording, _ in diary.catalog.recordings.all()]
    if text.lower() in ("today", "yesterday") or _DAY.fullmatch(text):
        day = _day(diary.settings, text.lower())
        found = [r for r in rows if r.day == day and r.ready]
        if not found:
            raise UserError(f"There is no ingested recording of {day}. `diary status` lists the days that have some.")
        return found
    one = _only(text, [r for r in rows if r.id == text] or _by_name(diary.settings, rows, text))
    for stands_for in (one.superseded_by, one.duplicate_of):
        one = next((r for r in rows if r.id == stands_for), one)
    if not one.ready:
        why = one.quarantine or one.hold or "`diary status` says why."
        raise UserError(f"{one.path!r} is not ingested, or is held back, so nothing of it can be redone. {why}")
    return [one]


def _day(settings: Settings, text: str) -> date:
    if text not in ("today", "yesterday"):
        return parse_day(text)
    now = datetime.now(UTC).astimezone(ZoneInfo(settings.timezone))
    before = timedelta(days=(text == "yesterday") + (now.time() < settings.day_start))
    return now.date() - before


def _by_name(settings: Settings, rows: Sequence[Recording], text: str) -> list[Recording]:
    path = text
    if Path(text).is_absolute() and "://" not in settings.inbox_url:
        inbox = Path(settings.inbox_url)
        path = Path(text).relative_to(inbox).as_posix() if Path(text).is_relative_to(inbox) else text
    for matches in (
        [r for r in rows if r.path == path],
        [r for r in rows if PurePosixPath(r.path).name == path],
        [r for r in rows if _ID.fullmatch(text) and r.id.startswith(text)],
    ):
        if matches:
            return list({r.path: r for r in matches}.values())  # of the versions at a path, the newest
    return []


def _only(text: str, found: Sequence[Recording]) -> Recording:
    if not found:
        raise UserError(
            f"{text!r} is no day, no recording's id, and no file that was in the inbox. `diary status` lists the "
            "files, `diary status --json` the ids."
        )
    if len(found) > 1:
        listed = ", ".join(f"{r.path!r} ({r.id})" for r in found[:_LISTED])
        raise UserError(f"{text!r} names {len(found)} recordings: {listed}. Name one by its path or its id.")
    return found[0]
