"""How common a word is, by the lists of a spelling checker. Some names of people and places are in them, too."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spellchecker import SpellChecker


def frequency(word: str, language: str = "en") -> int:
    """How often the word occurs in texts of the language; 0: it is not in the list."""
    return int(_word_list(language).word_frequency[word.lower()])


@cache
def _word_list(language: str) -> "SpellChecker":
    from spellchecker import SpellChecker

    return SpellChecker(language=language)
