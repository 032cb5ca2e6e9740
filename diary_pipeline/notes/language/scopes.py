"""What a clause does with its words: denies them, plans them, has to do them, only might. One scope per cue, its head first.

What belongs here: cues and how far they reach. What does not: comparing two texts (`evidence`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from diary_pipeline.notes.language import lexicon
from diary_pipeline.notes.language.words import Token, is_denial

Label = Literal["not", "duty", "wish", "plan", "maybe", "if", "asked", "unreal"]
_NO_COMPANY = {"no": ("wait", "sorry"), "not": ("only", "just"), "n't": ("only", "just")}
_CUES: dict[tuple[str, ...], Label] = {
    ("have", "to"): "duty",
    ("has", "to"): "duty",
    ("need", "to"): "duty",
    ("needs", "to"): "duty",
    ("must",): "duty",
    ("should",): "duty",
    ("ought", "to"): "duty",
    ("got", "to"): "duty",
    ("supposed", "to"): "duty",
    ("meant", "to"): "duty",
    ("remember", "to"): "duty",
    ("remind", "me", "to"): "duty",
    ("make", "sure", "to"): "duty",
    ("forget", "to"): "duty",  # only where it is denied
    ("'d", "better"): "duty",
    ("want", "to"): "wish",
    ("wants", "to"): "wish",
    ("wanted", "to"): "wish",
    ("would", "like"): "wish",
    ("'d", "like"): "wish",
    ("'d", "love"): "wish",
    ("would", "love"): "wish",
    ("hope", "to"): "wish",
    ("hoping", "to"): "wish",
    ("plan", "to"): "wish",
    ("planning", "to"): "wish",
    ("planned", "to"): "wish",
    ("thinking", "of"): "wish",
    ("thinking", "about"): "wish",
    ("was", "going", "to"): "unreal",
    ("were", "going", "to"): "unreal",
    ("tried", "to"): "unreal",
    ("trying", "to"): "unreal",
    ("would", "have"): "unreal",
    ("nearly",): "unreal",
    ("dream",): "unreal",
    ("dreamt",): "unreal",
    ("dreamed",): "unreal",
    ("will",): "plan",
    ("'ll",): "plan",
    ("going", "to"): "plan",
    ("about", "to"): "plan",
    ("might",): "maybe",
    ("may",): "maybe",
    ("could",): "maybe",
    ("maybe",): "maybe",
    ("perhaps",): "maybe",
    ("possibly",): "maybe",
    ("probably",): "maybe",
    ("would",): "maybe",
}
_ASKING = frozenset("asked ask asks asking told tell tells wants want wanted begged reminded urged invited like love texted".split())
_BIDDEN = frozenset("say write claim pretend imagine suppose state declare print repeat answer reply report".split())
_WHETHER = frozenset("asked ask asks asking know knows wonder wondered wonders see check checked sure unsure ask".split())
_SUBJECTS = frozenset("i we he she they it you that this there who".split())
_TO_ONESELF = frozenset("note self reminder memo remember first then".split())
_OBJECTS = frozenset("me us him her them you everyone everybody".split())
_DETERMINERS = frozenset("the a an my our his her their your this that these those".split())
_VERBS = frozenset("is are was were has have had 's 're will 'll can could do does did must should might may".split())
_ENDS_NEGATION = frozenset("but because so although though while whereas if unless until when which who since and".split())


@dataclass(frozen=True)
class Scope:
    """A cue and the words that it governs; *head* is the first of them that says something."""

    label: Label
    cue: int
    members: tuple[int, ...]
    head: int | None


def scopes(tokens: Sequence[Token]) -> tuple[Scope, ...]:
    """All scopes of *tokens*, in order of their cues."""
    made: list[Scope] = []
    used = 0
    for at in range(len(tokens)):
        if _denies(tokens, at):
            made.append(_scope("not", at, _reach_of_negation(tokens, at + 1), tokens))
        elif _elliptic(tokens, at):
            made.append(Scope("not", at, _scope("not", at, _sentence(tokens, at), tokens).members, None))
        elif tokens[at].kind == "word" and is_denial(tokens[at].low):
            made.append(Scope("not", at, (at,), at))
        if at >= used and (found := _cue(tokens, at)):
            label, width = found
            used = at + width
            made.append(_scope(label, at, _reach(tokens, at + width), tokens))
        if _orders(tokens, at):
            made.append(Scope("duty", at, tuple(n for n in _reach(tokens, at) if tokens[n].content), at))
        if (
            at
            and (tokens[at - 1].low, tokens[at].low) in (("instead", "of"), ("rather", "than"))
            and tokens[min(at + 1, len(tokens) - 1)].kind not in ("number", "time", "date", "name")
        ):
            made.append(_scope("not", at, _reach_of_negation(tokens, at + 1), tokens))
        if tokens[at].low in ("if", "unless") and not _whether(tokens, at):
            made.append(_scope("if", at, _sentence(tokens, at), tokens))
        if _puts_into_a_mouth(tokens, at):
            made.append(_scope("unreal", at, range(at + 1, _sentence(tokens, at).stop), tokens))
    return tuple(made)


def _puts_into_a_mouth(tokens: Sequence[Token], at: int) -> bool:
    """As in "and say that I won": what somebody is bidden to say did not happen by that."""
    if tokens[at].low not in _BIDDEN or at + 1 >= len(tokens) or tokens[at + 1].low not in {"that", *_SUBJECTS}:
        return False
    return at == _sentence(tokens, at).start or tokens[at - 1].kind == "mark" or tokens[at - 1].low in ("and", "then", "please", "just")


def _orders(tokens: Sequence[Token], at: int) -> bool:
    """An order or reminder: a sentence, or a clause after a comma of one, that opens with what to do."""
    if tokens[at].low not in lexicon.DEEDS or at + 1 >= len(tokens) or tokens[at + 1].kind == "mark":
        return False
    if (
        tokens[at + 1].low in _VERBS
        or tokens[at + 1].low in ("of", "in", "on", "n't", "not")
        or (tokens[at].text[0].isupper() and not tokens[at].first)
    ):
        return False
    start = _sentence(tokens, at).start
    before = tokens[start:at]
    if before and not (before[-1].kind == "mark" or before[-1].low in ("please", "and")):
        return False
    bare = all(not t.content or t.kind == "date" or t.low in _TO_ONESELF for t in before)
    return (bare and not any(t.low in _SUBJECTS or t.low in _VERBS for t in before)) or (start < at and _orders(tokens, start))


def _scope(label: Label, cue: int, members: range, tokens: Sequence[Token]) -> Scope:
    content = tuple(at for at in members if tokens[at].content)
    bare = label != "not" and any(tokens[at].low == "do" for at in members[:2])  # "would do it": what is done is not named
    return Scope(label, cue, content, content[0] if content and not bare else None)


def _denies(tokens: Sequence[Token], at: int) -> bool:
    low = tokens[at].low
    if low not in lexicon.NEGATIONS or _cancelled(tokens, at):
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


def _elliptic(tokens: Sequence[Token], at: int) -> bool:
    """A denial whose verb stands elsewhere: "She has answered, but he has not"."""
    ends = at + 1 >= len(tokens) or tokens[at + 1].kind == "mark"
    return ends and at > 0 and tokens[at].low in ("not", "n't") and tokens[at - 1].low in _VERBS


def _cancelled(tokens: Sequence[Token], at: int) -> bool:
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


def _reach_of_negation(tokens: Sequence[Token], start: int) -> range:
    end = start
    while end < len(tokens) and tokens[end].kind != "mark" and tokens[end].low not in _ENDS_NEGATION:
        end += 1
    return range(start, end)


def _cue(tokens: Sequence[Token], at: int) -> tuple[Label, int] | None:
    lows = [t.low for t in tokens[at : at + 5]]
    if lows[0] in _ASKING and (width := _asking(tokens, at)):
        return "asked", width
    for width in (3, 2, 1):
        label = _CUES.get(tuple(lows[:width]))
        if label and len(lows) > width and _real_cue(tokens, at, width, label):
            return label, width
    return None


def _real_cue(tokens: Sequence[Token], at: int, width: int, label: Label) -> bool:
    cue, after = " ".join(t.low for t in tokens[at : at + width]), tokens[at + width]
    if cue == "forget to" and not _cancelled(tokens, at):
        return False
    if cue in ("would", "could") and after.low in ("n't", "not"):
        return False  # who would not, refused; who could not, did not
    if cue.endswith("going to") and (after.low in _DETERMINERS or after.kind == "name"):
        return False
    if cue == "may" and tokens[at].text != "may":
        return False
    if cue == "will" and tokens[at].text.lower() not in ("will", "wo") and not tokens[at].first:
        return False
    return not (cue in ("got to", "meant to", "supposed to") and label == "duty" and after.low in _DETERMINERS)


def _asking(tokens: Sequence[Token], at: int) -> int:
    """Asked me to ..., wants Maya to ..., asked whether ...: how many words the cue has, 0 if it is none."""
    for width in range(1, 5):
        if at + width >= len(tokens):
            return 0
        low = tokens[at + width].low
        if low == "to" and width > 1:
            return width + 1
        if low in ("if", "whether"):
            return width + 1
        if not (low in _OBJECTS or low in _DETERMINERS or tokens[at + width].kind in ("name", "word")):
            return 0
    return 0


def _reach(tokens: Sequence[Token], start: int) -> range:
    """To the end of the sentence, or to a new subject."""
    end = start
    while end < len(tokens):
        low = tokens[end].low
        if tokens[end].kind == "mark" and low[0] in ".!?…;":
            break
        if low in ("but", "because", "although", "though", "so", "while") or (
            (low == "and" or tokens[end].kind == "mark") and _new_subject(tokens, end + 1)
        ):
            break
        end += 1
    return range(start, end)


def _new_subject(tokens: Sequence[Token], at: int) -> bool:
    if at < len(tokens) and tokens[at].low in ("and", "but", "or"):
        at += 1
    if at >= len(tokens):
        return False
    if tokens[at].low in _SUBJECTS:
        return True
    following = [t.low for t in tokens[at + 1 : at + 5]]
    return (tokens[at].kind == "name" or tokens[at].low in _DETERMINERS) and any(low in _VERBS for low in following)


def _whether(tokens: Sequence[Token], at: int) -> bool:
    return any(t.low in _WHETHER for t in tokens[max(0, at - 3) : at])


def _sentence(tokens: Sequence[Token], at: int) -> range:
    start = at
    while start and not (tokens[start - 1].kind == "mark" and tokens[start - 1].low[0] in ".!?…"):
        start -= 1
    end = at
    while end < len(tokens) and not (tokens[end].kind == "mark" and tokens[end].low[0] in ".!?…"):
        end += 1
    return range(start, end)
