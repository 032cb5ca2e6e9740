"""Speed of the product's own mode against faster-whisper's sequential default and its batched pipeline, in CPU seconds.

All modes have word times, the same loaded model, int8, beam 5, two threads and the same environment; chunks that the
product decodes again count. Natural memos are cut at pauses and are 3 to 15 s long, harsh slices are cut anywhere. The
numbers of words are printed too, because a speed is worth nothing without the words.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import corpus, models
from benchmarks.corpus import Spoken
from benchmarks.process import QUICK, peak_mib, stopwatch, tuned
from diary_pipeline.transcribe import Job
from diary_pipeline.transcribe.batch import run
from diary_pipeline.transcribe.options import Plan
from diary_pipeline.transcribe.stitch import Word
from diary_pipeline.transcribe.upstream import UpstreamModel
from diary_pipeline.transcribe.whisper import WhisperDecoder, WhisperEngine, load_model

THREADS = 2
MOST_LOST = 3
LONG_SECONDS = 1800.0

Texts = dict[str, str]


@dataclass(frozen=True)
class Run:
    """The cost of one mode for a set of recordings, and its texts."""

    cpu: float
    wall: float
    texts: Texts

    @property
    def words(self) -> int:
        """Words in the whole set."""
        return sum(len(text.split()) for text in self.texts.values())


def main() -> None:
    """Print the tables and one closing line per model."""
    if sys.argv[1:2] == ["long"]:
        _long_alone(*sys.argv[2:4])
        return
    tuned()
    natural, harsh = material()
    for name in ("base", "tiny.en"):
        print(
            f"{name}: {len(natural)} natural memos, {sum(m.seconds for m in natural):.0f} s; {len(harsh)} harsh slices"
        )
        print(_of_model(name, natural, harsh), flush=True)
    if not QUICK:
        _long("tiny.en")


def material() -> tuple[list[Spoken], list[Spoken]]:
    """The natural memos and the harsh slices; eight and six of them in a quick run."""
    english = [spoken for spoken in corpus.samples() + corpus.clips() if spoken.language == "en"]
    return corpus.natural(english, 8 if QUICK else 32), corpus.harsh(english, 6 if QUICK else 24)


def modes(name: str) -> dict[str, Callable[[Sequence[Spoken], str | None], Run]]:
    """The three modes, over one loaded model."""
    from faster_whisper import BatchedInferencePipeline

    engine = WhisperEngine(models.weights(name), threads=THREADS, device="cpu", plan=Plan())
    model = load_model(engine)
    pipeline = BatchedInferencePipeline(model)

    def ours(memos: Sequence[Spoken], language: str | None) -> Run:
        with stopwatch() as watch:
            results = list(engine.transcribe(Job(memo.name, memo.windows(), language) for memo in memos))
        _print_repeats(
            {
                key: sum(r.counts.get(key, 0) for r in results)
                for key in sorted({k for r in results for k in r.counts if "again" in k})
            }
        )
        return Run(watch.seconds, watch.wall, {r.id: " ".join(s.text for s in r.segments) for r in results})

    def upstream(transcribe: Callable[..., Any], **options: Any) -> Callable[[Sequence[Spoken], str | None], Run]:
        def mode(memos: Sequence[Spoken], language: str | None) -> Run:
            texts: Texts = {}
            with stopwatch() as watch:
                for memo in memos:
                    segments, _ = transcribe(
                        memo.floats, language=language, word_timestamps=True, beam_size=5, **options
                    )
                    texts[memo.name] = "".join(segment.text for segment in segments)
            return Run(watch.seconds, watch.wall, texts)

        return mode

    return {
        "ours": ours,
        "batched": upstream(pipeline.transcribe, batch_size=8),
        "sequential": upstream(model.transcribe, vad_filter=True),
    }


def _of_model(name: str, natural: Sequence[Spoken], harsh: Sequence[Spoken]) -> str:
    run_of = modes(name)
    for warm in run_of.values():
        warm(natural[:1], "en")
    hinted = {kind: _printed(name, f"natural, {kind}", run_of[kind](natural, "en")) for kind in run_of}
    cut = {kind: _printed(name, f"harsh, {kind}", run_of[kind](harsh, "en")) for kind in ("ours", "batched")}
    detected = {kind: _printed(name, f"detected, {kind}", run_of[kind](natural, None)) for kind in run_of}
    _compare("natural", hinted)
    _compare("harsh", cut)
    ratios = {
        "vs_sequential": hinted["sequential"].cpu / hinted["ours"].cpu,
        "vs_batched": hinted["batched"].cpu / hinted["ours"].cpu,
        "harsh_vs_batched": cut["batched"].cpu / cut["ours"].cpu,
        "detected_vs_sequential": detected["sequential"].cpu / detected["ours"].cpu,
        "detected_vs_batched": detected["batched"].cpu / detected["ours"].cpu,
    }
    figures = " ".join(f"{key}={value:.2f}" for key, value in ratios.items())
    print(f"  {name} {_word_times(name, natural)}", flush=True)
    return (
        f"bench transcribe: model={name} {figures} words={hinted['ours'].words} words_batched={hinted['batched'].words}"
    )


def _word_times(name: str, memos: Sequence[Spoken]) -> str:
    """The share of word alignment in the product's cost; the checks that depend on it are not counted."""
    engine = WhisperEngine(models.weights(name), threads=THREADS, device="cpu")
    model = TimedModel(load_model(engine), engine.options.task, engine.options.initial_prompt)
    jobs = (Job(memo.name, memo.windows(), "en") for memo in memos)
    with stopwatch() as watch:
        list(run(jobs, engine.options, Plan(preparation_threads=1), lambda: WhisperDecoder(model, engine.options, {})))
    without = watch.seconds - model.seconds
    return f"word times: {watch.seconds:.1f} CPU-s with, {without:.1f} without: {watch.seconds / without:.2f}x"


class TimedModel(UpstreamModel):
    """The product's model with a stopwatch around word alignment."""

    seconds = 0.0

    def align(self, *arguments: Any) -> list[tuple[Word, ...]]:
        """See `UpstreamModel.align`. The work of other threads is counted too, so the figure is an upper bound."""
        with stopwatch() as watch:
            words = super().align(*arguments)
        self.seconds += watch.seconds
        return words


def _printed(name: str, what: str, run: Run) -> Run:
    print(f"  {name} {what}: {run.cpu:.1f} CPU-s, {run.wall:.1f} s, {run.words} words", flush=True)
    return run


def _print_repeats(counts: Mapping[str, int]) -> None:
    print(f"    decoded again: {dict(counts) or 'nothing'}")


def _compare(what: str, runs: Mapping[str, Run]) -> None:
    """Print which memos have fewer words than upstream's."""
    ours, batched = runs["ours"], runs["batched"]
    lost = {name: (len(ours.texts[name].split()), len(text.split())) for name, text in batched.texts.items()}
    shorter = {name: counts for name, counts in lost.items() if counts[1] - counts[0] > MOST_LOST}
    print(f"  {what}: words {ours.words} of {batched.words}; memos over {MOST_LOST} words shorter: {shorter or 'none'}")


def _long(name: str) -> None:
    """One 30-minute recording in a new process for each mode, so that each has its own peak of memory."""
    figures = {}
    for kind in ("ours", "batched"):
        command = [sys.executable, "-m", "benchmarks.transcribe", "long", name, kind]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))  # noqa: S603 - this program
        figures[kind] = json.loads(done.stdout.splitlines()[-1])
        print(f"  {name} {LONG_SECONDS / 60:g} minutes, {kind}: {figures[kind]}", flush=True)
    ours, batched = figures["ours"], figures["batched"]
    print(
        f"  long: {batched['cpu'] / ours['cpu']:.2f}x of batched, "
        f"{ours['peak_mib'] / batched['peak_mib']:.2f}x of its memory"
    )


def _long_alone(name: str, kind: str) -> None:
    long = corpus.joined(corpus.samples(), LONG_SECONDS)
    run = modes(name)[kind]([long], "en")
    print(
        json.dumps(
            {"cpu": round(run.cpu, 1), "wall": round(run.wall, 1), "words": run.words, "peak_mib": round(peak_mib())}
        )
    )


if __name__ == "__main__":
    main()
