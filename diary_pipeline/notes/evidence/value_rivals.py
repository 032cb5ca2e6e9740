"""Which other values of the source might have been meant: eggs are not confused with minutes, persons with places."""

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.amounts import unit_of
from diary_pipeline.notes.language.lexicon.dates import MONTHS
from diary_pipeline.notes.language.lexicon.determiners import DEFINITE_DETERMINERS
from diary_pipeline.notes.language.lexicon.prepositions import PLACE_PREPOSITIONS, VALUE_PREPOSITIONS
from diary_pipeline.notes.language.reading import Reading

_BETWEEN = DEFINITE_DETERMINERS | {"about", "around"} | {"$", "£", "€"}
"""What may stand between a preposition and its value."""


def no_rival(found: Alignment, here: int, there: int) -> bool:
    """Whether the source's value at *there* cannot be confused with the one of the statement at *here*."""
    own, source = found.pairs[here], found.source
    if here not in found.exact() and (own <= there <= own + 2 or {there - 1, there + 1} & source.retracted):
        return True  # the second half of "four ninety" for 4.90, and the first of "four eighty, no, four ninety"
    if found.statement.tokens[here].kind == "name":
        return _is_place(source, there) != _is_place(source, own) == _is_place(found.statement, here)
    mine, theirs = _counted(found.statement, here), _counted(source, own)
    if mine is not None and mine == theirs and (rival := _counted(source, there)) is not None and rival != mine:
        return True
    return _sort(source, there) != _sort(found.statement, here) == _sort(source, own)


def lead(reading: Reading, at: int) -> str | None:
    """The preposition before a value and its article."""
    n = at - 1
    while n >= 0 and (reading.tokens[n].low in _BETWEEN):
        n -= 1
    return reading.tokens[n].low if n >= 0 and reading.tokens[n].low in VALUE_PREPOSITIONS else None


def _counted(reading: Reading, at: int) -> str | None:
    """What a number counts: the noun after it."""
    after = reading.tokens[at + 1] if at + 1 < len(reading.tokens) else None
    return after.key if after is not None and after.kind == "word" and reading.tokens[at].kind == "number" else None


def _sort(reading: Reading, at: int) -> str:
    """The sort of a value: "times", "month", the kind of its unit, or ""."""
    token, near = reading.tokens[at], reading.tokens[max(0, at - 2) : at + 3]
    if token.low in ("twice", "thrice") or token.low.endswith(" times"):
        return "times"
    if token.low in MONTHS:
        return "month" if any(t.kind == "date" and t.key.startswith("#") for t in near) else ""
    return unit_of(reading.tokens, at) or ""


def _is_place(reading: Reading, at: int) -> bool:
    """As in "on the Bright Star", "in Hull"."""
    while at and reading.tokens[at - 1].kind == "name":
        at -= 1
    return lead(reading, at) in PLACE_PREPOSITIONS
