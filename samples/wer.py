"""Word errors as Whisper's own English normalizer counts words."""

import warnings
from collections.abc import Iterable
from functools import cache
from typing import Any


def word_errors(pairs: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """(errors, words of the references), pooled over pairs (reference, transcript); an invented word is an error."""
    import jiwer

    errors = words = 0
    for reference, heard in pairs:
        said, got = words_of(reference), words_of(heard)
        if not said:
            errors += len(got)
            continue
        result = jiwer.process_words(" ".join(said), " ".join(got) or "*")
        errors += result.substitutions + result.deletions + (result.insertions if got else 0)
        words += len(said)
    return errors, words


def words_of(text: str) -> list[str]:
    """The words of a text, spelt in one way."""
    normalized: str = _normalizer()(text)
    return normalized.split()


@cache
def _normalizer() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's own source has an invalid escape
        from whisper_normalizer.english import EnglishTextNormalizer
    return EnglishTextNormalizer()
