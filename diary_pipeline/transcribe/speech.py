"""Segment: windows of samples in, chunks of at most thirty seconds of speech out, without ever holding a whole recording.

What belongs here: finding speech, packing it into chunks, and leading a time in a chunk back to the original audio.
What does not: opening files, features, models of language.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from diary_pipeline.transcribe.engine import SAMPLE_RATE, Samples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHUNK_SECONDS = 30
"""What Whisper hears at once."""

MIN_SILENCE_MS = 160
"""A pause this long ends a stretch of speech; the value of faster-whisper's own batched pipeline."""

ANALYSIS_SECONDS = 600
"""How much audio is searched for speech at once; a shorter recording is searched whole, exactly as upstream does."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Chunk:
    """Speech of one recording with the silence between cut out. `spans`: where it lies in the original audio, in seconds."""

    samples: "NDArray[np.float32]"
    spans: tuple[tuple[float, float], ...]

    @property
    def seconds(self) -> float:
        """Length of the speech."""
        return len(self.samples) / SAMPLE_RATE

    def original(self, start: float, end: float) -> tuple[float, float]:
        """Lead a word's times in the chunk back to the original audio.

        The middle of the word decides in which span it was spoken, so that no word is stretched over a silence that was cut out.
        """
        ends = list(accumulate(stop - begin for begin, stop in self.spans))
        index = min(bisect_right(ends, (start + end) / 2), len(self.spans) - 1)
        begin, stop = self.spans[index]
        shift = begin - (ends[index] - (stop - begin))
        return start + shift, end + shift


class Speech:
    """The speech of one recording. `seconds` and `speech_seconds` count what was heard so far."""

    def __init__(self, audio: Callable[[], Iterator[Samples]], analysis_seconds: float = ANALYSIS_SECONDS) -> None:
        """Take the source of windows; nothing is read yet."""
        self.seconds = 0.0
        self.speech_seconds = 0.0
        self._audio = audio
        self._enough = int(analysis_seconds * SAMPLE_RATE)

    def chunks(self) -> Iterator[Chunk]:
        """Read the audio and yield its chunks in order; whatever the audio raises comes out here."""
        import numpy as np

        held: list[Samples] = []
        length = start = 0
        for window in self._audio():
            held.append(window)
            length += len(window)
            self.seconds += len(window) / SAMPLE_RATE
            # A second more than is needed: what is carried over then never makes up a whole analysis.
            if length > self._enough + SAMPLE_RATE:
                samples = np.concatenate(held)
                done, spans = _finished(samples)
                yield from self._pack(samples, spans, start)
                held, length, start = [samples[done:]], length - done, start + done
        if length:
            samples = np.concatenate(held)
            yield from self._pack(samples, _spans(_heard(samples)), start)

    def _pack(self, samples: Samples, spans: list[Span], start: int) -> Iterator[Chunk]:
        """Fill chunks with neighbouring spans, as many as fit; `start` is where `samples` begin in the recording."""
        import numpy as np

        for group in packed(spans):
            self.speech_seconds += sum(end - begin for begin, end in group) / SAMPLE_RATE
            speech = np.concatenate([_heard(samples[begin:end]) for begin, end in group])
            yield Chunk(speech, tuple(((start + begin) / SAMPLE_RATE, (start + end) / SAMPLE_RATE) for begin, end in group))


def packed(spans: list[Span]) -> Iterator[list[Span]]:
    """Group spans of samples in order so that each group holds at most one chunk's worth of speech."""
    group: list[Span] = []
    length = 0
    for begin, end in spans:
        if group and length + end - begin > CHUNK_SECONDS * SAMPLE_RATE:
            yield group
            group, length = [], 0
        group.append((begin, end))
        length += end - begin
    if group:
        yield group


def _finished(samples: Samples) -> tuple[int, list[Span]]:
    """Find the speech that is certainly over, and the sample from which the next analysis has to hear again.

    Speech that reaches into the last second may go on in the next window: it is left for then. As no span is longer than a
    chunk, at most that much is carried over.
    """
    spans = _spans(_heard(samples))
    edge = len(samples) - SAMPLE_RATE
    if not spans or spans[-1][1] <= edge:
        return edge, spans
    before = spans[-2][1] if len(spans) > 1 else 0
    return max(before, spans[-1][0] - SAMPLE_RATE), spans[:-1]


def _heard(samples: Samples) -> "NDArray[np.float32]":
    """Samples as the models want them: floats between -1 and 1, as faster-whisper's own decoder makes them."""
    import numpy as np

    return samples.astype(np.float32) / 32768.0


def _spans(audio: "NDArray[np.float32]") -> list[Span]:
    """Stretches of speech, in samples."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(max_speech_duration_s=CHUNK_SECONDS, min_silence_duration_ms=MIN_SILENCE_MS)
    return [(clip["start"], clip["end"]) for clip in get_speech_timestamps(audio, options)]
