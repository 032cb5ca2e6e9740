"""Conditions: what was only said of a case that may come is not told as so, nor a clause that is all condition.

What belongs here: an "if" that the statement leaves out. What does not: the verbs that depend on it (`scope`).
"""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.align import Alignment
from diary_pipeline.notes.evidence.moods import conditional_too


def only_conditions(found: Alignment) -> Iterator[str]:
    """A clause told as so, of which all that was said is a condition: "We have the permit" for "if we get the permit"."""
    if _without_if(found):
        yield "modality"
    if conditional_too(found.statement):
        return
    depends = {n for s in found.source.scopes if s.label == "if" for n in s.members}
    open_ = {n for s in found.statement.scopes if s.label != "not" for n in s.members}
    for clause in found.statement.clauses:
        words = [n for n in found.pairs if clause.holds(n) and found.statement.tokens[n].kind == "word"]
        if words and not open_ & set(words) and all(found.pairs[n] in depends for n in words):
            yield "modality"


def _without_if(found: Alignment) -> bool:
    """As in "and if it's the bearing, they close" told as "he said it was the bearing": the first word of a condition."""
    seen: set[int] = set()
    for scope in (s for s in found.source.scopes if s.label == "if"):
        heads = [here for here, there in found.pairs.items() if there == scope.head] if scope.cue not in seen else []
        if heads and not any(conditional_too(found.statement, here) for here in heads):
            return True
        seen.add(scope.cue)
    return False
