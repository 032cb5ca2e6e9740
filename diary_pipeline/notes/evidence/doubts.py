"""Doubts that a statement drops or adds: one of two possibilities, another's opinion, a rumour, "not sure whether"."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.modal_words import is_hedged
from diary_pipeline.notes.language.lexicon.determiners import CLAUSE_OPENERS, NOUN_OPENERS
from diary_pipeline.notes.language.lexicon.modality import CONVICTIONS, OPINIONS, UNSURE_PHRASES, UNSURE_WORDS
from diary_pipeline.notes.language.lexicon.pronouns import FIRST_PERSON, PERSONAL_PRONOUNS
from diary_pipeline.notes.language.lexicon.speech import RUMOURS
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.spans import sentence
from diary_pipeline.notes.language.words import Token

_HEARSAY = OPINIONS | RUMOURS
_UNSURE = [tuple(phrase.split()) for phrase in UNSURE_PHRASES]


def changed_doubts(found: Alignment) -> Iterator[str]:
    """One of two possibilities, an opinion or a rumour stated as a fact; a doubt that the speaker did not have."""
    if _one_of_two(found) or _opinion_of_another(found) or _doubt_added(found) or _rumour_as_fact(found):
        yield "modality"
    if _contradicted_report(found):
        yield "negation"


def _doubts(tokens: Sequence[Token]) -> bool:
    lows = [t.low for t in tokens]
    return bool(UNSURE_WORDS & set(lows)) or any(pair in _UNSURE for pair in pairwise(lows))


def _one_of_two(found: Alignment) -> bool:
    """As in "it's at home" for "it's at home or it's in the car, I'm not sure"."""
    tokens, paired = found.source.tokens, set(found.pairs.values())
    if is_hedged(found.statement) or _doubts(found.statement.tokens):
        return False
    for at in (n for n, t in enumerate(tokens) if t.low == "or"):
        whole = sentence(tokens, at)
        end = next((n for n in range(at + 1, whole.stop) if tokens[n].kind == "mark"), whole.stop)
        one, two = _last(tokens, whole.start, at), _last(tokens, at, end)
        decided = {t.key for t in tokens[end:]}
        if (
            one is None
            or two is None
            or not _doubts(tokens[whole.start : whole.stop])
            or {tokens[one].key, tokens[two].key} & decided
        ):
            continue
        if (one in paired) != (two in paired):
            return True
    return False


def _last(tokens: Sequence[Token], first: int, end: int) -> int | None:
    return next((n for n in range(end - 1, first - 1, -1) if tokens[n].content), None)


def _opinion_of_another(found: Alignment) -> bool:
    """As in "they'll close the school" for "Ada reckons they'll close the school"."""
    if is_hedged(found.statement) or any(t.low in OPINIONS for t in found.statement.tokens):
        return False
    stated = {clause.predicate for clause in found.statement.clauses}
    predicates = {there for here, there in found.pairs.items() if here in stated}
    return any(c.predicate in predicates and _is_opinion(found.source, c) for c in found.source.clauses)


def _is_opinion(source: Reading, clause: Clause) -> bool:
    """Whether the clause is what somebody else thinks: "reckons they'll", "is afraid that she'll"."""
    lead = range(max(1, clause.first - 2), clause.predicate or clause.first)
    for n in (n for n in lead if source.tokens[n].low in CONVICTIONS and source.tokens[n - 1].low not in FIRST_PERSON):
        after = [t.low for t in source.tokens[n + 1 : n + 3] if t.low != "that"]
        return bool(after) and (after[0] in PERSONAL_PRONOUNS or after[0] in NOUN_OPENERS or n + 1 == clause.first)
    return False


def _rumour_as_fact(found: Alignment) -> bool:
    """As in "I paid late" for "they say I paid late", "she is leaving" for "there's a rumour that she is leaving"."""
    if is_hedged(found.statement) or any(t.low in _HEARSAY for t in found.statement.tokens):
        return False
    tokens, stated = found.source.tokens, {c.predicate for c in found.statement.clauses}
    at = [n for n, t in enumerate(tokens) if t.low in RUMOURS or _hearsay(tokens, n)]
    rumoured = {n for cue in at for n in sentence(tokens, cue) if n > cue}
    again = {t.key for n, t in enumerate(tokens) if n not in rumoured}
    return any(
        here in stated and there in rumoured and tokens[there].key not in again for here, there in found.pairs.items()
    )


def _hearsay(tokens: Sequence[Token], at: int) -> bool:
    """As in "they say she is leaving", not "if they say no"."""
    lows = [t.low for t in tokens[max(0, at - 2) : at + 2]]
    opens = (
        at > 0
        and tokens[at - 1].low in ("they", "people")
        and tokens[at].low == "say"
        and lows[0] not in ("if", "what", "when")
    )
    return opens and bool({lows[-1]} & CLAUSE_OPENERS)


def _contradicted_report(found: Alignment) -> bool:
    """As in "Rob won" for "Rob says he won, but he didn't"."""
    source, stated = found.source, [c.predicate for c in found.statement.clauses]
    for scope in (s for s in source.scopes if s.label == "not" and s.head is None and s.members):
        lead = [t.low for t in source.tokens[max(0, scope.cue - 3) : scope.cue - 1]]
        said = any(source.tokens[n].low in OPINIONS for n in scope.members)
        again = {t.key for t in source.tokens[scope.cue + 1 :]}
        predicates = [n for n in stated if n is not None and found.pairs.get(n) in scope.members]
        predicates = [
            n
            for n in predicates
            if found.statement.tokens[n].low not in OPINIONS and found.statement.tokens[n].key not in again
        ]
        if (
            said
            and lead
            and lead[0] == "but"
            and lead[-1] in PERSONAL_PRONOUNS
            and predicates
            and not found.statement.denied
        ):
            return not any(t.low in OPINIONS for t in found.statement.tokens)
    return False


def _doubt_added(found: Alignment) -> bool:
    """As in "I'm not sure whether he swallowed it", where the speaker was sure."""
    said, stated = found.source.tokens, found.statement.tokens
    if is_hedged(found.source) or _doubts(said) or any(t.low in ("if", "whether") for t in said):
        return False
    return any(
        t.low in ("sure", "certain", "unsure") and after.low in ("if", "whether") for t, after in pairwise(stated)
    )
