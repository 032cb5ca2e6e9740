"""Values of another clause, verb, thing or whole: "two lawnmowers" for "a lawnmower and two bicycles"."""

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.value_rivals import lead
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_FINITE
from diary_pipeline.notes.language.lexicon.conjunctions import CLAUSE_BREAKS
from diary_pipeline.notes.language.lexicon.dates import MONTHS
from diary_pipeline.notes.language.lexicon.determiners import DEFINITE_DETERMINERS
from diary_pipeline.notes.language.lexicon.pronouns import POSSESSIVES, THIRD_PERSON
from diary_pipeline.notes.language.lexicon.verbs import BARE_VERBS, PLAIN_VERBS
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.words import Kind, Token

VALUE_GROUPS: dict[Kind, tuple[Kind, ...]] = {
    "number": ("number", "time"),
    "time": ("number", "time"),
    "date": ("date",),
    "name": ("name",),
}
_SAYS_WHAT_IS = BE_FINITE | {"'s", "will"}
_BEFORE_WHOLE = POSSESSIVES - {"his", "her"} | {"of", "the"}


def belongs_elsewhere(found: Alignment, here: int) -> bool:
    """Whether the source says the value at *here* of something else than the statement does."""
    return any(
        elsewhere(found, here)
        for elsewhere in (_of_another_clause, _of_another_predicate, _of_another_thing, _of_a_whole)
    )


def _of_another_clause(found: Alignment, here: int) -> bool:
    """As in "the gig is at five" for "the gig is on the eleventh, and the soundcheck is at five"."""
    there = found.pairs[here]
    tokens = found.source.tokens
    start = there
    while start and not (tokens[start - 1].kind == "mark" or tokens[start - 1].low in CLAUSE_BREAKS):
        start -= 1
    if (clause := clause_of(found.source, there)) is not None:
        start = max(start, clause.first)  # where no mark ends a clause
    owner = next(
        (n for n in range(start, there - 1) if tokens[n].low in DEFINITE_DETERMINERS and tokens[n + 1].kind == "word"),
        None,
    )
    if (
        owner is None
        or tokens[owner + 1].low == "name"
        or owner + 2 >= there
        or tokens[owner + 2].low not in _SAYS_WHAT_IS
    ):
        return False
    stated = found.statement.tokens[here]
    if (
        stated.kind == "name"
        and lead(found.statement, here) is None
        and any(t.low in THIRD_PERSON for t in tokens[there:])
    ):
        return False  # who was introduced may do what "he" does
    paired = {
        found.statement.tokens[at].key
        for at in found.pairs
        if at != here and found.statement.tokens[at].kind in ("word", "name")
    }
    alike = any(
        other in range(start, there) for at, other in found.pairs.items() if at != here and at not in found.exact()
    )
    return bool(paired) and not alike and not paired & {t.key for t in tokens[start:there]}


def _of_another_predicate(found: Alignment, here: int) -> bool:
    """As in "sold ten rolls" for "baked ten rolls and sold six"."""
    token, stated = found.statement.tokens[here], clause_of(found.statement, here)
    if stated is None or not stated.key or token.kind == "name" or _only_month(found, here):
        return False
    same = [clause for clause in found.source.clauses if _same_predicate(stated, clause)]
    retracted = found.source.retracted | {
        n for scope in found.source.scopes if scope.label == "not" for n in scope.members
    }
    spans = [[found.source.tokens[n] for n in range(clause.first, clause.end) if n not in retracted] for clause in same]
    kinds = VALUE_GROUPS[token.kind]
    paired = {t.key for t in found.statement.tokens[stated.first : stated.end] if t.kind in kinds}
    return bool(spans) and all(
        not any(t.key == token.key for t in span) and any(t.kind in kinds and t.key not in paired for t in span)
        for span in spans
    )


def _only_month(found: Alignment, here: int) -> bool:
    """Whether the source names this month alone: then it is that of every day."""
    months = {t.low for t in found.source.tokens if t.kind == "date" and t.low in MONTHS}
    return months == {found.statement.tokens[here].low}


def _of_another_thing(found: Alignment, here: int) -> bool:
    """As in "two lawnmowers" for "a lawnmower and two bicycles"."""
    thing = found.pairs.get(here + 1)
    if (
        found.statement.tokens[here].kind != "number"
        or thing is None
        or not thing
        or found.statement.tokens[here + 1].kind != "word"
    ):
        return False
    tokens, key = found.source.tokens, found.statement.tokens[here].key
    counted = [
        n for n, t in enumerate(tokens[:-1]) if t.key == key and t.kind == "number" and n not in found.source.retracted
    ]
    elsewhere = bool(counted) and all(_counts_another(tokens[n + 1], tokens[thing]) for n in counted)
    if tokens[thing].key != found.statement.tokens[here + 1].key:
        return False
    before = tokens[thing - 1]
    return (
        elsewhere
        and thing - 1 not in found.source.retracted
        and (before.low in ("a", "an", "one") or before.kind == "number")
    )


def _counts_another(counted: Token, thing: Token) -> bool:
    return counted.kind == "word" and counted.key != thing.key and counted.low not in BARE_VERBS


def _same_predicate(stated: Clause, said: Clause) -> bool:
    if stated.key != said.key:
        return False
    if (
        stated.subject
        and said.subject
        and stated.passive == said.passive
        and (stated.subject.kind == "first") != (said.subject.kind == "first")
    ):
        return False
    mine, theirs = (clause.subject.keys if clause.subject else frozenset() for clause in (stated, said))
    return stated.key not in PLAIN_VERBS or bool(mine & theirs)


def _of_a_whole(found: Alignment, here: int) -> bool:
    """As in "nine songs" for "four of the nine songs"."""
    there = found.pairs[here]
    lows = [t.low for t in found.source.tokens[max(0, there - 2) : there]]
    if "of" not in lows or found.statement.tokens[here].kind != "number":
        return False
    part = next((t for t in reversed(found.source.tokens[:there]) if t.low not in _BEFORE_WHOLE), None)
    return part is not None and part.kind == "number" and all(t.key != part.key for t in found.statement.tokens)
