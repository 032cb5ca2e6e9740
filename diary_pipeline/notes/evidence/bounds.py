"""Bounds and exceptions: "over ninety" is not ninety, "everything but the shopping" is not the shopping."""

from collections.abc import Iterator, Sequence

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.lexicon.dates import TIME_UNITS
from diary_pipeline.notes.language.lexicon.negation import EXCEPTION_WORDS
from diary_pipeline.notes.language.lexicon.prepositions import LIMIT_PREPOSITIONS
from diary_pipeline.notes.language.lexicon.pronouns import UNIVERSALS
from diary_pipeline.notes.language.lexicon.quantities import (
    BOUND_PHRASES,
    BOUND_WORDS,
    COMPARATIVES,
    EXCEPTION_PHRASES,
    VALUED,
)
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.words import Token

_BOUNDS = [phrase.split() for phrase in BOUND_PHRASES]
_EXCEPT = sorted((phrase.split() for phrase in EXCEPTION_PHRASES), key=len, reverse=True)


def ignored_bounds(found: Alignment) -> Iterator[str]:
    """A bound stated as the value, or an exception stated as one of the things."""
    roughly = any(t.low in BOUND_WORDS for t in found.statement.tokens)
    values = [there for here, there in found.pairs.items() if found.statement.tokens[here].kind in ("number", "time")]
    if not roughly and any(_bound(found.source, there) for there in values):
        yield "number"
    excepting = any(t.low in EXCEPTION_WORDS for t in found.statement.tokens)
    if not excepting and any(_excepted(found.source, there) for there in found.pairs.values()):
        yield "negation"


def _bound(source: Reading, at: int) -> bool:
    lows = [t.low for t in source.tokens]
    if any(_ends_with(source.tokens[:at], words) for words in _BOUNDS):
        return True
    after = lows[at + 1 : at + 4]
    if any(low in COMPARATIVES and "than" in after[n + 1 : n + 2] for n, low in enumerate(after)):
        return True
    over = at > 1 and lows[at - 1] in LIMIT_PREPOSITIONS and lows[at - 2] in VALUED
    return over and not any(t.key in TIME_UNITS for t in source.tokens[at + 1 : at + 2])


def _excepted(source: Reading, at: int) -> bool:
    """As in "everything but the shopping": the thing right behind the exception."""
    start = at - 1 if at and source.tokens[at - 1].kind == "stop" and not _exception(source.tokens[:at]) else at
    before = source.tokens[:start]
    words = _exception(before)
    return bool(words) and any(
        t.low in UNIVERSALS for t in before[len(before) - len(words) - 3 : len(before) - len(words)]
    )


def _exception(before: Sequence[Token]) -> list[str]:
    return next((words for words in _EXCEPT if _ends_with(before, words)), [])


def _ends_with(tokens: Sequence[Token], words: list[str]) -> bool:
    return [t.low for t in tokens[-len(words) :]] == words
