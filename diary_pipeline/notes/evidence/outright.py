"""Questions asked outright ("is there milk?"), and what stands behind a "to" and never came about: told as so.

What belongs here: the form of the source's sentence. What does not: reported questions and wishes (`unasserted`).
"""

from collections.abc import Iterator, Sequence

from diary_pipeline.notes.evidence.align import Alignment
from diary_pipeline.notes.evidence.modality import OPEN, bare_deed, hedged_too, open_too
from diary_pipeline.notes.evidence.values import clause_of
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.spans import DETERMINERS, SUBJECTS, sentence
from diary_pipeline.notes.language.words import Token

_INVERTED = frozenset(
    "is are am was were do does did have has had can could will would should shall may might must".split()
)
_ASKING = frozenset(
    "ask asks asked asking wonder wonders wondered wondering question questions whether know unsure sure".split()
)
_INTO = frozenset("so and but oh well um uh now then or".split())
_AWAITED = frozenset(
    """expect expects expected expecting wait waits waited waiting pretend pretends pretended pretending hope hoped long longed longing
    afraid scared reluctant unwilling refuse refused fail failed""".split()
)


def asked_or_awaited(found: Alignment) -> Iterator[str]:
    """A question of the speaker's as its answer; "too tired to go" as gone; "waited for him to come" as come."""
    tokens = found.statement.tokens
    asks = any(t.low in _ASKING or t.low[:1] == "?" for t in tokens)
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
    opening = [t for t in tokens[whole.start : whole.stop] if t.kind != "mark" and t.low not in _INTO][:2]
    if len(opening) < len(("is", "it")) or opening[0].low not in _INVERTED:
        return False
    return opening[1].low in SUBJECTS | DETERMINERS | {"n't", "not", "there", "anybody", "anyone"} or opening[1].content


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
    waits = any(t.low in _AWAITED for t in before) or any(t.low == "too" for t in before[-3:])
    moods = any(here in s.members for s in told.scopes) or open_too(told, here, OPEN | _AWAITED)
    return waits and not moods and not hedged_too(told)
