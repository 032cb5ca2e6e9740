"""Denials: which words "not", "nobody", "refused", "I said no" deny, and where such a word denies nothing."""

from collections.abc import Sequence

from diary_pipeline.notes.language.lexicon.auxiliaries import CLAUSE_AUXILIARIES
from diary_pipeline.notes.language.lexicon.conjunctions import CONJUNCTIONS
from diary_pipeline.notes.language.lexicon.negation import (
    AFTER_PLAIN_NO,
    DECIDING,
    LEAVING,
    NEGATION_RAISERS,
    NEGATIONS,
    NEGATIVE_PRONOUNS,
)
from diary_pipeline.notes.language.lexicon.pronouns import PERSONAL_PRONOUNS, POSSESSIVES
from diary_pipeline.notes.language.lexicon.speech import SAYING_NO
from diary_pipeline.notes.language.lexicon.verbs import BARE_VERBS, IRREGULAR, PAST_FORMS
from diary_pipeline.notes.language.words import Token

_DENIES_VERB_BEFORE = NEGATIVE_PRONOUNS | {"no"}
_BEFORE_REFUSAL = PERSONAL_PRONOUNS | {"and", "but"}
_OWNED = POSSESSIVES | {"the"}
_NO_COMPANY = {"no": ("wait", "sorry"), "not": ("only", "just"), "n't": ("only", "just")}
_ENDS_NEGATION = CONJUNCTIONS - {"or", "as"} - {"after", "before"}


def denies(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word at *at* denies what follows it."""
    low = tokens[at].low
    ran_out = low in ("ran", "run", "running") and [t.low for t in tokens[at + 1 : at + 3]] == ["out", "of"]
    against = ran_out or (low == "against" and at and tokens[at - 1].low in DECIDING)
    if low in ("turned down", "turn down", "turns down") or against or _ceases(tokens, at) or _left_behind(tokens, at):
        return True
    if low not in NEGATIONS or says_no(tokens, at) or cancelled(tokens, at):
        return False
    if low in NEGATIVE_PRONOUNS and governor(tokens, at) < at:
        return True
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or after.kind == "mark" or after.low in _NO_COMPANY.get(low, ()):
        return False
    if low == "no" and (after.low == "one" or at == 0 or tokens[at - 1].kind == "mark"):
        return after.kind == "word" and after.low not in AFTER_PLAIN_NO
    return not _only_seems(tokens, at, after.low)


def _ceases(tokens: Sequence[Token], at: int) -> bool:
    """As in "They have stopped talking"."""
    return tokens[at].low in ("stopped", "stops") and at + 1 < len(tokens) and tokens[at + 1].low.endswith("ing")


def _left_behind(tokens: Sequence[Token], at: int) -> bool:
    """As in "left my keys behind", which were not brought."""
    rest = [t.low for t in tokens[at + 1 : at + 6]]
    return tokens[at].low in LEAVING and "behind" in rest and not {",", "."} & set(rest[: rest.index("behind")])


def _only_seems(tokens: Sequence[Token], at: int, after: str) -> bool:
    """Whether it denies nothing: "not until ten", "can't wait", "don't mind", "no doubt", "it failed twice"."""
    low = tokens[at].low
    if low in ("n't", "not"):
        eager = after == "wait" and at > 0 and tokens[at - 1].low == "can"
        return eager or after == "mind" or any(tokens[n].low == "until" for n in _reach_to_until(tokens, at))
    if low.startswith("fail"):
        return after != "to" and after not in _OWNED
    return low == "no" and after in ("doubt", "matter")


def elliptic(tokens: Sequence[Token], at: int) -> bool:
    """Whether the denied verb is elsewhere: "She has answered, but he has not"."""
    ends = at + 1 >= len(tokens) or tokens[at + 1].kind == "mark"
    return ends and at > 0 and tokens[at].low in ("not", "n't") and tokens[at - 1].low in CLAUSE_AUXILIARIES


def governor(tokens: Sequence[Token], at: int) -> int:
    """Where a denial begins to reach: "saw no eagles" and "paid nothing" deny the verb before them too."""
    low = tokens[at].low
    if not at or low not in _DENIES_VERB_BEFORE or tokens[at - 1].low in CLAUSE_AUXILIARIES:
        return at + 1
    if low in ("nobody", "none") and at + 1 < len(tokens) and _verbal(tokens[at + 1]):
        return at + 1
    if tokens[at - 1].kind == "word":
        return at - 1
    return at + 1


def _verbal(token: Token) -> bool:
    """Whether it may be what nobody did: "nobody buys records"."""
    bare = token.low in CLAUSE_AUXILIARIES or token.low in PAST_FORMS or token.low.removesuffix("s") in BARE_VERBS
    return bare or token.low.endswith("ed") or token.low in IRREGULAR


def left_undone(tokens: Sequence[Token], at: int) -> bool:
    """As in "He was supposed to bring the chairs, and he forgot"."""
    ends = at + 1 >= len(tokens) or tokens[at + 1].kind == "mark" or tokens[at + 1].low in ("and", "but", "so")
    return (
        ends
        and at > 0
        and tokens[at].low in ("forgot", "refused", "declined")
        and tokens[at - 1].low in _BEFORE_REFUSAL
    )


def says_no(tokens: Sequence[Token], at: int) -> bool:
    """As in "She asked me to come, and I said no"."""
    return tokens[at].low == "no" and at > 0 and tokens[at - 1].low in SAYING_NO


def cancelled(tokens: Sequence[Token], at: int) -> bool:
    """Whether two denials cancel each other: "must not forget" is "must remember"."""
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
    """Up to the next mark, conjunction or new subject."""
    end = start
    while end < len(tokens) and tokens[end].kind != "mark" and tokens[end].low not in _ENDS_NEGATION:
        first = next((t.low for t in tokens[start:end] if t.content), None)
        if first is not None and tokens[end].low in PERSONAL_PRONOUNS and first not in NEGATION_RAISERS:
            break
        end += 1
    return range(start, end)
