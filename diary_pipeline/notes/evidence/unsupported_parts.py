"""Parts that say something by themselves: what is said of a subject, and what it was for. Of each, something must have been said.

What belongs here: a part of which the cited words hold nothing, though they hold enough of the whole. What does not: the whole (`cover`).
"""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.modal_words import bare_deed
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_FORMS
from diary_pipeline.notes.language.lexicon.determiners import NOUN_OPENERS
from diary_pipeline.notes.language.lexicon.feelings import FEELINGS, JUDGEMENTS
from diary_pipeline.notes.language.lexicon.modality import AIMS, INTENTION_NOUNS, OPEN_WORDS
from diary_pipeline.notes.language.lexicon.negation import NEGATIONS
from diary_pipeline.notes.language.lexicon.verbs import BARE_VERBS
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.reading import Reading

_CIRCUMSTANCE = ("date", "time")
_THIN = 0.6
"""Share of the whole up to which a part of other words is more likely invented than told freely."""


def foreign_parts(found: Alignment) -> Iterator[str]:
    """A clause of which the subject alone was said, a purpose of which nothing was, a judgement that the speaker did not pass."""
    said = [_said_of_subject(found, clause) for clause in found.statement.clauses]
    if found.cover <= _THIN and any(part and not any(n in found.pairs for n in part) for part in said):
        yield "cover"
    if any(n not in found.pairs for clause in found.statement.clauses for n in _purposes(found.statement, clause)):
        yield "cover"
    if _another_cause(found):
        yield "cover"
    for here, token in enumerate(found.statement.tokens):
        if token.kind == "word" and token.low in JUDGEMENTS and here not in found.pairs:
            yield "feeling"


def _another_cause(found: Alignment) -> bool:
    """A "because" that has nothing of the speaker's only "because", nor the other way round: "so" may turn them about."""
    told, said = (_cause(reading) for reading in (found.statement, found.source))
    if told is None or said is None or not any(found.statement.tokens[n].content for n in told):
        return False
    return not any(there in said for here, there in found.pairs.items() if here in told)


def _cause(reading: Reading) -> range | None:
    """Where its only "because" reaches."""
    at = [n for n, t in enumerate(reading.tokens) if t.low == "because"]
    if len(at) != 1:
        return None
    return range(
        at[0],
        next((n for n in range(at[0], len(reading.tokens)) if reading.tokens[n].low[:1] in ".!?"), len(reading.tokens)),
    )


def _said_of_subject(found: Alignment, clause: Clause) -> list[int]:
    """As "was sold out" in "The hall was sold out tonight".

    A single verb of other words tells freely more often than not.
    """
    tokens = found.statement.tokens
    if clause.subject is None or clause.predicate is None:
        return []
    said = range(max(clause.subject.at + 1, clause.first), clause.end)
    part = [n for n in said if tokens[n].content and tokens[n].kind not in _CIRCUMSTANCE]
    denied = any(tokens[n].low in NEGATIONS for n in said)
    return part if not denied and (len(part) > 1 or any(tokens[n].low in BE_FORMS for n in said)) else []


def _purposes(statement: Reading, clause: Clause) -> Iterator[int]:
    """The deeds for which another was done, as "buy" in "I went to town to buy a hat"; not "a plan to buy", "glad to buy"."""
    for n in range(clause.first + 2, clause.end - 1):
        before, deed = statement.tokens[n - 1], statement.tokens[n + 1]
        thing = (
            before.content and n - 1 != clause.predicate and not (_doing(statement, n - 1) or before.low in _NOT_FOR)
        )
        if statement.tokens[n].low == "to" and thing and deed.content and deed.low in _PURPOSES:
            yield n + 1


def _doing(statement: Reading, at: int) -> bool:
    """Whether it is a deed: "sing", but not "the spring"."""
    return bare_deed(statement, at) and not (at and statement.tokens[at - 1].low in NOUN_OPENERS)


_NOT_FOR = FEELINGS | OPEN_WORDS | INTENTION_NOUNS
_PURPOSES = BARE_VERBS | AIMS
