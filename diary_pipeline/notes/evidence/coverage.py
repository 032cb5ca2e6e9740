"""How much of a statement the cited words support: enough of the whole, something of every clause, every feeling."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.opposites import said_by_its_contrary
from diary_pipeline.notes.language.lexicon.conjunctions import CAUSES, CLAUSE_BREAKS
from diary_pipeline.notes.language.lexicon.feelings import FEELINGS
from diary_pipeline.notes.language.lexicon.negation import NEGATIONS
from diary_pipeline.notes.language.lexicon.pronouns import THIRD_PERSON_FORMS
from diary_pipeline.notes.language.lexicon.verbs import LIGHT_WORDS
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.words import key_of

COVER, VERBATIM_COVER, RECITED_COVER = 0.5, 0.75, 0.9
"""Share of a statement's content words that the cited words must have.

VERBATIM_COVER is for the style of the speaker's own words, where synonyms do not count; RECITED_COVER for a citation
that the check looked up itself, since shared words alone are no evidence.
"""
_FEW = 2  # of so few words each must be covered
_CLAUSE = 0.34
"""Share of a clause's content words that must be covered."""
_NO_PREDICATE = 0.6
"""The share that must be covered where no verb is."""
_PRONOUNS = THIRD_PERSON_FORMS | {"it", "its"} | {"this", "that"}
_CAUSE = 0.67
"""Share of the words of a "because" that must be in the source where it names no cause; models often add causes."""
_LIGHT = frozenset(map(key_of, LIGHT_WORDS))


def uncovered(found: Alignment, least: float, before: frozenset[str]) -> Iterator[str]:
    """Too few covered words in the whole statement, or none of weight in a clause.

    *before*: keys said shortly before, for which "it" may stand.
    """
    strict = least > COVER
    pairs = found.exact() if strict else set(found.pairs)
    referred = _antecedent(found, before)
    contraries = {n for n in found.statement.content if n not in pairs and said_by_its_contrary(found, n)}
    held = pairs | _denials(found) | referred | contraries
    counted = {n for n in found.statement.content if n in held or found.statement.tokens[n].key not in _LIGHT}
    keys = {found.statement.tokens[n].key for n in counted}
    kept = {found.statement.tokens[n].key for n in held}
    if len(kept) < least * len(keys) or (len(keys) <= _FEW and kept != keys):
        yield "cover"
    if len(keys) == 1 and _only_a_subject(found, held):
        yield "cover"
    if kept and _no_predicate(found, held) and len(kept) < _NO_PREDICATE * len(keys):
        yield "cover"
    for clause in _clauses(found.statement):
        words = [n for n in clause if n in counted and (n in held or found.statement.tokens[n].kind == "word")]
        if words and (
            sum(n in held for n in words) < _CLAUSE * len(words)
            or not any(n in held and n not in referred for n in words)
        ):
            yield "cover"


def _only_a_subject(found: Alignment, held: set[int]) -> bool:
    """As in "the vet came" for "the vet cancelled": only the subject was said."""
    tokens, content = found.statement.tokens, found.statement.content
    predicates = [
        c
        for c in found.statement.clauses
        if c.predicate in content and c.predicate not in held and c.subject is not None
    ]
    return any(
        all(tokens[n].key in c.subject.keys for n in content if n in held) for c in predicates if c.subject is not None
    )


def invented_causes(found: Alignment) -> Iterator[str]:
    """A "because" of which the speaker said neither the words nor that anything was a cause."""
    exact, tokens = found.exact(), found.statement.tokens
    if any(t.low in CAUSES for t in found.source.tokens):
        return
    for at in (n for n, t in enumerate(tokens) if t.low == "because"):
        end = next((n for n in range(at + 1, len(tokens)) if tokens[n].kind == "mark"), len(tokens))
        words = [n for n in range(at + 1, end) if tokens[n].content]
        if sum(n in exact for n in words) < _CAUSE * len(words):
            yield "cover"


def _no_predicate(found: Alignment, held: set[int]) -> bool:
    """Whether the cited words have none of the statement's verbs."""
    predicates = [c.predicate for c in found.statement.clauses if c.predicate is not None]
    predicates = [
        n for n in predicates if found.statement.tokens[n].content and found.statement.tokens[n].key not in _LIGHT
    ]
    return bool(predicates) and not any(n in held for n in predicates)


def unsupported_feelings(found: Alignment) -> Iterator[str]:
    """A feeling that the speaker did not name: what models add most often."""
    for here, token in enumerate(found.statement.tokens):
        if token.kind == "word" and token.low in FEELINGS and here not in found.pairs:
            yield "feeling"


def _antecedent(found: Alignment, before: frozenset[str]) -> set[int]:
    """The noun for which an "it" or "she" of the source may stand: the first without a pair that was said before."""
    if not any(token.low in _PRONOUNS for token in found.source.tokens):
        return set()
    verbs = {clause.predicate for clause in found.statement.clauses}
    missing = [
        n
        for n in found.statement.content
        if n not in found.pairs and n not in verbs and found.statement.tokens[n].key in before
    ]
    return set(missing[:1])


def _denials(found: Alignment) -> set[int]:
    """Words that the source has as a cue: "failed" is covered by a "not", "remember" by another word of duty."""
    said = {scope.label for scope in found.source.scopes}
    duties = (
        {s.cue for s in found.statement.scopes if s.label == "duty" and s.cue != s.head} if "duty" in said else set()
    )
    cues = {s.cue for s in found.statement.scopes if s.label == "not"}
    denials = (
        {n for n, t in enumerate(found.statement.tokens) if t.low in NEGATIONS or n in cues} if "not" in said else set()
    )
    return {n for n in found.statement.content if n in duties | denials}


def _clauses(statement: Reading) -> list[list[int]]:
    """Places of content words, clause by clause."""
    clauses: list[list[int]] = [[]]
    for n, token in enumerate(statement.tokens):
        if token.kind == "mark" or token.low in CLAUSE_BREAKS:
            clauses.append([])
        elif token.content:
            clauses[-1].append(n)
    return clauses
