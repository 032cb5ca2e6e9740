"""Cues of duties, wishes, plans, possibilities and requests, and where such a word is no cue."""

from collections.abc import Sequence
from typing import Literal

from diary_pipeline.notes.language.denials import cancelled
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_FINITE, BE_PRESENT, CORE_MODALS, INVERTED_AUXILIARIES
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.modality import (
    ABILITY_CUES,
    CONDITIONAL_CUES,
    DUTY_CUES,
    PLAN_CUES,
    POSSIBILITY_CUES,
    REQUEST_CUES,
    UNREAL_CUES,
    WANT_OR_NEED,
    WISH_CUES,
)
from diary_pipeline.notes.language.lexicon.prepositions import MONTH_OPENERS
from diary_pipeline.notes.language.lexicon.pronouns import (
    DEMONSTRATIVES,
    INTERROGATIVES,
    OBJECT_PRONOUNS,
    POSSESSIVES,
    SUBJECT_PRONOUNS,
    THIRD_PERSON_OBJECTS,
)
from diary_pipeline.notes.language.lexicon.speech import ANNOUNCEMENTS, ASKING, CALLING_VERBS, REQUEST_VERBS
from diary_pipeline.notes.language.lexicon.verbs import BARE_VERBS, PAST_FORMS, TODO_VERBS
from diary_pipeline.notes.language.words import Token

Label = Literal["not", "duty", "wish", "plan", "maybe", "able", "would", "if", "asked", "unreal"]
_PHRASES: dict[Label, frozenset[str]] = {
    "duty": DUTY_CUES,
    "wish": WISH_CUES,
    "asked": REQUEST_CUES,
    "unreal": UNREAL_CUES,
    "plan": PLAN_CUES,
    "able": ABILITY_CUES,
    "maybe": POSSIBILITY_CUES,
    "would": CONDITIONAL_CUES,
}
_CUES: dict[tuple[str, ...], Label] = {tuple(cue.split()): label for label, cues in _PHRASES.items() for cue in cues}
_OBJECTS = OBJECT_PRONOUNS | {"you", "everyone", "everybody"}


def cue_at(tokens: Sequence[Token], at: int) -> tuple[Label, int] | None:
    """The label of the cue that begins at *at*, and how many tokens it has."""
    lows = [t.low for t in tokens[at : at + 5]]
    if lows[0] in REQUEST_VERBS and (width := _asking(tokens, at)):
        return "asked", width
    if lows[0] in CALLING_VERBS and lows[1:2] == [","] and _inverted(tokens, at + 2):
        return "asked", 2
    if (
        lows[0] in WANT_OR_NEED
        and lows[1:2]
        and lows[1] in _THINGS
        and len(lows) > 2
        and _is_participle(tokens[at + 2])
    ):
        return "wish", 2
    for width in (3, 2, 1):
        label = _CUES.get(tuple(lows[:width]))
        if label and len(lows) > width and _real_cue(tokens, at, width, label):
            return ("plan" if label == "would" and _reported(tokens, at) else label), width
    return None


def _is_participle(token: Token) -> bool:
    """As in "wants it painted"."""
    return token.kind == "word" and (token.low.endswith("ed") or token.low in PAST_FORMS)


_OWNERS = POSSESSIVES | {"your", "'s"}
_TO_COME = CORE_MODALS | {"'ll", "'d", "going"}
_THINGS = THIRD_PERSON_OBJECTS | DEMONSTRATIVES | {"it"}


def _reported(tokens: Sequence[Token], at: int) -> bool:
    """Whether a "would" reports a plan: "He said he'd send somebody"."""
    return any(t.low in ANNOUNCEMENTS for t in tokens[max(0, at - 4) : at])


def _real_cue(tokens: Sequence[Token], at: int, width: int, label: Label) -> bool:
    cue, after = " ".join(t.low for t in tokens[at : at + width]), tokens[at + width]
    thing = after.low in DETERMINERS or after.kind == "name"
    after_next = tokens[at + width + 1] if at + width + 1 < len(tokens) else None
    return not (
        (
            after.low == "have" and (after_next is None or after_next.kind == "mark" or after_next.low == "that")
        )  # "than I should have"
        or (cue == "needed to" and at > 0 and tokens[at - 1].low in BE_FINITE)  # "two were needed to carry it"
        or (cue == "turn to" and not (at > 0 and tokens[at - 1].low in _OWNERS))
        or (cue == "forget to" and not cancelled(tokens, at))
        or (thing and cue.endswith((*(f"{be} to" for be in BE_PRESENT), "going to")))  # "it is to the left"
        or (
            cue in ("would", "could", "can") and after.low in ("n't", "not")
        )  # who would not, refused; who could not, did not
        or (
            cue.startswith("thinking") and not _gerund(after) and after.low not in ("either", "not")
        )  # thinking of somebody
        or (cue == "'d" and not _bare_verb(after))
        or (cue == "may" and (tokens[at].text != "may" or (at > 0 and tokens[at - 1].low in MONTH_OPENERS)))
        or (cue == "will" and tokens[at].text.lower() not in ("will", "wo") and not tokens[at].first)
        or (cue in ("got to", "meant to", "supposed to") and label == "duty" and after.low in DETERMINERS)
    )


def _asks_what_is_open(tokens: Sequence[Token], at: int) -> bool:
    """As in "asked when I'll sell it" and "asked would I sell it"; "asked why I sold it" says that I did."""
    if tokens[at].low in CORE_MODALS:
        return at + 1 < len(tokens) and tokens[at + 1].low in _SUBJECTS
    end = next((n for n in range(at, len(tokens)) if tokens[n].kind == "mark"), len(tokens))
    lows = [t.low for t in tokens[at + 1 : min(end, at + 6)]]
    return tokens[at].low in INTERROGATIVES and lows[:1] != ["to"] and bool(set(lows) & _TO_COME)


def _asks(tokens: Sequence[Token], at: int) -> bool:
    """As in "he asked me, are you coming" and "I told her, ask me later"."""
    if at + 1 >= len(tokens):
        return False
    return _inverted(tokens, at) or (tokens[at].low in TODO_VERBS and tokens[at + 1].low not in PAST_FORMS)


def _inverted(tokens: Sequence[Token], at: int) -> bool:
    """As in "are you coming"."""
    return at + 1 < len(tokens) and tokens[at].low in INVERTED_AUXILIARIES and tokens[at + 1].low in _SUBJECTS


_SUBJECTS = SUBJECT_PRONOUNS | {"the"}


def _gerund(token: Token) -> bool:
    return token.low.partition(" ")[0].endswith("ing")


def _bare_verb(token: Token) -> bool:
    """As in "I'd hate to"; not "I'd read", "I'd never seen"."""
    return (
        token.kind == "word"
        and token.low not in PAST_FORMS
        and not token.low.endswith("ed")
        and token.low in BARE_VERBS
    )


def _asking(tokens: Sequence[Token], at: int) -> int:
    """How many tokens a request has ("asked me to", "wants Maya to", "asked whether"); 0 if it is none."""
    for width in range(1, 5):
        if at + width >= len(tokens):
            return 0
        low = tokens[at + width].low
        if low == "," and width < 4 and _asks(tokens, at + width + 1):
            return width + 1
        if low == "not" and width > 1:
            continue
        if low == "to" and (width > 1 or tokens[at].low in ("asked", "asks")):
            return width + 1
        if low in ("if", "whether") or (tokens[at].low in ASKING and _asks_what_is_open(tokens, at + width)):
            return width + 1
        if not (low in _OBJECTS or low in DETERMINERS or tokens[at + width].kind in ("name", "word")):
            return 0
    return 0
