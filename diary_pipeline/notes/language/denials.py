"""Denials: which words are denied by "not", "nobody", "refused", "I said no", and which only look so."""

from collections.abc import Sequence

from diary_pipeline.notes.language import lexicon
from diary_pipeline.notes.language.spans import VERBS
from diary_pipeline.notes.language.words import Token

_NO_COMPANY = {"no": ("wait", "sorry"), "not": ("only", "just"), "n't": ("only", "just")}
_ENDS_NEGATION = frozenset("but because so although though while whereas if unless until when which who since and".split())


def denies(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word at *at* denies what follows it."""
    low = tokens[at].low
    if low not in lexicon.NEGATIONS or cancelled(tokens, at):
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or after.kind == "mark" or after.low in _NO_COMPANY.get(low, ()):
        return False
    if low == "no" and (after.low == "one" or at == 0 or tokens[at - 1].kind == "mark"):
        return after.low != "one" and after.kind == "word" and at > 0 and tokens[at - 1].low != ","
    if low in ("n't", "not") and any(tokens[n].low == "until" for n in _reach_to_until(tokens, at)):
        return False  # "not until ten" says when, not that it was not
    eager = after.low == "wait" and at > 0 and tokens[at - 1].low == "can"  # who "can't wait" is looking forward
    return not (low in ("n't", "not") and (eager or after.low == "mind")) and not (low == "no" and after.low in ("doubt", "matter"))


def elliptic(tokens: Sequence[Token], at: int) -> bool:
    """A denial whose verb stands elsewhere: "She has answered, but he has not"."""
    ends = at + 1 >= len(tokens) or tokens[at + 1].kind == "mark"
    return ends and at > 0 and tokens[at].low in ("not", "n't") and tokens[at - 1].low in VERBS


def governor(tokens: Sequence[Token], at: int) -> int:
    """Where a denial begins to reach: "saw no eagles" and "paid nothing" deny the verb before them too."""
    if at and tokens[at].low in ("no", "nothing", "nobody", "none") and tokens[at - 1].kind == "word" and not VERBS & {tokens[at - 1].low}:
        return at - 1
    return at + 1


def says_no(tokens: Sequence[Token], at: int) -> bool:
    """As in "She asked me to come, and I said no"."""
    return tokens[at].low == "no" and at > 0 and tokens[at - 1].low in ("said", "say", "says", "saying", "answered")


def cancelled(tokens: Sequence[Token], at: int) -> bool:
    """As in "Must not forget" is "must remember"."""
    before, after = [t.low for t in tokens[max(0, at - 2) : at]], [t.low for t in tokens[at + 1 : at + 3]]
    if tokens[at].low in ("forget", "fail"):
        return "n't" in before or "not" in before
    return tokens[at].low in ("n't", "not") and bool({"forget", "fail"} & set(after))


def _reach_to_until(tokens: Sequence[Token], at: int) -> range:
    end = at
    while end < len(tokens) and tokens[end].kind != "mark":
        end += 1
    return range(at, end)


def reach_of_negation(tokens: Sequence[Token], start: int) -> range:
    """To the next mark or conjunction."""
    end = start
    while end < len(tokens) and tokens[end].kind != "mark" and tokens[end].low not in _ENDS_NEGATION:
        end += 1
    return range(start, end)
