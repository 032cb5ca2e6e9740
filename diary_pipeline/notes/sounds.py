"""How alike two names sound: the likeness of their letters, or of their consonants as they are spoken."""

import re
import unicodedata

from diary_pipeline.notes.language.lexicon.notation import one_of
from diary_pipeline.notes.language.lexicon.spelling import SIBILANTS

LIKE, LIKE_SPOKEN = 60.0, 75.0
"""Least likeness of the letters, or of the spoken consonants, 0 to 100: niner and Nina have 67 of letters, shiv on and
Siobhan 100 of consonants, bread and Tomas 0."""
_CLASSES = (
    (r"gh(?=[tsn]|$)", ""),
    (r"[bm]h|ph|v|f", "f"),
    (rf"{one_of(SIBILANTS)}|c(?=[eiy])|[szxçß]", "s"),
    (r"ch|ck|qu|[ckqg]", "k"),
    (r"[dt]h?", "t"),
    (r"[bp]", "p"),
    (r"(?<=[aeiouy])w(?=[aeiouy])|[aeiouyhjw]", ""),
)


def sound_alike(one: str, other: str) -> bool:
    """Whether one may have been recognised for the other."""
    letters = [_letters(text) for text in (one, other)]
    return likeness(*letters) >= LIKE or likeness(*map(_spoken, letters)) >= LIKE_SPOKEN


def likeness(one: str, other: str) -> float:
    """The likeness of two texts, 0 to 100."""
    from rapidfuzz import fuzz

    return float(fuzz.ratio(one, other))


def same_letters(one: str, other: str) -> bool:
    """Whether two texts differ by capitals, accents and marks only."""
    return _letters(one) == _letters(other)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", text.replace("ß", "ss")).lower())


def _spoken(letters: str) -> str:
    """The consonants by classes that are often taken for each other, each once in a row."""
    for pattern, sound in _CLASSES:
        letters = re.sub(pattern, sound.upper(), letters)
    return re.sub(r"(.)\1+", r"\1", letters)
