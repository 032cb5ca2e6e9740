"""Parts of a file, in the child process: recorders and people join files end to end, each with a rate of its own.

FFmpeg reads the first part alone, or gives up where something changes, so that each part is opened as a file.
"""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MOST_PARTS = 1000
_BLOCK = 1 << 20
_FLAC = (b"fLaC\x00\x00\x00\x22", b"fLaC\x80\x00\x00\x22")
"""How a FLAC file begins, with the length of its first block."""

Part = tuple[int, int]


def parts_of(path: Path) -> list[Part]:
    """First byte of each part and the one after its last; one part of a file that is not joined of several."""
    with path.open("rb") as file:
        size, starts = os.fstat(file.fileno()).st_size, [0]
        for begin in _begins(file):
            if begin > 0:
                starts.append(begin)
            if len(starts) == MOST_PARTS:
                break
    return list(zip(starts, [*starts[1:], size], strict=True))


def opened_part(path: Path, part: Part) -> BinaryIO:
    """An open file that holds this part alone."""
    file = path.open("rb")
    whole = part == (0, os.fstat(file.fileno()).st_size)
    return file if whole else io.BufferedReader(_PartOfFile(file, part))


def _begins(file: BinaryIO) -> Iterator[int]:
    """Where parts begin, as far as a file of this kind says it."""
    head = file.read(12)
    if head.startswith(b"OggS"):
        return _of_ogg(file)
    if head.startswith(b"fLaC"):
        return _of_flac(file)
    if head.startswith((b"RIFF", b"FORM")):
        return _of_chunks(file, head[:4])
    return _of_boxes(file) if head[4:8] == b"ftyp" else iter(())


def _of_ogg(file: BinaryIO) -> Iterator[int]:
    """Pages that begin a stream after others; up to the first damaged page."""
    at, beginning = 0, False
    while len(page := _read(file, at, 282)) >= 27 and page.startswith(b"OggS"):
        if page[5] & 2 and not beginning:
            yield at
        beginning = bool(page[5] & 2)
        at += 27 + page[26] + sum(page[27 : 27 + page[26]])


def _of_flac(file: BinaryIO) -> Iterator[int]:
    at = 0
    while len(block := _read(file, at, _BLOCK)) > 8:
        found = block.find(_FLAC[0][:4])
        while found >= 0:
            if block.startswith(_FLAC, found):
                yield at + found
            found = block.find(_FLAC[0][:4], found + 4)
        at += len(block) - 7


def _of_chunks(file: BinaryIO, kind: bytes) -> Iterator[int]:
    """Of WAV and AIFF files; a length that was never written ends the search."""
    at = 0
    while len(head := _read(file, at, 8)) == 8 and head.startswith(kind):
        yield at
        size = int.from_bytes(head[4:], "little" if kind == b"RIFF" else "big")
        at += 8 + size + size % 2


def _of_boxes(file: BinaryIO) -> Iterator[int]:
    """Of MP4 and M4A files."""
    at = 0
    while len(head := _read(file, at, 16)) == 16:
        size = int.from_bytes(head[:4], "big")
        size = int.from_bytes(head[8:], "big") if size == 1 else size
        if head[4:8] == b"ftyp":
            yield at
        if size < 8:
            return
        at += size


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


class _PartOfFile(io.RawIOBase):
    """A part of an open file, which it owns."""

    def __init__(self, file: BinaryIO, part: Part) -> None:
        self._file, (self._begin, self._end) = file, part
        self._file.seek(self._begin)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what io's own readers pass
        data = self._file.read(min(len(buffer), max(0, self._end - self._file.tell())))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: self._begin, io.SEEK_CUR: self._file.tell(), io.SEEK_END: self._end}[whence]
        return self._file.seek(max(self._begin, origin + offset)) - self._begin

    def close(self) -> None:
        self._file.close()
        super().close()
