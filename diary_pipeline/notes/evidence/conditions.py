"""Conditions: what was only said of a case that may come is not told as so, nor a clause that is all condition.

What belongs here: an "if" that the statement leaves out. What does not: the verbs that depend on it (`scope`).
"""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.modal_words import conditional_too
from diary_pipeline.notes.language.reading import Reading


def only_conditions(found: Alignment) -> Iterator[str]:
    """A clause told as so, of which all that was said is a condition: "We have the permit" for "if we get the permit"."""
    if _without_if(found):
        yield "modality"
    if _condition_told_as_outcome(found):
        yield "modality"
    if conditional_too(found.statement):
        return
    depends = {n for s in found.source.scopes if s.label == "if" for n in s.members}
    open_ = {n for s in found.statement.scopes if s.label != "not" for n in s.members}
    for clause in found.statement.clauses:
        words = [n for n in found.pairs if clause.holds(n) and found.statement.tokens[n].kind == "word"]
        if words and not open_ & set(words) and all(found.pairs[n] in depends for n in words):
            yield "modality"


def _condition_told_as_outcome(found: Alignment) -> bool:
    """As in "he'd fix it if I come" for "it costs less if he fixes it and more if I do": the deed of a condition as what depends on one."""
    conditions = _conditions(found.statement)
    kept = {there for here, there in found.pairs.items() if here in conditions}
    said = _conditions(found.source)
    cues = {s.cue for s in found.source.scopes if s.label == "if"}
    deeds = {
        c.predicate
        for c in found.source.clauses
        if c.predicate in said and any(c.first - 1 <= cue <= c.first + 1 for cue in cues)
    }
    told = {c.predicate for c in found.statement.clauses}
    depends = {n for s in found.statement.scopes if s.label == "if" for n in s.members} - conditions
    return any(here in told & depends and there in deeds - kept for here, there in found.pairs.items())


def _conditions(reading: Reading) -> set[int]:
    """The words of the conditions themselves: the first scope of each "if"."""
    first = {s.cue: s.members for s in reversed(reading.scopes) if s.label == "if"}
    return {n for members in first.values() for n in members}


def _without_if(found: Alignment) -> bool:
    """As in "and if it's the bearing, they close" told as "he said it was the bearing": the first word of a condition."""
    seen: set[int] = set()
    for scope in (s for s in found.source.scopes if s.label == "if"):
        heads = [here for here, there in found.pairs.items() if there == scope.head] if scope.cue not in seen else []
        if heads and not any(conditional_too(found.statement, here) for here in heads):
            return True
        seen.add(scope.cue)
    return False
