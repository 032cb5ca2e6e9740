"""Which word of the source each word of a statement corresponds to: of several, the one with the same neighbours.

The same measure decides between two numbers, days or names of one window: the stated one must be the one nearest to the
statement's other words, as in "fourteen circuits, nine of them old".
"""

from dataclasses import dataclass
from itertools import takewhile

from diary_pipeline.notes.evidence.split_numbers import in_pieces
from diary_pipeline.notes.language.amounts import amounts
from diary_pipeline.notes.language.lexicon.conjunctions import LINKING_CONJUNCTIONS
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.synonyms import alike, phrase, phrases_of

_NAME = 0.5  # a name says less about the place of a word than a verb does
_OTHER_SIDE = 0.6
"""Weight of a neighbour on the other side: "Denise ordered", not "ordered Denise"."""


@dataclass(frozen=True)
class Alignment:
    """Words of a statement paired with words of the source.

    *pairs*: place in the statement to place in the source.
    """

    statement: Reading
    source: Reading
    pairs: dict[int, int]

    @property
    def cover(self) -> float:
        """Share of the statement's content words that have a pair, 0 to 1; 1 for a statement without content words."""
        content = self.statement.content
        return len(self.pairs) / len(content) if content else 1.0

    def exact(self) -> set[int]:
        """Places in the statement of the words that the source has too, synonyms not counted."""
        return {
            here
            for here, there in self.pairs.items()
            if self.statement.tokens[here].key == self.source.tokens[there].key
        }

    def fit(self, here: int, there: int) -> float:
        """How well the statement's word at *here* fits the place *there* of the source, by their common neighbours."""
        total = 0.0
        for near in self.statement.content:
            if near == here or abs(self.statement.position[near] - self.statement.position[here]) > _FAR:
                continue
            if self.pairs and self.statement.tokens[near].kind == self.statement.tokens[here].kind != "word":
                continue  # the words around decide between two numbers, not other numbers
            found = [self.pairs[near]] if near in self.pairs else self._places(near)
            pull = max((self._pull(here, near, there, other) for other in found if other != there), default=0.0)
            total += pull * (_NAME if self.statement.tokens[near].kind == "name" else 1.0)
        return total

    def _pull(self, here: int, near: int, there: int, other: int) -> float:
        mine = self.statement.position[near] - self.statement.position[here]
        theirs = self.source.position[other] - self.source.position[there]
        side = 1.0 if (mine > 0) == (theirs > 0) else _OTHER_SIDE
        return side / (1 + abs(mine)) / (1 + abs(theirs))

    def _places(self, here: int) -> list[int]:
        """Places of the same word in the source; "the fifth" is not "five", but "the fifth day" is "day five"."""
        stated = self.statement.tokens[here]
        nth, digits = stated.kind == "date", stated.text.isdigit()
        places = self.source.places.get(stated.key, ())
        if digits or not stated.key.startswith("#"):
            return list(places)
        return [n for n in places if (self.source.tokens[n].kind == "date") == nth or self._same_label(here, n)]

    def _same_label(self, here: int, there: int) -> bool:
        mine, theirs = _label(self.statement, here), _label(self.source, there)
        return mine is not None and mine == theirs

    def _similar_places(self, here: int) -> list[int]:
        """Places of a synonym in the source."""
        stated = self.statement.tokens[here]
        if stated.kind != "word":
            return []
        mine = _meanings(self.statement, here)
        words = [n for n, t in enumerate(self.source.tokens) if t.kind == "word"]
        return [n for n in words if any(alike(one, two) for one in mine for two in _meanings(self.source, n))]

    def _pieces(self, here: int) -> list[int]:
        """Places where the source says the number in pieces."""
        stated = self.statement.tokens[here]
        return in_pieces(self.source, stated.key) if stated.kind in ("number", "time") else []

    def best_place(self, here: int) -> int | None:
        """The place in the source that the statement's word at *here* corresponds to."""
        places = self._places(here) or self._similar_places(here) or self._pieces(here)
        denied = self.source.denied if here in self.statement.denied else frozenset()
        open_ = _open(self.source) if here in _open(self.statement) else frozenset()
        return max(
            places,
            key=lambda n: (n not in self.source.retracted, n in denied, n in open_, self.fit(here, n)),
            default=None,
        )


_FAR = 14.0


def _open(reading: Reading) -> frozenset[int]:
    """The words that are planned, wished or owed, not done."""
    return reading.governed("plan", "wish", "duty")


def align(statement: Reading, source: Reading) -> Alignment:
    """Align a statement with the words that it cites."""
    empty = Alignment(statement, source, {})
    pairs = {here: there for here in statement.content if (there := empty.best_place(here)) is not None}
    return Alignment(statement, source, pairs | _other_units(statement, source, pairs))


def _other_units(statement: Reading, source: Reading, pairs: dict[int, int]) -> dict[int, int]:
    """Pairs of amounts in different units: "120 minutes" for "two hours"."""
    said = [a for a in amounts(source.tokens) if not source.retracted & set(range(a.first, a.end))]
    found: dict[int, int] = {}
    for stated in amounts(statement.tokens):
        words = [n for n in range(stated.first, stated.end) if statement.tokens[n].content]
        same = next((a for a in said if (a.kind, a.size) == (stated.kind, stated.size)), None)
        if same and any(n not in pairs for n in words):
            found |= dict.fromkeys(words, next(n for n in range(same.first, same.end) if source.tokens[n].content))
    return found


def _meanings(reading: Reading, at: int) -> list[str]:
    """Keys of the word, and of the word with its particle: "called the match off" is "call_off"."""
    key = reading.tokens[at].key
    rests = phrases_of(key)
    if not rests:
        return [key]
    following = list(takewhile(lambda low: low not in _ENDS, (t.low for t in reading.tokens[at + 1 : at + 2 + _APART])))
    return [key, *(phrase(key, low) for low in following if low in rests)]


_APART = 3
"""How many words may stand between a verb and its particle."""
_ENDS = LINKING_CONJUNCTIONS | frozenset(".,;:!?")


def _label(reading: Reading, at: int) -> str | None:
    """What a number labels: the word after "the fifth", the one before "five" or "number five"."""
    if reading.tokens[at].kind == "date":
        return reading.tokens[at + 1].key if at + 1 < len(reading.tokens) else None
    n = at - 2 if at > 1 and reading.tokens[at - 1].low == "number" else at - 1
    return reading.tokens[n].key if n >= 0 and reading.tokens[n].kind == "word" else None
