"""Whether harsh slices keep their words, against the batched pipeline and full input, on cuts that no rule was made on.

Ten orders of the recordings with other levels and cuts, 24 slices of 15 s each (QUICK=1: one order), every second order
played a little faster or slower, which changes the voices. Counted: slices with over three words fewer than batched,
and runs of three words or more that full input has and the product lost. Exits with 1 where more than one slice in a
hundred is worse.
"""

import random
import sys
from collections.abc import Sequence

from benchmarks import corpus
from benchmarks.corpus import Spoken
from benchmarks.process import QUICK, tuned
from benchmarks.transcribe import MOST_LOST
from benchmarks.wer import lost, text, transcribed
from diary_pipeline.transcribe.options import Options
from samples.wer import words_of

SEEDS = range(101, 102 if QUICK else 111)
SPEEDS = (0.88, 0.94, 1.07, 1.14)


def main() -> None:
    """Print what was lost, and one closing line per model."""
    tuned()
    english = [spoken for spoken in corpus.samples() + corpus.clips() if spoken.language == "en"]
    slices = [piece for seed in SEEDS for piece in corpus.harsh(_voices(english, seed), 24, seed=seed)]
    sys.exit(0 if min([_holds(name, slices) for name in ("tiny.en", "base")]) else 1)


def _voices(recordings: Sequence[Spoken], seed: int) -> list[Spoken]:
    """The recordings as they are, or with an even seed each at another speed."""
    if seed % 2:
        return list(recordings)
    chosen = random.Random(seed)  # noqa: S311
    return [_played(recording, chosen.choice(SPEEDS)) for recording in recordings]


def _played(recording: Spoken, speed: float) -> Spoken:
    import numpy as np

    at = np.arange(0, len(recording.audio) - 1, speed)
    audio = np.interp(at, np.arange(len(recording.audio)), recording.audio).astype(np.int16)
    return Spoken(recording.name, audio, recording.text, recording.language)


def _holds(name: str, slices: Sequence[Spoken]) -> bool:
    batched, full, short = (
        transcribed(name, slices, options)
        for options in (Options().as_upstream(), Options(short_input=False), Options(short_input=True))
    )
    counts = {s.name: [len(words_of(text(mode[s.name]))) for mode in (batched, short)] for s in slices}
    fewer = {slice_: pair for slice_, pair in counts.items() if pair[0] - pair[1] > MOST_LOST}
    runs = list(lost(slices, full, short))
    print(f"{name}: over {MOST_LOST} words fewer than batched: {fewer or 'none'}; lost: {runs or 'nothing'}")
    words = [sum(pair[mode] for pair in counts.values()) for mode in (0, 1)]
    print(
        f"bench slices: model={name} slices={len(slices)} fewer={len(fewer)} runs={len(runs)} "
        f"words={words[1]} words_batched={words[0]}"
    )
    return max(len(fewer), len(runs)) * 100 <= len(slices)


if __name__ == "__main__":
    main()
