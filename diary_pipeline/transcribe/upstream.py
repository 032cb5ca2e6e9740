"""Every use of faster-whisper's private functions, each as one call of the model with plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from diary_pipeline.transcribe.engine import SAMPLE_RATE
from diary_pipeline.transcribe.options import Task
from diary_pipeline.transcribe.rows import Evidence, Features
from diary_pipeline.transcribe.speech import Chunk
from diary_pipeline.transcribe.stitch import Word

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

PRIVATE_API = (
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
"""Private functions of faster-whisper used here (the last one in `speech`); its version is pinned in pyproject.toml."""

MAX_LENGTH = 448
CANDIDATES = 5
"""Samples drawn at each temperature above zero, of which the best is used; upstream's value."""

MAX_LANGUAGES = 5
"""Languages kept of one chunk's evidence."""

PREPENDED = "\"'“¿([{-"
APPENDED = "\"'.。,，!！?？:：”)]}、"  # noqa: RUF001 - upstream's own list

Encoded = Any
"""Encoder output of several rows: on a CPU a list of arrays [1, frames, width], else one storage of the device."""


@dataclass(frozen=True)
class DecodedTokens:
    """Text tokens of one row, with the model's figures for them."""

    tokens: list[int]
    text: str
    likelihood: float
    no_speech: float
    compression: float


class UpstreamModel:
    """A loaded Whisper model.

    Stateless between calls; `features` may be called by several threads, the rest by one at a time.
    """

    def __init__(self, model: "WhisperModel", task: Task, prompt: str) -> None:
        self._model, self._task, self._prompt = model, task, prompt
        self._on_cpu = model.model.device == "cpu"
        self._tokenizer = lru_cache(maxsize=128)(self._new_tokenizer)

    @property
    def languages(self) -> frozenset[str]:
        """Languages that the model supports."""
        return frozenset(self._model.supported_languages)

    def features(self, chunk: Chunk) -> Features:
        """Log-mel spectrum of a chunk as the batched pipeline computes it."""
        features: Features = self._model.feature_extractor(chunk.samples)[..., :-1]
        return features

    def encode(self, features: Sequence[Features], frames: int) -> Encoded:
        """Encode rows of one length.

        On a CPU one by one: measured 1.3 to 1.5 times cheaper than eight at once, with the same bits.
        """
        import numpy as np
        from faster_whisper.audio import pad_or_trim

        padded = [pad_or_trim(feature, frames) for feature in features]
        if self._on_cpu:
            return [np.asarray(self._model.encode(feature)) for feature in padded]
        return self._model.encode(np.stack(padded))

    def detect_languages(self, encoded: Encoded, rows: Sequence[int]) -> list[Evidence]:
        """How likely each language is in the given rows."""
        chosen = self._storage(encoded, rows)
        return [
            {token[2:-2]: p for token, p in likely[:MAX_LANGUAGES]}
            for likely in self._model.model.detect_language(chosen)
        ]

    def generate(
        self, encoded: Encoded, languages: Sequence[str], hotwords: str, beam_size: int, temperature: float
    ) -> list[DecodedTokens]:
        """Decode all rows without timestamp tokens: they drop a chunk's last sentence."""
        import ctranslate2
        from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens

        tokenizers = [self._tokenizer(language) for language in languages]
        if temperature:
            ctranslate2.set_random_seed(int(temperature * 100))  # the same answer at every call
        search = (
            {"beam_size": 1, "num_hypotheses": CANDIDATES, "sampling_topk": 0, "sampling_temperature": temperature}
            if temperature
            else {"beam_size": beam_size}
        )
        results = self._model.model.generate(
            self._storage(encoded),
            [self._prompt_of(tokenizer, hotwords) for tokenizer in tokenizers],
            max_length=MAX_LENGTH,
            suppress_blank=True,
            suppress_tokens=get_suppressed_tokens(tokenizers[0], [-1]),
            return_scores=True,
            return_no_speech_prob=True,
            **search,
        )
        answers = []
        for result, tokenizer in zip(results, tokenizers, strict=True):
            ids, length = result.sequences_ids[0], len(result.sequences_ids[0])
            tokens = [token for token in ids if token < tokenizer.eot]
            text = tokenizer.decode(tokens)
            likelihood = result.scores[0] * length / (length + 1)
            answers.append(DecodedTokens(tokens, text, likelihood, result.no_speech_prob, get_compression_ratio(text)))
        return answers

    def tokens(self, text: str, language: str) -> list[int]:
        """A text as tokens of a language."""
        tokens: list[int] = self._tokenizer(language).encode(f" {text.strip()}")
        return tokens

    def align(
        self,
        encoded: Encoded,
        answers: Sequence[DecodedTokens],
        languages: Sequence[str],
        seconds: Sequence[float],
        frames: int,
    ) -> list[tuple[Word, ...]]:
        """Every row's words with their times.

        The aligner takes one language per call; on a CPU single rows are cheapest.
        """
        words: list[tuple[Word, ...]] = [()] * len(answers)
        limits = [min(-(-int(length * SAMPLE_RATE) // SAMPLE_RATE) * 100, frames) for length in seconds]
        with_text = [row for row, answer in enumerate(answers) if answer.tokens]
        for wanted, included in self._calls(with_text, languages):
            tokenizer = self._tokenizer(languages[wanted[0]])
            tokens, frame_limits = [answers[row].tokens for row in included], [limits[row] for row in included]
            aligned = self._model.find_alignment(tokenizer, tokens, self._storage(encoded, included), frame_limits)
            for row in wanted:
                words[row] = self._timed(
                    answers[row].tokens, seconds[row], tokenizer, aligned[included.index(row)], limits[row]
                )
        return words

    def _calls(self, rows: Sequence[int], languages: Sequence[str]) -> list[tuple[list[int], list[int]]]:
        """For each call of the aligner: the rows whose words are wanted, and all rows of the call.

        On a GPU every call gets all rows, because its storage cannot be cut.
        """
        if self._on_cpu:
            return [([row], [row]) for row in rows]
        everything = list(range(len(languages)))
        wanted = [[row for row in rows if languages[row] == language] for language in dict.fromkeys(languages)]
        return [(group, everything) for group in wanted if group]

    def _timed(
        self, tokens: list[int], seconds: float, tokenizer: "Tokenizer", alignment: Any, frames: int
    ) -> tuple[Word, ...]:
        """Apply upstream's rules to one row's alignment alone: upstream would keep one clock across recordings."""
        from faster_whisper import WhisperModel

        segment = {"seek": 0, "start": 0.0, "end": seconds, "tokens": tokens}
        alone = SimpleNamespace(find_alignment=lambda *_: [alignment], frames_per_second=self._model.frames_per_second)
        WhisperModel.add_word_timestamps(alone, [[segment]], tokenizer, None, [frames], PREPENDED, APPENDED, 0.0)
        timed: Any = segment["words"]
        return tuple(
            Word(word["word"], float(word["start"]), float(word["end"]), float(word["probability"])) for word in timed
        )

    def _prompt_of(self, tokenizer: "Tokenizer", hotwords: str) -> list[int]:
        before = tokenizer.encode(" " + self._prompt.strip()) if self._prompt.strip() else []
        prompt: list[int] = self._model.get_prompt(
            tokenizer, before, without_timestamps=True, hotwords=hotwords or None
        )
        return prompt

    def _new_tokenizer(self, language: str) -> "Tokenizer":
        from faster_whisper.tokenizer import Tokenizer

        return Tokenizer(
            self._model.hf_tokenizer, self._model.model.is_multilingual, task=self._task, language=language
        )

    def _storage(self, encoded: Encoded, rows: Sequence[int] | None = None) -> Any:
        if not self._on_cpu:
            return encoded
        import ctranslate2
        import numpy as np

        chosen = encoded if rows is None else [encoded[row] for row in rows]
        return ctranslate2.StorageView.from_array(chosen[0] if len(chosen) == 1 else np.concatenate(chosen))
