"""Whisper through faster-whisper (CTranslate2): the engine that runs on this machine.

What belongs here: the only use of faster-whisper's inner functions (`BORROWED`), the decoding options and the filters.
What does not: which chunks share a batch (`batch`), where weights come from (`weights`).
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from importlib.metadata import version
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from diary_pipeline.transcribe.batch import Decoded, Row, run
from diary_pipeline.transcribe.engine import Job, Result
from diary_pipeline.transcribe.speech import CHUNK_SECONDS, MIN_SILENCE_MS
from diary_pipeline.transcribe.stitch import PAUSE_SECONDS, Word
from diary_pipeline.transcribe.weights import Weights, gpu_count

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

BORROWED = (
    "faster_whisper.audio:pad_or_trim",
    "faster_whisper.tokenizer:Tokenizer.sot_sequence",
    "faster_whisper.transcribe:WhisperModel.add_word_timestamps",
    "faster_whisper.transcribe:WhisperModel.encode",
    "faster_whisper.transcribe:WhisperModel.find_alignment",
    "faster_whisper.transcribe:WhisperModel.get_prompt",
    "faster_whisper.transcribe:get_compression_ratio",
    "faster_whisper.transcribe:get_suppressed_tokens",
    "faster_whisper.vad:get_speech_timestamps",
)
"""What faster-whisper does not promise to keep, and this stage uses; a test says so when a new version moved one of them."""

NO_SPEECH = 0.6
UNLIKELY = -1.0
REPETITIVE = 2.4
MAX_LENGTH = 448
PREPENDED = "\"'“¿([{-"
APPENDED = "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001 - upstream's own list


class WhisperEngine:
    """Decodes with faster-whisper: int8 on a CPU, float16 on a GPU, without timestamp tokens, words aligned afterwards."""

    def __init__(
        self,
        weights: Weights | Callable[[], Weights],
        *,
        device: str = "auto",
        beam_size: int = 5,
        batch_size: int = 8,
        threads: int = 0,
        described: Callable[[], tuple[str, str]] | None = None,
    ) -> None:
        """Take what to run and how; nothing is loaded yet. `threads` 0: as many as this process may use cores.

        `described` gives name and digest without looking for the weights; without it they are looked for.
        """
        self._source = weights
        self._described = described
        self._device = device
        self._beam_size = beam_size
        self._batch_size = batch_size
        self._threads = threads

    @cached_property
    def weights(self) -> Weights:
        """The verified weights; looked up once."""
        return self._source if isinstance(self._source, Weights) else self._source()

    @cached_property
    def _name_and_digest(self) -> tuple[str, str]:
        return self._described() if self._described else (self.weights.name, self.weights.digest)

    def identity(self) -> dict[str, Any]:
        """See `Engine.identity`. Neither device nor number format is in it: both follow from the machine (result counts name them)."""
        name, digest = self._name_and_digest
        return {
            "engine": "faster-whisper",
            "version": version("faster-whisper"),
            "model": name,
            "digest": digest,
            "beam_size": self._beam_size,
            "options": {
                "timestamps": False,
                "encoder": "padded",
                "chunk_seconds": CHUNK_SECONDS,
                "min_silence_ms": MIN_SILENCE_MS,
                "pause_seconds": PAUSE_SECONDS,
                "no_speech": NO_SPEECH,
                "unlikely": UNLIKELY,
                "repetitive": REPETITIVE,
            },
        }

    def transcribe(self, jobs: Iterable[Job]) -> Iterator[Result]:
        """See `Engine.transcribe`. Raises UserError when the weights are refused, before anything is decoded with them."""
        return run(jobs, self._decoder, self._batch_size)

    def _decoder(self) -> Callable[[Sequence[Row]], Sequence[Decoded]]:
        """Load the model, once per process however many engines ask for it."""
        device = self._device
        if device == "auto":
            device = "cuda" if gpu_count() else "cpu"
        threads = self._threads or _cores()
        model = _load(str(self.weights.folder), self.weights.digest, device, threads)
        return _Decoder(model, self._beam_size, device)


class _Decoder:
    """One loaded model and how it is asked. Holds no state of any recording."""

    def __init__(self, model: "WhisperModel", beam_size: int, device: str) -> None:
        self.model = model
        self.beam_size = beam_size
        self.device = device

    def __call__(self, rows: Sequence[Row]) -> list[Decoded]:
        """Decode rows together: one encode, a language per row, one search, one alignment per language."""
        import numpy as np
        from faster_whisper.audio import pad_or_trim
        from faster_whisper.transcribe import get_suppressed_tokens

        features = [self.model.feature_extractor(row.chunk.samples)[..., :-1] for row in rows]
        encoded = self.model.encode(np.stack([pad_or_trim(feature) for feature in features]))
        languages = self._languages(rows, encoded)
        tokenizers = {language: self._tokenizer(language) for language in languages}
        prompts = [self.model.get_prompt(tokenizers[language], [], without_timestamps=True) for language in languages]
        answers = self.model.model.generate(
            encoded,
            prompts,
            beam_size=self.beam_size,
            max_length=MAX_LENGTH,
            suppress_blank=True,
            suppress_tokens=get_suppressed_tokens(tokenizers[languages[0]], [-1]),
            return_scores=True,
            return_no_speech_prob=True,
        )
        eot = tokenizers[languages[0]].eot
        tokens = [[token for token in answer.sequences_ids[0] if token < eot] for answer in answers]
        texts = [tokenizers[language].decode(ids) for language, ids in zip(languages, tokens, strict=True)]
        dropped = [_unbelievable(answer, text) for answer, text in zip(answers, texts, strict=True)]
        kept = [[] if reason else ids for ids, reason in zip(tokens, dropped, strict=True)]
        words = self._words(rows, kept, languages, tokenizers, encoded)
        return [Decoded(*answer) for answer in zip(texts, words, languages, dropped, strict=True)]

    def _languages(self, rows: Sequence[Row], encoded: Any) -> list[str]:
        """The language of each row: known, or heard from the encoder output that is there already. English-only models know one."""
        multilingual = self.model.model.is_multilingual
        for row in rows:
            row.recording.counts |= {"device": self.device, "compute_type": _compute_type(self.device)}
            hint = row.recording.language
            if hint is not None and (hint not in self.model.supported_languages):
                row.recording.counts["ignored_language_hint"] = hint
                row.recording.language = None if multilingual else "en"
        if not multilingual:
            return ["en"] * len(rows)
        known = [row.recording.language for row in rows]
        if all(known):
            return [language for language in known if language]
        heard = self.model.model.detect_language(encoded)
        return [language or best[0][0][2:-2] for language, best in zip(known, heard, strict=True)]

    def _tokenizer(self, language: str) -> "Tokenizer":
        from faster_whisper.tokenizer import Tokenizer

        return Tokenizer(self.model.hf_tokenizer, self.model.model.is_multilingual, task="transcribe", language=language)

    def _words(
        self, rows: Sequence[Row], tokens: list[list[int]], languages: list[str], tokenizers: dict[str, "Tokenizer"], encoded: Any
    ) -> list[tuple[Word, ...]]:
        """Align every row's words. The aligner takes one language per call and the whole batch, so once for each that is there."""
        frames = [-(-len(row.chunk.samples) // 16_000) * self.model.frames_per_second for row in rows]
        words: list[tuple[Word, ...]] = [()] * len(rows)
        for language, tokenizer in tokenizers.items():
            aligned = self.model.find_alignment(tokenizer, tokens, encoded, frames)
            for index, row in enumerate(rows):
                if languages[index] == language and tokens[index]:
                    words[index] = self._timed(row, tokens[index], tokenizer, aligned[index], frames[index])
        return words

    def _timed(self, row: Row, tokens: list[int], tokenizer: "Tokenizer", aligned: Any, frames: int) -> tuple[Word, ...]:
        """Let upstream's rules tidy one row's alignment, on a clock of its own: upstream keeps one clock across recordings."""
        from faster_whisper import WhisperModel

        segment = {"seek": 0, "start": 0.0, "end": row.chunk.seconds, "tokens": tokens}
        alone = SimpleNamespace(find_alignment=lambda *_: [aligned], frames_per_second=self.model.frames_per_second)
        WhisperModel.add_word_timestamps(alone, [[segment]], tokenizer, None, [frames], PREPENDED, APPENDED, 0.0)
        timed: Any = segment["words"]
        return tuple(Word(word["word"], float(word["start"]), float(word["end"]), float(word["probability"])) for word in timed)


def _unbelievable(answer: Any, text: str) -> str | None:
    """Say why a chunk's text is not speech: silence that was put into words, or a loop. A loop's likelihood is high, so not asked."""
    from faster_whisper.transcribe import get_compression_ratio

    length = len(answer.sequences_ids[0])
    likelihood = answer.scores[0] * length / (length + 1)
    if answer.no_speech_prob > NO_SPEECH and likelihood < UNLIKELY:
        return "silence"
    return "loop" if get_compression_ratio(text) > REPETITIVE else None


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

    return WhisperModel(folder, device=device, compute_type=_compute_type(device), cpu_threads=threads)
