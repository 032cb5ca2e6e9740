"""Words that exclude each other: well and badly, month and year; and one word in the place of another."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.negation import NEGATIONS
from diary_pipeline.notes.language.lexicon.verbs import ACTION_FORMS, IRREGULAR, STATE_VERBS
from diary_pipeline.notes.language.synonyms import contrary, opposed
from diary_pipeline.notes.language.words import key_of


def contradicting_words(found: Alignment, nearby: frozenset[str]) -> Iterator[str]:
    """A word that the source lacks, where the source has its opposite or sibling instead.

    *nearby*: keys of the neighbouring segments.
    """
    paired = set(found.pairs.values())
    free = {token.key for n, token in enumerate(found.source.tokens) if token.content and n not in paired}
    for here, token in enumerate(found.statement.tokens):
        if token.kind != "word" or here in found.pairs or token.low in NEGATIONS or said_by_its_contrary(found, here):
            continue
        if any(opposed(token.key, key) for key in free):
            yield "opposite"
        elif token.key not in nearby and _substituted(found, here, paired):
            yield "cover"


def said_by_its_contrary(found: Alignment, here: int) -> bool:
    """As in "not open" for "shut", or the other way round: one of the two is denied."""
    denied, said_denied = here in found.statement.denied, found.source.denied
    key, paired = found.statement.tokens[here].key, set(found.pairs.values())
    there = [
        n for n, t in enumerate(found.source.tokens) if t.kind == "word" and n not in paired and contrary(key, t.key)
    ]
    return any((n in said_denied) != denied for n in there)


def _substituted(found: Alignment, here: int, paired: set[int]) -> bool:
    """As in "A loaf of white bread" for "a loaf of rye bread": a new word between two that have one between them."""
    if any(clause.predicate == here for clause in found.statement.clauses):
        return False  # another verb may be a synonym
    content = found.statement.content
    at = content.index(here)
    if at == 0:
        return len(content) > 1 and _other_subject(found, here, content[1], paired)
    if not 0 < at < len(content) - 1 or content[at - 1] not in found.pairs or content[at + 1] not in found.pairs:
        return False
    before, after = found.pairs[content[at - 1]], found.pairs[content[at + 1]]
    between = [n for n in range(before + 1, after) if found.source.tokens[n].content]
    if len(between) != 1 or between[0] in paired:
        return False
    replaced = found.source.tokens[between[0]]
    if any(clause.predicate == between[0] for clause in found.source.clauses):
        return False
    return replaced.kind == "word" and not (_verb(replaced.low) and _verb(found.statement.tokens[here].low))


def _other_subject(found: Alignment, here: int, following: int, paired: set[int]) -> bool:
    """As in "The cat ate" for "the dog ate"."""
    there = found.pairs.get(following)
    if there is None or there < 2 or here == 0 or following != here + 1:
        return False
    other = found.source.tokens[there - 1]
    return (
        other.kind == "word"
        and there - 1 not in paired
        and found.source.tokens[there - 2].low in DETERMINERS
        and found.statement.tokens[here - 1].low in DETERMINERS
    )


def _verb(low: str) -> bool:
    base = low.removesuffix("s")
    return (
        bool({low, base} & ACTION_FORMS)
        or low in IRREGULAR
        or low.endswith(("ed", "ing"))
        or key_of(low) in STATE_VERBS
    )
