"""Segment: windows of samples in, chunks of at most thirty seconds of speech out, without ever holding a whole recording.

What belongs here: finding speech, packing it into chunks, and leading a time in a chunk back to the original audio.
What does not: opening files, features, models of language.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
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

ROOM_SECONDS = 60
"""A chunk that begins so near the end of what is searched may have room for what comes next, so it is left for then."""

Span = tuple[int, int]


PAD_MS = 400
"""What is kept around a stretch of speech, so that no soft beginning is cut off; upstream's value."""

MAX_SPAN_SECONDS = CHUNK_SECONDS - 2 * PAD_MS / 1000
"""A stretch of speech with what is kept around it must fit into a chunk."""


@dataclass(frozen=True)
class SpeechSpan:
    """A stretch of speech in samples: what is kept of it, and within that where the voice itself was found."""

    kept: Span
    voice: Span


@dataclass(frozen=True)
class Chunk:
    """Speech of one recording with the silence between cut out.

    `spans`: where it lies in the original audio. `voice`: where in the chunk somebody was found speaking. Both in
    seconds.
    """

    samples: "NDArray[np.float32]"
    spans: tuple[tuple[float, float], ...]
    voice: tuple[tuple[float, float], ...] = ()

    @property
    def seconds(self) -> float:
        """Length of the speech."""
        return len(self.samples) / SAMPLE_RATE

    def original(self, start: float, end: float) -> tuple[float, float]:
        """Lead a word's times in the chunk back to the original audio.

        The middle of the word decides in which span it was spoken, so that no word is stretched over a silence that was
        cut out.
        """
        ends = list(accumulate(stop - begin for begin, stop in self.spans))
        index = min(bisect_right(ends, (start + end) / 2), len(self.spans) - 1)
        begin, stop = self.spans[index]
        shift = begin - (ends[index] - (stop - begin))
        return start + shift, end + shift

    def part(self, start: float, end: float) -> "Chunk":
        """The chunk between two of its own seconds, as a chunk."""
        first, last = max(0, int(start * SAMPLE_RATE)), min(len(self.samples), int(end * SAMPLE_RATE))
        start, end = first / SAMPLE_RATE, last / SAMPLE_RATE
        spans: list[tuple[float, float]] = []
        at = 0.0
        for begin, stop in self.spans:
            inside = max(start - at, 0.0), min(end - at, stop - begin)
            if inside[0] < inside[1]:
                spans.append((begin + inside[0], begin + inside[1]))
            at += stop - begin
        voice = tuple((max(b, start) - start, min(e, end) - start) for b, e in self.voice if b < end and e > start)
        return Chunk(self.samples[first:last], tuple(spans), voice)


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
                done, groups = _finished(samples)
                yield from self._pack(samples, groups, start)
                held, length, start = [samples[done:]], length - done, start + done
        if length:
            samples = np.concatenate(held)
            yield from self._pack(samples, packed(_found(_heard(samples))), start)

    def _pack(self, samples: Samples, groups: Iterable[list[SpeechSpan]], start: int) -> Iterator[Chunk]:
        """Make each group of stretches a chunk; `start` is where `samples` begin in the recording."""
        import numpy as np

        for group in groups:
            self.speech_seconds += sum(stretch.kept[1] - stretch.kept[0] for stretch in group) / SAMPLE_RATE
            speech = np.concatenate([_heard(samples[slice(*stretch.kept)]) for stretch in group])
            spans = tuple(((start + s.kept[0]) / SAMPLE_RATE, (start + s.kept[1]) / SAMPLE_RATE) for s in group)
            yield Chunk(speech, spans, tuple(_voices(group)))


def packed(found: list[SpeechSpan]) -> Iterator[list[SpeechSpan]]:
    """Group stretches in order so that each group holds at most one chunk's worth of speech."""
    group: list[SpeechSpan] = []
    length = 0
    for stretch in found:
        begin, end = stretch.kept
        if group and length + end - begin > CHUNK_SECONDS * SAMPLE_RATE:
            yield group
            group, length = [], 0
        group.append(stretch)
        length += end - begin
    if group:
        yield group


def _voices(group: list[SpeechSpan]) -> Iterator[tuple[float, float]]:
    """Where in a chunk made of these stretches the voice is, in seconds."""
    at = 0
    for stretch in group:
        shift = at - stretch.kept[0]
        yield (stretch.voice[0] + shift) / SAMPLE_RATE, (stretch.voice[1] + shift) / SAMPLE_RATE
        at += stretch.kept[1] - stretch.kept[0]


def _finished(samples: Samples) -> tuple[int, list[list[SpeechSpan]]]:
    """Pack the speech that is certainly over, and say from which sample the next analysis has to hear again.

    Speech that reaches into the last second may go on in the next window, and a chunk near the end may have room for
    more: both are left for then, so that a long recording is cut into the chunks that it would be cut into as a whole.
    Little is carried over: no span is longer than a chunk, and a chunk that began long ago is not waited for.
    """
    found = _found(_heard(samples))
    edge = len(samples) - SAMPLE_RATE
    groups = list(packed([stretch for stretch in found if stretch.kept[1] <= edge]))
    if groups and groups[-1][0].kept[0] > len(samples) - ROOM_SECONDS * SAMPLE_RATE:
        groups.pop()
    done = sum(map(len, groups))
    before = found[done - 1].kept[1] if done else 0
    return (max(before, found[done].kept[0] - SAMPLE_RATE) if done < len(found) else edge), groups


def _heard(samples: Samples) -> "NDArray[np.float32]":
    """Samples as the models want them: floats between -1 and 1, as faster-whisper's own decoder makes them."""
    import numpy as np

    return samples.astype(np.float32) / 32768.0


def _found(audio: "NDArray[np.float32]") -> list[SpeechSpan]:
    """Stretches of speech.

    Upstream pads them itself; it is asked not to, so that the voice's own edges are known too.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        max_speech_duration_s=MAX_SPAN_SECONDS, min_silence_duration_ms=MIN_SILENCE_MS, speech_pad_ms=0
    )
    voices = [(clip["start"], clip["end"]) for clip in get_speech_timestamps(audio, options)]
    return [SpeechSpan(kept, voice) for kept, voice in zip(_padded(voices, len(audio)), voices, strict=True)]


def _padded(voices: list[Span], length: int) -> list[Span]:
    """Keep a little around each voice; where two are close, each gets half of what is between, rounded as upstream does."""
    pad = PAD_MS * SAMPLE_RATE // 1000
    padded = [list(voice) for voice in voices]
    for number, here in enumerate(padded):
        if number == 0:
            here[0] = max(0, here[0] - pad)
        if number + 1 == len(padded):
            here[1] = min(length, here[1] + pad)
            break
        following = padded[number + 1]
        silence = following[0] - here[1]
        close = silence < 2 * pad
        here[1] = here[1] + silence // 2 if close else min(length, here[1] + pad)
        following[0] = max(0, following[0] - (silence // 2 if close else pad))
    return [(begin, end) for begin, end in padded]
