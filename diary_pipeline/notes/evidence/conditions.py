"""Conditions that a statement drops: "We have the permit" for "if we get the permit"."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.modal_words import is_conditional
from diary_pipeline.notes.language.reading import Reading


def dropped_conditions(found: Alignment) -> Iterator[str]:
    """A clause stated as a fact of which only a condition was said."""
    if _without_if(found):
        yield "modality"
    if _condition_as_outcome(found):
        yield "modality"
    if is_conditional(found.statement):
        return
    depends = {n for s in found.source.scopes if s.label == "if" for n in s.members}
    open_ = {n for s in found.statement.scopes if s.label != "not" for n in s.members}
    for clause in found.statement.clauses:
        words = [n for n in found.pairs if clause.holds(n) and found.statement.tokens[n].kind == "word"]
        if words and not open_ & set(words) and all(found.pairs[n] in depends for n in words):
            yield "modality"


def _condition_as_outcome(found: Alignment) -> bool:
    """As in "he'd fix it if I come" for "it costs less if he fixes it": a condition stated as what depends on one."""
    conditions = _conditions(found.statement)
    kept = {there for here, there in found.pairs.items() if here in conditions}
    said = _conditions(found.source)
    cues = {s.cue for s in found.source.scopes if s.label == "if"}
    predicates = {
        c.predicate
        for c in found.source.clauses
        if c.predicate in said and any(c.first - 1 <= cue <= c.first + 1 for cue in cues)
    }
    stated = {c.predicate for c in found.statement.clauses}
    depends = {n for s in found.statement.scopes if s.label == "if" for n in s.members} - conditions
    return any(here in stated & depends and there in predicates - kept for here, there in found.pairs.items())


def _conditions(reading: Reading) -> set[int]:
    """The words of the conditions themselves: the first scope of each "if"."""
    first = {s.cue: s.members for s in reversed(reading.scopes) if s.label == "if"}
    return {n for members in first.values() for n in members}


def _without_if(found: Alignment) -> bool:
    """As in "he said it was the bearing" for "and if it's the bearing, they close"."""
    seen: set[int] = set()
    for scope in (s for s in found.source.scopes if s.label == "if"):
        heads = [here for here, there in found.pairs.items() if there == scope.head] if scope.cue not in seen else []
        if heads and not any(is_conditional(found.statement, here) for here in heads):
            return True
        seen.add(scope.cue)
    return False
