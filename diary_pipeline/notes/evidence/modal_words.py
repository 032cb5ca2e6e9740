"""Ordinary words with modal meaning: whether a clause has "offered", "keen to", "expected", "if", "maybe"."""

from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.language.lexicon.modality import CONDITION_WORDS, HEDGES, OPEN_WORDS, UNREAL_MODALS
from diary_pipeline.notes.language.lexicon.verbs import BARE_VERBS, PAST_FORMS
from diary_pipeline.notes.language.reading import Reading

_CONDITIONS = CONDITION_WORDS - UNREAL_MODALS


def has_modal_word(reading: Reading, at: int, words: frozenset[str] = OPEN_WORDS) -> bool:
    """Whether the clause around *at*, or what leads into it, has one of *words*."""
    clause = clause_of(reading, at)
    return clause is not None and any(t.low in words for t in reading.tokens[max(0, clause.first - 3) : clause.end])


def is_conditional(reading: Reading, at: int | None = None) -> bool:
    """Whether the text has a condition or a "would"; with *at*, a "would" counts only in the clause around it."""
    if at is None or any(t.low in _CONDITIONS for t in reading.tokens):
        return any(t.low in CONDITION_WORDS for t in reading.tokens)
    clause = clause_of(reading, at)
    return clause is None or any(t.low in UNREAL_MODALS for t in reading.tokens[max(0, clause.first - 3) : clause.end])


def is_hedged(reading: Reading) -> bool:
    """Whether the text says that it is not sure."""
    return any(t.low in HEDGES and t.kind != "date" for t in reading.tokens)


def is_infinitive(reading: Reading, at: int) -> bool:
    """Whether the word at *at* is named, not done: "keen to argue", "the form to hand in"; not "went to see her"."""
    if at < 2 or reading.tokens[at - 1].low != "to":
        return False
    before = reading.tokens[at - 2].low
    return not (before in PAST_FORMS or before.endswith("ed")) or before in OPEN_WORDS


def is_verb_form(reading: Reading, at: int) -> bool:
    """Whether the word at *at* is a verb, by its clause or its form; nouns have no modality."""
    low = reading.tokens[at].low
    return (
        any(c.predicate == at for c in reading.clauses)
        or low in PAST_FORMS
        or low in BARE_VERBS
        or low.endswith(("ed", "ing"))
    )


def rejected_alternatives(statement: Reading) -> set[int]:
    """Places behind "instead of" and "rather than", values too: "on F4 instead of F6"."""
    cues = [
        n for n in range(1, len(statement.tokens)) if (statement.tokens[n - 1].low, statement.tokens[n].low) in _ASIDE
    ]
    return {n for cue in cues for n in range(cue + 1, cue + 5) if n < len(statement.tokens)}


_ASIDE = (("instead", "of"), ("rather", "than"))


def cancelled_or_denied(source: Reading) -> set[int]:
    """Places of what was cancelled ("He was going to lend us his van, but") and of subjects that are denied."""
    verbs = {s.head for s in source.scopes if s.label == "not"}
    bearers = {
        c.subject.at
        for c in source.clauses
        if c.subject is not None and c.predicate is not None and c.predicate in verbs
    }
    return {n for s in source.scopes if s.label == "unreal" for n in s.members} | bearers
