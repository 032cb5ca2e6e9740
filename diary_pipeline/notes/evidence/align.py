"""Which word of the source each word of a statement takes up: the one with the same neighbours, where it occurs more than once.

The same measure decides between two numbers, days or names of one window: the one stated must be the one that stands nearest to the
statement's other words. That is what tells "fourteen circuits" from "nine of them".
"""

from dataclasses import dataclass

from diary_pipeline.notes.evidence.digits import in_pieces
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.synonyms import alike

_NAME = 0.5  # who it is says less about the place of a word than what was done
_OTHER_SIDE = 0.6
"""What a neighbour counts that stands on the other side: "Denise ordered", not "ordered Denise"."""


@dataclass(frozen=True)
class Alignment:
    """*pairs*: place in the statement to place in the source. *cover*: share of the statement's content words that found one."""

    statement: Reading
    source: Reading
    pairs: dict[int, int]

    @property
    def cover(self) -> float:
        """From 0 to 1; a statement without content is covered."""
        content = self.statement.content()
        return len(self.pairs) / len(content) if content else 1.0

    def exact(self) -> set[int]:
        """Places in the statement of the words that the source has too, not only a synonym of them."""
        return {here for here, there in self.pairs.items() if self.statement.tokens[here].key == self.source.tokens[there].key}

    def bond(self, here: int, there: int) -> float:
        """How well the statement's word at *here* fits the place *there* of the source, by their common neighbours."""
        total = 0.0
        for near in self.statement.content():
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
        """Where the source has the same word; "the fifth" is not "five"."""
        told = self.statement.tokens[here]
        nth, digits = told.kind == "date", told.text.isdigit()
        return [
            n
            for n, t in enumerate(self.source.tokens)
            if t.content and t.key == told.key and (not told.key.startswith("#") or digits or (t.kind == "date") == nth)
        ]

    def _alike(self, here: int) -> list[int]:
        """Where the source has another word for the same."""
        told = self.statement.tokens[here]
        if told.kind != "word":
            return []
        return [n for n, t in enumerate(self.source.tokens) if t.kind == "word" and alike(t.key, told.key)]

    def _pieces(self, here: int) -> list[int]:
        """Where the source says the number in pieces."""
        told = self.statement.tokens[here]
        return in_pieces(self.source, told.key) if told.kind in ("number", "time") else []

    def best(self, here: int) -> int | None:
        """The place in the source that the statement's word at *here* takes up."""
        places = self._places(here) or self._alike(here) or self._pieces(here)
        refused = self.source.denied() if here in self.statement.denied() else frozenset()
        open_ = _open(self.source) if here in _open(self.statement) else frozenset()
        return max(places, key=lambda n: (n not in self.source.retracted, n in refused, n in open_, self.bond(here, n)), default=None)


_FAR = 14.0


def _open(reading: Reading) -> frozenset[int]:
    """The words with which it does not tell what is done, but what is planned, wished or owed."""
    return frozenset(n for s in reading.scopes if s.label in ("plan", "wish", "duty") for n in s.members)


def align(statement: Reading, source: Reading) -> Alignment:
    """Align a statement with the words that it cites."""
    empty = Alignment(statement, source, {})
    pairs = {here: there for here in statement.content() if (there := empty.best(here)) is not None}
    return Alignment(statement, source, pairs)
