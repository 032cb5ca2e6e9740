"""Times for the text of a server that states none: a small model of this machine aligns the text with its sound.

Nothing is fetched for it, and the text stays as the server wrote it. `endpoint` asks for it, `endpoint_answer` puts
text and times together.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from diary_pipeline.transcribe.endpoint_answer import UNKNOWN, with_times
from diary_pipeline.transcribe.rows import FULL_FRAMES, DecodedChunk
from diary_pipeline.transcribe.speech import Chunk
from diary_pipeline.transcribe.stitch import Word
from diary_pipeline.transcribe.upstream import MAX_LENGTH, DecodedTokens, UpstreamModel

log = logging.getLogger("diary.transcribe")

FITTING = 0.4
"""Mean probability of words that belong to the sound, at least.

Right texts of 29 recordings had 0.44 or more with a model that knows the language; other texts, and languages that it
does not know, 0.36 or less.
"""

Align = Callable[[Chunk, DecodedChunk], DecodedChunk]
"""Gives an answer without times those of its words, or returns it as it is."""


def keep_untimed(_: Chunk, decoded: DecodedChunk) -> DecodedChunk:
    """The `Align` of a machine without any model."""
    return decoded


@dataclass(frozen=True)
class Aligner:
    """An `Align` over the models of this machine. *model_for* gives one that knows a language, loaded, or None."""

    model_for: Callable[[str], UpstreamModel | None]

    def __call__(self, chunk: Chunk, decoded: DecodedChunk) -> DecodedChunk:
        """See `Align`. Text that does not fit its sound, or that no model knows, keeps its guessed times."""
        if decoded.timed or not decoded.text.strip():
            return decoded
        try:
            words = self._words(chunk, decoded)
        except (RuntimeError, MemoryError) as error:  # a machine without room for it; the text is good without times
            log.warning("a text was not aligned", extra={"ctx": {"error": type(error).__name__}})
            return decoded
        if not words or sum(word.probability for word in words) / len(words) < FITTING:
            return decoded
        return with_times(decoded, words)

    def _words(self, chunk: Chunk, decoded: DecodedChunk) -> tuple[Word, ...]:
        model = self.model_for(decoded.language)
        if model is None:
            return ()
        encoded = model.encode([model.features(chunk)], FULL_FRAMES)
        language = decoded.language if decoded.language in model.languages else self._spoken(model, encoded)
        tokens = model.tokens(decoded.text, language)
        if len(tokens) > MAX_LENGTH - 8:  # it ran away; no more fits beside the prompt
            return ()
        asked = DecodedTokens(tokens, decoded.text, 0.0, 0.0, 1.0)
        return model.align(encoded, [asked], [language], [chunk.seconds], FULL_FRAMES)[0]

    @staticmethod
    def _spoken(model: UpstreamModel, encoded: object) -> str:
        """The language of a text whose server named none."""
        if len(model.languages) == 1:
            return next(iter(model.languages))
        return next(iter(model.detect_languages(encoded, [0])[0]), UNKNOWN)
