"""Text as search compares it: without case, accents and punctuation; and what a person's words ask for.

A word is found inside a longer one, and in languages that write no blanks. The indexes hold each text's trigrams: every
three letters in a row, with a mark for a blank. Both databases keep those as words of their own full-text search.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

GRAM = 3
_BLANK = "_"
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "\u0131": "i", "þ": "th", "ħ": "h"}
)
"""Letters that Unicode takes for letters of their own, and writers without their keyboard for others."""
_POINTS = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F))
"""Accents, and the vowel points of Hebrew and Arabic, which most people leave out."""
_DROPPED = {code: None for first, last in _POINTS for code in range(first, last + 1)}
_NO_BLANKS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of languages that put no blank between words."""
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»\uff02", '"'))
_ASKED = re.compile(r'"([^"]*)"|(\S+)')
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_MOST_GRAMS = 24
_MOST_TERMS = 32


def fold(text: str) -> str:
    """*text* in small letters without accents, its words separated by single blanks; symbols such as emoji are kept."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_DROPPED)
    plain = unicodedata.normalize("NFC", plain.casefold()).translate(_UNDECOMPOSED)
    if plain.isascii():
        return " ".join(_ASCII_WORDS.findall(plain))
    return " ".join("".join(one if _is_letter(one) else " " for one in plain).split())


@lru_cache(maxsize=4096)
def _is_letter(one: str) -> bool:
    category = unicodedata.category(one)
    return category[0] in "LN" or category in ("So", "Mc") or (category == "Mn" and not 0xFE00 <= ord(one) <= 0xFE0F)


def grams(folded: str) -> list[str]:
    """Every three letters in a row of a folded text, each once; blanks and the end are marked."""
    marked = f"{_BLANK}{folded.replace(' ', _BLANK)}{_BLANK * (GRAM - 1)}"
    return sorted({marked[at : at + GRAM] for at in range(len(marked) - GRAM + 1)})


@dataclass(frozen=True)
class Way:
    """One way to write what is searched: it must stand so in " folded text "."""

    text: str

    @property
    def grams(self) -> list[str]:
        """Trigrams that a text with it has; one that is shorter than three letters is the beginning of some."""
        marked = self.text.replace(" ", _BLANK)
        if len(marked) <= GRAM:
            return [marked]
        found = [marked[at : at + GRAM] for at in range(len(marked) - GRAM + 1)]
        return list(dict.fromkeys(found))[:_MOST_GRAMS]


Term = tuple[Way, ...]
"""The ways to write one word or phrase; one of them must stand in a text."""


@dataclass(frozen=True)
class Query:
    """What is searched: of each term, one way must stand in a text."""

    terms: tuple[Term, ...]

    @property
    def indexed(self) -> tuple[Term, ...]:
        """The terms that the index is asked for: of a very long query the first ones."""
        return self.terms[:_MOST_TERMS]

    def matches(self, folded: str) -> bool:
        """Whether a folded text holds all terms."""
        text = f" {folded} "
        return all(any(way.text in text for way in term) for term in self.terms)


def query(words: str, spellings: Iterable[tuple[str, str]] = ()) -> Query:
    """What *words* ask for. *spellings*: names, each with the words that were recognised for it.

    Each word may be part of a longer one, except a single letter. Words in quotation marks stand in that order, as
    whole words. Everything else that other programs give a meaning (AND, *, brackets) is a word or nothing.
    """
    asked = [(fold(quoted or word), bool(quoted)) for quoted, word in _ASKED.findall(words.translate(_QUOTES))]
    known = [(fold(name), fold(recognised)) for name, recognised in spellings]
    terms = dict.fromkeys(_term(text, whole or _is_one_letter(text), known) for text, whole in asked if text)
    return Query(tuple(terms))


def _is_one_letter(text: str) -> bool:
    return len(text) == 1 and not _NO_BLANKS.match(text)


def _term(text: str, whole: bool, spellings: Sequence[tuple[str, str]]) -> Term:  # noqa: FBT001 - of a pair
    ways = [_as_words(text) if whole else Way(text)]
    for name, recognised in spellings:
        if not name or not recognised:
            continue
        padded = f" {text} "
        if f" {name} " in padded:
            ways.append(_as_words(padded.replace(f" {name} ", f" {recognised} ").strip()))
        elif padded in f" {name} " or (not whole and len(text) >= GRAM and text in name):
            ways.append(_as_words(recognised))
    return tuple(dict.fromkeys(ways))


def _as_words(text: str) -> Way:
    first = "" if _NO_BLANKS.match(text[0]) else " "
    last = "" if _NO_BLANKS.match(text[-1]) else " "
    return Way(f"{first}{text}{last}")
