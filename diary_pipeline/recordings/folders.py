"""The folders of the inbox that are entered, with what lies in them; of the others, why they are not."""

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diary_pipeline.errors import TransientError
from diary_pipeline.file_names import as_stored, readable
from diary_pipeline.recordings.listing import group_of, is_system_folder

if TYPE_CHECKING:
    from upath import UPath

Objects = Mapping[str, Mapping[str, Any]]
"""What a bucket says of its objects, by name."""

_HIDDEN = "a hidden folder"
_LINK = "a link to a folder, which is not followed"
_UNREADABLE = "a folder that cannot be read"
_NO_FILE = "neither a file nor a folder"


@dataclass(frozen=True)
class PassedOver:
    """A file or folder of the inbox that is not looked into, and why. The path of a folder ends with a slash."""

    path: str
    reason: str


Entries = Mapping[str, "os.DirEntry[str]"]
"""The files of one folder by name, in any order. They can be examined as long as the folder is the current one."""


def local_folders(root: str, passed: list[PassedOver]) -> Iterator[tuple[Path, Entries]]:
    """Each folder below *root*, relative to it, with its files; the others are added to *passed*.

    Of the system's own folders nothing is said.

    Raises:
        TransientError: the inbox cannot be listed.
    """
    try:
        Path(root).mkdir(parents=True, exist_ok=True)
        waiting = [Path(root)]
        while waiting:
            here = waiting.pop()
            try:
                opened = os.open(here, os.O_RDONLY | os.O_DIRECTORY)
            except OSError:
                if here == Path(root):
                    raise
                passed.append(_passed_over(root, here, _UNREADABLE))
                continue
            try:  # entries of a folder that is open are examined without its path, in three quarters of the time
                with os.scandir(opened) as entries:
                    files = {entry.name: entry for entry in entries}
                reasons = {name: _reason(entry) for name, entry in files.items() if not _is_file(entry)}
                for name, why in sorted(reasons.items(), reverse=True):
                    del files[name]
                    if why is None:
                        waiting.append(here / name)
                    elif why:
                        passed.append(_passed_over(root, here / name, why))
                yield here.relative_to(root), files
            finally:
                os.close(opened)
    except OSError as error:
        raise TransientError(
            f"The inbox {readable(root)} cannot be read: {error.strerror}. "
            "Let the diary's user read it, or set DIARY_INBOX to another folder."
        ) from error


def some_files(root: str, folder: str, groups: Collection[str]) -> Entries:
    """The files of one folder below *root* whose names belong to these *groups*; none where it is not entered."""
    place = Path(root)
    for part in filter(None, folder.split("/")):
        place /= part
        if part.startswith(".") or is_system_folder(part) or place.is_symlink():
            return {}
    try:
        with os.scandir(place) as entries:
            found = {entry.name: entry for entry in entries if group_of(entry.name) in groups}
    except OSError:
        return {}  # it is gone, or cannot be read: the next full look says so
    return {name: entry for name, entry in found.items() if _is_file(entry)}


def remote_folders(root: "UPath", passed: list[PassedOver], only: str = "") -> Mapping[str, Objects]:
    """By folder (with its slash), the objects below *root*; folders that are not entered are added to *passed*.

    With *only*, the object of this path alone.

    Raises:
        TransientError: the bucket cannot be listed.
    """
    fs, start = root.fs, root.path.rstrip("/")
    try:
        fs.invalidate_cache()
        listing = fs.find(f"{start}/{only}" if only else start, detail=True)
    except Exception as error:  # a bucket's client has errors of many kinds
        raise TransientError(
            f"The inbox {root} cannot be listed: {type(error).__name__}. Check DIARY_INBOX, then try again."
        ) from error
    folders, hidden = defaultdict[str, dict[str, Mapping[str, Any]]](dict), set[str]()
    for place, info in listing.items():
        folder, slash, name = place[len(start) :].lstrip("/").rpartition("/")
        parts = folder.split("/") if folder else []
        first = next((number for number, part in enumerate(parts, 1) if _is_hidden(part)), None)
        if info.get("type") != "file" or not name or any(map(is_system_folder, parts)):
            continue
        if first is None:
            folders[folder + slash][name] = info
        else:
            hidden.add("/".join(parts[:first]) + "/")
    passed += [PassedOver(folder, _HIDDEN) for folder in sorted(hidden)]
    return folders


def _is_file(entry: "os.DirEntry[str]") -> bool:
    """Whether it may be a file: one that cannot be examined is, and so is a link that leads nowhere."""
    try:
        return entry.is_file() or (entry.is_symlink() and not entry.is_dir())
    except OSError:
        return True


def _reason(entry: "os.DirEntry[str]") -> str | None:
    """Why what is no file is not entered as a folder; None where it is entered, empty for the system's own folders."""
    if not entry.is_dir():
        return _NO_FILE
    if is_system_folder(entry.name):
        return ""
    if _is_hidden(entry.name):
        return _HIDDEN
    return _LINK if entry.is_symlink() else None


def _is_hidden(name: str) -> bool:
    """Whether a folder is hidden: one whose name is nothing but points is named so by somebody."""
    return name.startswith(".") and bool(name.strip("."))


def _passed_over(root: str, place: Path, reason: str) -> PassedOver:
    slash = "" if reason == _NO_FILE else "/"
    return PassedOver(as_stored(place.relative_to(root).as_posix()) + slash, reason)
