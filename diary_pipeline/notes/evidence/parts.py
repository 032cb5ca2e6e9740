"""Parts that say something by themselves: what is said of a subject, and what it was for. Of each, something must have been said.

What belongs here: a part of which the cited words hold nothing, though they hold enough of the whole. What does not: the whole (`cover`).
"""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.align import Alignment
from diary_pipeline.notes.language.lexicon import JUDGEMENTS, NEGATIONS
from diary_pipeline.notes.language.propositions import Clause

_CIRCUMSTANCE = ("date", "time")
_THIN = 0.6
"""Share of the whole up to which a part of other words is more likely invented than told freely."""
_BE = frozenset("is are was were am 's 're 'm be been".split())


def foreign_parts(found: Alignment) -> Iterator[str]:
    """A clause of which the subject alone was said, a purpose of which nothing was, a judgement that the speaker did not pass."""
    parts = [part(found, clause) for clause in found.statement.clauses for part in (_said_of_subject, _purpose)]
    if found.cover <= _THIN and any(part and not any(n in found.pairs for n in part) for part in parts):
        yield "cover"
    for here, token in enumerate(found.statement.tokens):
        if token.kind == "word" and token.low in JUDGEMENTS and here not in found.pairs:
            yield "feeling"


def _said_of_subject(found: Alignment, clause: Clause) -> list[int]:
    """As "was sold out" in "The hall was sold out tonight". A single verb of other words tells freely more often than not."""
    tokens = found.statement.tokens
    if clause.subject is None or clause.predicate is None:
        return []
    said = range(max(clause.subject.at + 1, clause.first), clause.end)
    part = [n for n in said if tokens[n].content and tokens[n].kind not in _CIRCUMSTANCE]
    denied = any(tokens[n].low in NEGATIONS for n in said)
    return part if not denied and (len(part) > 1 or any(tokens[n].low in _BE for n in said)) else []


def _purpose(found: Alignment, clause: Clause) -> list[int]:
    """As "to buy a hat" in "I went to town to buy a hat"."""
    tokens = found.statement.tokens
    for n in range(clause.first + 1, clause.end - 2):
        if tokens[n].low == "to" and tokens[n + 1].kind == "word" and tokens[n - 1].content and n - 1 != clause.predicate:
            part = [m for m in range(n + 1, clause.end) if tokens[m].content and tokens[m].kind not in _CIRCUMSTANCE]
            return part if len(part) > 1 else []
    return []
