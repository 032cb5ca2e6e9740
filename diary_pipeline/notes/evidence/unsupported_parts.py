"""Parts of a statement of which the source has nothing: a predicate, a purpose, a cause, a judgement."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.modal_words import is_verb_form
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
"""Cover up to which a part without a covered word is taken for invented."""


def unsupported_parts(found: Alignment) -> Iterator[str]:
    """A clause of which only the subject was said; a purpose, a cause or a judgement that was not said."""
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
    """A "because" that shares nothing with the source's only "because", in either order, since "so" may swap them."""
    stated, said = (_cause(reading) for reading in (found.statement, found.source))
    if stated is None or said is None or not any(found.statement.tokens[n].content for n in stated):
        return False
    return not any(there in said for here, there in found.pairs.items() if here in stated)


def _cause(reading: Reading) -> range | None:
    """Where the only "because" of the text reaches."""
    at = [n for n, t in enumerate(reading.tokens) if t.low == "because"]
    if len(at) != 1:
        return None
    return range(
        at[0],
        next((n for n in range(at[0], len(reading.tokens)) if reading.tokens[n].low[:1] in ".!?"), len(reading.tokens)),
    )


def _said_of_subject(found: Alignment, clause: Clause) -> list[int]:
    """Places of what is said of a subject, as "was sold out" in "The hall was sold out tonight".

    Empty for a single verb, which is more often a paraphrase than an invention.
    """
    tokens = found.statement.tokens
    if clause.subject is None or clause.predicate is None:
        return []
    said = range(max(clause.subject.at + 1, clause.first), clause.end)
    part = [n for n in said if tokens[n].content and tokens[n].kind not in _CIRCUMSTANCE]
    denied = any(tokens[n].low in NEGATIONS for n in said)
    return part if not denied and (len(part) > 1 or any(tokens[n].low in BE_FORMS for n in said)) else []


def _purposes(statement: Reading, clause: Clause) -> Iterator[int]:
    """The verbs of a purpose, as "buy" in "I went to town to buy a hat"; not of "a plan to buy", "glad to buy"."""
    for n in range(clause.first + 2, clause.end - 1):
        before, predicate = statement.tokens[n - 1], statement.tokens[n + 1]
        thing = (
            before.content and n - 1 != clause.predicate and not (_is_doing(statement, n - 1) or before.low in _NOT_FOR)
        )
        if statement.tokens[n].low == "to" and thing and predicate.content and predicate.low in _PURPOSES:
            yield n + 1


def _is_doing(statement: Reading, at: int) -> bool:
    """Whether it is a verb: "sing", but not "the spring"."""
    return is_verb_form(statement, at) and not (at and statement.tokens[at - 1].low in NOUN_OPENERS)


_NOT_FOR = FEELINGS | OPEN_WORDS | INTENTION_NOUNS
_PURPOSES = BARE_VERBS | AIMS
