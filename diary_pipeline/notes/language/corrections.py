"""What a speaker takes back: "at three. No, wait, at four" says four. The words that no longer count, by their places."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diary_pipeline.notes.language.lexicon import MONTHS
from diary_pipeline.notes.language.words import Token

_CUE = re.compile(
    r"^(?:(?:well|oh|ah|um|uh|but)?,?\s*)?(?:no,? (?:wait|sorry|hang on|actually|not)|no,? no|wait,? no|wait|hang on,? no|hang on|hold on|"
    r"sorry,? no|sorry|"
    r"no|i mean|i meant|or rather|or actually|well,? actually|actually,? no|rather|scratch that|make that|correction|"
    r"that is)\b,?(?: (?:no|sorry|i mean))?",
    re.IGNORECASE,
)
_FILLERS = frozenset("uh um er erm".split())
_ITEMS = ("number", "time", "date", "name")
_LEADS = frozenset("the a an my our his her in on at from to by for with of".split())


@dataclass(frozen=True)
class Correction:
    """Words taken back (*gone*), where the cue begins, and where the words begin that replace them."""

    gone: frozenset[int]
    cue: int
    after: int


def corrections(tokens: Sequence[Token]) -> list[Correction]:
    """What the speaker replaced by other words, in order."""
    made: list[Correction] = []
    for at in range(1, len(tokens)):
        if width := _cue(tokens, at):
            gone = _replaced(tokens, at, at + width)
        elif tokens[at].low in _FILLERS:
            width, gone = 1, _said_anew(tokens, at)
        elif tokens[at - 1].kind == "mark" and tokens[at].low == "well":
            width, gone = 1, _well_not(tokens, at) or _well_rather(tokens, at)
        elif tokens[at].low in _STUMBLES:
            width, gone = 1, _in_one_breath(tokens, at)
        else:
            continue
        if gone:
            made.append(Correction(frozenset(gone), at, at + width))
    return made


def retracted(tokens: Sequence[Token]) -> frozenset[int]:
    """Places of the words that the speaker replaced by others."""
    return frozenset(n for correction in corrections(tokens) for n in correction.gone)


def corrected(text: str, tokens: Sequence[Token]) -> str:
    """*text* (of one segment, or of segments joined) as the speaker wants it: "at three. No, wait, at four" is "at four"."""
    for correction in reversed(corrections(tokens)):
        first, last = min(correction.gone), max(correction.gone)
        if correction.after >= len(tokens):
            continue
        lead = tokens[correction.after].low
        while first and tokens[first - 1].low == lead and lead in _LEADS:
            first -= 1
        between = [t for t in tokens[last + 1 : correction.cue] if t.kind != "mark"]
        new = tokens[correction.after]
        if not between:
            text = text[: tokens[first].start] + text[new.start :]
        elif new.kind in _ITEMS:
            rest = text[tokens[last].end : tokens[correction.cue - 1].start]
            text = text[: tokens[first].start] + text[new.start : new.end] + rest + text[new.end :]
    return text


def _cue(tokens: Sequence[Token], at: int) -> int:
    """How many tokens the cue has that begins here; it must follow a mark, as speech recognition writes one."""
    turned = tokens[at - 1].low == "but" and at > 1 and tokens[at - 2].kind == "mark"  # "at three, but no, at four"
    if tokens[at - 1].kind != "mark" and tokens[at].low != "or" and not turned:
        return 0
    window = tokens[at : at + 8]
    text = ""
    ends = []
    for token in window:
        text += ("" if token.kind == "mark" or not text else " ") + (token.low if token.kind != "mark" else ",")
        ends.append(len(text))
    match = _CUE.match(text)
    if not match or not match[0].strip(" ,"):
        return 0
    width = next((n for n, end in enumerate(ends, 1) if end >= match.end()), 0)
    return width if _corrects(tokens, at, width) else 0


def _corrects(tokens: Sequence[Token], at: int, width: int) -> bool:
    """A cue alone is not enough: "so it's loud. Sorry." and "No, I said" take nothing back."""
    said = " ".join(t.low for t in tokens[at : at + width] if t.kind != "mark")
    rest = list(tokens[at + width : at + width + 8])
    if not rest:
        return False
    if said in ("no", "sorry", "rather", "wait", "that is", "hang on", "hold on"):
        end = next((n for n, t in enumerate(rest) if t.kind == "mark"), len(rest))
        clause = rest[:end]
        if tokens[at + width - 1].kind == "mark" or said != "that is":
            told, anew = _places_before(tokens, at), range(at + width, at + width + end)
            if _unsaid(tokens, told, anew) or _same_verb(tokens, told, anew):
                return True
            before = {_sort(t) for t in _clause_before(tokens, at) if t.kind in _ITEMS}
            return bool(before & {_sort(t) for t in clause}) and len(clause) <= 6
        return False
    return True


def _sort(token: Token) -> str:
    if token.kind == "date" and token.low in MONTHS:
        return "month"
    return "number" if token.kind == "time" else token.kind


def _clause_before(tokens: Sequence[Token], at: int) -> list[Token]:
    return [tokens[n] for n in _places_before(tokens, at)]


def _places_before(tokens: Sequence[Token], at: int) -> list[int]:
    """The sentence up to the cue; where the cue opens one, the sentence before."""
    end = at - 1 if tokens[at - 1].kind == "mark" else at
    start = end
    while start and not (tokens[start - 1].kind == "mark" and tokens[start - 1].low[0] in ".!?…"):
        start -= 1
    return list(range(start, end))


def _replaced(tokens: Sequence[Token], at: int, after: int) -> set[int]:
    before = _places_before(tokens, at)
    end = next((n for n in range(after, len(tokens)) if tokens[n].kind == "mark"), len(tokens))
    clause = list(range(after, end))
    if shared := _same_verb(tokens, before, clause) or _unsaid(tokens, before, clause):
        return shared
    again = _repeats(tokens, before, clause)
    for place in clause:
        if tokens[place].kind in _ITEMS and place not in again:
            if anew := [n for n in before if tokens[n].key == tokens[place].key and tokens[n].kind == tokens[place].kind]:
                return {anew[-1]}  # "on the sixth, no, the sixth is the fair"
            old = [n for n in before if _replaceable(tokens[n], tokens[place])]
            if old:
                return {_likest(tokens, old, place)}
    return _parallel(tokens, before, clause)


def _repeats(tokens: Sequence[Token], before: Sequence[int], clause: Sequence[int]) -> set[int]:
    """As in "three kilo six hundred, no, three kilo four hundred": what is only said again, where something else is said anew."""
    known = {(tokens[n].kind, tokens[n].key) for n in before}
    items = [n for n in clause if tokens[n].kind in _ITEMS]
    same = {n for n in items if (tokens[n].kind, tokens[n].key) in known}
    fresh = [n for n in items if n not in same and any(_replaceable(tokens[o], tokens[n]) for o in before)]
    return same if fresh else set()


def _likest(tokens: Sequence[Token], old: Sequence[int], new: int) -> int:
    """Which of the old values the new one replaces: the last of those that are not said again and are of its size."""
    after = {t.key for t in tokens[new:]}
    kept = [n for n in old if tokens[n].key not in after] or list(old)
    sized = [n for n in kept if len(tokens[n].key) == len(tokens[new].key)] if _next_mark(tokens, new) else []
    return (sized or kept)[-1]


def _next_mark(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 == len(tokens) or tokens[at + 1].kind == "mark"


def _replaceable(old: Token, new: Token) -> bool:
    return _sort(old) == _sort(new) and old.key != new.key


def _unsaid(tokens: Sequence[Token], before: Sequence[int], clause: Sequence[int]) -> set[int]:
    """As in "I quit. No, I don't quit": the deed that is denied at once."""
    denied = next((n for n in clause if tokens[n].low in ("n't", "not")), None)
    if denied is None or denied + 1 >= len(tokens) or tokens[denied + 1].kind != "word":
        return set()
    return {n for n in before if tokens[n].key == tokens[denied + 1].key}


def _same_verb(tokens: Sequence[Token], before: Sequence[int], clause: Sequence[int]) -> set[int]:
    """As in "I weighed it, that is, Catarina weighed it": the whole clause before is said anew."""
    verbs = {tokens[n].key for n in clause if tokens[n].kind == "word"}
    repeated = [n for n in before if tokens[n].kind == "word" and tokens[n].key in verbs]
    anew = bool(before) and bool(clause) and tokens[clause[0]].kind == "name" and tokens[clause[0]].low != tokens[before[0]].low
    pronoun = any(tokens[n].low in ("it", "them") for n in clause)  # then what it was done to is not said anew
    return {n for n in before if n <= repeated[0] or not pronoun} if repeated and anew else set()


def _parallel(tokens: Sequence[Token], before: Sequence[int], clause: Sequence[int]) -> set[int]:
    """As in "In the sluice, no, in the corridor": what follows the same small word."""
    leads = [tokens[n].low for n in clause if tokens[n].low in _LEADS]
    for lead in leads:
        old = [n for n in before if tokens[n].low == lead]
        if old:
            tail = [n for n in before if n > old[-1]]
            months = any(_sort(tokens[n]) == "month" for n in clause)  # "the second of June, no, the tenth" is June too
            content = [n for n in tail if tokens[n].content and (months or _sort(tokens[n]) != "month")]
            return set(content[:2])
    return set()


def _said_anew(tokens: Sequence[Token], at: int) -> set[int]:
    """As in "there are seventeen of them uh sixteen": a value of the same sort, and then the sentence ends or gives the reason."""
    new = at + 1 + (at + 1 < len(tokens) and tokens[at + 1].low == ",")
    ends = new + 1 >= len(tokens) or tokens[new + 1].low in (".", "because", "cause", "cos")
    if new >= len(tokens) or tokens[new].kind not in ("number", "time") or not ends:
        return set()
    old = [n for n in _places_before(tokens, at) if _replaceable(tokens[n], tokens[new])]
    return set(old) if len(old) == 1 else set()


def _well_not(tokens: Sequence[Token], at: int) -> set[int]:
    """As in "I lost it, well, not lost": the word that is denied at once."""
    rest = [n for n in range(at + 1, min(at + 5, len(tokens))) if tokens[n].kind != "mark"]
    if len(rest) < 2 or tokens[rest[0]].low != "not":
        return set()
    return {n for n in _places_before(tokens, at) if tokens[n].content and tokens[n].key == tokens[rest[1]].key}


def _well_rather(tokens: Sequence[Token], at: int) -> set[int]:
    """As in "after one day, well, after two days" and "took fifty minutes. Well, forty": a value of the same sort, at once."""
    end = next((n for n in range(at + 2, len(tokens)) if tokens[n].kind == "mark"), len(tokens))
    rest = [n for n in range(at + 1, end) if tokens[n].kind != "mark"]
    values = [n for n in rest if tokens[n].kind in _ITEMS]
    if len(values) != 1 or len(rest) > 4:
        return set()
    old = [n for n in _places_before(tokens, at) if _replaceable(tokens[n], tokens[values[0]])]
    alike = [n for n in old if _next_low(tokens, n) == _next_low(tokens, values[0])] or (old if rest == values or len(old) == 1 else [])
    return {alike[0] if rest == values and len(alike) > 1 else alike[-1]} if alike else set()


def _in_one_breath(tokens: Sequence[Token], at: int) -> set[int]:
    """As in "there are nine chairs left no eight because", written without marks: the value that follows replaces one of its unit."""
    new = next((n for n in range(at + 1, min(at + 4, len(tokens))) if tokens[n].low not in _LEADS | _STUMBLES), None)
    if new is None or tokens[new].kind not in ("number", "date", "time") or (new + 1 < len(tokens) and tokens[new + 1].content):
        return set()
    before = range(max(0, at - _BREATH), at)
    old = [n for n in before if tokens[n].kind == tokens[new].kind and tokens[n].key[:1] == "#" and _replaceable(tokens[n], tokens[new])]
    return {_likest(tokens, old, new)} if old and tokens[new].key[:1] == "#" else set()


_STUMBLES = frozenset("no uh um er erm".split())
_BREATH = 12


def _next_low(tokens: Sequence[Token], at: int) -> str:
    return tokens[at + 1].low.removesuffix("s") if at + 1 < len(tokens) else ""
