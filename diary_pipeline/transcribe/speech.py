"""Find speech in windows of samples and pack it into chunks of at most 30 s, without holding a whole recording.

Times in a chunk are mapped back to the original audio.
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
"""The length of Whisper's input."""

MIN_SILENCE_MS = 160
"""A pause this long ends a stretch of speech; the value of faster-whisper's own batched pipeline."""

ANALYSIS_SECONDS = 600
"""How much audio is searched for speech at once; a shorter recording is searched as a whole, as upstream does."""

ROOM_SECONDS = 60
"""A chunk that begins this close to the end of the searched audio may have room for more, so it waits for the rest."""

SampleSpan = tuple[int, int]

PAD_MS = 400
"""Kept around a stretch of speech, so that no soft beginning is cut off; upstream's value."""

MAX_SPAN_SECONDS = CHUNK_SECONDS - 2 * PAD_MS / 1000
"""The longest stretch of speech that fits into a chunk with its padding."""


@dataclass(frozen=True)
class SpeechSpan:
    """A stretch of speech in samples: `kept` with padding, `voice` without."""

    kept: SampleSpan
    voice: SampleSpan


@dataclass(frozen=True)
class Chunk:
    """Speech of one recording with the silence between cut out.

    `spans`: where it lies in the original audio. `voice`: where in the chunk somebody speaks. Both in seconds.
    """

    samples: "NDArray[np.float32]"
    spans: tuple[tuple[float, float], ...]
    voice: tuple[tuple[float, float], ...] = ()

    @property
    def seconds(self) -> float:
        """Length of the speech."""
        return len(self.samples) / SAMPLE_RATE

    def original_times(self, start: float, end: float) -> tuple[float, float]:
        """Map a word's times in the chunk to the original audio.

        The middle of the word decides to which span it belongs, so that no word is stretched over a silence that was
        cut out.
        """
        ends = list(accumulate(stop - begin for begin, stop in self.spans))
        index = min(bisect_right(ends, (start + end) / 2), len(self.spans) - 1)
        begin, stop = self.spans[index]
        shift = begin - (ends[index] - (stop - begin))
        return start + shift, end + shift

    def part(self, start: float, end: float) -> "Chunk":
        """The part of the chunk between two of its own seconds, as a chunk."""
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
    """The speech of one recording. `seconds` and `speech_seconds` count what was read so far."""

    def __init__(self, audio: Callable[[], Iterator[Samples]], analysis_seconds: float = ANALYSIS_SECONDS) -> None:
        """Take the source of windows; nothing is read yet."""
        self.seconds = 0.0
        self.speech_seconds = 0.0
        self._audio = audio
        self._enough = int(analysis_seconds * SAMPLE_RATE)

    def chunks(self) -> Iterator[Chunk]:
        """Read the audio and yield its chunks in order; raises what the audio raises."""
        import numpy as np

        buffered: list[Samples] = []
        length = start = 0
        for window in self._audio():
            buffered.append(window)
            length += len(window)
            self.seconds += len(window) / SAMPLE_RATE
            # A second more than needed, so that what is carried over is never a whole analysis.
            if length > self._enough + SAMPLE_RATE:
                samples = np.concatenate(buffered)
                done, groups = _complete_groups(samples)
                yield from self._pack(samples, groups, start)
                buffered, length, start = [samples[done:]], length - done, start + done
        if length:
            samples = np.concatenate(buffered)
            yield from self._pack(samples, pack(_find_speech(_as_floats(samples))), start)

    def _pack(self, samples: Samples, groups: Iterable[list[SpeechSpan]], start: int) -> Iterator[Chunk]:
        """Make a chunk of each group of stretches; `start` is where `samples` begin in the recording."""
        import numpy as np

        for group in groups:
            self.speech_seconds += sum(stretch.kept[1] - stretch.kept[0] for stretch in group) / SAMPLE_RATE
            speech = np.concatenate([_as_floats(samples[slice(*stretch.kept)]) for stretch in group])
            spans = tuple(((start + s.kept[0]) / SAMPLE_RATE, (start + s.kept[1]) / SAMPLE_RATE) for s in group)
            yield Chunk(speech, spans, tuple(_voices(group)))


def find_speech(samples: Samples) -> list[SampleSpan]:
    """Where there is speech in these samples, with padding: first sample and the one after the last."""
    return [stretch.kept for stretch in _find_speech(_as_floats(samples))]


def pack(found: list[SpeechSpan]) -> Iterator[list[SpeechSpan]]:
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
    """Where the voice is in a chunk made of these stretches, in seconds."""
    at = 0
    for stretch in group:
        shift = at - stretch.kept[0]
        yield (stretch.voice[0] + shift) / SAMPLE_RATE, (stretch.voice[1] + shift) / SAMPLE_RATE
        at += stretch.kept[1] - stretch.kept[0]


def _complete_groups(samples: Samples) -> tuple[int, list[list[SpeechSpan]]]:
    """Group the speech that has ended; return the sample at which the next analysis starts, and the groups.

    Speech in the last second may go on in the next window, and a chunk near the end may have room for more. Both wait
    for the next analysis, so that a long recording is cut into the same chunks as if it were searched as a whole.
    Little is carried over: no span is longer than a chunk, and only a chunk that began recently waits.
    """
    found = _find_speech(_as_floats(samples))
    edge = len(samples) - SAMPLE_RATE
    groups = list(pack([stretch for stretch in found if stretch.kept[1] <= edge]))
    if groups and groups[-1][0].kept[0] > len(samples) - ROOM_SECONDS * SAMPLE_RATE:
        groups.pop()
    done = sum(map(len, groups))
    before = found[done - 1].kept[1] if done else 0
    return (max(before, found[done].kept[0] - SAMPLE_RATE) if done < len(found) else edge), groups


def _as_floats(samples: Samples) -> "NDArray[np.float32]":
    """Samples as floats between -1 and 1, as faster-whisper's own decoder makes them."""
    import numpy as np

    return samples.astype(np.float32) / 32768.0


def _find_speech(audio: "NDArray[np.float32]") -> list[SpeechSpan]:
    """Stretches of speech. Padding is added here, not by upstream, so that the edges of the voice are known too."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(
        max_speech_duration_s=MAX_SPAN_SECONDS, min_silence_duration_ms=MIN_SILENCE_MS, speech_pad_ms=0
    )
    voices = [(clip["start"], clip["end"]) for clip in get_speech_timestamps(audio, options)]
    return [SpeechSpan(kept, voice) for kept, voice in zip(_padded(voices, len(audio)), voices, strict=True)]


def _padded(voices: list[SampleSpan], length: int) -> list[SampleSpan]:
    """Pad each voice; where two are close, each gets half of the silence between, rounded as upstream does."""
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
