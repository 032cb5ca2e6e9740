"""What a setting's type alone cannot say: numbers that no machine can use, and folders that lie in one another."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from diary_pipeline.errors import UserError
from diary_pipeline.file_names import readable

LARGEST = 1e9
"""Seconds, megabytes, threads, dollars: what is larger is a mistake, and overflows somewhere."""

_FOLDERS_OF_THE_DIARY = (
    "audio transcripts notes days recordings chunks tables models dagster vocabulary prompts".split()
)


def unusable(faults: Iterable[str]) -> str:
    """The sentence about settings with these faults."""
    return (
        f"These settings cannot be used: {'; '.join(faults)}. Correct them in the environment, .env or settings.toml."
    )


def setting_name(path: Sequence[int | str]) -> str:
    """The environment's variable for a setting; of a group, the names from the outermost to its own."""
    return readable(f"DIARY_{'__'.join(map(str, path))}".upper())


def absolute(place: str) -> str:
    """A folder as an absolute path; an address stays as it is."""
    return place if "://" in place else str(Path(place).expanduser().absolute())


def check_numbers(values: Mapping[str, Any], group: tuple[str, ...] = ()) -> None:
    """Raise `UserError` where a number is infinite, none at all, or larger than makes sense."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            check_numbers(value, (*group, str(name)))
        elif isinstance(value, int | float) and not -LARGEST <= value <= LARGEST:
            raise UserError(unusable([f"{setting_name([*group, name])}: Write a number of at most {LARGEST:.0f}"]))


def check_places(inbox: str, store: str, home: str) -> None:
    """Raise `UserError` where a path is no text, or the diary would find its own documents in the inbox.

    Likewise where memos would lie among its documents.
    """
    for variable, place in (("HOME", home), ("INBOX", inbox), ("STORE", store)):
        if place != readable(place):
            raise UserError(
                f"DIARY_{variable} is no UTF-8 text ({readable(place)}). Rename the folder, or take another."
            )
    for what, place in (("store", store), ("home", home)):
        if _is_in(place, inbox):
            raise UserError(
                f"The diary's {what} {readable(place)} lies in the inbox {readable(inbox)}: its own recordings would "
                "arrive again. Set DIARY_INBOX to a folder for new memos alone."
            )
        if own := next((name for name in _FOLDERS_OF_THE_DIARY if _is_in(inbox, f"{place}/{name}")), None):
            raise UserError(
                f"The inbox {readable(inbox)} lies in the folder {own!r} of the diary itself. "
                "Set DIARY_INBOX to a folder for new memos alone."
            )


def _is_in(place: str, folder: str) -> bool:
    if ("://" in place) != ("://" in folder):
        return False
    ours, theirs = (one if "://" in one else os.path.realpath(one) for one in (place, folder))
    return f"{ours.rstrip('/')}/".startswith(f"{theirs.rstrip('/')}/")
