"""Whisper through faster-whisper (CTranslate2): the engine that runs on this machine.

What belongs here: the engine, its identity, loading the model, and one batch from rows to answers. What does not: which chunks share a
batch (`batch`), what an answer is worth (`review`), upstream's inner functions (`upstream`), where weights come from (`weights`).
"""

import logging
import os
import resource
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from diary_pipeline.transcribe import coverage, language, loops, review, rows
from diary_pipeline.transcribe.batch import run
from diary_pipeline.transcribe.engine import THREADS_ENVIRONMENT, Job, Result
from diary_pipeline.transcribe.fallback import FallbackDecoder
from diary_pipeline.transcribe.options import SHORT_INPUT_MODELS, Options, Plan
from diary_pipeline.transcribe.rows import Decoder, Features, Heard, Row
from diary_pipeline.transcribe.speech import CHUNK_SECONDS, MIN_SILENCE_MS, Chunk
from diary_pipeline.transcribe.stitch import PAUSE_SECONDS
from diary_pipeline.transcribe.upstream import Model
from diary_pipeline.transcribe.weights import Weights, gpu_count

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

log = logging.getLogger("diary.transcribe")

THRESHOLDS = {
    "chunk_seconds": CHUNK_SECONDS,
    "min_silence_ms": MIN_SILENCE_MS,
    "pause_seconds": PAUSE_SECONDS,
    "unlikely": review.UNLIKELY,
    "doubtful": [review.DOUBTFUL, review.DOUBTFUL_NO_SPEECH, review.DOUBTFUL_WORDS, review.DOUBTFUL_LANGUAGE],
    "clear": [review.CLEAR, review.CLEAR_WORDS, review.HOPELESS],
    "repetitive": review.REPETITIVE,
    "loop": [loops.LONGEST, loops.TIMES, loops.WORDS, review.LOOP_OF_NOTHING],
    "uncovered": [review.EDGE_SECONDS, review.INSIDE_SECONDS, review.COMPLETE_SECONDS, review.BLANK_SECONDS, coverage.UNCOVERED_SECONDS],
    "stretched": [coverage.WORD_SECONDS, coverage.LETTER_SECONDS],
    "windows": [rows.SHORTEST_SECONDS, rows.MARGIN_SECONDS, *rows.WINDOWS_SECONDS],
    "language": [language.VOTERS, language.CERTAIN, language.CERTAIN_SECONDS],
}
"""Every number that decides about text, for the engine's identity."""


class WhisperEngine:
    """Decodes with faster-whisper: int8 on a CPU, float16 on a GPU, without timestamp tokens, words aligned afterwards."""

    def __init__(
        self,
        weights: Weights | Callable[[], Weights],
        *,
        options: Options | Callable[[str], Options] | None = None,
        plan: Plan | None = None,
        device: str = "auto",
        threads: int = 0,
        described: Callable[[], tuple[str, str]] | None = None,
    ) -> None:
        """Take what to run and how; nothing is loaded yet. `threads` 0: as many as this process may use cores.

        `options` may depend on the model's name; None: the defaults, with short input for the models that may hear it. `described`
        gives name and digest without looking for the weights; without it they are looked for.
        """
        for name, value in THREADS_ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        self._source = weights
        self._described = described
        self._asked = options
        self._plan = plan or Plan()
        self._device = device
        self._threads = threads

    @cached_property
    def weights(self) -> Weights:
        """The verified weights; looked up once."""
        return self._source if isinstance(self._source, Weights) else self._source()

    @cached_property
    def _name_and_digest(self) -> tuple[str, str]:
        return self._described() if self._described else (self.weights.name, self.weights.digest)

    @cached_property
    def options(self) -> Options:
        """What is asked of the model."""
        if callable(self._asked):
            return self._asked(self._name_and_digest[0])
        return self._asked or replace(Options(), short_input=self._name_and_digest[0] in SHORT_INPUT_MODELS)

    def identity(self) -> dict[str, Any]:
        """See `Engine.identity`. Neither device nor number format is in it: both follow from the machine (result counts name them)."""
        name, digest = self._name_and_digest
        return {
            "engine": "faster-whisper",
            "version": version("faster-whisper"),
            "model": name,
            "digest": digest,
            "options": self.options.identity() | THRESHOLDS,
        }

    def transcribe(self, jobs: Iterable[Job]) -> Generator[Result]:
        """See `Engine.transcribe`. Raises UserError when the weights are refused, before anything is decoded with them."""
        return run(jobs, self.options, self._plan, self._decoder)

    def _decoder(self) -> Decoder:
        """Load the model, once per process however many engines ask for it; a GPU that runs out of memory hands over to the CPU."""
        on_cpu = partial(self._on, "cpu") if self.device != "cpu" else None
        return FallbackDecoder(self._on(self.device), on_cpu)

    def _on(self, device: str) -> "WhisperDecoder":
        return WhisperDecoder(Model(loaded(self, device), self.options.task, self.options.initial_prompt), self.options, device)

    @cached_property
    def device(self) -> str:
        """Cpu or cuda."""
        return self._device if self._device != "auto" else "cuda" if gpu_count() else "cpu"

    @property
    def threads(self) -> int:
        """CPU threads of the model."""
        return self._threads or _cores()


def loaded(engine: WhisperEngine, device: str | None = None) -> "WhisperModel":
    """The engine's model, loaded once per process however many engines ask for it; benches compare with upstream on the same one."""
    return _load(str(engine.weights.folder), engine.weights.digest, device or engine.device, engine.threads)


def unload() -> None:
    """Give the memory of the model back; it is loaded again when it is needed."""
    _load.cache_clear()


class WhisperDecoder:
    """One loaded model and how it is asked; see `rows.Decoder`. Holds no state of any recording."""

    def __init__(self, model: Model, options: Options, device: str) -> None:
        self._model, self._options = model, options
        self.languages = model.languages
        self.about: Mapping[str, Any] = {"device": device, "compute_type": _compute_type(device)}

    def features(self, chunk: Chunk) -> Features:
        """See `rows.Decoder.features`."""
        return self._model.features(chunk)

    def decode(self, rows: Sequence[Row]) -> list[Heard]:
        """Decode rows together: one encoder pass per row, which language is heard from too, one search for all, then their words."""
        frames = rows[0].frames
        encoded = self._model.encode([row.features for row in rows], frames)
        unknown = [index for index, row in enumerate(rows) if row.known_language is None]
        likely = dict(zip(unknown, self._model.hear_languages(encoded, unknown) if unknown else (), strict=True))
        for index, evidence in likely.items():
            rows[index].recording.vote(rows[index], evidence)
        languages = [row.recording.language_of(row) for row in rows]
        temperature = self._options.temperatures[rows[0].step]
        hotwords = rows[0].recording.job.hotwords
        answers = self._model.generate(encoded, languages, hotwords, self._options.beam_size, temperature)
        words = self._model.align(encoded, answers, languages, [row.chunk.seconds for row in rows], frames)
        sure = [max(likely[index].values()) if index in likely else 1.0 for index in range(len(rows))]
        return [
            Heard(a.text, timed, spoken, a.likelihood, a.no_speech, a.compression, len(a.tokens), probability)
            for a, timed, spoken, probability in zip(answers, words, languages, sure, strict=True)
        ]


def _compute_type(device: str) -> str:
    return "int8" if device == "cpu" else "float16"


def _cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)
def _load(folder: str, digest: str, device: str, threads: int) -> "WhisperModel":
    """Load weights; `digest` is in the key so that other bytes in the same folder are another model."""
    del digest
    from faster_whisper import WhisperModel

    started = time.monotonic()
    model = WhisperModel(folder, device=device, compute_type=_compute_type(device), cpu_threads=threads)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    log.info("model loaded", extra={"ctx": {"device": device, "seconds": round(time.monotonic() - started, 2), "peak_mib": memory}})
    return model
