"""Where a sentence ends: not at the full stop of an abbreviation, an initial or a number, nor before a small letter."""

import re

from diary_pipeline.notes.language.lexicon.abbreviations import (
    HALF_DAYS_WITH_STOPS,
    NUMBER_ABBREVIATIONS,
    OTHER_ABBREVIATIONS,
    TITLE_ABBREVIATIONS,
)
from diary_pipeline.notes.language.lexicon.stopwords import STOPWORDS

_BEFORE = re.compile(r"(?<![\w.])([^\W_][\w.]*)$")
_AFTER = re.compile(r"[\s\"'“‘(¿¡[„«]*(\w+)?")  # noqa: RUF001 - typographic quotes open sentences too
_LONGEST = 24


def is_abbreviated(text: str, dot: int) -> bool:
    """Whether the full stop at *dot* belongs to an abbreviation or an initial, and the sentence goes on."""
    after = _AFTER.match(text, dot + 1)
    following = (after[1] or "") if after else ""
    before = _BEFORE.search(text, max(0, dot - _LONGEST), dot)
    if not before or not following or text[dot] != ".":
        return False
    word = before[1].lower()
    if word in NUMBER_ABBREVIATIONS and following[0].isdigit():
        return True
    if word in TITLE_ABBREVIATIONS:
        return True
    if following[0].islower() or following[0].isdigit():
        return word in OTHER_ABBREVIATIONS or word in NUMBER_ABBREVIATIONS - {"no", "nos"} or "." in word
    if word in HALF_DAYS_WITH_STOPS or following.lower() in STOPWORDS | {"i"}:
        return False
    return word in OTHER_ABBREVIATIONS or "." in word or (len(word) == 1 and before[1].isupper() and word != "i")
