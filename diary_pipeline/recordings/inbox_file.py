"""One file of the inbox: what its names, its times and a look at its folder tell of it."""

import os
import stat
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from diary_pipeline.catalog.recordings import tightest
from diary_pipeline.file_names import as_stored, readable
from diary_pipeline.recordings.inbox_paths import privacy_of
from diary_pipeline.recordings.listing import NO_SIDECARS, Sidecars
from diary_pipeline.recordings.stamps import stamp_of
from diary_pipeline.schema import Privacy


@dataclass(frozen=True)
class InboxFile:
    """A file of the inbox.

    *path* is relative, with slashes, as the catalog stores it; *changed* is the newest of its times that does not lie
    in the future, in seconds since 1970 (0: all do, or none is known); *sidecars* are names of files beside it,
    *beside* is the stamp of all of them (None: there are none; empty: it is not known for sure); *target* is where a
    link leads to, within the inbox if it does.
    """

    path: str
    size: int
    stamp: str
    changed: float
    modified: datetime | None
    trouble: str | None = None
    sidecars: Sidecars = NO_SIDECARS
    target: str | None = None
    beside: str | None = None

    @property
    def stamp_has_times(self) -> bool:
        """Whether it is a file of this machine; of objects in a bucket, which come whole, no time of change is kept."""
        return self.stamp.count(":") == 2

    @property
    def privacy(self) -> Privacy:
        """The class that its folders give it, and those of the file that a link leads to."""
        return tightest(privacy_of(self.path), privacy_of(self.target) if self.target else "standard")


def file_at(path: Path, relative: str, sidecars: Sidecars, beside: str | None) -> InboxFile | None:
    """The file at *path*, whose stored path is *relative*; None for what is no file."""
    try:
        info = path.stat()
    except FileNotFoundError:
        if not path.is_symlink():
            return None  # it vanished meanwhile
        broken = "It is a link to a file that is not there. Put the file back, or remove the link."
        return InboxFile(relative, 0, f"link:{readable(str(path.readlink()))}", 0.0, None, broken)
    except OSError as error:
        why = f"It cannot be examined: {error.strerror}. Let the diary's user read it, or remove it."
        return InboxFile(relative, 0, f"error:{error.errno}", 0.0, None, why)
    if not stat.S_ISREG(info.st_mode):
        return None  # folders are walked; pipes and devices are not recordings
    trouble = (
        None
        if os.access(path, os.R_OK)
        else "It cannot be read: permission denied. Give the diary's user read access (chmod u+r)."
    )
    changed, target = changed_at(info), target_of(path, relative)
    modified = _moment(info.st_mtime)
    return InboxFile(relative, info.st_size, stamp_of(info), changed, modified, trouble, sidecars, target, beside)


def changed_at(info: os.stat_result) -> float:
    """When the file changed last, by those of its times that do not lie in the future; 0 where all do.

    A file can bring any time along, and a server's clock may be ahead of this machine's.
    """
    return max((moment for moment in (info.st_mtime, info.st_ctime) if moment <= time.time()), default=0.0)


def target_of(link: Path, relative: str) -> str | None:
    """Where a link leads to, relative to the inbox if it lies in there; None for what is no link."""
    if not link.is_symlink():
        return None
    place, inbox = link.resolve(), link.parents[len(PurePosixPath(relative).parts) - 1].resolve()
    return as_stored((place.relative_to(inbox) if place.is_relative_to(inbox) else place).as_posix())


def _moment(seconds: float) -> datetime | None:
    """A file's time; None where it is none that a calendar has, and the last one where it lies behind all of them."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.max.replace(tzinfo=UTC) if seconds > 0 else None
