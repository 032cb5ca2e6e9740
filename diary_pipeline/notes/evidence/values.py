"""Numbers, days and names: each must be said in the cited segments, and belong to the statement's other words."""

from collections.abc import Iterator
from datetime import date

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of, repeats_predicate, support
from diary_pipeline.notes.evidence.inferred_values import can_be_inferred
from diary_pipeline.notes.evidence.reported_corrections import is_reported_correction
from diary_pipeline.notes.evidence.value_contexts import VALUE_GROUPS, belongs_elsewhere
from diary_pipeline.notes.evidence.value_rivals import lead, no_rival
from diary_pipeline.notes.language.lexicon.people import KIN
from diary_pipeline.notes.language.lexicon.prepositions import DIRECTIONS
from diary_pipeline.notes.language.lexicon.pronouns import THIRD_PERSON_FORMS
from diary_pipeline.notes.language.names import may_be_name
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.words import Kind

_REASON: dict[Kind, str] = {"number": "number", "time": "number", "date": "date", "name": "name"}
_RIVAL, _RIVAL_IN_ORDER, _LEAST = 1.1, 1.6, 0.02
"""How much better another value must fit: as a ratio (the second if both are in order), and at least."""


def wrong_values(
    found: Alignment, nearby: frozenset[str], around: frozenset[str], day: date | None = None
) -> Iterator[str]:
    """Reasons against the statement's numbers, days and names.

    *nearby* and *around*: keys of fewer and of more neighbouring segments. *day*: of the recording, where it is known.
    """
    statement, exact = found.statement, found.exact()
    exempt = statement.denied | statement.retracted
    for here, token in enumerate(statement.tokens):
        if token.kind not in VALUE_GROUPS:
            kin, named = token.low in KIN, may_be_name(statement.tokens, here)
            unknown = (kin and token.key not in around) or (named and token.key not in nearby)
            if unknown and here not in found.pairs:
                yield "name"
            continue
        if here not in found.pairs:
            if not (
                (token.kind == "name" and _resolved(found, token.key, nearby)) or can_be_inferred(found, here, day)
            ):
                yield _REASON[token.kind]
        elif (
            here not in exempt
            and not is_reported_correction(found, here)
            and (_has_better_rival(found, here) or (here in exact and belongs_elsewhere(found, here)))
        ):
            yield _REASON[token.kind]


def _resolved(found: Alignment, key: str, nearby: frozenset[str]) -> bool:
    """Whether a name from a neighbouring segment may stand for a "she" of the cited ones."""
    return key in nearby and any(token.low in THIRD_PERSON_FORMS for token in found.source.tokens)


def _has_better_rival(found: Alignment, here: int) -> bool:
    """Whether another value of the source fits the statement's other words better than the stated one."""
    token, tokens = found.statement.tokens[here], found.source.tokens
    if token.kind == "name" and (
        repeats_predicate(found.source, token.key) or _as_pronoun(found, here) or _as_subject(found, here)
    ):
        return False
    places = [n for n, t in enumerate(tokens) if t.key == token.key and t.content] or [found.pairs[here]]
    own = max(found.fit(here, n) for n in places)
    mine = {t.key: n for n, t in enumerate(found.statement.tokens) if n != here and t.kind in VALUE_GROUPS}
    out = found.source.retracted | {s.head for s in found.source.scopes if s.label == "not" and s.head is not None}
    for there, other in enumerate(tokens):
        if (
            other.kind not in VALUE_GROUPS[token.kind]
            or other.key == token.key
            or there in out
            or no_rival(found, here, there)
        ):
            continue
        if any(_one_moment(found.source, there, n) for n in places):
            continue
        if (verdict := _by_lead(found, here, places, there)) is not None:
            if verdict:
                return True
            continue
        fit = found.fit(here, there)
        if (counterpart := mine.get(other.key)) is not None:  # the statement has both: are they swapped?
            as_stated = own + found.fit(counterpart, there)
            swapped = fit + max(found.fit(counterpart, n) for n in places)
            ordered = (here < counterpart) == (max(places) < there)
            if swapped > as_stated * (_RIVAL_IN_ORDER if ordered else _RIVAL) and swapped - as_stated > _LEAST:
                return True
        elif fit > own * _RIVAL and fit - own > _LEAST:
            return True
    return False


def _as_pronoun(found: Alignment, here: int) -> bool:
    """As in "I met Tess" for "Her name is Tess, I've met her": a pronoun is the object of the same verb."""
    verb = here - 1
    while verb > 0 and found.statement.tokens[verb].kind == "stop":
        verb -= 1
    there = found.pairs.get(verb, -2)
    return (
        0 <= there < len(found.source.tokens) - 1
        and found.source.tokens[there + 1].low in ("him", "her", "them")
        and found.pairs.get(here, len(found.source.tokens)) < there
    )


def _as_subject(found: Alignment, here: int) -> bool:
    """As in "Tess will stay" for "Tess moved to Hull. She'll stay": a pronoun is the subject of the same verb."""
    stated = clause_of(found.statement, here)
    if stated is None or stated.subject is None or stated.subject.at != here or stated.predicate not in found.exact():
        return False
    said = clause_of(found.source, found.pairs[stated.predicate])
    if said is None or said.subject is None or said.subject.kind != "pronoun":
        return False
    named = [
        c.subject.keys
        for c in found.source.clauses
        if c.subject and c.subject.kind == "name" and c.subject.at < said.subject.at
    ]
    return bool(named) and found.statement.tokens[here].key in named[-1]


def _by_lead(found: Alignment, here: int, places: list[int], there: int) -> bool | None:
    """What the prepositions before the values ("from the twelfth"), or their clauses, decide; None for nothing."""
    mine, theirs = lead(found.statement, here), lead(found.source, there)
    owns = {lead(found.source, n) for n in places}
    if mine in DIRECTIONS and theirs != mine and mine in owns:
        return False
    if mine in DIRECTIONS and theirs == mine and not owns & {mine, None} and owns <= DIRECTIONS:
        return True
    stated = clause_of(found.statement, here)
    rival = clause_of(found.source, there)
    if (
        found.statement.tokens[here].kind == "name"
        or stated is None
        or rival is None
        or any(rival.holds(n) for n in places)
    ):
        return None
    own = max(support(found, stated, clause) for n in places if (clause := clause_of(found.source, n)))
    return False if own >= support(found, stated, rival) + 1 else None


def _one_moment(source: Reading, one: int, two: int) -> bool:
    """As in "Tuesday the twenty-fourth of May": the parts of one date, or of one name, are no rivals."""
    first, last = min(one, two), max(one, two)
    if source.tokens[first].kind == "name":
        return last == first + 1
    between = source.tokens[first + 1 : last]
    dates = source.tokens[first].kind == source.tokens[last].kind == "date"
    return dates and all(t.low in _WITHIN_DATE or t.kind == "date" for t in between) and len(between) <= 4


_WITHIN_DATE = {"the", "of", "on"} | {","}
