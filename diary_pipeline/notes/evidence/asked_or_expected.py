"""Questions asked outright ("is there milk?"), and what stands behind a "to" and never came about: told as so.

What belongs here: the form of the source's sentence. What does not: reported questions and wishes (`unasserted`).
"""

from collections.abc import Iterator, Sequence

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.modal_words import bare_deed, hedged_too, open_too
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
"""What stands behind the auxiliary that opens a question."""
_OPEN = OPEN_WORDS | AWAITED


def asked_or_awaited(found: Alignment) -> Iterator[str]:
    """A question of the speaker's as its answer; "too tired to go" as gone; "waited for him to come" as come."""
    tokens = found.statement.tokens
    asks = any(t.low in QUESTION_WORDS or t.low[:1] == "?" for t in tokens)
    if not asks and any(_asked(found, clause) for clause in found.statement.clauses):
        yield "modality"
    if any(_awaited(found, here, there) for here, there in found.pairs.items()):
        yield "modality"


def _asked(found: Alignment, told: Clause) -> bool:
    """Whether all that a clause takes up stands in questions."""
    places = [found.pairs[n] for n in range(told.first, told.end) if n in found.pairs]
    if not places or not all(_question(found.source.tokens, n) for n in places):
        return False
    keys = {found.source.tokens[n].key for n in places}
    again = [n for n, t in enumerate(found.source.tokens) if t.content and t.key in keys and n not in places]
    return all(_question(found.source.tokens, n) for n in again)


def _question(tokens: Sequence[Token], at: int) -> bool:
    """Whether *at* stands in "is there ...?", not in "there is, isn't there?"."""
    whole = sentence(tokens, at)
    if whole.stop >= len(tokens) or tokens[whole.stop].low[:1] != "?":
        return False
    opening = [t for t in tokens[whole.start : whole.stop] if t.kind != "mark" and t.low not in QUESTION_LEADS][:2]
    if len(opening) < len(("is", "it")) or opening[0].low not in INVERTED_AUXILIARIES:
        return False
    return opening[1].low in _ASKED_OF or opening[1].content


def _awaited(found: Alignment, here: int, there: int) -> bool:
    said, told = found.source, found.statement
    to = there - 2 if there > 1 and said.tokens[there - 1].low == "be" else there - 1
    if (
        to < 0
        or said.tokens[to].low != "to"
        or not bare_deed(told, here)
        or (here and told.tokens[here - 1].low == "to")
    ):
        return False
    clause = clause_of(said, there)
    before = said.tokens[clause.first : to] if clause is not None else ()
    waits = any(t.low in AWAITED for t in before) or any(t.low == "too" for t in before[-3:])
    moods = any(here in s.members for s in told.scopes) or open_too(told, here, _OPEN)
    return waits and not moods and not hedged_too(told)
