"""Whether two words may mean the same in everyday talk, or exclude each other.

A word may be in several lines of `synonyms.txt`, since "raise" is lift, increase and mention; two words are alike if
they share a line. `call_off` is a verb with what follows it: "called the match off". Numbers, names and opposites are
compared strictly, not by this.
"""

from functools import cache
from importlib.resources import files

from diary_pipeline.notes.language.lexicon.thesaurus import CONTRARIES, SIBLINGS
from diary_pipeline.notes.language.words import key_of


@cache
def _lines() -> dict[str, frozenset[int]]:
    lines: dict[str, set[int]] = {}
    for number, line in enumerate(
        (files("diary_pipeline.notes.language.lexicon") / "synonyms.txt").read_text("utf-8").splitlines()
    ):
        for word in line.split():
            verb, _, rest = word.partition("_")
            lines.setdefault(phrase(key_of(verb), rest) if rest else key_of(word), set()).add(number)
    return {key: frozenset(numbers) for key, numbers in lines.items()}


def phrase(key: str, rest: str) -> str:
    """The key of a verb together with what follows it."""
    return f"{key}_{rest}"


@cache
def phrases_of(key: str) -> frozenset[str]:
    """What may follow the verb of *key* to make a phrase with it."""
    return frozenset(known.removeprefix(f"{key}_") for known in _lines() if known.startswith(f"{key}_"))


@cache
def _siblings() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, words in enumerate(SIBLINGS):
        for word in words:
            groups.setdefault(key_of(word), set()).add(number)
    return {key: frozenset(numbers) for key, numbers in groups.items()}


@cache
def opposed(one: str, two: str) -> bool:
    """Whether the words of two keys exclude each other: well and badly, month and year."""
    groups = _siblings()
    return one != two and bool(groups.get(one, frozenset()) & groups.get(two, frozenset()))


@cache
def contrary(one: str, two: str) -> bool:
    """Whether what is not the one is the other. Of three siblings or more, none follows from another."""
    return one != two and any({one, two} == pair for pair in _contraries())


@cache
def _contraries() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(key_of(word) for word in pair) for pair in CONTRARIES)


@cache
def alike(one: str, two: str) -> bool:
    """Whether the words of two keys may mean the same."""
    lines = _lines()
    return one == two or (bool(lines.get(one, frozenset()) & lines.get(two, frozenset())) and not opposed(one, two))
