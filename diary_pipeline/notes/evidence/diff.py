"""What a statement did to the words that it repeats: the pieces it kept, in their order, and between them what it left out and put in.

What belongs here: the difference of two texts. What does not: which difference does harm (`edits`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.lexicon.auxiliaries import AUXILIARY_FORMS
from diary_pipeline.notes.language.lexicon.discourse import RETELLING_FILLERS
from diary_pipeline.notes.language.lexicon.pronouns import PERSON_OF
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.spans import sentence
from diary_pipeline.notes.language.words import Token

_FORMS = AUXILIARY_FORMS | PERSON_OF
_SHORT = {"'s": frozenset({"be", "have", "'s"}), "'d": frozenset({"will", "have"})}
_CONTENT, _STOP, _BREAK, _FAR, _SENTENCE = 3.0, 1.0, 0.4, 0.02, 0.5
"""What a kept word counts, and what it costs to break off, per word left out, and to go on in another sentence."""

_MOST = 4000
"""Pairs of places to choose from; only who says one word without end has more."""


@dataclass(frozen=True)
class Edit:
    """What was put in (*added*, places in the statement) for what was left out (*skipped*, places in the source), marks and fillers aside.

    *before* and *after*: the pairs around it, statement and source; None at the ends of the statement.
    """

    added: tuple[int, ...]
    skipped: tuple[int, ...]
    before: tuple[int, int] | None
    after: tuple[int, int] | None


def in_order(found: Alignment) -> dict[int, int]:
    """The statement's words and the same words of the source, all in one order: as many as there are, in as few pieces."""
    points = [
        (here, there)
        for here, told in _telling(found.statement.tokens)
        for there, said in _telling(found.source.tokens)
        if there not in found.source.retracted and _same(told, said)
    ]
    if len(points) > _MOST:
        return {}
    best: list[float] = []
    back: list[int | None] = []
    for n, (here, there) in enumerate(points):
        value, link = 0.0, None
        for m in range(n):
            if (
                points[m][0] < here
                and points[m][1] < there
                and (sum_ := best[m] - _cost(found, points[m], points[n])) > value
            ):
                value, link = sum_, m
        best.append(value + (_CONTENT if found.statement.tokens[here].content else _STOP))
        back.append(link)
    at = max(range(len(points)), key=best.__getitem__, default=None)
    pairs: dict[int, int] = {}
    while at is not None:
        pairs[points[at][0]] = points[at][1]
        at = back[at]
    return dict(sorted(pairs.items()))


def edits(found: Alignment, pairs: dict[int, int]) -> Iterator[Edit]:
    """The differences, from the beginning of the statement to its end.

    What was taken back, or stands beyond an end, is not left out.
    """
    places: list[tuple[int, int] | None] = [None, *pairs.items(), None]
    gone = _taken_back(found.source)
    for before, after in pairwise(places):
        first, last = (before[0] + 1 if before else 0), (after[0] if after else len(found.statement.tokens))
        added = tuple(n for n in range(first, last) if _counts(found.statement.tokens[n]))
        skipped = tuple(n for n in _between(found.source.tokens, before, after) if n not in gone)
        if added or skipped:
            yield Edit(added, skipped, before, after)


def _taken_back(source: Reading) -> set[int]:
    """What was taken back, the words that do it, and "not the pipe" after "the pipe"."""
    cues = {n for one in source.corrections for n in range(one.cue, one.after)}
    keys = {source.tokens[n].key for n in source.retracted}
    again = [
        s for s in source.scopes if s.label == "not" and s.members and {source.tokens[n].key for n in s.members} <= keys
    ]
    return {*source.retracted, *cues, *(n for s in again for n in (s.cue, *s.members))}


def _between(
    source: tuple[Token, ...], before: tuple[int, int] | None, after: tuple[int, int] | None
) -> tuple[int, ...]:
    """What was left out; at an end of the statement, what its clause has there."""
    first, last = (before[1] + 1 if before else 0), (after[1] if after else len(source))
    if before is None:
        first = max([first, *(n + 1 for n in range(first, last) if source[n].kind == "mark")])
    if after is None:
        last = min([last, *(n for n in range(first, last) if source[n].kind == "mark")])
    return tuple(n for n in range(first, last) if _counts(source[n]))


def _telling(tokens: tuple[Token, ...]) -> list[tuple[int, Token]]:
    return [(n, t) for n, t in enumerate(tokens) if _counts(t)]


def _counts(token: Token) -> bool:
    return token.kind != "mark" and token.low not in RETELLING_FILLERS


def _same(told: Token, said: Token) -> bool:
    if told.content or said.content:
        return told.content and said.content and told.key == said.key
    return bool(_norms(told) & _norms(said))


def _norms(token: Token) -> frozenset[str]:
    return _SHORT.get(token.low, frozenset({_FORMS.get(token.low, token.low)}))


def _cost(found: Alignment, one: tuple[int, int], two: tuple[int, int]) -> float:
    left = sum(_counts(t) for t in found.source.tokens[one[1] + 1 : two[1]])
    put = sum(_counts(t) for t in found.statement.tokens[one[0] + 1 : two[0]])
    if not left and not put:
        return 0.0
    apart = two[1] not in sentence(found.source.tokens, one[1])
    return _BREAK + _FAR * (left + put) + (_SENTENCE if apart else 0.0)
