"""Documents under one root, a folder or a bucket: one rule for every path, and writes that are whole or not there.

Documents are immutable: the first writer of a path wins, and a later one changes nothing. Only the diary's pages, and
what the catalog knows of recordings and pages, have a fixed place and are replaced. What is `local_only` goes to the
home's own folder even where the store is a bucket.

A page may have a variant at each place. Every other document is one, and is read wherever it is: it may have been
written before its recording became `local_only`, or, as audio, not have gone to the bucket yet.
"""

import contextlib
import errno
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from diary_pipeline.atomic_write import (
    CHUNK_BYTES,
    TEMPORARY,
    CountingReader,
    write_atomically,
)
from diary_pipeline.bucket_writes import create, replace_if
from diary_pipeline.errors import DiaryError, TransientError
from diary_pipeline.file_names import as_name
from diary_pipeline.schema import Privacy

if TYPE_CHECKING:
    from upath import UPath

ELSEWHERE = "If another machine has ingested it, run `diary process` there; else put it back, then try again."
REPLACED = ("days/", "recordings/", "compositions/", "tables/")
"""Folders of what has a fixed place: pages, what the catalog knows of recordings and pages, and day tables."""


class _ChangedError(Exception):
    """Somebody has saved a page meanwhile."""


class Store:
    """Reads and writes documents by paths relative to the root."""

    def __init__(self, url: str, home: Path, timeout_seconds: float) -> None:
        self.url, self.home, self._timeout = url, Path(home), timeout_seconds
        self.is_local = "://" not in url
        self.root: Path | UPath = Path(url) if self.is_local else self._reached(url)
        self.split = not self.is_local or Path(url).resolve() != self.home.resolve()

    def at(self, path: str, privacy: Privacy) -> "Path | UPath":
        """Where a document of this privacy class lies."""
        return (self.home if privacy == "local_only" else self.root) / path

    def before_transcription(self, privacy: Privacy) -> Privacy:
        """As what class a recording's audio is stored until its opening was transcribed: no bucket gets it before."""
        return privacy if self.is_local else "local_only"

    def write_new(self, path: str, data: bytes, privacy: Privacy) -> bool:
        """Write a document that does not exist yet; False, writing nothing, when it does."""
        target = self.at(path, privacy)
        with self._as_diary_errors(path):
            if isinstance(target, Path):
                return write_atomically(target, data, replace=False)
            return create(target, data)

    def replace(self, path: str, data: bytes, privacy: Privacy) -> None:
        """Write a page at its fixed place; readers see the old one or the new one, never half of one."""
        target = self.at(path, privacy)
        with self._as_diary_errors(path):
            if isinstance(target, Path):
                write_atomically(target, data, replace=True)
            else:
                target.fs.pipe_file(target.path, data)

    def replace_if_still(self, path: str, before: bytes | None, data: bytes, privacy: Privacy) -> bool:
        """Like `replace`; False, writing nothing, when the page is no longer *before* (None: there was none)."""
        target = self.at(path, privacy)

        def is_still() -> bool:
            return self.read(path, privacy) == before

        def verify() -> None:
            if not is_still():
                raise _ChangedError

        with self._as_diary_errors(path), contextlib.suppress(_ChangedError):
            if not isinstance(target, Path):
                return replace_if(target, data, is_still)
            write_atomically(target, data, replace=True, verify=verify)
            return True
        return False

    def names(self, folder: str, privacy: Privacy) -> frozenset[str]:
        """The names of what lies directly in a folder; none where there is no such folder."""
        with self._as_diary_errors(folder):
            try:
                return frozenset(path.name for path in self.at(folder, privacy).iterdir())
            except FileNotFoundError:
                return frozenset()

    def copy_in(self, path: str, source: BinaryIO, privacy: Privacy, verify: Callable[[], None]) -> None:
        """Copy a stream to *path*. *verify* runs before the copy gets its name; if it raises, nothing is left."""
        target = self.at(path, privacy)
        with self._as_diary_errors(path):
            if _is_local(target):
                write_atomically(Path(str(target)), source, replace=True, verify=verify)
                return
            with target.open("wb") as out:
                while piece := source.read(CHUNK_BYTES):
                    out.write(piece)
            verify()

    def read(self, path: str, privacy: Privacy) -> bytes | None:
        """A document's bytes; None when there is none. Of a page, the variant of that class."""
        with self._as_diary_errors(path):
            for place in self._places(path, privacy):
                with contextlib.suppress(FileNotFoundError):
                    return place.read_bytes()
        return None

    def set_aside(self, path: str, privacy: Privacy) -> str | None:
        """Rename a document that cannot be read, beside its place; its new path, or None when there is none."""
        with self._as_diary_errors(path):
            target = next((place for place in self._places(path, privacy) if place.exists()), None)
            if target is None:
                return None
            names = (f"{path}.damaged-{number}" for number in itertools.count(1))
            name = next(name for name in names if not any(place.exists() for place in self._places(name, privacy)))
            aside = target.with_name(name.rpartition("/")[2])
            if _is_local(target):
                Path(str(target)).rename(str(aside))
            else:
                aside.write_bytes(target.read_bytes())
                target.unlink()
            return name

    def delete(self, path: str, privacy: Privacy) -> None:
        """Remove a document if it is there; of a page, the variant of that class."""
        with self._as_diary_errors(path):
            for place in self._places(path, privacy):
                with contextlib.suppress(FileNotFoundError):
                    place.unlink()

    def outside(self, path: str, beginning: str = "") -> dict[str, int]:
        """The document at *path* in the root, or all in that folder of it whose names begin so, with their bytes.

        As the root lists them now.
        """
        place = self.root / path
        with self._as_diary_errors(path):
            if isinstance(place, Path) or isinstance(self.root, Path):
                files = [place] if place.is_file() else [f for f in place.rglob(f"{beginning}*") if f.is_file()]
                return {file.relative_to(str(self.root)).as_posix(): file.stat().st_size for file in files}
            place.fs.invalidate_cache()
            begin = len(self.root.path.rstrip("/")) + 1
            narrowed = {"prefix": beginning} if beginning else {}  # some programs for buckets take no notice of it
            found = place.fs.find(place.path, detail=True, **narrowed).items()
            return {n[begin:]: info["size"] for n, info in found if n.rpartition("/")[2].startswith(beginning)}

    def bring_home(self, path: str, size: int) -> None:
        """Copy a document of *size* bytes from the root to the home, unless the home has it; then remove it there."""
        home, outside = Path(str(self.at(path, "local_only"))), self.at(path, "standard")
        if isinstance(outside, Path) and home.exists() and home.samefile(outside):
            return
        if not home.exists():
            with self._as_diary_errors(path), outside.open("rb") as source:
                counted = CountingReader(source)

                def whole() -> None:
                    if counted.bytes != size:
                        raise TransientError(f"{path} came only in part from {self.url}. Nothing is lost; try again.")

                self.copy_in(path, cast("BinaryIO", counted), "local_only", verify=whole)
        with self._as_diary_errors(path), contextlib.suppress(FileNotFoundError):
            outside.unlink()

    def paths(self, folder: str, privacy: Privacy) -> list[str]:
        """The paths of all files in *folder*, at any depth, where documents of this privacy class lie."""
        root = self.at("", privacy)
        with self._as_diary_errors(folder):
            if isinstance(root, Path):
                files = (file for file in root.glob(f"{folder}/**/*") if file.is_file())
                found = [file.relative_to(root).as_posix() for file in files]
            else:
                root.fs.invalidate_cache()
                prefix = root.path.rstrip("/")
                found = [place[len(prefix) + 1 :] for place in root.fs.find(f"{prefix}/{folder}")]
            return sorted(name for name in found if not name.rpartition("/")[2].startswith(TEMPORARY))

    @contextmanager
    def local_file(self, path: str, privacy: Privacy) -> Iterator[Path]:
        """The document as a file of this machine; one from a bucket is fetched for as long as the context lasts."""
        places = self._places(path, privacy)
        target = next((place for place in places if _is_local(place) and place.exists()), places[-1])
        if _is_local(target):
            yield Path(str(target))
            return
        import tempfile

        with tempfile.TemporaryDirectory(prefix="diary-") as folder, self._as_diary_errors(path):
            copy = Path(folder) / target.name
            if not target.exists():
                raise TransientError(f"{path} is neither in this home nor in {self.url}. {ELSEWHERE}")
            with target.open("rb") as source, copy.open("wb") as out:
                while piece := source.read(CHUNK_BYTES):
                    out.write(piece)
            yield copy

    def _places(self, path: str, privacy: Privacy) -> "list[Path | UPath]":
        """Where a document may lie, the home first. What is replaced has a variant at each place."""
        if path.startswith(REPLACED) or not self.split:
            return [self.at(path, privacy)]
        return [self.at(path, "local_only"), self.at(path, "standard")]

    def _reached(self, url: str) -> "UPath":
        """The bucket, once it has answered within the timeout: its own client would retry for minutes."""
        from upath import UPath

        answer: list[UPath | Exception] = []

        def look() -> None:
            try:
                root = UPath(url)
                root.fs.invalidate_cache()
                root.fs.ls(root.path.partition("/")[0])
                answer.append(root)
            except Exception as error:  # noqa: BLE001 - handed to the caller below
                answer.append(error)

        thread = threading.Thread(target=look, daemon=True, name="diary-store")
        thread.start()
        thread.join(self._timeout)
        if answer and isinstance(answer[0], UPath):
            return answer[0]
        cause = type(answer[0]).__name__ if answer else f"no answer within {self._timeout:g} s"
        raise TransientError(
            f"The store {url} cannot be reached ({cause}). Nothing is lost; "
            "check DIARY_STORE, the network and the credentials, then try again."
        )

    @contextmanager
    def _as_diary_errors(self, path: str) -> Iterator[None]:
        try:
            yield
        except DiaryError:
            raise
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            mend = (
                "its disk is full: make room"
                if full
                else f"{error.strerror or type(error).__name__}: check that it can be written"
            )
            raise TransientError(
                f"The store {self.url} failed at {path}: {mend}, then try again. Nothing is lost."
            ) from error
        except Exception as error:  # a bucket's client has errors of many kinds, and their text may be long
            if self.is_local:
                raise
            raise TransientError(
                f"The store {self.url} failed at {path} ({type(error).__name__}). Check the network and the "
                "credentials, then try again. Nothing is lost."
            ) from error


def audio_path(recording: str, suffix: str) -> str:
    """Place of a recording's bytes; *suffix* with its dot, lower case."""
    return f"audio/{recording}{suffix}"


def document_path(kind: str, recording: str, fingerprint: str) -> str:
    """Place of a transcript or a note: one document per recording and fingerprint."""
    return f"{kind}/{recording}/{fingerprint}.json"


def recording_path(recording: str) -> str:
    """Place of what the catalog knows of a recording; rewritten when that changes."""
    return f"recordings/{recording}.json"


def compositions_path(author: str, day: date) -> str:
    """Place of what the catalog knows of a page; rewritten when that changes."""
    return f"compositions/{page_path(author, day).removeprefix('days/')}.json"


def page_path(author: str, day: date) -> str:
    """Place of a diary page without its ending; authors may be called anything, folders may not."""
    return f"days/{as_name(author)}/{day.isoformat()}"


def _is_local(path: "Path | UPath") -> bool:
    return isinstance(path, Path)
