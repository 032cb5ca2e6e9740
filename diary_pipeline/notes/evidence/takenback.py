"""What the speaker took back does not count: "at three. No, wait, at four" is four, and "Thursday, not Wednesday" is Thursday."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.align import Alignment
from diary_pipeline.notes.evidence.rivals import lead
from diary_pipeline.notes.evidence.values import clause_of, support

_ITEMS = ("number", "time", "date", "name")


def taken_back(found: Alignment) -> Iterator[str]:
    """A statement that uses a word which the speaker replaced, or a value which the speaker denied, as if it stood."""
    denied = {s.head for s in found.source.scopes if s.label == "not" and s.head is not None and s.cue < s.head and _value(found, s.head)}
    own_denied = {n for s in found.statement.scopes if s.label == "not" for n in s.members} | found.statement.retracted
    for here, there in found.pairs.items():
        if here in own_denied:
            continue
        if there in found.source.retracted or there in denied or _fits_what_is_gone(found, here, there):
            yield "taken back"


def _fits_what_is_gone(found: Alignment, here: int, there: int) -> bool:
    """As in "on the sixth, no, the sixth is the fair": the value stands, but for something else."""
    key, told, now = found.statement.tokens[here].key, clause_of(found.statement, here), clause_of(found.source, there)
    if told is None or now is None or not _value(found, there):
        return False
    gone = [n for n in found.source.retracted if found.source.tokens[n].key == key]
    if any(now.holds(n) and n < there and found.bond(here, n) > found.bond(here, there) for n in gone):
        return True  # "on Monday, no, on Tuesday, Monday's full": both in one breath
    before = [(n, clause) for n in gone if (clause := clause_of(found.source, n)) is not None]
    fits, mine, theirs = support(found, told, now), lead(found.statement, here), lead(found.source, there)
    return any(support(found, told, clause) > fits - (mine != theirs and mine == lead(found.source, n)) for n, clause in before)


def _value(found: Alignment, at: int) -> bool:
    return found.source.tokens[at].kind in _ITEMS
