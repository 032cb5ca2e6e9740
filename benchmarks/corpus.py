"""Audio and references for the benches of speech: the samples, real clips of ../shared/audio if present, and slices.

The same at every run.
"""

import csv
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from diary_pipeline.transcribe.engine import SAMPLE_RATE, Samples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("en",)


@dataclass(frozen=True)
class Spoken:
    """A recording and its reference `text` (None: there is none). `language` "-": nobody speaks."""

    name: str
    audio: Samples
    text: str | None
    language: str

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.audio) / SAMPLE_RATE

    @property
    def floats(self) -> "NDArray[np.float32]":
        """The audio as faster-whisper takes it."""
        import numpy as np

        return np.divide(self.audio, 32768, dtype=np.float32)

    def windows(self, seconds: float = 60) -> Callable[[], Iterator[Samples]]:
        """The audio as a job gives it."""
        step = int(seconds * SAMPLE_RATE)
        return lambda: (self.audio[at : at + step] for at in range(0, len(self.audio), step))


def shared() -> Path | None:
    """The folder of real clips (DIARY_SHARED or ../shared), if it is at hand."""
    folder = Path(os.environ.get("DIARY_SHARED") or ROOT.parent / "shared") / "audio"
    return folder if (folder / "manifest.tsv").exists() else None


def samples() -> list[Spoken]:
    """The sample memos, the silent one too."""
    folder = ROOT / "samples"
    files = sorted(path for path in folder.iterdir() if path.with_suffix(".txt").exists() and path.suffix != ".txt")
    texts = [path.with_suffix(".txt").read_text(encoding="utf-8").strip() for path in files]
    return [
        Spoken(path.name, decoded(path), text, "en" if text else "-") for path, text in zip(files, texts, strict=True)
    ]


def clips() -> list[Spoken]:
    """The real clips, in all languages; none where they are not at hand.

    The same recording in a second container is left out.
    """
    folder = shared()
    if folder is None:
        return []
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if "same" not in row["note"].split(",")[0]]
    return [Spoken(row["file"], decoded(folder / row["file"]), row["reference"] or None, row["lang"]) for row in rows]


def decoded(path: Path) -> Samples:
    """All samples of a file."""
    import numpy as np
    from faster_whisper import decode_audio

    audio: Samples = (decode_audio(str(path)) * 32768).astype(np.int16)
    return audio


def natural(recordings: Sequence[Spoken], count: int, shortest: float = 3, longest: float = 15) -> list[Spoken]:
    """Memos as people leave them: cut in the pauses, 3 to 15 s long."""
    random_ = random.Random(7)  # noqa: S311 - a corpus must be the same at every run
    pieces: list[Spoken] = []
    for recording in recordings:
        begin, wanted = 0, random_.uniform(shortest, longest)
        for pause in [*_pauses(recording), len(recording.audio)]:
            ends = pause == len(recording.audio)
            if (pause - begin) / SAMPLE_RATE >= wanted or ends:
                if shortest <= (pause - begin) / SAMPLE_RATE <= longest + 1:
                    pieces.append(_piece(recording, begin, pause))
                begin, wanted = pause, random_.uniform(shortest, longest)
    random_.shuffle(pieces)
    return pieces[:count]


def harsh(recordings: Sequence[Spoken], count: int, seconds: float = 15, seed: int = 11) -> list[Spoken]:
    """Slices cut anywhere, in the middle of words and over the seams of recordings, with changes of level."""
    import numpy as np

    random_ = random.Random(seed)  # noqa: S311
    order = [recording for recording in recordings if recording.language == "en"]
    random_.shuffle(order)
    levels = [random_.uniform(0.25, 1.0) for _ in order]
    joined = np.concatenate([(r.audio * level).astype(np.int16) for r, level in zip(order, levels, strict=True)])
    length = int(seconds * SAMPLE_RATE)
    starts = [int(at) for at in np.linspace((3 + seed - 11) % 9 * SAMPLE_RATE, len(joined) - length - 1, count)]
    return [
        Spoken(f"harsh {n}" if seed == 11 else f"harsh {seed}/{n}", joined[at : at + length], None, "en")
        for n, at in enumerate(starts)
    ]


def slices(recordings: Sequence[Spoken], count: int, shortest: float = 6, longest: float = 15) -> list[Spoken]:
    """Slices cut anywhere from within one recording each."""
    random_ = random.Random(13)  # noqa: S311
    long = [recording for recording in recordings if recording.language == "en" and recording.seconds > longest]
    made = []
    for number in range(count):
        recording = long[number % len(long)]
        length = int(random_.uniform(shortest, longest) * SAMPLE_RATE)
        begin = random_.randrange(0, len(recording.audio) - length)
        made.append(_piece(recording, begin, begin + length))
    return made


def joined(recordings: Sequence[Spoken], seconds: float) -> Spoken:
    """One recording of that length: the others one after the other, again and again."""
    import numpy as np

    speech = np.concatenate([recording.audio for recording in recordings if recording.language == "en"])
    times = int(seconds * SAMPLE_RATE) // len(speech) + 1
    return Spoken(f"joined {seconds:g} s", np.tile(speech, times)[: int(seconds * SAMPLE_RATE)], None, "en")


def _piece(recording: Spoken, begin: int, end: int) -> Spoken:
    name = f"{recording.name} {begin / SAMPLE_RATE:.1f}-{end / SAMPLE_RATE:.1f}"
    return Spoken(name, recording.audio[begin:end], None, recording.language)


def _pauses(recording: Spoken) -> list[int]:
    """The middles of the pauses between stretches of speech, in samples."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    spans = get_speech_timestamps(recording.floats, VadOptions(min_silence_duration_ms=160, speech_pad_ms=40))
    return [(left["end"] + right["start"]) // 2 for left, right in pairwise(spans)]
