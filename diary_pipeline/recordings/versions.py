"""Whether one recording holds the sound of another: the same, longer or shorter.

A file that is completed, tagged anew, trimmed or encoded anew in place is a new version of the same memo; another
recording under a used name is another memo. The bytes say nothing about that, and decoded samples differ after a cut or
another encoding. So sounds are compared by their energy over time in bands of speech, chunk by chunk, wherever a chunk
lies in the other sound.
"""

import base64
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Sound: TypeAlias = "NDArray[np.uint8]"
    """A row for every 20 ms, a column for every band: energy in half decibels above -100 dB."""

RATE, STEP, WINDOW = 16_000, 320, 1280
BANDS = 12
LOWEST_HERTZ, HIGHEST_HERTZ = 100.0, 3500.0
"""What every codec for speech keeps."""

CHUNK = 50
"""Steps of a chunk: one second."""

AUDIBLE, SILENT = 70, 24
"""Half decibels below a sound's loudest steps within which a step counts, and where silence begins in any sound."""

CLOSE, ALIKE, STEADY = 7.0, 0.7, 2.0
"""Two chunks are the same if their energies differ by at most `CLOSE` half decibels on average, and their course over
time correlates by `ALIKE` (unless it is steady, like a tone: within `STEADY`)."""

UNMATCHED = 0.05
"""The share of the shorter sound's chunks that may be missing: cuts lie within chunks."""

MOST_PARTS, MOST_PLACES = 8, 5
"""A sound from which so many passages were cut is still found in the whole; each part is sought in so many places."""


def sound_of(windows: Iterable["NDArray[np.int16]"]) -> "Sound":
    """The sound of consecutive windows of 16 kHz mono samples."""
    import numpy as np

    shape, edges = np.hanning(WINDOW).astype(np.float32), _edges()
    rows = []
    for block in _blocks(windows):
        frames = np.lib.stride_tricks.sliding_window_view(block, WINDOW)[::STEP] * shape
        power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
        bands = np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1) / (WINDOW * WINDOW / 8)
        rows.append(np.clip((10 * np.log10(bands + 1e-10) + 100) * 2, 0, 200).round().astype(np.uint8))
    return np.concatenate(rows) if rows else np.zeros((0, BANDS), np.uint8)


def to_text(sound: "Sound") -> str:
    """A sound as text for the catalog."""
    return base64.b64encode(zlib.compress(sound.tobytes())).decode("ascii")


def from_text(text: str) -> "Sound":
    """A sound from its text. Raises `ValueError` for any other text."""
    import numpy as np

    try:
        return np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8).reshape(-1, BANDS)
    except zlib.error as error:
        raise ValueError("not a sound") from error


def is_same_memo(one: "Sound", other: "Sound") -> bool:
    """Whether the longer of two sounds holds the shorter one, perhaps without some passages."""
    import numpy as np

    short, long = sorted((one, other), key=len)
    if not len(short):
        return False
    if len(long) - len(short) <= 2 and np.abs(np.subtract(short, long[: len(short)], dtype=np.float32)).mean() < 1:
        return True
    chunks = _chunks(short)
    found = _found(short, long, chunks)
    return bool(found) and len(chunks) - found <= max(UNMATCHED * len(chunks), min(1, len(chunks) // 4))


def is_equal(one: "Sound", other: "Sound") -> bool:
    """Whether two files hold exactly the same sound: only what is written beside it differs."""
    import numpy as np

    return np.array_equal(one, other)


def _found(short: "Sound", long: "Sound", chunks: list[int]) -> int:
    """How many of *chunks* (first steps in *short*) lie somewhere in *long*; parts of it may be cut out or in."""
    import numpy as np

    padded = np.pad(long, ((CHUNK, CHUNK), (0, 0)))
    left = list(chunks)
    for _ in range(MOST_PARTS):
        same: list[int] = []
        for offset in _offsets(short, padded, left) if left else ():
            same = max(same, [at for at in left if _is_same(short, padded, at, offset)], key=len)
        if not same:
            break
        left = [at for at in left if at not in set(same)]
    return len(chunks) - len(left)


def _offsets(short: "Sound", long: "Sound", chunks: list[int]) -> list[int]:
    """Where in *long* the start of *short* may lie if these chunks of it lie in one piece: the best correlations."""
    import numpy as np

    size = 1 << (len(short) + len(long)).bit_length()
    kept = np.zeros(len(short), np.float32)
    for at in chunks:
        kept[at : at + CHUNK] = 1
    product, energy = np.zeros(size // 2 + 1, np.complex64), np.zeros(len(long), np.float32)
    for band in range(BANDS):
        one, other = short[:, band].astype(np.float32), long[:, band].astype(np.float32)
        one = (one - one[kept > 0].mean()) * kept
        other -= other.mean()
        energy += other**2
        product += np.conj(np.fft.rfft(one, size)) * np.fft.rfft(other, size)
    under = np.fft.irfft(np.conj(np.fft.rfft(kept, size)) * np.fft.rfft(energy, size), size)
    score = (np.fft.irfft(product, size) / np.sqrt(np.maximum(under, under.max() / 1000 + 1e-6)))[: len(long)]
    found = []
    for _ in range(MOST_PLACES):
        found.append(int(np.argmax(score)))
        score[max(0, found[-1] - 5) : found[-1] + 6] = -np.inf
    return found


def _is_same(short: "Sound", long: "Sound", at: int, offset: int) -> bool:
    import numpy as np

    chunk = short[at : at + CHUNK].astype(np.float32)
    for shift in (0, -1, 1):
        begin = at + offset + shift
        other = long[max(0, begin) : begin + len(chunk)].astype(np.float32)
        if begin < 0 or len(other) < len(chunk):
            continue
        difference = chunk - other
        if np.abs(difference - np.median(difference)).mean() > CLOSE:
            continue
        course, its = chunk - chunk.mean(axis=0), other - other.mean(axis=0)
        scale = float(np.sqrt((course**2).sum() * (its**2).sum()))
        if course.std() < STEADY and its.std() < STEADY:
            return True
        if scale and float((course * its).sum()) / scale >= ALIKE:
            return True
    return False


def _chunks(sound: "Sound") -> list[int]:
    """First steps of the chunks in which something can be heard; of a sound under a second, the whole."""
    import numpy as np

    loud = sound.max(axis=1).astype(int)
    audible = loud >= max(np.percentile(loud, 95) - AUDIBLE, SILENT)
    starts = range(0, max(1, len(sound) - CHUNK + 1), CHUNK)
    return [at for at in starts if audible[at : at + CHUNK].mean() >= 0.3]


def _blocks(windows: Iterable["NDArray[np.int16]"]) -> Iterator["NDArray[np.float32]"]:
    """Samples from -1 to 1 in blocks whose steps follow each other; the last one is padded."""
    import numpy as np

    kept = np.zeros(0, np.float32)
    for window in windows:
        kept = np.concatenate((kept, window.astype(np.float32) / 32768))
        whole = (len(kept) - WINDOW) // STEP + 1
        if whole > 0:
            yield kept[: (whole - 1) * STEP + WINDOW]
            kept = kept[whole * STEP :]
    if len(kept):
        yield np.pad(kept, (0, max(0, WINDOW - len(kept))))[:WINDOW]


def _edges() -> "NDArray[np.int64]":
    """First bins of the bands, and the end of the last."""
    import numpy as np

    return np.round(np.geomspace(LOWEST_HERTZ, HIGHEST_HERTZ, BANDS + 1) * WINDOW / RATE).astype(np.int64)
