"""Removes what killed processes left half-written among the documents."""

import contextlib
import os
import time
from pathlib import Path

from diary_pipeline.atomic_write import TEMPORARY

DAY_SECONDS = 86_400.0
"""No writer works on one file for so long."""

_MARK = ".diary-swept"
_NOT_DOCUMENTS = frozenset({"inbox", "models", "dagster", "vocabulary", "prompts"})


def sweep(home: Path, root: Path) -> int:
    """Remove the temporary files in *home* and *root* that are older than a day; returns how many.

    It looks once a day: the time of a file in the home says when it last did. What cannot be removed stays.
    """
    mark, now = home / _MARK, time.time()
    with contextlib.suppress(OSError):
        if now - mark.stat().st_mtime < DAY_SECONDS:
            return 0
    removed = 0
    for folder in {home, root}:
        for place, folders, names in os.walk(folder):
            if place == str(folder):
                folders[:] = [name for name in folders if name not in _NOT_DOCUMENTS]
            removed += sum(_removed(Path(place, name), now) for name in names if name.startswith(TEMPORARY))
    with contextlib.suppress(OSError):
        mark.touch()
    return removed


def _removed(file: Path, now: float) -> bool:
    try:
        if now - file.stat().st_mtime < DAY_SECONDS:
            return False
        file.unlink()
    except OSError:
        return False
    return True
