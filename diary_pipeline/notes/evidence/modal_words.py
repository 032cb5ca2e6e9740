"""Moods that ordinary words bear: "offered", "keen to", "expected" say of a thing that it is not simply so, as "want" and "must" do.

What belongs here: closed lists, and whether a clause has one of them. What does not: the cues that govern words (`language.cues`).
"""

from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.language.lexicon.modality import CONDITION_WORDS, HEDGES, OPEN_WORDS, UNREAL_MODALS
from diary_pipeline.notes.language.lexicon.verbs import BARE_VERBS, PAST_FORMS
from diary_pipeline.notes.language.reading import Reading

_CONDITIONS = CONDITION_WORDS - UNREAL_MODALS


def open_too(reading: Reading, at: int, words: frozenset[str] = OPEN_WORDS) -> bool:
    """Whether the clause around *at*, or what leads into it, says by such a word that it is not simply so."""
    clause = clause_of(reading, at)
    return clause is not None and any(t.low in words for t in reading.tokens[max(0, clause.first - 3) : clause.end])


def conditional_too(reading: Reading, at: int | None = None) -> bool:
    """Whether it speaks of a condition or of what would be; of the latter, where *at* is given, in the sentence's words up to there."""
    if at is None or any(t.low in _CONDITIONS for t in reading.tokens):
        return any(t.low in CONDITION_WORDS for t in reading.tokens)
    clause = clause_of(reading, at)
    return clause is None or any(t.low in UNREAL_MODALS for t in reading.tokens[max(0, clause.first - 3) : clause.end])


def hedged_too(reading: Reading) -> bool:
    """Whether it says that it is not sure."""
    return any(t.low in HEDGES and t.kind != "date" for t in reading.tokens)


def infinitive(reading: Reading, at: int) -> bool:
    """As in "keen to argue", "the form to hand in": named, not told as done; "went to see her" tells it."""
    if at < 2 or reading.tokens[at - 1].low != "to":
        return False
    before = reading.tokens[at - 2].low
    return not (before in PAST_FORMS or before.endswith("ed")) or before in OPEN_WORDS


def bare_deed(reading: Reading, at: int) -> bool:
    """Whether the word at *at* is, by its clause or its form, a deed: a noun bears no mood."""
    low = reading.tokens[at].low
    return (
        any(c.predicate == at for c in reading.clauses)
        or low in PAST_FORMS
        or low in BARE_VERBS
        or low.endswith(("ed", "ing"))
    )


def set_aside(statement: Reading) -> set[int]:
    """What stands after "instead of", "rather than" and "without", also where it is a value: "on F4 instead of F6"."""
    cues = [
        n for n in range(1, len(statement.tokens)) if (statement.tokens[n - 1].low, statement.tokens[n].low) in _ASIDE
    ]
    return {n for cue in cues for n in range(cue + 1, cue + 5) if n < len(statement.tokens)}


_ASIDE = (("instead", "of"), ("rather", "than"))


def called_off(source: Reading) -> set[int]:
    """As in "He was going to lend us his van, but": it may be told as what he cannot do; and who is denied: "Broadband isn't coming"."""
    verbs = {s.head for s in source.scopes if s.label == "not"}
    bearers = {
        c.subject.at
        for c in source.clauses
        if c.subject is not None and c.predicate is not None and c.predicate in verbs
    }
    return {n for s in source.scopes if s.label == "unreal" for n in s.members} | bearers
