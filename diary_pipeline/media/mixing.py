"""Which tracks of a file are heard: those with speech, at the times at which they have it.

The voice may be in the second stream, or on one track of many beside tracks of noise, music or the same voice. The mean
of all would bury it, and the loudest may be noise.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Track: TypeAlias = "NDArray[np.int16]"

Spans: TypeAlias = list[tuple[int, int]]
"""Where there is speech: first sample and the one after the last."""

FindSpeech: TypeAlias = "Callable[[Track], Spans]"

FAINT = 0.01
"""A track whose amplitude is below this share of the loudest one's is silent."""

MARGIN = 800
"""Samples before and after a stretch of speech in which its sound rises and falls: 0.05 s."""


def mixed(tracks: "list[Track]", find_speech: "FindSpeech | None") -> "Track":
    """One track of 16 kHz samples.

    The track with most speech is heard all the time; of each other one the stretches of speech of which most is not
    heard yet. So two speakers on two tracks are both heard, and a voice on two tracks once. Without speech, or a way to
    find it, the tracks that are not silent are averaged.
    """
    distinct = _distinct(tracks) if len(tracks) > 1 else tracks
    if len(distinct) == 1:
        return distinct[0]
    spoken = [(track, find_speech(track)) for track in distinct] if find_speech else []
    spoken = sorted(((t, spans) for t, spans in spoken if spans), key=lambda pair: _length(pair[1]), reverse=True)
    if not spoken:
        return _average(distinct)
    (result, spans), others = (spoken[0][0].astype("float32"), spoken[0][1]), spoken[1:]
    heard = _mask(spans, len(result))
    for track, spans in others:
        new = [(begin, end) for begin, end in spans if heard[begin:end].mean() < 0.5]
        if new:
            result += track * _envelope(new, len(track))
            heard |= _mask(new, len(track))
    return _as_samples(result)


def _distinct(tracks: "list[Track]") -> "list[Track]":
    """The tracks that are not silent, and of those that hold the same the first; the loudest first."""
    import numpy as np

    power = [float(np.square(track, dtype=np.float32).mean()) for track in tracks]
    loudest = max(power)
    kept: list[Track] = []
    seen = set[bytes]()
    for number in sorted(range(len(tracks)), key=lambda number: -power[number]):
        if kept and power[number] <= loudest * FAINT**2:
            break
        if (content := tracks[number].tobytes()) not in seen:
            seen.add(content)
            kept.append(tracks[number])
    return kept


def _average(tracks: "list[Track]") -> "Track":
    """The mean, of which those that are the others' opposite are turned round."""
    import numpy as np

    first = tracks[0].astype(np.float32)
    total = first.copy()
    for track in tracks[1:]:
        levels = track.astype(np.float32)
        total += -levels if float(levels @ first) < 0 else levels
    return _as_samples(total / np.float32(len(tracks)))


def _mask(spans: Spans, length: int) -> "NDArray[np.bool_]":
    import numpy as np

    mask = np.zeros(length, np.bool_)
    for begin, end in spans:
        mask[begin:end] = True
    return mask


def _envelope(spans: Spans, length: int) -> "NDArray[np.float32]":
    """1 where there is speech, rising before it and falling after it."""
    import numpy as np

    slope = np.arange(1, MARGIN + 1, dtype=np.float32) / MARGIN
    envelope = np.zeros(length + 2 * MARGIN, np.float32)
    for begin, end in spans:
        shape = np.concatenate((slope, np.ones(end - begin, np.float32), slope[::-1]))
        part = envelope[begin : end + 2 * MARGIN]
        np.maximum(part, shape, out=part)
    return envelope[MARGIN : MARGIN + length]


def _as_samples(levels: "NDArray[np.float32]") -> "Track":
    import numpy as np

    return np.clip(np.rint(levels), -32768, 32767).astype(np.int16)


def _length(spans: Spans) -> int:
    return sum(end - begin for begin, end in spans)
