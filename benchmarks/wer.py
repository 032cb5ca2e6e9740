"""Whether a model may have short input: word errors with full and with short input, and words that short input lost.

Whole files (samples and English clips) are compared with their references; slices of 6 to 15 s, cut anywhere from them,
with the result of full input. Both run in the product's own mode. Exits with 1 where the rule does not hold: then the
model stays out of `options.SHORT_INPUT_MODELS`.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks import corpus, models
from benchmarks.corpus import Spoken
from benchmarks.process import QUICK, tuned
from diary_pipeline.transcribe import Job, Result
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.review import REPETITIVE
from diary_pipeline.transcribe.whisper import WhisperEngine
from samples.wer import word_errors, words_of

LOST_RUN = 3
"""So many words in a row that full input finds and short input does not count as lost."""

ALLOWED = {"tiny.en": 3.5, "base": 2.6}
NEAR = 0.5
THREADS = 2


@dataclass(frozen=True)
class Measurement:
    """The figures of one model."""

    model: str
    full: float
    short: float
    runaways: int
    lost: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether short input costs nothing measurable."""
        return (
            self.full <= ALLOWED[self.model] and self.short <= self.full + NEAR and not self.runaways and not self.lost
        )

    def line(self) -> str:
        """The closing line."""
        return f"bench wer: model={self.model} full={self.full:.2f} short={self.short:.2f} runaways={self.runaways}"


def main() -> None:
    """Print what each model lost, and one closing line per model."""
    tuned()
    wholes = [spoken for spoken in corpus.samples() + corpus.clips() if spoken.language in ("en", "-")]
    slices = corpus.slices(wholes, 16 if QUICK else 60)
    measurements = [measure(name, wholes, slices) for name in ("tiny.en", "base")]
    for measurement in measurements:
        print(measurement.line())
    sys.exit(0 if all(measurement.holds for measurement in measurements) else 1)


def measure(name: str, wholes: Sequence[Spoken], slices: Sequence[Spoken]) -> Measurement:
    """Transcribe all recordings twice with one model."""
    recordings = [*wholes, *slices]
    full, short = (transcribed(name, recordings, Options(short_input=short)) for short in (False, True))
    again = sum(
        number for result in short.values() for key, number in result.counts.items() if key.startswith("again_")
    )
    print(f"{name}: {len(wholes)} recordings, {len(slices)} slices; {again} chunks decoded again in full", flush=True)
    missing = tuple(lost(recordings, full, short))
    for line in missing:
        print(f"  lost: {line}")
    return Measurement(name, _rate(wholes, full), _rate(wholes, short), sum(map(_ran_away, short.values())), missing)


def transcribed(name: str, recordings: Sequence[Spoken], options: Options) -> dict[str, Result]:
    """Every recording through the engine."""
    engine = WhisperEngine(models.weights(name), options=options, device="cpu", threads=THREADS)
    jobs = (Job(r.name, r.windows(), "en" if r.language == "en" else None) for r in recordings)
    return {result.id: result for result in engine.transcribe(jobs)}


def text(result: Result) -> str:
    """All words of a result."""
    return " ".join(segment.text for segment in result.segments)


def _rate(recordings: Sequence[Spoken], results: dict[str, Result]) -> float:
    errors, words = word_errors((r.text or "", text(results[r.name])) for r in recordings)
    return 100 * errors / words


def lost(recordings: Sequence[Spoken], full: dict[str, Result], short: dict[str, Result]) -> Iterator[str]:
    """A line for each recording in which short input lacks a run of words."""
    import jiwer

    for recording in recordings:
        there, here = words_of(text(full[recording.name])), words_of(text(short[recording.name]))
        if not there:
            continue
        compared = jiwer.process_words(" ".join(there), " ".join(here) or "*")
        runs = [part.ref_end_idx - part.ref_start_idx for part in compared.alignments[0] if part.type == "delete"]
        if max(runs, default=0) >= LOST_RUN:
            yield f"{recording.name}: {max(runs)} words in a row ({len(there)} with full input, {len(here)} with short)"


def _ran_away(result: Result) -> bool:
    from faster_whisper.transcribe import get_compression_ratio

    return any(get_compression_ratio(segment.text) > REPETITIVE for segment in result.segments)


if __name__ == "__main__":
    main()
