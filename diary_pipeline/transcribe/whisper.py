"""The engine over faster-whisper (CTranslate2): its identity, its device, and one batch from rows to answers.

`batch` composes batches, `review` checks answers, `upstream` calls faster-whisper, `weights` finds models, `chain` adds
other decoders.
"""

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from diary_pipeline.transcribe import coverage, language, loops, review, rows
from diary_pipeline.transcribe.aligner import Aligner
from diary_pipeline.transcribe.batch import once, run
from diary_pipeline.transcribe.chain import DecoderChain, EngineContext
from diary_pipeline.transcribe.engine import Job, Result
from diary_pipeline.transcribe.environment import set_library_variables
from diary_pipeline.transcribe.fallback import DecoderFactory
from diary_pipeline.transcribe.memory import dimensions, fit_plan, peak_mib
from diary_pipeline.transcribe.official import OFFICIAL
from diary_pipeline.transcribe.options import SHORT_INPUT_MODELS, Options, Plan
from diary_pipeline.transcribe.resident import ALIGNING, RESIDENT, ModelSpec
from diary_pipeline.transcribe.rows import DecodedChunk, Features, Row
from diary_pipeline.transcribe.speech import ANALYSIS_SECONDS, CHUNK_SECONDS, MIN_SILENCE_MS, ROOM_SECONDS, Chunk
from diary_pipeline.transcribe.stitch import PAUSE_SECONDS
from diary_pipeline.transcribe.upstream import UpstreamModel
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
    "clear": [review.CLEAR, review.CLEAR_WORDS, review.MANY_DOUBTS],
    "repetitive": review.REPETITIVE,
    "loop": [loops.MAX_PHRASE_WORDS, loops.MIN_REPETITIONS, loops.MIN_LOOP_WORDS, review.UNLIKELY_LOOP],
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
"""Every number that affects text, for the engine's identity."""


class WhisperEngine:
    """Decodes with faster-whisper: int8 on a CPU, float16 on a GPU; words are aligned after decoding."""

    def __init__(
        self,
        weights: Weights | Callable[[], Weights],
        *,
        options: Options | Callable[[str], Options] | None = None,
        plan: Plan | None = None,
        device: str = "auto",
        threads: int = 0,
        describe: Callable[[], tuple[str, str]] | None = None,
        context: EngineContext | None = None,
    ) -> None:
        """Take the weights and how to run them; nothing is loaded yet.

        `threads` 0: as many as this process may use cores. `options` may depend on the model's name; None: the
        defaults, with short input for `SHORT_INPUT_MODELS`. `describe` gives name and digest without locating the
        weights; without it they are located.
        """
        self._source = weights
        self._describe = describe
        self._requested_options = options
        self._plan = plan or Plan()
        self._device = device
        self._threads = threads
        self._context = context or EngineContext()

    @cached_property
    def weights(self) -> Weights:
        """The verified weights; located once."""
        return self._source if isinstance(self._source, Weights) else self._source()

    @cached_property
    def _name_and_digest(self) -> tuple[str, str]:
        return self._describe() if self._describe else (self.weights.name, self.weights.digest)

    @cached_property
    def options(self) -> Options:
        """The options for this model."""
        name = self._context.endpoint.model if self._context.endpoint_first else self._name_and_digest[0]
        if callable(self._requested_options):
            return self._requested_options(name)
        return self._requested_options or replace(Options(), short_input=name in SHORT_INPUT_MODELS)

    def identity(self) -> dict[str, Any]:
        """See `Engine.identity`.

        Neither device nor number format is in it: both follow from the machine (counts of results name them).
        """
        shared = {"options": self.options.identity() | THRESHOLDS}
        if self._context.endpoint_first:
            return {"engine": "endpoint", "model": self._context.endpoint.model, **shared}
        name, digest = self._name_and_digest
        return {
            "engine": "faster-whisper",
            "version": version("faster-whisper"),
            "model": name,
            "digest": digest,
            **shared,
        }

    def transcribe(self, jobs: Iterable[Job]) -> Generator[Result]:
        """See `Engine.transcribe`.

        Raises UserError when the weights are refused, before anything is decoded with them.
        """
        set_library_variables()  # for programs whose entry point did not: the libraries are loaded after this
        with RESIDENT.in_use(), ExitStack() as stack:
            # The lease is waited for here, where Ctrl-C is handled. With the endpoint first it may never be needed.
            lease_device = once(partial(self._lease_device, stack))
            if not self._context.endpoint_first:
                lease_device()
            plan = self._fitted_plan()
            align, local = (
                Aligner(partial(self._aligning_model, stack)),
                partial(self._local_decoders, lease_device, plan),
            )
            chain = DecoderChain(self._context, self.options, local, stack, align)
            yield from run(jobs, self.options, plan, chain.decoder)

    def _fitted_plan(self) -> Plan:
        """The plan with as large a batch as the memory setting allows."""
        if not self._context.memory_mb or self._context.endpoint_first or self.device != "cpu":
            return self._plan
        name = self._name_and_digest[0]
        size = OFFICIAL[name].size if name in OFFICIAL else (self.weights.folder / "model.bin").stat().st_size
        return fit_plan(self._plan, dimensions(name, size), self._context.memory_mb, RESIDENT.baseline_mib)

    def _lease_device(self, stack: ExitStack) -> bool:
        """Lease a device for the run, if there are any; at the end the model is unloaded before the device is freed."""
        if self._context.lease is not None:
            stack.enter_context(self._context.lease())
            if self.device != "cpu":
                stack.callback(RESIDENT.unload)
        return True

    def _local_decoders(self, lease_device: Callable[[], bool], plan: Plan) -> list[DecoderFactory]:
        """The decoders of this machine, best first."""
        lease_device()
        smaller = {"batch_size_for_memory": plan.batch_size} if plan != self._plan else {}

        def on(device: str) -> WhisperDecoder:
            loaded = RESIDENT.get(self._spec(device))
            model = UpstreamModel(loaded.model, self.options.task, self.options.initial_prompt)
            return WhisperDecoder(model, self.options, {**loaded.about, **smaller})

        return [partial(on, device) for device in dict.fromkeys((self.device, "cpu"))]

    def _aligning_model(self, stack: ExitStack, language: str) -> UpstreamModel | None:
        """A small model that knows a language, loaded on the CPU until the run ends; None: there is none here.

        Where it is the engine's own model, that is used.
        """
        weights = self._context.aligning_weights(language)
        if weights is None:
            return None
        spec = ModelSpec(str(weights.folder), weights.digest, "cpu", _compute_type("cpu"), self.threads)
        if self.device == "cpu" and self._name_and_digest[1] == weights.digest:
            return UpstreamModel(RESIDENT.get(spec).model, "transcribe", "")
        stack.callback(ALIGNING.unload)
        return UpstreamModel(ALIGNING.get(spec).model, "transcribe", "")

    def _spec(self, device: str) -> ModelSpec:
        return ModelSpec(str(self.weights.folder), self.weights.digest, device, _compute_type(device), self.threads)

    @cached_property
    def device(self) -> str:
        """The device by its name in CTranslate2: cpu or cuda."""
        return self._device if self._device != "auto" else "cuda" if gpu_count() else "cpu"

    @property
    def threads(self) -> int:
        """CPU threads of the model."""
        return self._threads or _cores()


def load_model(engine: WhisperEngine, device: str | None = None) -> "WhisperModel":
    """The engine's model, loaded once per process; benches compare with upstream on the same one."""
    return RESIDENT.get(engine._spec(device or engine.device)).model  # noqa: SLF001 - the engine's own module


class WhisperDecoder:
    """A `rows.Decoder` over one loaded model. Holds no state of any recording."""

    def __init__(self, model: UpstreamModel, options: Options, about: Mapping[str, Any]) -> None:
        """*about* is recorded in provenance: what the model runs on, and whether the batch was reduced to fit."""
        self._model, self._options, self._about = model, options, about
        self.languages = model.languages

    @property
    def about(self) -> Mapping[str, Any]:
        """See `rows.Decoder.about`; `peak_mib` is the most memory that the process has taken so far."""
        return {**self._about, "peak_mib": peak_mib()}

    def features(self, chunk: Chunk) -> Features:
        """See `rows.Decoder.features`."""
        return self._model.features(chunk)

    def decode(self, rows: Sequence[Row]) -> list[DecodedChunk]:
        """Decode rows together: encode each once, detect unknown languages, search, and align the words."""
        frames = rows[0].frames
        encoded = self._model.encode([row.features for row in rows], frames)
        unknown = [index for index, row in enumerate(rows) if row.known_language is None]
        likely = dict(zip(unknown, self._model.detect_languages(encoded, unknown) if unknown else (), strict=True))
        for index, evidence in likely.items():
            rows[index].recording.vote(rows[index], evidence)
        languages = [row.recording.language_of(row) for row in rows]
        temperature = self._options.temperatures[rows[0].temperature_step]
        hotwords = rows[0].recording.job.hotwords
        answers = self._model.generate(encoded, languages, hotwords, self._options.beam_size, temperature)
        words = self._model.align(encoded, answers, languages, [row.chunk.seconds for row in rows], frames)
        language_probabilities = [max(likely[index].values()) if index in likely else 1.0 for index in range(len(rows))]
        return [
            DecodedChunk(a.text, timed, spoken, a.likelihood, a.no_speech, a.compression, len(a.tokens), probability)
            for a, timed, spoken, probability in zip(answers, words, languages, language_probabilities, strict=True)
        ]


def _compute_type(device: str) -> str:
    return "int8" if device == "cpu" else "float16"


def _cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
