"""Sample memos as the engine's tests take them: samples, windows, three minutes of several memos."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
from faster_whisper import decode_audio

from diary_pipeline.transcribe import Result
from diary_pipeline.transcribe.engine import Samples
from diary_pipeline.transcribe.stitch import Word

SAMPLES = Path(__file__).parents[1] / "samples"
LONG = ("2026-03-14 08.12.m4a", "2026-03-16 22.06.m4a", "2026-03-15 09.30.m4a", "2026-03-14 13.05.ogg")


def samples(name: str) -> Samples:
    """All samples of a sample memo."""
    audio: Samples = (decode_audio(str(SAMPLES / name)) * 32768).astype(np.int16)
    return audio


def windows(audio: Samples, seconds: float = 10) -> Callable[[], Iterator[Samples]]:
    """The audio as a job gives it: in windows."""
    step = int(seconds * 16_000)
    return lambda: (audio[at : at + step] for at in range(0, len(audio), step))


def text(result: Result) -> str:
    """All words of a result."""
    return " ".join(segment.text for segment in result.segments)


@cache
def three_minutes() -> Samples:
    """Memos with pauses of different lengths between them."""
    parts: list[Samples] = []
    for number, name in enumerate(LONG):
        parts += [samples(name), np.zeros((number * 3 + 1) * 16_000, np.int16)]
    return np.concatenate(parts)


def drawn_out(word: str, begin: float, end: float, probability: float = 0.9) -> tuple[Word, ...]:
    """A scripted decoder's way to fill voice with one word: half a second of it, and words without letters to the end.

    A single word that lasts longer than anybody speaks would be decoded again.
    """
    parts = max(1, round((end - begin) / 0.5))
    edges = np.linspace(begin, end, parts + 1).tolist()
    return tuple(Word("" if n else word, edges[n], edges[n + 1], probability) for n in range(parts))
