"""What names of folders say: the date of what lies in them, and that they are no person's."""

import re
from collections.abc import Sequence
from datetime import date

from diary_pipeline.recordings.naming.reading import read_name
from diary_pipeline.recordings.naming.words import MONTHS, names_a_recorder, plain

_PARTS = re.compile(
    rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))}|[\d\s._,/:-]|[年月日년월일]|st|nd|rd|th|de|of|kw|w|t|z)+"
)


def is_date_folder(name: str) -> bool:
    """Whether a folder is named by a year, a month, a week, a day or a number, and by nothing else."""
    text = plain(name)
    return bool(_PARTS.fullmatch(text) and re.search(r"\d", text))


def is_recorder_folder(name: str) -> bool:
    """Whether a folder is named as recorders, phones and their programs name those of their recordings."""
    return names_a_recorder(name)


def folder_day(folders: Sequence[str], earliest: date, latest: date) -> date | None:
    """The day that the innermost *folders* name, alone or together (2026/03/14); None where they name none."""
    for end in range(len(folders), 0, -1):
        for count in (1, 2, 3):
            some = folders[max(0, end - count) : end]
            if len(some) < count or not all(map(is_date_folder, some)):
                break
            try:
                reading = read_name(
                    "-".join(re.sub(r"[\s._/]+", "-", plain(one).strip()) for one in some), earliest, latest
                )
            except ValueError:
                continue
            if reading is not None and reading.moment is None:
                return reading.day
    return None
