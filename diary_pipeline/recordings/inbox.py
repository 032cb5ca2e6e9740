"""The inbox: a folder or a bucket in which other programs leave files. They are listed and read, never changed.

Whose memos its folders hold is said by `authors`. A folder named `private` makes memos local_only.
"""

import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from diary_pipeline.catalog.recordings import tightest
from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.file_names import as_file, as_stored, quoted
from diary_pipeline.recordings.folders import Entries, PassedOver, local_folders, remote_folders, some_files
from diary_pipeline.recordings.inbox_file import InboxFile, changed_at, file_at, target_of
from diary_pipeline.recordings.inbox_paths import privacy_of, stored_path
from diary_pipeline.recordings.listing import group_of, passed_over, sort_names, transcript_names
from diary_pipeline.recordings.sidecar import MOST_BYTES, Held, unreadable
from diary_pipeline.recordings.stamps import (
    Seen,
    beside_stamp,
    beside_stamp_of_objects,
    is_seen,
    not_plain,
    stamp_of,
    stamp_of_object,
)
from diary_pipeline.schema import Privacy

if TYPE_CHECKING:
    from upath import UPath


@dataclass
class Listed:
    """The paths of all files that may be recordings, and those `files` of them that a look has to look at."""

    paths: set[str] = field(default_factory=set)
    files: list[InboxFile] = field(default_factory=list)


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
        yield from self.listed(lambda *_: False).files

    def listed(self, seen: Seen, plain: Mapping[str, str] = MappingProxyType({})) -> Listed:
        """Everything in the inbox that may be a recording; files that are as *seen* before only by their paths.

        One listing of names and stats, in which no file is opened. *plain* has the stamps that files without sidecars
        had before, by path.

        Raises:
            TransientError: the inbox cannot be listed.
        """
        found = Listed()
        if self._bucket is None:
            for folder, entries in local_folders(self.url, []):
                self._list_folder(folder, entries, seen, plain, found)
        else:
            for file in self._remote_files(self._bucket):
                found.paths.add(file.path)
                as_plain = file.beside is None and plain.get(file.path) == file.stamp
                if not as_plain and not seen(file.path, file.stamp, file.beside):
                    found.files.append(file)
        found.files.sort(key=lambda one: one.path)
        return found

    def passed_over(self) -> list[PassedOver]:
        """Everything in the inbox that is no recording and no sidecar of one. No file is opened or examined.

        Folders of the system and files that it keeps for itself are not among them.

        Raises:
            TransientError: the inbox cannot be listed.
        """
        passed: list[PassedOver] = []
        if self._bucket is None:
            for folder, names in local_folders(self.url, passed):
                found = passed_over(names)
                passed += [PassedOver(as_stored((folder / name).as_posix()), why) for name, why in found.items()]
        else:
            for place, objects in remote_folders(self._bucket, passed).items():
                passed += [PassedOver(place + name, why) for name, why in passed_over(objects).items()]
        return sorted(passed, key=lambda one: one.path)

    def seen(self, path: str) -> str | None:
        """The file's size and times now, as `InboxFile.stamp` has them; None when it is gone."""
        if self._bucket is not None:
            return next((found.stamp for found in self._remote_files(self._bucket, path)), None)
        try:
            return stamp_of(self._local(path).stat())
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
        return changed_at(info)

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
                return stream.read(MOST_BYTES + 1), changed_at(info)
        except FileNotFoundError:
            return unreadable(name, "it is a link to a file that is not there") if file.is_symlink() else None
        except OSError as error:
            return unreadable(name, error.strerror or type(error).__name__)

    def transcript_beside(self, path: str) -> str | None:
        """The path of the transcript that comes with the recording at *path*; None without one.

        Raises:
            TransientError: the bucket cannot be read.
        """
        here = PurePosixPath(as_file(path))
        names = (as_stored(here.with_name(other).as_posix()) for other in transcript_names(here.name))
        if (found := next(filter(self._is_there, names), None)) or self._bucket is not None:
            return found
        listed = self.around([path], lambda *_: False).files  # in other letters
        others = [name for file in listed if file.path == path for name in file.sidecars.transcripts]
        return as_stored(here.with_name(others[0]).as_posix()) if others else None

    def class_of(self, path: str) -> Privacy:
        """The class that its folders give a file, and those of the file that a link leads to."""
        target = None if self._bucket is not None else target_of(self._local(path), path)
        return tightest(privacy_of(path), privacy_of(target) if target else "standard")

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

    def digest(self, path: str) -> str:
        """The sha256 of the file's bytes."""
        with self.local_file(path) as file, file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

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

    def around(self, paths: Iterable[str], seen: Seen) -> Listed:
        """Like `listed`, only of the files at these *paths* and those whose sidecars may lie there.

        Raises:
            TransientError: the bucket cannot be listed.
        """
        wanted, found = set(paths), Listed()
        if self._bucket is not None:
            every = self.listed(seen)
            return Listed(every.paths & wanted, [file for file in every.files if file.path in wanted])
        folders = defaultdict[str, set[str]](set)
        for path in wanted:
            folder, _, name = as_file(path).rpartition("/")
            folders[folder].add(group_of(name))
        for folder, groups in folders.items():
            entries = some_files(self.url, folder, groups)
            self._list_folder(Path(folder), entries, seen, {}, found)
        found.files.sort(key=lambda one: one.path)
        return found

    def _list_folder(self, folder: Path, entries: Entries, seen: Seen, plain: Mapping[str, str], found: Listed) -> None:
        prefix = "" if folder == Path() else f"{folder.as_posix()}/"
        for name, sidecars in sort_names(not_plain(prefix, entries, plain, found.paths)).recordings.items():
            path, beside = stored_path(prefix, name), beside_stamp(entries, sidecars)
            if is_seen(entries[name], path, beside, seen):
                found.paths.add(path)
            elif file := file_at(Path(self.url, folder, name), path, sidecars, beside):
                found.paths.add(path)
                found.files.append(file)

    def _remote_files(self, bucket: "UPath", only: str = "") -> Iterator[InboxFile]:
        for folder, objects in remote_folders(bucket, [], only).items():
            for name, sidecars in sort_names(objects).recordings.items():
                info = objects[name]
                stamp = stamp_of_object(info)
                updated = info.get("updated") or info.get("mtime")
                moment = datetime.fromisoformat(updated) if isinstance(updated, str) else updated
                modified = moment if isinstance(moment, datetime) else None
                beside = beside_stamp_of_objects(objects, sidecars)
                yield InboxFile(
                    folder + name, int(info["size"]), stamp, 0.0, modified, sidecars=sidecars, beside=beside
                )


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
