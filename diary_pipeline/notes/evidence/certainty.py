"""Statements that are more certain than the source: mistaken beliefs, hedged values, things only wanted."""

from collections.abc import Iterator
from itertools import pairwise

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.modal_words import is_hedged
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_PRESENT, GET_FORMS, HAVE_FORMS
from diary_pipeline.notes.language.lexicon.conjunctions import LINKING_CONJUNCTIONS
from diary_pipeline.notes.language.lexicon.modality import (
    HEDGES,
    MISTAKEN_BELIEFS,
    MISTAKES,
    SUPPOSING,
    TURNING_POINTS,
    UNSETTLED_WORDS,
    WANTED_NOT_HAD,
)
from diary_pipeline.notes.language.lexicon.negation import CONSENTS, REFUSALS
from diary_pipeline.notes.language.lexicon.prepositions import APPROXIMATIONS
from diary_pipeline.notes.language.lexicon.speech import SAYING_NO
from diary_pipeline.notes.language.lexicon.verbs import PAST_FORMS
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.spans import sentence

_HAVING = HAVE_FORMS | GET_FORMS
_HAVING_OR_PAST = _HAVING | PAST_FORMS
_ROUGHLY = APPROXIMATIONS | UNSETTLED_WORDS
_NEAR = 4
_ADMITTED = MISTAKEN_BELIEFS | HEDGES | MISTAKES | {"suspect"}
"""With these a statement admits that the belief was mistaken."""
_ENDS = LINKING_CONJUNCTIONS | frozenset(".!?")


def overstated_certainty(found: Alignment) -> Iterator[str]:
    """What is a fact in the statement and was none in the source."""
    if _mistaken_belief(found):
        yield "taken back"
    if _refusal_as_consent(found):
        yield "negation"
    if _hedged_value(found) or any(_only_wanted(found, n) for n in range(len(found.statement.clauses))):
        yield "modality"


def _refusal_as_consent(found: Alignment) -> bool:
    """As in "I agreed" for "I said no"."""
    lows = [t.low for t in found.source.tokens]
    no = any(one in SAYING_NO and two == "no" for one, two in pairwise(lows)) or bool(REFUSALS & set(lows))
    agreed = any(t.low in CONSENTS and n not in found.statement.denied for n, t in enumerate(found.statement.tokens))
    return no and agreed and not CONSENTS & set(lows)


def _mistaken_belief(found: Alignment) -> bool:
    """As in "It was the element" for "I thought it was the element, but it was the seal"."""
    stated = {t.low for t in found.statement.tokens}
    if stated & _ADMITTED or found.statement.denied:
        return False
    tokens = found.source.tokens
    for n, token in enumerate(tokens[:-1]):
        if (
            token.low not in MISTAKEN_BELIEFS
            or tokens[n - 1].low != "i"
            or tokens[n + 1].low in ("about", "of", "over")
        ):
            continue
        end = next((m for m in sentence(tokens, n) if m > n and tokens[m].low in TURNING_POINTS), None)
        if end is not None and set(range(n + 1, end)) & set(found.pairs.values()) - _again(found.source, end):
            return True
    return False


def _again(source: Reading, end: int) -> set[int]:
    """Places of words that are said once more after the turning point."""
    later = {t.key for t in source.tokens[end:]}
    return {n for n, t in enumerate(source.tokens[:end]) if t.key in later}


def _hedged_value(found: Alignment) -> bool:
    """As in "eighty people" for "eighty people, I think", "two nights" for "maybe two nights"."""
    if is_hedged(found.statement) or any(t.low in _ROUGHLY for t in found.statement.tokens):
        return False
    tokens = found.source.tokens
    for here, there in found.pairs.items():
        if found.statement.tokens[here].kind not in ("number", "time", "date"):
            continue
        before = [t.low for t in tokens[max(0, there - _NEAR) : there]]
        if "maybe" in before or "perhaps" in before:
            return True
        after = [t.low for t in tokens[there + 1 : there + _NEAR + 2]]
        tagged = (n for n, (one, two) in enumerate(pairwise(after)) if one == "i" and two in SUPPOSING)
        if any(not _ENDS & set(after[: n + 1]) and _tag(after, n) for n in tagged):
            return True
    return False


def _tag(after: list[str], at: int) -> bool:
    """Whether "I think" ends a clause: "eighty, I think", not "eighty, and I think he will make it worse"."""
    return at + 2 >= len(after) or after[at - 1 : at] != ["and"] or after[at + 2] in (",", ".")


def _only_wanted(found: Alignment, number: int) -> bool:
    """As in "I got the papers" for "I need the papers": the verb is not in the source, the rest was only wanted."""
    statement, stated = found.statement, found.statement.clauses[number]
    predicate = stated.predicate
    if predicate is None or predicate in found.pairs or any(stated.holds(s.cue) for s in statement.scopes):
        return False
    token = statement.tokens[predicate]
    going_on = token.low.split()[0].endswith("ing") and statement.tokens[predicate - 1].low in BE_PRESENT
    if not (token.low in _HAVING_OR_PAST or token.low.endswith("ed") or going_on):
        return False
    if any(statement.tokens[n].low in ("to", "that") for n in range(predicate + 1, min(predicate + _NEAR, stated.end))):
        return False
    things = [
        found.pairs[n]
        for n in range(predicate + 1, stated.end)
        if n in found.pairs and statement.tokens[n].kind != "name"
    ]
    bearers = {c.subject.at for c in found.source.clauses if c.subject is not None}
    things = [n for n in things if n not in bearers]
    return bool(things) and all(_wanted(found.source, there) for there in things[:1])


def _wanted(source: Reading, there: int) -> bool:
    """Whether the thing stands behind a verb of wanting, and nobody is said to have it."""
    clause = clause_of(source, there)
    if clause is None:
        return False
    lows = [t.low for t in source.tokens[clause.first : there]]
    return any(low in WANTED_NOT_HAD for low in lows) and not any(low in _HAVING for low in lows)
