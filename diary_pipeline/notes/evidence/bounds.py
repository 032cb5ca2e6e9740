"""More or less than what is told: "over ninety" is not ninety, "everything but the shopping" not the shopping.

What belongs here: words that make a value a bound or a thing an exception. What does not: which value belongs where (`values`).
"""

from collections.abc import Iterator, Sequence

from diary_pipeline.notes.evidence.align import Alignment
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.words import Token

_BOUNDS = (("more", "than"), ("less", "than"), ("fewer", "than"), ("at", "least"), ("at", "most"), ("up", "to"))
_OVER = frozenset("over under below above".split())
_VALUED = frozenset(
    "is are was were 's cost costs paid weigh weighs weighed took take takes got get had have has earn earned for of".split()
)
_DIFFERENCE = frozenset("more less fewer".split())
_LONG = frozenset("day week month year hour minute".split())
_ROUGHLY = frozenset(
    """over under below above more less fewer least most than nearly almost about around roughly some approximately up exceed exceeded
    exceeds beyond minimum maximum or""".split()
)
_ALL = frozenset("everything everyone everybody all nothing nobody anything every".split())
_EXCEPT = (("except", "for"), ("apart", "from"), ("but",), ("except",), ("besides",))
_EXCEPTING = frozenset("but except apart besides without only not n't still yet left".split())


def beyond_bounds(found: Alignment) -> Iterator[str]:
    """A bound told as the value, or an exception told as one of the things."""
    roughly = any(t.low in _ROUGHLY for t in found.statement.tokens)
    values = [there for here, there in found.pairs.items() if found.statement.tokens[here].kind in ("number", "time")]
    if not roughly and any(_bound(found.source, there) for there in values):
        yield "number"
    excepting = any(t.low in _EXCEPTING for t in found.statement.tokens)
    if not excepting and any(_excepted(found.source, there) for there in found.pairs.values()):
        yield "negation"


def _bound(source: Reading, at: int) -> bool:
    lows = [t.low for t in source.tokens]
    if any(_ends_with(source.tokens[:at], words) for words in _BOUNDS):
        return True
    after = lows[at + 1 : at + 4]
    if any(low in _DIFFERENCE and "than" in after[n + 1 : n + 2] for n, low in enumerate(after)):
        return True
    over = at > 1 and lows[at - 1] in _OVER and lows[at - 2] in _VALUED
    return over and not any(t.key in _LONG for t in source.tokens[at + 1 : at + 2])


def _excepted(source: Reading, at: int) -> bool:
    """As in "everything but the shopping": the thing right behind the exception."""
    start = at - 1 if at and source.tokens[at - 1].kind == "stop" and not _exception(source.tokens[:at]) else at
    before = source.tokens[:start]
    words = _exception(before)
    return bool(words) and any(t.low in _ALL for t in before[len(before) - len(words) - 3 : len(before) - len(words)])


def _exception(before: Sequence[Token]) -> tuple[str, ...]:
    return next((words for words in _EXCEPT if _ends_with(before, words)), ())


def _ends_with(tokens: Sequence[Token], words: Sequence[str]) -> bool:
    return [t.low for t in tokens[-len(words) :]] == list(words)
