"""Files of this machine that are whole or not there: a temporary name, fsync, then the rename."""

import errno
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

TEMPORARY = ".diary-tmp-"
CHUNK_BYTES = 1 << 20


def write_atomically(
    target: Path, data: bytes | BinaryIO, *, replace: bool, verify: Callable[[], None] | None = None
) -> bool:
    """Temporary name, fsync, then rename (or link, which refuses an existing name), then fsync of the folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with temporary.open("wb") as out:
            if isinstance(data, bytes):
                out.write(data)
            else:
                while piece := data.read(CHUNK_BYTES):
                    out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if verify is not None:
            verify()
        if replace:
            temporary.replace(target)
        elif not _link(temporary, target):
            return False
        _sync_folder(target.parent)
        return True
    finally:
        temporary.unlink(missing_ok=True)


def _link(temporary: Path, target: Path) -> bool:
    try:
        os.link(temporary, target)
    except FileExistsError:
        return False
    except OSError as error:  # exFAT and some network shares have no hard links
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK):
            raise
        if target.exists():
            return False
        temporary.replace(target)
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class CountingReader:
    """A stream that counts what is read from it."""

    def __init__(self, source: Any) -> None:
        self._source, self.bytes = source, 0

    def read(self, size: int) -> bytes:
        """The next bytes, at most *size*."""
        piece: bytes = self._source.read(size)
        self.bytes += len(piece)
        return piece
