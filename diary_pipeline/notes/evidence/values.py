"""Numbers, days and names: each must be said in the cited window, and be the one that belongs to the statement's other words."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.align import Alignment
from diary_pipeline.notes.language.lexicon import KIN
from diary_pipeline.notes.language.names import may_be_name
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.words import Kind

_GROUPS: dict[Kind, tuple[Kind, ...]] = {
    "number": ("number", "time"),
    "time": ("number", "time"),
    "date": ("date",),
    "name": ("name",),
}
_REASON: dict[Kind, str] = {"number": "number", "time": "number", "date": "date", "name": "name"}
_STANDS_FOR = frozenset("he she they him her them his their hers".split())
_RIVAL, _LEAST = 1.1, 0.02
"""How much better another value must fit, as a ratio and at least."""


def wrong_values(found: Alignment, nearby: frozenset[str], around: frozenset[str]) -> Iterator[str]:
    """Reasons against the statement's numbers, days and names. *nearby* and *around*: keys of few and more neighbours."""
    statement = found.statement
    denied = {n for scope in statement.scopes if scope.label == "not" for n in scope.members}
    for here, token in enumerate(statement.tokens):
        if token.kind not in _GROUPS:
            kin, named = token.low in KIN, may_be_name(statement.tokens, here)
            stranger = (kin and token.key not in around) or (named and token.key not in nearby)
            if stranger and here not in found.pairs:
                yield "name"
            continue
        if here not in found.pairs:
            if not (token.kind == "name" and _resolved(found, token.key, nearby)):
                yield _REASON[token.kind]
        elif here not in denied and (_outbid(found, here) or _of_another_clause(found, here) or _of_a_whole(found, here)):
            yield _REASON[token.kind]


def _resolved(found: Alignment, key: str, nearby: frozenset[str]) -> bool:
    """Whether a name from a neighbouring segment may stand for a "she" of the window."""
    return key in nearby and any(token.low in _STANDS_FOR for token in found.source.tokens)


def _of_another_clause(found: Alignment, here: int) -> bool:
    """As in "the gig is at five" for "the gig is on the eleventh, and the soundcheck is at five"."""
    there = found.pairs[here]
    tokens = found.source.tokens
    start = there
    while start and not (tokens[start - 1].kind == "mark" or tokens[start - 1].low in _JOINS):
        start -= 1
    owner = next((n for n in range(start, there - 1) if tokens[n].low in _DETERMINERS and tokens[n + 1].kind == "word"), None)
    if owner is None or owner + 2 >= there or tokens[owner + 2].low not in ("is", "are", "was", "were", "'s", "will"):
        return False
    taken = {other for at, other in found.pairs.items() if at != here and found.statement.tokens[at].kind in ("word", "name")}
    return bool(taken) and not taken & set(range(start, there))


_DETERMINERS = frozenset("the my our his her their this that".split())
_JOINS = frozenset("and but so because while although".split())


def _of_a_whole(found: Alignment, here: int) -> bool:
    """As in "nine songs" for "four of the nine songs"."""
    there = found.pairs[here]
    lows = [t.low for t in found.source.tokens[max(0, there - 2) : there]]
    if "of" not in lows or found.statement.tokens[here].kind != "number":
        return False
    part = next((t for t in reversed(found.source.tokens[:there]) if t.low not in ("of", "the", "our", "my", "their")), None)
    return part is not None and part.kind == "number" and all(t.key != part.key for t in found.statement.tokens)


def stands_in(source: Reading, name: str) -> bool:
    """As in "He has not signed, but Malik has": the name takes the other clause's verb."""
    for n, token in enumerate(source.tokens[:-2]):
        if token.key == name and source.tokens[n + 1].low in _AUXILIARIES and source.tokens[n + 2].kind == "mark":
            return True
    return False


_AUXILIARIES = frozenset("has have had did does do is are was were will can could would should 's".split())


def _outbid(found: Alignment, here: int) -> bool:
    token = found.statement.tokens[here]
    if token.kind == "name" and stands_in(found.source, token.key):
        return False
    own = max(found.bond(here, n) for n, t in enumerate(found.source.tokens) if t.key == token.key and t.content)
    mine = {t.key: n for n, t in enumerate(found.statement.tokens) if n != here and t.kind in _GROUPS}
    for there, other in enumerate(found.source.tokens):
        if other.kind not in _GROUPS[token.kind] or other.key == token.key or there in found.source.retracted:
            continue
        bond = found.bond(here, there)
        if (twin := mine.get(other.key)) is not None:  # the statement has both: are they swapped?
            as_told = own + found.bond(twin, there)
            swapped = bond + max(found.bond(twin, n) for n, t in enumerate(found.source.tokens) if t.key == token.key)
            if swapped > as_told * _RIVAL and swapped - as_told > _LEAST:
                return True
        elif bond > own * _RIVAL and bond - own > _LEAST:
            return True
    return False
