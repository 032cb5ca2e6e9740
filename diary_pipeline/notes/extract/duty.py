"""Whose duty it is, and whether it is one: "I must call" is; "I must say", "he says I should" are not."""

from collections.abc import Sequence

from diary_pipeline.notes.evidence.participants import subject
from diary_pipeline.notes.extract.clauses import Sentence
from diary_pipeline.notes.language.lexicon.modality import (
    BARE_DUTY_CUES,
    DOUBT_ADVERBS,
    HYPOTHETICAL_CUES,
    IDLE_VERBS,
    REMINDING,
)
from diary_pipeline.notes.language.lexicon.negation import NOT
from diary_pipeline.notes.language.lexicon.pronouns import DUMMY_SUBJECTS, THIRD_PERSON
from diary_pipeline.notes.language.lexicon.speech import OPINION_REPORTS, WRITTEN_REPORTS
from diary_pipeline.notes.language.scopes import Scope

_GUESS = NOT | {"have", "be"}
_THERE = {"in", "at"} | {"there", "back", "home"}  # where one has to be
_OTHERS = THIRD_PERSON | {"you", "it"}
_NOT_I = _OTHERS | DUMMY_SUBJECTS | {"that", "this"} | {"who", "which"}
_WEAK_DUTY_CUES = {"have", "need"} | {"must", "should"}
_NO_DUTY = {"must", "should"}


def is_speakers_duty(sentence: Sentence, scope: Scope) -> bool:
    """Whether the duty is the speaker's: of "I" or "we", or a reminder that names nobody."""
    if scope.head == scope.cue:
        return True
    cue = sentence.reading.tokens[scope.cue].low
    bearer = duty_bearer(sentence, scope.cue)
    return (
        bearer == "first"
        or (bearer is None and cue in REMINDING and sentence.reading.tokens[scope.cue].first)
        or (cue in BARE_DUTY_CUES and bearer is None and _opens(sentence, scope.cue))
    )


def _opens(sentence: Sentence, at: int) -> bool:
    """Whether only small words and marks stand before it: "Don't forget", "Tomorrow, must call"."""
    return all(not t.content or t.kind == "date" for t in sentence.reading.tokens[sentence.first : at]) and not any(
        t.low in _OTHERS for t in sentence.reading.tokens[sentence.first : at]
    )


def duty_bearer(sentence: Sentence, at: int) -> str | None:
    """Who has the duty of the cue at *at*: "first", a word for another, None where nobody stands before it."""
    tokens = sentence.reading.tokens
    for n in range(at - 1, sentence.first - 1, -1):
        low = tokens[n].low
        if low in ("i", "we"):
            return "first"
        if low in _NOT_I or (tokens[n].kind in ("name", "word") and not low.endswith("ly")):
            return _coordinated(sentence, n) if tokens[n].kind == "word" else low
    return None


def _coordinated(sentence: Sentence, at: int) -> str:
    """As in "I went home and must call": the subject of the verb before, if the two are joined."""
    joined = any(t.low in ("and", "but") for t in sentence.reading.tokens[at : at + 4])
    return (subject(sentence.reading, at) or "noun") if joined else "noun"


def vetoed(sentence: Sentence, scope: Scope, start: int) -> bool:
    """Whether it is no duty: a manner of speaking, a guess, what would be, what others say."""
    tokens = sentence.reading.tokens
    if scope.head == scope.cue and WRITTEN_REPORTS & {t.low for t in tokens[sentence.first : sentence.end]}:
        return True
    if start >= sentence.end or tokens[start].kind == "mark":
        return True
    cue, head = tokens[scope.cue].low, tokens[start].low
    before = [t.low for t in tokens[sentence.first : scope.cue]]
    if any(low in HYPOTHETICAL_CUES for low in before[-3:]) and cue in ("have", "need"):
        return True
    if (
        cue in _NO_DUTY
        and next((t.low for t in tokens[scope.cue + 1 : sentence.end] if not t.low.endswith("ly")), "") in _GUESS
    ):
        return True
    if cue in ("meant", "supposed") and any(low in ("was", "were") for low in before[-3:]):
        return True
    hedged = cue in ("should", "ought") and bool({t.low for t in tokens[scope.cue : start + 2]} & DOUBT_ADVERBS)
    there = head == "be" and cue != "must" and start + 1 < sentence.end and tokens[start + 1].low in _THERE
    there = there and any(
        t.kind in ("date", "time", "number") for t in tokens[sentence.first : sentence.end]
    )  # at an appointed time
    return (
        hedged
        or (head in IDLE_VERBS and not there and cue in _WEAK_DUTY_CUES)
        or bool(OPINION_REPORTS & set(_clause_before(before)))
        or '"' in before
    )


def _clause_before(before: Sequence[str]) -> list[str]:
    """The words since the last "and I" or "so": "the doctor said X, and I should" reports nothing."""
    for n in range(len(before) - 1, -1, -1):
        if before[n] in ("and", "but", "so", ";") and before[n + 1 : n + 2] in (["i"], ["we"], ["that"]):
            return list(before[n + 1 :])
    return list(before)
