"""Direct questions and unfulfilled expectations stated as facts: "is there milk?", "we waited for him to come"."""

from collections.abc import Iterator, Sequence

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.modal_words import has_modal_word, is_hedged, is_verb_form
from diary_pipeline.notes.language.lexicon.auxiliaries import INVERTED_AUXILIARIES
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.discourse import QUESTION_LEADS
from diary_pipeline.notes.language.lexicon.modality import AWAITED, OPEN_WORDS
from diary_pipeline.notes.language.lexicon.negation import NOT
from diary_pipeline.notes.language.lexicon.pronouns import SUBJECTS
from diary_pipeline.notes.language.lexicon.speech import QUESTION_WORDS
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.spans import sentence
from diary_pipeline.notes.language.words import Token

_ASKED_OF = SUBJECTS | DETERMINERS | NOT | {"anybody", "anyone"}
"""What may stand behind the auxiliary that opens a question."""
_OPEN = OPEN_WORDS | AWAITED


def asked_or_expected(found: Alignment) -> Iterator[str]:
    """A question stated as its answer; "too tired to go" as gone; "waited for him to come" as come."""
    tokens = found.statement.tokens
    asks = any(t.low in QUESTION_WORDS or t.low[:1] == "?" for t in tokens)
    if not asks and any(_asked(found, clause) for clause in found.statement.clauses):
        yield "modality"
    if any(_expected(found, here, there) for here, there in found.pairs.items()):
        yield "modality"


def _asked(found: Alignment, stated: Clause) -> bool:
    """Whether all that a clause takes from the source stands in questions."""
    places = [found.pairs[n] for n in range(stated.first, stated.end) if n in found.pairs]
    if not places or not all(_question(found.source.tokens, n) for n in places):
        return False
    keys = {found.source.tokens[n].key for n in places}
    again = [n for n, t in enumerate(found.source.tokens) if t.content and t.key in keys and n not in places]
    return all(_question(found.source.tokens, n) for n in again)


def _question(tokens: Sequence[Token], at: int) -> bool:
    """Whether *at* stands in a question: "is there ...?", not the tag of "there is, isn't there?"."""
    whole = sentence(tokens, at)
    if whole.stop >= len(tokens) or tokens[whole.stop].low[:1] != "?":
        return False
    opening = [t for t in tokens[whole.start : whole.stop] if t.kind != "mark" and t.low not in QUESTION_LEADS][:2]
    if len(opening) < len(("is", "it")) or opening[0].low not in INVERTED_AUXILIARIES:
        return False
    return opening[1].low in _ASKED_OF or opening[1].content


def _expected(found: Alignment, here: int, there: int) -> bool:
    said, stated = found.source, found.statement
    to = there - 2 if there > 1 and said.tokens[there - 1].low == "be" else there - 1
    if (
        to < 0
        or said.tokens[to].low != "to"
        or not is_verb_form(stated, here)
        or (here and stated.tokens[here - 1].low == "to")
    ):
        return False
    clause = clause_of(said, there)
    before = said.tokens[clause.first : to] if clause is not None else ()
    is_expected = any(t.low in AWAITED for t in before) or any(t.low == "too" for t in before[-3:])
    is_modal = any(here in s.members for s in stated.scopes) or has_modal_word(stated, here, _OPEN)
    return is_expected and not is_modal and not is_hedged(stated)
