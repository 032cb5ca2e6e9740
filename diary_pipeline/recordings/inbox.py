"""The inbox: a folder or a bucket in which other programs leave files. They are listed and read, never changed.

Whose memos its folders hold is said by `authors`. A folder named `private` makes memos local_only.
"""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from diary_pipeline.catalog.recordings import tightest
from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.file_names import as_file, as_stored, quoted, readable
from diary_pipeline.recordings.folders import PassedOver, local_folders, remote_folders
from diary_pipeline.recordings.listing import NO_SIDECARS, Sidecars, is_private_folder, sort_names, transcript_names
from diary_pipeline.recordings.sidecar import MOST_BYTES, Held, unreadable
from diary_pipeline.schema import Privacy

if TYPE_CHECKING:
    from upath import UPath


@dataclass(frozen=True)
class InboxFile:
    """A file of the inbox.

    *path* is relative, with slashes, as the catalog stores it; *changed* is the newest of its times that does not lie
    in the future, in seconds since 1970 (0: all do, or none is known); *sidecars* are names of files beside it;
    *target* is where a link leads to, within the inbox if it does.
    """

    path: str
    size: int
    stamp: str
    changed: float
    modified: datetime | None
    trouble: str | None = None
    sidecars: Sidecars = NO_SIDECARS
    target: str | None = None

    @property
    def stamp_has_times(self) -> bool:
        """Whether it is a file of this machine; of objects in a bucket, which come whole, no time of change is kept."""
        return self.stamp.count(":") == 2

    @property
    def privacy(self) -> Privacy:
        """The class that its folders give it, and those of the file that a link leads to."""
        return tightest(privacy_of(self.path), privacy_of(self.target) if self.target else "standard")


class Inbox:
    """Lists and reads the inbox at *url*, a folder or a bucket's address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._bucket: UPath | None = _bucket(url) if "://" in url else None

    def files(self) -> Iterator[InboxFile]:
        """Everything in the inbox that may be a recording, in a fixed order.

        Raises:
            TransientError: the inbox cannot be listed.
        """
        found = self._local_files() if self._bucket is None else self._remote_files(self._bucket)
        yield from sorted(found, key=lambda one: one.path)

    def passed_over(self) -> list[PassedOver]:
        """Everything in the inbox that is no recording and no sidecar of one. No file is opened or examined.

        Folders of the system and files that it keeps for itself are not among them.

        Raises:
            TransientError: the inbox cannot be listed.
        """
        passed: list[PassedOver] = []
        if self._bucket is None:
            for folder, names in local_folders(self.url, passed):
                found = sort_names(names).passed_over
                passed += [PassedOver(as_stored((folder / name).as_posix()), why) for name, why in found.items()]
        else:
            for place, objects in remote_folders(self._bucket, passed).items():
                passed += [PassedOver(place + name, why) for name, why in sort_names(objects).passed_over.items()]
        return sorted(passed, key=lambda one: one.path)

    def seen(self, path: str) -> str | None:
        """The file's size and times now, as `InboxFile.stamp` has them; None when it is gone."""
        if self._bucket is not None:
            return next((found.stamp for found in self._remote_files(self._bucket, path)), None)
        try:
            return _stamp(self._local(path).stat())
        except OSError:
            return None

    def changed(self, path: str) -> float:
        """When the file was changed last, as `InboxFile.changed` has it."""
        if self._bucket is not None:
            return 0.0
        try:
            info = self._local(path).stat()
        except OSError:
            return 0.0
        return _changed(info)

    def beside(self, path: str, name: str) -> tuple[bytes, float] | Held | None:
        """The file of this *name* in the folder of *path*: its first bytes, and when it changed (0: not known).

        Held: its bytes cannot be had. None: it is gone, or no file. It is read as far as a sidecar may be long.

        Raises:
            TransientError: the bucket cannot be read.
        """
        if self._bucket is not None:
            return self._fetched(self._bucket / str(PurePosixPath(path).with_name(name))), 0.0
        file = self._local(path).with_name(name)
        try:
            info = file.stat()  # a pipe would block whoever opens it
            if not stat.S_ISREG(info.st_mode):
                return None
            with file.open("rb") as stream:
                return stream.read(MOST_BYTES + 1), _changed(info)
        except FileNotFoundError:
            return unreadable(name, "it is a link to a file that is not there") if file.is_symlink() else None
        except OSError as error:
            return unreadable(name, error.strerror or type(error).__name__)

    def transcript_beside(self, path: str) -> str | None:
        """The path of the transcript that comes with the recording at *path*; None without one.

        Raises:
            TransientError: the bucket cannot be read.
        """
        name = PurePosixPath(as_file(path)).name
        for other in transcript_names(name):
            place = as_stored(PurePosixPath(as_file(path)).with_name(other).as_posix())
            if self._is_there(place):
                return place
        return None

    @contextmanager
    def local_file(self, path: str) -> Iterator[Path]:
        """The file as one of this machine; one from a bucket is fetched for as long as the context lasts."""
        if self._bucket is None:
            yield self._local(path)
            return
        import tempfile

        with tempfile.TemporaryDirectory(prefix="diary-") as folder:
            copy = Path(folder) / PurePosixPath(path).name[-60:]  # an object's name may be too long for a file
            try:
                with (self._bucket / path).open("rb") as source, copy.open("wb") as out:
                    while piece := source.read(1 << 20):
                        out.write(piece)
            except Exception as error:  # a bucket's client has errors of many kinds
                raise TransientError(
                    f"{quoted(as_file(path))} could not be fetched from {self.url}: {type(error).__name__}. Try again."
                ) from error
            yield copy

    def _is_there(self, path: str) -> bool:
        if self._bucket is None:
            return os.path.isfile(self._local(path))  # noqa: PTH113 - false also for a name longer than any file's
        try:
            return bool((self._bucket / path).exists())
        except Exception as error:  # a bucket's client has errors of many kinds
            raise TransientError(
                f"{path!r} could not be looked for in {self.url}: {type(error).__name__}. Try again."
            ) from error

    def _local(self, path: str) -> Path:
        return Path(self.url, as_file(path))

    def _fetched(self, sidecar: "UPath") -> bytes:
        try:
            with sidecar.open("rb") as source:
                data: bytes = source.read(MOST_BYTES + 1)
                return data
        except Exception as error:  # a bucket's client has errors of many kinds
            raise TransientError(
                f"{quoted(sidecar.name)} could not be fetched from {self.url}: {type(error).__name__}. Try again."
            ) from error

    def _local_files(self) -> Iterator[InboxFile]:
        for folder, names in local_folders(self.url, []):
            for name, sidecars in sort_names(names).recordings.items():
                if found := _found(Path(self.url, folder, name), as_stored((folder / name).as_posix()), sidecars):
                    yield found

    def _remote_files(self, bucket: "UPath", only: str = "") -> Iterator[InboxFile]:
        for folder, objects in remote_folders(bucket, [], only).items():
            for name, sidecars in sort_names(objects).recordings.items():
                info = objects[name]
                stamp = f"{info['size']}:{info.get('md5Hash') or info.get('generation') or info.get('etag')}"
                updated = info.get("updated") or info.get("mtime")
                moment = datetime.fromisoformat(updated) if isinstance(updated, str) else updated
                modified = moment if isinstance(moment, datetime) else None
                yield InboxFile(folder + name, int(info["size"]), stamp, 0.0, modified, sidecars=sidecars)


def _bucket(url: str) -> "UPath":
    from upath import UPath

    try:
        root = UPath(url)
        root.fs  # noqa: B018 - the program that reaches it is looked for now
    except (ImportError, ValueError) as error:
        raise UserError(
            f"The inbox {url} is no folder and no bucket that can be reached from here. "
            "Set DIARY_INBOX to a folder, or to an address like gs://bucket/inbox."
        ) from error
    return root


def privacy_of(path: str) -> Privacy:
    """The privacy class that a memo's folders give it."""
    return "local_only" if any(map(is_private_folder, PurePosixPath(as_file(path)).parts[:-1])) else "standard"


def name_of(path: str) -> str:
    """The file's own name at the stored *path*, in readable characters."""
    return readable(PurePosixPath(as_file(path)).name)


def _found(path: Path, relative: str, sidecars: Sidecars) -> InboxFile | None:
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
    changed, target = _changed(info), _target(path, relative) if path.is_symlink() else None
    return InboxFile(relative, info.st_size, _stamp(info), changed, _moment(info.st_mtime), trouble, sidecars, target)


def _changed(info: os.stat_result) -> float:
    """When the file changed last, by those of its times that do not lie in the future; 0 where all do.

    A file can bring any time along, and a server's clock may be ahead of this machine's.
    """
    return max((moment for moment in (info.st_mtime, info.st_ctime) if moment <= time.time()), default=0.0)


def _target(link: Path, relative: str) -> str:
    """Where a link leads to, relative to the inbox if it lies in there."""
    place, inbox = link.resolve(), link.parents[len(PurePosixPath(relative).parts) - 1].resolve()
    return as_stored((place.relative_to(inbox) if place.is_relative_to(inbox) else place).as_posix())


def _moment(seconds: float) -> datetime | None:
    """A file's time; None where it is none that a calendar has, and the last one where it lies behind all of them."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.max.replace(tzinfo=UTC) if seconds > 0 else None


def _stamp(info: os.stat_result) -> str:
    """Size, time and change time: other bytes may come with the old time, as after a restore."""
    return f"{info.st_size}:{info.st_mtime_ns}:{info.st_ctime_ns}"


def lasting(stamp: str) -> str:
    """The part of a stamp that a copy of the file keeps: its size and time (in a bucket, its hash)."""
    return ":".join(stamp.split(":")[:2])
