"""Words that the speaker took back: "at three. No, wait, at four" is four, "Thursday, not Wednesday" is Thursday."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of, support
from diary_pipeline.notes.evidence.reported_corrections import is_reported_correction
from diary_pipeline.notes.language.words import VALUE_KINDS

_NEAR = 6


def ignored_corrections(found: Alignment) -> Iterator[str]:
    """A word that the speaker replaced, or a value that the speaker denied, used as if it counted."""
    denied = {
        s.head
        for s in found.source.scopes
        if s.label == "not" and s.head is not None and s.cue < s.head and _value(found, s.head)
    }
    own_denied = found.statement.denied | found.statement.retracted
    for here, there in found.pairs.items():
        if here in own_denied or is_reported_correction(found, here):
            continue
        if there in found.source.retracted or there in denied or _fits_retracted_value(found, here, there):
            yield "taken back"


def _fits_retracted_value(found: Alignment, here: int, there: int) -> bool:
    """As in "on the sixth, no, the sixth is the fair": the value counts, but for something else."""
    source, stated, now = found.source, clause_of(found.statement, here), clause_of(found.source, there)
    key = found.statement.tokens[here].key
    retracted = [n for n in source.retracted if source.tokens[n].key == key]
    if not retracted or stated is None or not _value(found, there) or _said_instead(found, there):
        return False
    mine = support(found, stated, now) if now else 0.0
    for n in retracted:
        theirs = support(found, stated, clause) if (clause := clause_of(source, n)) else 0.0
        if theirs > mine or (theirs == mine and found.fit(here, n) > found.fit(here, there)):
            return True
    return False


def _said_instead(found: Alignment, there: int) -> bool:
    """As in "Monday, no, Tuesday, no, it was Monday": the value counts in the end."""
    source = found.source
    near = [c for c in source.corrections if there in range(c.after, c.after + _NEAR)]
    return any(source.tokens[there].key not in {source.tokens[n].key for n in c.retracted} for c in near)


def _value(found: Alignment, at: int) -> bool:
    return found.source.tokens[at].kind in VALUE_KINDS
