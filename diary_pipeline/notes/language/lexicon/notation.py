"""How the lists of the lexicon are written, and how a regular expression asks for one of them."""

import re
from collections.abc import Iterable


def words(text: str) -> frozenset[str]:
    """The words of *text*, separated by white space."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """Phrases separated by ";", each with single spaces."""
    return frozenset(_parts(text))


def groups(text: str) -> tuple[frozenset[str], ...]:
    """Sets of words separated by ";"."""
    return tuple(frozenset(part.split()) for part in _parts(text))


def numbered(text: str, first: int) -> dict[str, int]:
    """The words of *text* with their numbers, from *first* on."""
    return {word: number for number, word in enumerate(text.split(), first)}


def table(text: str) -> dict[str, str]:
    """Each form to its base, from "base: form form; base: form"."""
    entries = (part.partition(":") for part in _parts(text))
    return {form: base for base, _, forms in entries for form in forms.split()}


def by_language(text: str) -> dict[str, frozenset[str]]:
    """The words of each language, from "de: und oder; fr: et ou"; "_" stands for the space of a phrase."""
    entries = (part.partition(":") for part in _parts(text))
    return {code: frozenset(word.replace("_", " ") for word in listed.split()) for code, _, listed in entries}


def one_of(choices: Iterable[str]) -> str:
    """A group of a regular expression that matches one of *choices*, the longest first.

    "*" in a choice stands for any letters or none, "+" for one letter or more.
    """
    ordered = sorted(choices, key=lambda choice: (-len(choice), choice))
    alternatives = (re.escape(choice).replace(r"\*", r"\w*").replace(r"\+", r"\w+") for choice in ordered)
    return f"(?:{'|'.join(alternatives)})"


def _parts(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(";")]
