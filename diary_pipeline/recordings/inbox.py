"""The inbox: a folder or a bucket in which other programs leave files. They are listed and read, never changed.

Authors are the inbox's first-level folders; its root belongs to `me`. A folder named `private` makes memos local_only.
"""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from upath import UPath

from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.schema import Privacy

ROOT_AUTHOR = "me"
PRIVATE_FOLDER = "private"
_NOT_RECORDINGS = frozenset(
    (
        ".txt .md .json .srt .vtt .csv .tsv .html .xml .pdf .doc .docx .rtf .jpg .jpeg .png .heic .gif .webp "
        ".log .ini .db .zip"
    ).split()
)
_UNFINISHED = frozenset(".part .partial .crdownload .download .tmp .icloud .filepart".split())
SIDECAR_KEYS = frozenset({"recorded_at", "language", "author", "privacy", "priority", "by"})


@dataclass(frozen=True)
class InboxFile:
    """A file of the inbox.

    *path* is relative, with slashes; *changed* is the newest of its times, in seconds since 1970.
    """

    path: str
    size: int
    stamp: str
    changed: float
    modified: datetime | None
    trouble: str | None = None


class Inbox:
    """Lists and reads the inbox at *url*, a folder or a bucket's address."""

    def __init__(self, url: str) -> None:
        self.url, self.is_local = url, "://" not in url
        self._root = UPath(url)

    def files(self) -> Iterator[InboxFile]:
        """Everything in the inbox that may be a recording, in a fixed order."""
        yield from sorted(self._local_files() if self.is_local else self._remote_files(), key=lambda found: found.path)

    def seen(self, path: str) -> str | None:
        """The file's size and times now, as `InboxFile.stamp` has them; None when it is gone."""
        if not self.is_local:
            return next((found.stamp for found in self._remote_files(path)), None)
        try:
            return _stamp(Path(self.url, path).stat())
        except OSError:
            return None

    def sidecar(self, path: str) -> dict[str, Any]:
        """The values of the sidecar `NAME.json` (`NAME` with or without the recording's suffix); empty without one.

        Raises:
            UserError: it is not a JSON object, or holds keys that mean nothing.
        """
        file = self._root / path
        for place in (file.with_name(file.name + ".json"), file.with_suffix(".json")):
            try:
                text = place.read_text(encoding="utf-8")
            except OSError:
                continue
            return _sidecar(place.name, text)
        return {}

    @contextmanager
    def local_file(self, path: str) -> Iterator[Path]:
        """The file as one of this machine; one from a bucket is fetched for as long as the context lasts."""
        if self.is_local:
            yield Path(self.url, path)
            return
        import tempfile

        with tempfile.TemporaryDirectory(prefix="diary-") as folder:
            copy = Path(folder) / PurePosixPath(path).name
            try:
                with (self._root / path).open("rb") as source, copy.open("wb") as out:
                    while piece := source.read(1 << 20):
                        out.write(piece)
            except OSError as error:
                raise TransientError(
                    f"{path!r} could not be fetched from {self.url}: {type(error).__name__}. Try again."
                ) from error
            yield copy

    def _local_files(self) -> Iterator[InboxFile]:
        Path(self.url).mkdir(parents=True, exist_ok=True)
        for folder, folders, names in os.walk(self.url):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                path = Path(folder, name)
                if _may_be_recording(name) and (found := _found(path, path.relative_to(self.url).as_posix())):
                    yield found

    def _remote_files(self, only: str = "") -> Iterator[InboxFile]:
        fs, root = self._root.fs, self._root.path.rstrip("/")
        try:
            fs.invalidate_cache()
            listing = fs.find(f"{root}/{only}" if only else root, detail=True)
        except OSError as error:
            raise TransientError(
                f"The inbox {self.url} cannot be listed: {type(error).__name__}. Check DIARY_INBOX, then try again."
            ) from error
        for place, info in listing.items():
            path = place[len(root) :].lstrip("/")
            if info.get("type") == "file" and path and _may_be_recording(PurePosixPath(path).name):
                stamp = f"{info['size']}:{info.get('md5Hash') or info.get('generation') or info.get('etag')}"
                updated = info.get("updated") or info.get("mtime")
                moment = datetime.fromisoformat(updated) if isinstance(updated, str) else updated
                yield InboxFile(path, int(info["size"]), stamp, 0.0, moment if isinstance(moment, datetime) else None)


def author_of(path: str) -> str:
    """Whose memo lies at *path*."""
    first = PurePosixPath(path).parts[0] if len(PurePosixPath(path).parts) > 1 else ROOT_AUTHOR
    return ROOT_AUTHOR if first.lower() == PRIVATE_FOLDER else first


def privacy_of(path: str) -> Privacy:
    """The privacy class that a memo's folders give it."""
    return (
        "local_only" if any(part.lower() == PRIVATE_FOLDER for part in PurePosixPath(path).parts[:-1]) else "standard"
    )


def _may_be_recording(name: str) -> bool:
    suffix = PurePosixPath(name).suffix.lower()
    return not name.startswith((".", "~$")) and suffix not in _NOT_RECORDINGS and suffix not in _UNFINISHED


def _found(path: Path, relative: str) -> InboxFile | None:
    try:
        info = path.stat()
    except FileNotFoundError:
        if not path.is_symlink():
            return None  # it vanished meanwhile
        broken = "It is a link to a file that is not there. Put the file back, or remove the link."
        return InboxFile(relative, 0, f"link:{path.readlink()}", 0.0, None, broken)
    except OSError as error:
        return InboxFile(relative, 0, f"error:{error.errno}", 0.0, None, f"It cannot be examined: {error.strerror}.")
    if not stat.S_ISREG(info.st_mode):
        return None  # folders are walked; pipes and devices are not recordings
    trouble = (
        None
        if os.access(path, os.R_OK)
        else "It cannot be read: permission denied. Give the diary's user read access (chmod u+r)."
    )
    modified = datetime.fromtimestamp(info.st_mtime, UTC)
    return InboxFile(relative, info.st_size, _stamp(info), max(info.st_mtime, info.st_ctime), modified, trouble)


def _stamp(info: os.stat_result) -> str:
    """Size, time and change time: other bytes may come with the old time, as after a restore."""
    return f"{info.st_size}:{info.st_mtime_ns}:{info.st_ctime_ns}"


def lasting(stamp: str) -> str:
    """The part of a stamp that a copy of the file keeps: its size and time (in a bucket, its hash)."""
    return ":".join(stamp.split(":")[:2])


def _sidecar(name: str, text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError as error:
        raise UserError(
            f"Its sidecar {name!r} is not JSON (line {getattr(error, 'lineno', '?')}). Correct it or remove it."
        ) from error
    if not isinstance(said, dict):
        raise UserError(
            f'Its sidecar {name!r} is not a JSON object. Write one like {{"recorded_at": "2026-03-14T08:12:00+00:00"}}.'
        )
    if said.get("privacy") not in (None, "standard", "local_only"):
        raise UserError(
            f"Its sidecar {name!r} names a privacy class that does not exist. Write standard or local_only."
        )
    if not isinstance(said.get("priority", 0), int) or not all(
        isinstance(said.get(k, ""), str) for k in SIDECAR_KEYS - {"priority"}
    ):
        raise UserError(
            f"Its sidecar {name!r} holds a value of the wrong kind: priority is a whole number, the rest is text."
        )
    return said
