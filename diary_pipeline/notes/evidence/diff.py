"""The difference of a statement and its source: the words kept in order, and what was left out and put in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

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
"""Weight of a kept word, and the cost of a break, of each word left out, and of a break over sentences."""

_MOST = 4000
"""Most pairs of places to choose from; only a loop of one word has more."""


@dataclass(frozen=True)
class Edit:
    """An edit: what was put in (*added*, places in the statement) for what was left out (*skipped*, in the source).

    Marks and fillers are not counted. *before* and *after*: the pairs (statement, source) around it; None at the ends.
    """

    added: tuple[int, ...]
    skipped: tuple[int, ...]
    before: tuple[int, int] | None
    after: tuple[int, int] | None


def align_in_order(found: Alignment) -> dict[int, int]:
    """Pair the statement's words with the same words of the source, in one order: many words in few pieces."""
    points = [
        (here, there)
        for here, stated in _content_tokens(found.statement.tokens)
        for there, said in _content_tokens(found.source.tokens)
        if there not in found.source.retracted and _same(stated, said)
    ]
    if len(points) > _MOST:
        return {}
    best: list[float] = []
    back: list[int | None] = []
    put, left = _counted_before(found.statement.tokens), _counted_before(found.source.tokens)
    for n, (here, there) in enumerate(points):
        value, link = 0.0, None
        for m in range(n):
            mine, theirs = points[m]
            if mine >= here or theirs >= there or best[m] <= value:
                continue
            between = put[here] - put[mine + 1] + left[there] - left[theirs + 1]
            sum_ = best[m] - (_cost(found.source, theirs, there, between) if between else 0.0)
            if sum_ > value:
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
    """The edits, from the beginning of the statement to its end.

    What the speaker took back, or said beyond an end of the statement, is not left out.
    """
    places: list[tuple[int, int] | None] = [None, *pairs.items(), None]
    retracted = _retracted_places(found.source)
    for before, after in pairwise(places):
        first, last = (before[0] + 1 if before else 0), (after[0] if after else len(found.statement.tokens))
        added = tuple(n for n in range(first, last) if _counts(found.statement.tokens[n]))
        skipped = tuple(n for n in _between(found.source.tokens, before, after) if n not in retracted)
        if added or skipped:
            yield Edit(added, skipped, before, after)


def _retracted_places(source: Reading) -> set[int]:
    """Places of what was taken back, of the words that do it, and of "not the pipe" after "the pipe"."""
    cues = {n for one in source.corrections for n in range(one.cue, one.after)}
    keys = {source.tokens[n].key for n in source.retracted}
    again = [
        s for s in source.scopes if s.label == "not" and s.members and {source.tokens[n].key for n in s.members} <= keys
    ]
    return {*source.retracted, *cues, *(n for s in again for n in (s.cue, *s.members))}


def _between(
    source: tuple[Token, ...], before: tuple[int, int] | None, after: tuple[int, int] | None
) -> tuple[int, ...]:
    """Places left out between two pairs; at an end of the statement, those of the same clause."""
    first, last = (before[1] + 1 if before else 0), (after[1] if after else len(source))
    if before is None:
        first = max([first, *(n + 1 for n in range(first, last) if source[n].kind == "mark")])
    if after is None:
        last = min([last, *(n for n in range(first, last) if source[n].kind == "mark")])
    return tuple(n for n in range(first, last) if _counts(source[n]))


def _content_tokens(tokens: tuple[Token, ...]) -> list[tuple[int, Token]]:
    return [(n, t) for n, t in enumerate(tokens) if _counts(t)]


def _counts(token: Token) -> bool:
    return token.kind != "mark" and token.low not in RETELLING_FILLERS


def _same(stated: Token, said: Token) -> bool:
    if stated.content or said.content:
        return stated.content and said.content and stated.key == said.key
    return bool(_norms(stated) & _norms(said))


def _norms(token: Token) -> frozenset[str]:
    return _SHORT.get(token.low, frozenset({_FORMS.get(token.low, token.low)}))


def _counted_before(tokens: tuple[Token, ...]) -> list[int]:
    """How many tokens count before each place, and before the end."""
    return [0, *accumulate(int(_counts(token)) for token in tokens)]


def _cost(source: Reading, one: int, two: int, between: int) -> float:
    """The cost of a break between two places of *source*, with so many words left out or put in."""
    apart = two not in sentence(source.tokens, one)
    return _BREAK + _FAR * between + (_SENTENCE if apart else 0.0)
