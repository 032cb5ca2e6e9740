"""What the speaker took back does not count: "at three. No, wait, at four" is four, and "Thursday, not Wednesday" is Thursday."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of, support
from diary_pipeline.notes.evidence.reported_corrections import told_as_gone
from diary_pipeline.notes.language.words import VALUE_KINDS

_NEAR = 6


def taken_back(found: Alignment) -> Iterator[str]:
    """A statement that uses a word which the speaker replaced, or a value which the speaker denied, as if it stood."""
    denied = {
        s.head
        for s in found.source.scopes
        if s.label == "not" and s.head is not None and s.cue < s.head and _value(found, s.head)
    }
    own_denied = found.statement.denied() | found.statement.retracted
    for here, there in found.pairs.items():
        if here in own_denied or told_as_gone(found, here):
            continue
        if there in found.source.retracted or there in denied or _fits_what_is_gone(found, here, there):
            yield "taken back"


def _fits_what_is_gone(found: Alignment, here: int, there: int) -> bool:
    """As in "on the sixth, no, the sixth is the fair": the value stands, but for something else."""
    source, told, now = found.source, clause_of(found.statement, here), clause_of(found.source, there)
    key = found.statement.tokens[here].key
    gone = [n for n in source.retracted if source.tokens[n].key == key]
    if not gone or told is None or not _value(found, there) or _said_instead(found, there):
        return False
    mine = support(found, told, now) if now else 0.0
    for n in gone:
        theirs = support(found, told, clause) if (clause := clause_of(source, n)) else 0.0
        if theirs > mine or (theirs == mine and found.bond(here, n) > found.bond(here, there)):
            return True
    return False


def _said_instead(found: Alignment, there: int) -> bool:
    """As in "Monday, no, Tuesday, no, it was Monday": in the end it counts."""
    source = found.source
    near = [c for c in source.corrections if there in range(c.after, c.after + _NEAR)]
    return any(source.tokens[there].key not in {source.tokens[n].key for n in c.gone} for c in near)


def _value(found: Alignment, at: int) -> bool:
    return found.source.tokens[at].kind in VALUE_KINDS
