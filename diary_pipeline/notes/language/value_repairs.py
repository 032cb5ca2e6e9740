"""Values that a correction replaces: a number, day or name by one of its sort."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diary_pipeline.notes.language.correction_cues import Cue
from diary_pipeline.notes.language.lexicon.auxiliaries import CLAUSE_AUXILIARIES
from diary_pipeline.notes.language.lexicon.corrections import (
    ARTICLES_AND_OWNERS,
    CORRECTION_ENDS,
    CORRECTION_LEADS,
    SHORT_CORRECTION_WORDS,
)
from diary_pipeline.notes.language.lexicon.dates import MONTHS
from diary_pipeline.notes.language.lexicon.verbs import PAST_FORMS
from diary_pipeline.notes.language.words import VALUE_KINDS, Token

_SHORT, _AHEAD = 6, 16


@dataclass(frozen=True)
class Repair:
    """Places of the words that no longer count. *fits*: the new words can be put in their place."""

    retracted: frozenset[int]
    fits: bool
    value: tuple[int, int] | None = None
    """The value taken back, and the new one."""


def repaired_value(tokens: Sequence[Token], cue: Cue, before: Sequence[int], clause: Sequence[int]) -> Repair | None:
    """As in "at three, no, at four": a number, day or name for one of its sort."""
    repeated = _repeats(tokens, before, clause)
    for new in clause:
        known = {tokens[n].low for n in before}
        if tokens[new].kind not in VALUE_KINDS or new in repeated or not _may_replace(tokens, cue, clause, new, known):
            continue
        same = [n for n in before if tokens[n].kind == tokens[new].kind and tokens[n].key == tokens[new].key]
        if (
            same
            and not cue.hesitates
            and not {"well", "i mean"} & set(cue.parts)
            and (cue.strong or len(clause) <= _SHORT)
        ):
            return Repair(frozenset(same[-1:]), fits=False)  # "on the sixth, no, the sixth is the fair"
        if (old := _old(tokens, cue, before, new)) is not None:
            lead = range(clause[0], new)
            fits = all(
                tokens[n].low in CORRECTION_LEADS or n in repeated or _unit_again(tokens, old, new, n) for n in lead
            )
            return Repair(frozenset(_with_repeated(tokens, old, new, clause[0])), fits, (old, new))
    return None


def _unit_again(tokens: Sequence[Token], old: int, new: int, at: int) -> bool:
    return old - (new - at) >= 0 and tokens[old - (new - at)].key == tokens[at].key


def _repeats(tokens: Sequence[Token], before: Sequence[int], clause: Sequence[int]) -> set[int]:
    """Values that are only repeated: "three kilo six hundred, no, three kilo four hundred"."""
    known = {(tokens[n].kind, tokens[n].key) for n in before}
    items = [n for n in clause if tokens[n].kind in VALUE_KINDS]
    same = {n for n in items if (tokens[n].kind, tokens[n].key) in known}
    return same if any(_sort(tokens[o]) == _sort(tokens[n]) for n in items if n not in same for o in before) else set()


def _with_repeated(tokens: Sequence[Token], old: int, new: int, first: int) -> Iterator[int]:
    """The old value, and those right before it that are repeated before the new one."""
    yield old
    for back in range(1, new - first + 1):
        if old - back < 0 or tokens[old - back].key != tokens[new - back].key:
            return
        if tokens[old - back].kind in VALUE_KINDS:
            yield old - back


def _may_replace(tokens: Sequence[Token], cue: Cue, clause: Sequence[int], new: int, known: set[str]) -> bool:
    """Whether the value at *new* corrects another one, and is no part of something else.

    *known*: words before.
    """
    lead = [tokens[n] for n in clause if n < new]
    after = tokens[new + 1] if new + 1 < len(tokens) else None
    if cue.hesitates:
        listed = after is not None and (after.low in ("and", "or", "to") or _continues_list(tokens, new + 1))
        return all(t.low in CORRECTION_LEADS for t in lead) and tokens[new].kind != "name" and not listed
    if cue.strong and cue.marked:
        return True
    if (
        tokens[new].kind == "name"
        and after is not None
        and (after.low in PAST_FORMS or after.low in CLAUSE_AUXILIARIES)
    ):
        return False  # "No, Petra said ..."
    if cue.strong:
        counted = bool(lead) and lead[-1].content and lead[-1].low in known  # "size three i mean we need size four"
        return counted or all(not t.content or t.kind in VALUE_KINDS for t in lead)
    if cue.marked and not cue.closed and not lead and cue.parts == ("no",) and tokens[new].kind == "number":
        return False  # "three exams, no two on one day"
    said_again = CORRECTION_LEADS | known | (frozenset() if cue.parts == ("well",) else SHORT_CORRECTION_WORDS)
    return all(t.low in said_again or t.kind in VALUE_KINDS for t in lead) and (
        len(clause) <= _SHORT or all(t.low in CORRECTION_LEADS for t in lead)
    )


def _continues_list(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and tokens[at].low == "," and tokens[at + 1].low in ("and", "or")


def _old(tokens: Sequence[Token], cue: Cue, before: Sequence[int], new: int) -> int | None:
    """The value that the new one replaces: of its sort, best with its unit and preposition, else the last."""
    fitting = [n for n in before if _sort(tokens[n]) == _sort(tokens[new]) and tokens[n].key != tokens[new].key]
    if not fitting and cue.strong:
        fitting = [
            n for n in before if tokens[n].kind == tokens[new].kind == "date" and tokens[n].key != tokens[new].key
        ]
    if cue.hesitates or not cue.strong or "i mean" in cue.parts:
        fitting = [n for n in fitting if not _other_unit(tokens, n, new)]
    if cue.hesitates:
        fitting = [n for n in fitting if _is_alone(tokens, new) or _unit(tokens, n) == _unit(tokens, new) != ""]
    later = {t.key for t in tokens[new:]}
    alone = new + 1 == len(tokens) or tokens[new + 1].kind == "mark"

    def likeness(n: int) -> tuple[bool, bool, bool, bool, int]:
        unit, lead = _unit(tokens, new), _lead(tokens, new)
        sized = alone and len(tokens[n].key) == len(tokens[new].key)
        return (
            unit != "" and unit == _unit(tokens, n),
            tokens[n].key not in later,
            lead != "" and lead == _lead(tokens, n),
            sized,
            n,
        )

    return max(fitting, key=likeness, default=None)


def _sort(token: Token) -> str:
    """Sorts of values that can replace each other: numbers and times; days of the month; months; other days; names."""
    if token.kind == "date":
        return "nth" if token.key.startswith("#") else "month" if token.low in MONTHS else "day"
    return "number" if token.kind == "time" else token.kind if token.kind in VALUE_KINDS else ""


def _unit(tokens: Sequence[Token], at: int) -> str:
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    return after.key if after and after.kind == "word" else ""


def _other_unit(tokens: Sequence[Token], old: int, new: int) -> bool:
    """As in "forty pounds, I mean, that's three weeks"; not in "three dogs, no, two big dogs"."""
    mine, following = _unit(tokens, old), {t.key for t in tokens[new + 1 : new + 4]}
    return _sort(tokens[old]) == "number" and "" not in (mine, _unit(tokens, new)) and mine not in following


def _is_alone(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 == len(tokens) or tokens[at + 1].kind == "mark" or tokens[at + 1].low in CORRECTION_ENDS


def _lead(tokens: Sequence[Token], at: int) -> str:
    at -= 1
    while at > 0 and tokens[at].low in ARTICLES_AND_OWNERS:
        at -= 1
    return tokens[at].low if at >= 0 and tokens[at].low in CORRECTION_LEADS else ""


def value_of_another(tokens: Sequence[Token], cue: Cue, before: Sequence[int], clause: Sequence[int]) -> Repair | None:
    """As in "the ninth, no, that's the fair, the party is on the tenth": the new value follows later."""
    lows = [tokens[n].low for n in clause[:3]]
    if (
        lows[:1] != ["that"]
        or lows[1:2] not in (["'s"], ["is"], ["was"])
        or (set(lows) & CORRECTION_LEADS) - ARTICLES_AND_OWNERS
        or not cue.strong
    ):
        return None
    new = next(
        (n for n in range(clause[-1], min(clause[-1] + _AHEAD, len(tokens))) if _sort(tokens[n]) not in ("", "name")),
        None,
    )
    old = [
        n
        for n in before
        if new is not None and _sort(tokens[n]) == _sort(tokens[new]) and tokens[n].key != tokens[new].key
    ]
    return Repair(frozenset(old[-1:]), fits=False) if old else None


def settled_alternative(tokens: Sequence[Token], before: Sequence[int], clause: Sequence[int]) -> Repair | None:
    """As in "six, or was it nine, ... nine, yes": the one that is not repeated."""
    fresh = [n for n in clause if _sort(tokens[n]) and n not in _repeats(tokens, before, clause)]
    old = [
        n
        for n in before
        if fresh and _sort(tokens[n]) == _sort(tokens[fresh[0]]) and tokens[n].key != tokens[fresh[0]].key
    ]
    if not old:
        return None
    one, two = old[-1], fresh[0]
    words = [set(tokens[n].low.replace("-", " ").split()) for n in (one, two)]
    later = {word for t in tokens[clause[-1] + 1 : clause[-1] + _AHEAD] for word in t.low.replace("-", " ").split()}
    first, second = (bool((mine - theirs) & later) for mine, theirs in (words, words[::-1]))
    if first == second:
        return None
    return Repair(frozenset(_with_repeated(tokens, one, two, clause[0]) if second else [two]), fits=False)
