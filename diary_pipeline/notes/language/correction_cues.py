"""Where a speaker begins to correct: "no, wait", "I tell a lie", "or rather"; how strong that is, and where the new words begin.

What belongs here: the cues. What does not: whether what follows replaces anything, and what (`repairs`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from diary_pipeline.notes.language.words import Token

_WHOLE = frozenset(("scratch that", "strike that", "forget that", "ignore that"))
_ASKING = frozenset(("or was it", "or is it"))
_STRONG = frozenset(
    """i mean; i meant; or rather; or actually; make that; make it; correction; i tell a lie; what am i saying; what am i talking about;
    my mistake; i stand corrected; i got that wrong; i 'm wrong; that 's wrong""".replace("\n    ", " ").split("; ")
)
_WEAK = frozenset(
    """no; or no; sorry; rather; wait; wait a minute; wait a second; hang on; hold on; that is; actually; well; let me check;
    let me see""".replace("\n    ", " ").split("; ")
)
_PHRASES = _WHOLE | _ASKING | _STRONG | _WEAK
_LONGEST = 5
_OPENING = frozenset("but so and oh ah".split())
_HESITATIONS = frozenset("uh um er erm eh hmm".split())
_NEEDS_A_MARK = frozenset(("that is", "actually", "rather", "make it", "correction", *_WHOLE))
_DENYING = frozenset(
    """is are was were 's 're be been have has had 've got get gets there with without say said says of in at to for by and or him her
    them me us you do does did""".split()
)
"""Before a "no" without marks, these tell what there is not: "there are no two ways", "I told him no"."""


@dataclass(frozen=True)
class Cue:
    """Tokens from *at* up to *end*.

    *strong*: takes something back by itself; *marked*, *closed*: a mark is before it, after it.
    """

    at: int
    end: int
    parts: tuple[str, ...]
    marked: bool
    closed: bool

    @property
    def strong(self) -> bool:
        """Whether it hardly means anything else: "or rather", or two of "no", "wait", "sorry" in a row."""
        return bool(set(self.parts) & (_STRONG | _WHOLE)) or len(self.parts) > 1

    @property
    def whole(self) -> bool:
        """Whether all that was just said is taken back."""
        return bool(set(self.parts) & _WHOLE)

    @property
    def asks(self) -> bool:
        """As in "Tuesday, or was it Wednesday": only what follows tells which."""
        return bool(self.parts) and self.parts[-1] in _ASKING

    @property
    def hesitates(self) -> bool:
        """As in "nine boxes uh eight", and in "nine boxes? Eight."."""
        return not self.parts


def cue_from(tokens: Sequence[Token], at: int) -> Cue | None:
    """The cue that begins at *at*."""
    marked, n = tokens[at - 1].kind == "mark", at
    if marked:
        n = _skip(tokens, at, _OPENING | _HESITATIONS)
    parts, end, closed = [], n, False
    while n < len(tokens) and (width := _width(tokens, n)):
        parts.append(" ".join(t.low for t in tokens[n : n + width]))
        end = n + width
        closed = end < len(tokens) and tokens[end].kind == "mark"
        n = _skip(tokens, end, _HESITATIONS) if marked or not closed or tokens[end].low == "," else end
    if not parts:
        return _hesitation(tokens, at, marked=marked)
    if (parts[-1] in _NEEDS_A_MARK and not (closed and marked)) and len(parts) == 1 and parts[0] != "make it":
        return None
    found = Cue(at, n if closed else end, tuple(parts), marked, closed)
    return found if marked or _may_stand_unmarked(tokens, found) else None


def _width(tokens: Sequence[Token], at: int) -> int:
    """How many tokens the phrase of a cue has that begins at *at*, 0 if none does."""
    return next((n for n in range(_LONGEST, 0, -1) if " ".join(t.low for t in tokens[at : at + n]) in _PHRASES), 0)


def _skip(tokens: Sequence[Token], at: int, words: frozenset[str]) -> int:
    """The first place from *at* on that is neither a mark nor one of *words*."""
    while at < len(tokens) and (tokens[at].kind == "mark" or tokens[at].low in words):
        at += 1
    return at


def _may_stand_unmarked(tokens: Sequence[Token], cue: Cue) -> bool:
    """Where the recogniser wrote no mark: "in june no in july", "i lost it no actually i lent it"; not "there are no two ways"."""
    if cue.parts[0] in ("no", "sorry", "or no"):
        return tokens[cue.at - 1].low not in _DENYING
    return (
        cue.parts[0] in ("i mean", "i meant", "or rather", "or actually", "scratch that", "make that", "i tell a lie")
        or cue.asks
    )


def _hesitation(tokens: Sequence[Token], at: int, *, marked: bool) -> Cue | None:
    """As in "nine boxes uh eight", and "nine boxes? Eight.": only where a value follows at once."""
    asked = tokens[at - 1].low.startswith("?")
    end = _skip(tokens, at, _HESITATIONS)
    value = end < len(tokens) and tokens[end].kind in ("number", "time", "date")
    return Cue(at, end, (), marked, closed=False) if value and (tokens[at].low in _HESITATIONS or asked) else None
