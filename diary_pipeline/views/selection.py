"""The recordings that a person names: by a day, by an id or its beginning, by a file of the inbox."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.file_names import as_file, quoted, readable
from diary_pipeline.schema import Recording
from diary_pipeline.settings import Settings
from diary_pipeline.views.days import days_ago, parse_day

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ID = re.compile(r"[0-9a-f]{4,16}")
_LISTED = 5


def recordings_named(diary: Diary, text: str) -> list[Recording]:
    """The ingested recordings that *text* names.

    It is a day (YYYY-MM-DD, today, yesterday, -1), or what `recording_named` takes. A duplicate stands for the
    recording that it is a copy of, an older version of a file for the newer one.

    Raises:
        UserError: it names none, or several where one is meant, or one that is not ingested.
    """
    rows = [recording for recording, _ in diary.catalog.recordings.all()]
    if days_ago(text) is not None or _DAY.fullmatch(text):
        found = [r for r in rows if r.ready and r.day == parse_day(text, diary.settings, r.author)]
        if not found:
            day = parse_day(text, diary.settings)
            raise UserError(f"There is no ingested recording of {day}. `diary status` lists the days that have some.")
        return found
    one = _only(text, _by_name(diary.settings, rows, text), "no day, no id")
    for stands_for in (one.superseded_by, one.duplicate_of):
        one = next((r for r in rows if r.id == stands_for), one)
    if not one.ready:
        why = one.quarantine or one.hold or "`diary status` says why."
        raise UserError(
            f"{quoted(_shown(one))} is not ingested, or is held back, so nothing of it can be redone. {why}"
        )
    return [one]


def recording_named(diary: Diary, text: str) -> Recording:
    """The one recording that *text* names, in whatever state: an id or the beginning of one, or a file.

    A file is named by its path in the inbox, by its name, or by the path of the file that was added.

    Raises:
        UserError: it names none, or several.
    """
    if _ID.fullmatch(text) and (found := diary.catalog.recordings.get([text])):
        return found[0]
    rows = [recording for recording, _ in diary.catalog.recordings.all()]
    return _only(text, _by_name(diary.settings, rows, text), "no id")


def _by_name(settings: Settings, rows: Sequence[Recording], text: str) -> list[Recording]:
    if whole := [r for r in rows if r.id == text]:
        return whole
    path = _normal(_in_inbox(settings, text))
    was_added = path == _normal(readable(text)) and _is_file(text)
    name = PurePosixPath(path).name if was_added else path
    for matches in (
        [r for r in rows if _normal(_shown(r)) == path],
        [r for r in rows if _normal(PurePosixPath(_shown(r)).name) == name],
        [r for r in rows if _normal(PurePosixPath(_shown(r)).stem) == name],
        [r for r in rows if _ID.fullmatch(text) and r.id.startswith(text)],
    ):
        if matches:
            return list({r.path: r for r in matches}.values())  # of the versions at a path, the newest
    return []


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # too long for a name
        return False


def _in_inbox(settings: Settings, text: str) -> str:
    """The path in the inbox that *text* means, as lists show it."""
    if Path(text).is_absolute() and "://" not in settings.inbox_url:
        inbox = Path(settings.inbox_url)
        return readable(Path(text).relative_to(inbox).as_posix() if Path(text).is_relative_to(inbox) else text)
    return readable(text)


def _shown(recording: Recording) -> str:
    """A recording's path as lists show it."""
    return readable(as_file(recording.path))


def _normal(name: str) -> str:
    """A name as people see it: systems differ in how they write accents."""
    return unicodedata.normalize("NFC", name)


def _only(text: str, found: Sequence[Recording], but: str) -> Recording:
    if not found:
        raise UserError(
            f"There is no recording {quoted(text)}: it is {but}, and no file that was in the inbox. "
            "`diary status` lists the files, `diary status --json` the ids."
        )
    if len(found) > 1:
        named = ", ".join(f"{quoted(_shown(r))} ({r.id})" for r in found[:_LISTED])
        raise UserError(f"{quoted(text)} names {len(found)} recordings: {named}. Name one by its path or its id.")
    return found[0]
