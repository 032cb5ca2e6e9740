"""Word errors as Whisper's own English normalizer counts words."""

import warnings
from collections.abc import Iterable


def word_errors(pairs: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """(errors, words of the references), pooled over (reference, heard) pairs; any word where none was said is an error."""
    import jiwer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's own source has an invalid escape
        from whisper_normalizer.english import EnglishTextNormalizer
    normalize = EnglishTextNormalizer()
    errors = words = 0
    for reference, heard in pairs:
        said, got = normalize(reference), normalize(heard)
        if not said:
            errors += len(got.split())
            continue
        result = jiwer.process_words(said, got or "*")
        errors += result.substitutions + result.deletions + (result.insertions if got else 0)
        words += len(said.split())
    return errors, words
