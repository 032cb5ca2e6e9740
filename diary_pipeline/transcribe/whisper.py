"""Whisper through faster-whisper (CTranslate2): the engine that runs on this machine.

What belongs here: the engine, its identity, and one batch from rows to answers. What does not: which chunks share a batch (`batch`), what
an answer is worth (`review`), upstream's inner functions (`upstream`), where weights come from (`weights`), who else hears (`chain`).
"""

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from diary_pipeline.transcribe import coverage, language, loops, review, rows
from diary_pipeline.transcribe.batch import once, run
from diary_pipeline.transcribe.chain import Chain, EngineContext
from diary_pipeline.transcribe.engine import Job, Result
from diary_pipeline.transcribe.environment import set_library_variables
from diary_pipeline.transcribe.fallback import NewDecoder
from diary_pipeline.transcribe.memory import dimensions, fitted, peak_mib
from diary_pipeline.transcribe.official import OFFICIAL
from diary_pipeline.transcribe.options import SHORT_INPUT_MODELS, Options, Plan
from diary_pipeline.transcribe.resident import RESIDENT, Wanted
from diary_pipeline.transcribe.rows import DecodedChunk, Features, Row
from diary_pipeline.transcribe.speech import ANALYSIS_SECONDS, CHUNK_SECONDS, MIN_SILENCE_MS, ROOM_SECONDS, Chunk
from diary_pipeline.transcribe.stitch import PAUSE_SECONDS
from diary_pipeline.transcribe.upstream import Model
from diary_pipeline.transcribe.weights import Weights, gpu_count

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

THRESHOLDS = {
    "chunk_seconds": CHUNK_SECONDS,
    "min_silence_ms": MIN_SILENCE_MS,
    "searched_seconds": [ANALYSIS_SECONDS, ROOM_SECONDS],
    "pause_seconds": PAUSE_SECONDS,
    "unlikely": review.UNLIKELY,
    "doubtful": [review.DOUBTFUL, review.DOUBTFUL_NO_SPEECH, review.DOUBTFUL_WORDS, review.DOUBTFUL_LANGUAGE],
    "clear": [review.CLEAR, review.CLEAR_WORDS, review.HOPELESS],
    "repetitive": review.REPETITIVE,
    "loop": [loops.LONGEST, loops.TIMES, loops.WORDS, review.LOOP_OF_NOTHING],
    "uncovered": [
        review.EDGE_SECONDS,
        review.INSIDE_SECONDS,
        review.COMPLETE_SECONDS,
        review.BLANK_SECONDS,
        coverage.UNCOVERED_SECONDS,
    ],
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
        around: EngineContext | None = None,
    ) -> None:
        """Take what to run and how; nothing is loaded yet. `threads` 0: as many as this process may use cores.

        `options` may depend on the model's name; None: the defaults, with short input for the models that may hear it.
        `described` gives name and digest without looking for the weights; without it they are looked for.
        """
        self._source = weights
        self._described = described
        self._asked = options
        self._plan = plan or Plan()
        self._device = device
        self._threads = threads
        self._around = around or EngineContext()

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
        name = self._around.endpoint.model if self._around.endpoint_first else self._name_and_digest[0]
        if callable(self._asked):
            return self._asked(name)
        return self._asked or replace(Options(), short_input=name in SHORT_INPUT_MODELS)

    def identity(self) -> dict[str, Any]:
        """See `Engine.identity`.

        Neither device nor number format is in it: both follow from the machine (result counts name them).
        """
        asked = {"options": self.options.identity() | THRESHOLDS}
        if self._around.endpoint_first:
            return {"engine": "endpoint", "model": self._around.endpoint.model, **asked}
        name, digest = self._name_and_digest
        return {
            "engine": "faster-whisper",
            "version": version("faster-whisper"),
            "model": name,
            "digest": digest,
            **asked,
        }

    def transcribe(self, jobs: Iterable[Job]) -> Generator[Result]:
        """See `Engine.transcribe`.

        Raises UserError when the weights are refused, before anything is decoded with them.
        """
        set_library_variables()  # for programs whose entry point did not: the libraries are loaded from here on
        with RESIDENT.used(), ExitStack() as stack:
            # The lease is waited for here, where Ctrl-C is heard; the endpoint, where it comes first, may never need
            # it.
            take = once(partial(self._take_device, stack))
            if not self._around.endpoint_first:
                take()
            plan = self._fitted()
            chain = Chain(self._around, self.options, lambda: self._here(take, plan), stack)
            yield from run(jobs, self.options, plan, chain.decoder)

    def _fitted(self) -> Plan:
        """How much is done at once, with as large a batch as the memory setting has room for."""
        if not self._around.memory_mb or self._around.endpoint_first or self.device != "cpu":
            return self._plan
        name = self._name_and_digest[0]
        size = OFFICIAL[name].size if name in OFFICIAL else (self.weights.folder / "model.bin").stat().st_size
        return fitted(self._plan, dimensions(name, size), self._around.memory_mb, RESIDENT.before_mib)

    def _take_device(self, stack: ExitStack) -> bool:
        """Lease a device for as long as the run lasts, where there are any; on the way out the model leaves it first."""
        if self._around.lease is not None:
            stack.enter_context(self._around.lease())
            if self.device != "cpu":
                stack.callback(RESIDENT.unload)
        return True

    def _here(self, take_device: Callable[[], bool], plan: Plan) -> list[NewDecoder]:
        """The decoders of this machine, best first."""
        take_device()
        smaller = {"batch_size_for_memory": plan.batch_size} if plan != self._plan else {}

        def on(device: str) -> WhisperDecoder:
            loaded = RESIDENT.get(self._wanted(device))
            model = Model(loaded.model, self.options.task, self.options.initial_prompt)
            return WhisperDecoder(model, self.options, {**loaded.about, **smaller})

        return [partial(on, device) for device in dict.fromkeys((self.device, "cpu"))]

    def _wanted(self, device: str) -> Wanted:
        return Wanted(str(self.weights.folder), self.weights.digest, device, _compute_type(device), self.threads)

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
    return RESIDENT.get(engine._wanted(device or engine.device)).model  # noqa: SLF001 - the engine's own module


class WhisperDecoder:
    """One loaded model and how it is asked; see `rows.Decoder`. Holds no state of any recording."""

    def __init__(self, model: Model, options: Options, about: Mapping[str, Any]) -> None:
        """*about* is told in provenance: what the model runs on, and what was done for it to fit."""
        self._model, self._options, self._about = model, options, about
        self.languages = model.languages

    @property
    def about(self) -> Mapping[str, Any]:
        """See `rows.Decoder.about`; `peak_mib` is the most memory that the process took so far."""
        return {**self._about, "peak_mib": peak_mib()}

    def features(self, chunk: Chunk) -> Features:
        """See `rows.Decoder.features`."""
        return self._model.features(chunk)

    def decode(self, rows: Sequence[Row]) -> list[DecodedChunk]:
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
            DecodedChunk(a.text, timed, spoken, a.likelihood, a.no_speech, a.compression, len(a.tokens), probability)
            for a, timed, spoken, probability in zip(answers, words, languages, sure, strict=True)
        ]


def _compute_type(device: str) -> str:
    return "int8" if device == "cpu" else "float16"


def _cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
