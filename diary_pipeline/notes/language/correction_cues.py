"""Cues of a correction ("no, wait", "I tell a lie"): how strong they are, and where the new words begin."""

from collections.abc import Sequence
from dataclasses import dataclass

from diary_pipeline.notes.language.lexicon.corrections import (
    ALTERNATIVE_QUESTIONS,
    BEFORE_PLAIN_NO,
    CORRECTION_OPENERS,
    CORRECTION_PHRASES,
    MARKED_CORRECTIONS,
    PAUSES,
    RETRACTIONS,
    STRONG_CORRECTIONS,
    UNMARKED_CORRECTIONS,
)
from diary_pipeline.notes.language.words import Token

_STRONG = STRONG_CORRECTIONS | RETRACTIONS
_LEADS = CORRECTION_OPENERS | PAUSES
_LONGEST = 5
_FIRST_WORDS = frozenset(phrase.split()[0] for phrase in CORRECTION_PHRASES)


@dataclass(frozen=True)
class Cue:
    """A cue from token *at* up to *end*.

    *parts*: its phrases. *marked*: a mark is before it; *closed*: a mark is after it.
    """

    at: int
    end: int
    parts: tuple[str, ...]
    marked: bool
    closed: bool

    @property
    def strong(self) -> bool:
        """Whether it can hardly mean anything else: "or rather", or two of "no", "wait", "sorry" in a row."""
        return bool(set(self.parts) & _STRONG) or len(self.parts) > 1

    @property
    def whole(self) -> bool:
        """Whether all that was just said is taken back."""
        return bool(set(self.parts) & RETRACTIONS)

    @property
    def asks(self) -> bool:
        """Whether only what follows decides: "Tuesday, or was it Wednesday"."""
        return bool(self.parts) and self.parts[-1] in ALTERNATIVE_QUESTIONS

    @property
    def hesitates(self) -> bool:
        """Whether it is a pause before another value: "nine boxes uh eight", "nine boxes? Eight."."""
        return not self.parts


def cue_from(tokens: Sequence[Token], at: int) -> Cue | None:
    """The cue that begins at *at*."""
    marked, n = tokens[at - 1].kind == "mark", at
    if marked:
        n = _skip(tokens, at, _LEADS)
    parts, end, closed = [], n, False
    while n < len(tokens) and (width := _width(tokens, n)):
        parts.append(" ".join(t.low for t in tokens[n : n + width]))
        end = n + width
        closed = end < len(tokens) and tokens[end].kind == "mark"
        n = _skip(tokens, end, PAUSES) if marked or not closed or tokens[end].low == "," else end
    if not parts:
        return _hesitation(tokens, at, marked=marked)
    if (parts[-1] in MARKED_CORRECTIONS and not (closed and marked)) and len(parts) == 1 and parts[0] != "make it":
        return None
    found = Cue(at, n if closed else end, tuple(parts), marked, closed)
    return found if marked or _valid_unmarked(tokens, found) else None


def _width(tokens: Sequence[Token], at: int) -> int:
    """How many tokens the phrase of a cue has that begins at *at*; 0 if none does."""
    if tokens[at].low.partition(" ")[0] not in _FIRST_WORDS:
        return 0
    return next(
        (n for n in range(_LONGEST, 0, -1) if " ".join(t.low for t in tokens[at : at + n]) in CORRECTION_PHRASES), 0
    )


def _skip(tokens: Sequence[Token], at: int, words: frozenset[str]) -> int:
    """The first place from *at* on that is neither a mark nor one of *words*."""
    while at < len(tokens) and (tokens[at].kind == "mark" or tokens[at].low in words):
        at += 1
    return at


def _valid_unmarked(tokens: Sequence[Token], cue: Cue) -> bool:
    """Whether it is a cue without a mark too: "in june no in july"; not "there are no two ways"."""
    if cue.parts[0] in ("no", "sorry", "or no"):
        return tokens[cue.at - 1].low not in BEFORE_PLAIN_NO
    return cue.parts[0] in UNMARKED_CORRECTIONS or cue.asks


def _hesitation(tokens: Sequence[Token], at: int, *, marked: bool) -> Cue | None:
    """A pause right before a value: "nine boxes uh eight", "nine boxes? Eight."."""
    asked = tokens[at - 1].low.startswith("?")
    end = _skip(tokens, at, PAUSES)
    value = end < len(tokens) and tokens[end].kind in ("number", "time", "date")
    return Cue(at, end, (), marked, closed=False) if value and (tokens[at].low in PAUSES or asked) else None
