"""How common an English word is, by the list of a spelling checker."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spellchecker import SpellChecker


def frequency(word: str) -> int:
    """How often the word occurs in English texts; 0: it is not in the list."""
    return int(_word_list().word_frequency[word.lower()])


@cache
def _word_list() -> "SpellChecker":
    from spellchecker import SpellChecker

    return SpellChecker(language="en")
