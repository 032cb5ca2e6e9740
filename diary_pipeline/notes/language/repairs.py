"""What a correction replaces: a value, a noun, a verb, its subject, or all that was just said."""

from collections.abc import Sequence

from diary_pipeline.notes.language.correction_cues import Cue
from diary_pipeline.notes.language.lexicon.corrections import (
    ARTICLES_AND_OWNERS,
    CORRECTION_ENDS,
    CORRECTION_LEADS,
    NO_REPLACEMENTS,
)
from diary_pipeline.notes.language.lexicon.people import KIN
from diary_pipeline.notes.language.lexicon.pronouns import PERSONAL_PRONOUNS
from diary_pipeline.notes.language.lexicon.speech import DOUBLING
from diary_pipeline.notes.language.lexicon.verbs import PAST_FORMS
from diary_pipeline.notes.language.value_repairs import Repair, repaired_value, settled_alternative, value_of_another
from diary_pipeline.notes.language.words import VALUE_KINDS, Token

_SHORT, _NEAR = 6, 15
_REPLACES_NONE = NO_REPLACEMENTS | KIN


def repair(tokens: Sequence[Token], cue: Cue, retracted: frozenset[int]) -> Repair | None:
    """What the words after *cue* take back, without what is *retracted* already."""
    retracted_keys = {tokens[n].key for n in retracted if tokens[n].kind in VALUE_KINDS}
    before = [n for n in said_before(tokens, cue) if n not in retracted and tokens[n].key not in retracted_keys]
    if tokens[cue.at - 1].low in ("and", "or") or (
        before and tokens[before[-1]].low in ("and", "or") and not cue.strong
    ):
        return None  # "on Monday and, well, Tuesday" is a list
    clause = _clause(tokens, cue)
    if not before or (not clause and not cue.whole):
        return None
    if not clause:
        return _everything(tokens, before)
    if cue.asks:
        return settled_alternative(tokens, before, clause)
    ways = (_denied_words, _replaced_subject, repaired_value, value_of_another, _replaced_noun, _replaced_verb)
    found = next((made for way in ways if (made := way(tokens, cue, before, clause))), None)
    return found or (_everything(tokens, before) if cue.whole else None)


def _everything(tokens: Sequence[Token], before: Sequence[int]) -> Repair | None:
    """As in "I'll ring tomorrow. No, forget that."."""
    retracted = frozenset(n for n in before if tokens[n].content)
    return Repair(retracted, fits=False) if retracted else None


def said_before(tokens: Sequence[Token], cue: Cue) -> list[int]:
    """Places of the sentence up to the cue; of the sentence before, where the cue opens one."""
    end = cue.at - 1 if cue.marked else cue.at
    start = end
    while start and not (tokens[start - 1].kind == "mark" and tokens[start - 1].low[0] in ".!?…"):
        start -= 1
    return list(range(start if cue.marked else max(start, end - _NEAR), end))


def _clause(tokens: Sequence[Token], cue: Cue) -> list[int]:
    """Places of the correction, up to the next mark; without marks, a few words."""
    end = cue.end
    while end < len(tokens) and tokens[end].kind != "mark":
        if not cue.marked and (end - cue.end >= _SHORT or (end > cue.end and tokens[end].low in CORRECTION_ENDS)):
            break
        end += 1
    return list(range(cue.end, end))


def _denied_words(tokens: Sequence[Token], cue: Cue, before: Sequence[int], clause: Sequence[int]) -> Repair | None:
    """As in "I quit. No, I don't quit" and "the pipe, well, not the pipe"."""
    del cue
    at = next((n for n in clause if tokens[n].low in ("n't", "not")), None)
    thing = next((n for n in clause if at is not None and n > at and tokens[n].low not in ARTICLES_AND_OWNERS), None)
    retracted = frozenset(
        n for n in before if thing is not None and tokens[thing].content and tokens[n].key == tokens[thing].key
    )
    return Repair(retracted, fits=False) if retracted else None


def _replaced_subject(tokens: Sequence[Token], cue: Cue, before: Sequence[int], clause: Sequence[int]) -> Repair | None:
    """As in "I weighed it, that is, Catarina weighed it": the same verb with another subject."""
    del cue
    if len(clause) < 2 or tokens[clause[0]].kind != "name" or tokens[clause[0]].low == tokens[before[0]].low:
        return None
    verb = next((n for n in clause[1:3] if tokens[n].kind == "word"), None)
    old = [n for n in before[1:] if verb is not None and tokens[n].kind == "word" and tokens[n].key == tokens[verb].key]
    if not old:
        return None
    again = {tokens[n].key for n in clause if tokens[n].kind == "name"}
    subject = [
        n for n in before if n < old[-1] and (tokens[n].low in PERSONAL_PRONOUNS or tokens[n].kind in ("name", "word"))
    ][-1:]
    return Repair(frozenset([*subject, old[-1], *(n for n in before if tokens[n].key in again)]), fits=False)


def _replaced_noun(tokens: Sequence[Token], cue: Cue, before: Sequence[int], clause: Sequence[int]) -> Repair | None:
    """As in "in the sluice, no, in the corridor" and "soup, no, stew"."""
    start = 2 if [tokens[n].low for n in clause[:2]] in (["that", "was"], ["it", "was"], ["it", "'s"]) else 0
    lead = [n for n in clause[start:] if tokens[n].low in CORRECTION_LEADS]
    content = [n for n in clause if tokens[n].content]
    if not content or (not cue.strong and not _fragment(tokens, cue, clause, content)):
        return None
    if not lead or lead[0] != clause[start]:
        return _last_word(tokens, cue, before) if not lead and len(clause) - start == 1 and not start else None
    old = [n for n in before if tokens[n].low == tokens[lead[0]].low]
    if not old and tokens[lead[0]].low in ARTICLES_AND_OWNERS:
        old = [n for n in before if tokens[n].low in ARTICLES_AND_OWNERS]
    retracted = [n for n in before if old and n > old[-1] and tokens[n].content][:2]
    return Repair(frozenset(retracted), fits=True) if retracted else None


def _fragment(tokens: Sequence[Token], cue: Cue, clause: Sequence[int], content: Sequence[int]) -> bool:
    """Whether only a noun follows a weak cue: "no, the cellar", not "no idea", "no, really"."""
    plain = len(content) <= 2 and all(tokens[n].content or tokens[n].low in CORRECTION_LEADS for n in clause)
    words = [tokens[n] for n in content]
    return (
        cue.closed
        and cue.marked
        and plain
        and all(t.kind == "word" and t.low not in _REPLACES_NONE and not t.low.endswith("ly") for t in words)
        and ("sorry" not in cue.parts or tokens[clause[0]].low in CORRECTION_LEADS)
        and not set(cue.parts) & {"well", "actually", "wait"}
    )


def _last_word(tokens: Sequence[Token], cue: Cue, before: Sequence[int]) -> Repair | None:
    last = before[-1]
    return Repair(frozenset([last]), fits=True) if tokens[last].kind == "word" and cue.closed and cue.marked else None


def _replaced_verb(tokens: Sequence[Token], cue: Cue, before: Sequence[int], clause: Sequence[int]) -> Repair | None:
    """As in "I sold it, no, actually, I lent it": the last verb of the same subject."""
    at_once = (
        cue.parts == ("no",)
        and cue.closed
        and tokens[cue.at - 1].low == ","
        and tokens[clause[0]].low in PERSONAL_PRONOUNS
    )
    if not (cue.strong or at_once) or any(tokens[n].low in ("n't", "not") for n in clause):
        return None
    subject = tokens[clause[0]].low if tokens[clause[0]].low in PERSONAL_PRONOUNS else ""
    new = clause[1] if subject and len(clause) > 1 else clause[0]
    start = max((n for n in before if tokens[n].low == subject), default=None) if subject else before[0]
    if not _is_past_verb(tokens[new]) or start is None:
        return None
    old = [n for n in before if n >= start and _is_past_verb(tokens[n]) and tokens[n].key != tokens[new].key]
    return Repair(frozenset(old[:1] if subject else old[-1:]), fits=not subject) if old else None


def _is_past_verb(token: Token) -> bool:
    low = token.low.split()[0]
    return token.kind == "word" and low not in DOUBLING and (low in PAST_FORMS or (low.endswith("ed") and len(low) > 4))
