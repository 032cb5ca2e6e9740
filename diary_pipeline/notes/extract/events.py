"""Events: what will happen on a day or at an hour that the speaker names."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from diary_pipeline.notes.extract.clauses import Sentence
from diary_pipeline.notes.extract.clean import clean
from diary_pipeline.notes.language.lexicon.auxiliaries import FUTURE_CUES
from diary_pipeline.notes.language.lexicon.dates import LATE_PARTS_OF_DAY, PARTS_OF_DAY, REPEATED_DAYS, WEEKDAYS
from diary_pipeline.notes.language.lexicon.discourse import DATE_OPENERS, SENTENCE_OPENERS
from diary_pipeline.notes.language.lexicon.notation import one_of
from diary_pipeline.notes.language.lexicon.pronouns import PERSONAL_PRONOUNS, THIRD_PERSON, THIRD_PERSON_POSSESSIVES
from diary_pipeline.notes.language.lexicon.quantities import BEFORE_EVENT_NOUNS
from diary_pipeline.notes.language.lexicon.verbs import EVENT_VERBS, NO_THIRD_PERSON
from diary_pipeline.notes.language.when import SpokenMoment
from diary_pipeline.schema import Event, Todo

_PRONOUNS = THIRD_PERSON | THIRD_PERSON_POSSESSIVES | {"it", "this", "that"} | {"which"}
_PRESENT_OR_FUTURE = FUTURE_CUES | {"am", "has", "have"} | {"wants", "want"}
_LEADING = re.compile(rf"^{one_of(SENTENCE_OPENERS | {'that'})}\b[\s,]*", re.IGNORECASE)
_JOINING = re.compile(rf"^{one_of(SENTENCE_OPENERS)}\b[\s,]*", re.IGNORECASE)


def events(sentences: Sequence[Sentence], todos: Sequence[Todo]) -> tuple[Event, ...]:
    """All events to come, in the order of the words."""
    found: list[Event] = []
    for number, sentence in enumerate(sentences):
        before = sentences[number - 1] if number else None
        for start, end in _clauses(sentence):
            event = _event(sentence, before, start, end, todos)
            if event is not None and all(
                (event.when, event.segments) != (other.when, other.segments) for other in found
            ):
                found.append(event)
    return tuple(found)


def _clauses(sentence: Sentence) -> list[tuple[int, int]]:
    at, spans = sentence.first, []
    while at < sentence.end:
        start, end = sentence.clause(at)
        if end > start:
            spans.append((start, end))
        at = max(end, at) + 1
    return spans


def _event(sentence: Sentence, before: Sentence | None, start: int, end: int, todos: Sequence[Todo]) -> Event | None:
    for named in sentence.moments(start, end):
        if _left_behind(named, sentence, end):
            continue
        moment = _in_order(named, sentence)
        when = _when(moment, sentence.spoken_at)
        if when and moment.day is None and moment.clock and not _today(sentence, start, end):
            when = None  # "the wedding starts at one": on which day, nobody said
        elif when is None:
            continue
        if moment.past or not _happens(sentence, start, end, moment):
            continue
        if any(
            sentence.cited[0] in todo.segments
            and (todo.said in sentence.said(start, end) or sentence.said(start, end) in todo.said)
            for todo in todos
        ):
            continue
        said = sentence.said(start, end)
        cited = list(sentence.cited)
        if sentence.reading.tokens[start].low in _PRONOUNS and before is not None:
            cited[:0] = before.cited
        words = (_LEADING if start > sentence.first else _JOINING).sub("", clean(said)).strip(" ,.;:!?…-")
        return Event(
            text=words[:1].upper() + words[1:],
            when=when,
            said=sentence.verbatim(said),
            segments=tuple(dict.fromkeys(cited)),
        )
    return None


def _left_behind(moment: SpokenMoment, sentence: Sentence, end: int) -> bool:
    """As in "from Tuesday to Thursday": the day that it moves away from."""
    moved = moment.first > 0 and sentence.reading.tokens[moment.first - 1].low == "from"
    return moved and bool(sentence.moments(moment.end, end))


def resolved(moment: SpokenMoment, sentence: Sentence, start: int, end: int) -> str | None:
    """A moment of the clause in ISO form, None if unclear. An hour without a day is today's if the clause says so."""
    moment = _in_order(moment, sentence)
    if moment.clock and moment.day is None:
        return _when(moment, sentence.spoken_at) if _today(sentence, start, end) else None
    return moment.iso(sentence.spoken_at)


def _in_order(moment: SpokenMoment, sentence: Sentence) -> SpokenMoment:
    """As in "I'm flying on Monday and I'm back on Thursday": the Thursday after that Monday."""
    if moment.day is None or sentence.reading.tokens[moment.end - 1].low not in _DAY_WORDS:
        return moment
    earlier = [m.day for m in sentence.moments(sentence.first, moment.first) if m.day]
    late = bool(earlier) and moment.day < earlier[-1] and earlier[-1] - moment.day < timedelta(7)
    return replace(moment, day=moment.day + timedelta(7)) if late else moment


def _today(sentence: Sentence, start: int, end: int) -> bool:
    """Whether an hour without a day is today's: "is coming", "will come"; not a present that may be any day's."""
    lows = [t.low for t in sentence.reading.tokens[start:end]]
    return bool(FUTURE_CUES & set(lows))


def _when(moment: SpokenMoment, spoken_at: datetime | None) -> str | None:
    """The moment in ISO form, if it is still to come. An hour without a day is today's."""
    if spoken_at is None:
        return None
    if moment.clock and moment.day is None:
        moment = SpokenMoment(moment.first, moment.end, spoken_at.date(), None, moment.clock, moment.kind)
        if moment.clock and moment.clock <= spoken_at.time():
            return None
    if moment.day and moment.day < spoken_at.date():
        return None
    return moment.iso(spoken_at)


def _happens(sentence: Sentence, start: int, end: int, moment: SpokenMoment) -> bool:
    """Whether the clause says that something is or will be then: not asked, doubted, denied or repeated."""
    lows = [t.low.split()[0] for t in sentence.reading.tokens[start:end]]
    if set(lows) & REPEATED_DAYS or "left" in lows or "?" in sentence.lows()[-1:] or sentence.past(start, end):
        return False
    if _names_today(sentence, start, end, moment) or _doubted(sentence, start, end, moment):
        return False
    if set(lows) & _PRESENT_OR_FUTURE or ("'ve", "got") in pairwise(lows):
        return True
    return any(
        n and (_of_many(lows, n) or (_present(low) and lows[n - 1] not in BEFORE_EVENT_NOUNS))
        for n, low in enumerate(lows)
    )


def _of_many(lows: Sequence[str], at: int) -> bool:
    """As in "my strings arrive", "we fly": a verb of coming and going after a plural or "we"."""
    before = lows[at - 1]
    return lows[at] in EVENT_VERBS and (before in _MANY or (before.endswith("s") and len(before) > 3))


def _names_today(sentence: Sentence, start: int, end: int, moment: SpokenMoment) -> bool:
    """Whether the clause only says which day or hour it is: "it's Saturday", "Monday, the sixteenth"."""
    tokens = sentence.reading.tokens
    lows = [t.low for t in tokens[start:end]]
    rest = [t for n, t in enumerate(tokens[start:end], start) if not moment.first <= n < moment.end]
    if not any(t.content or t.low == "having" for t in rest):
        return True
    if moment.first > start and tokens[moment.first - 1].low in ("'s", "is", "since") and lows[0] in DATE_OPENERS:
        return True
    spoken = sentence.spoken_at.date() if sentence.spoken_at else None
    named = {t.low for t in tokens[moment.first : moment.end]} & LATE_PARTS_OF_DAY
    return moment.day == spoken and moment.clock is None and not named


def _doubted(sentence: Sentence, start: int, end: int, moment: SpokenMoment) -> bool:
    """Whether it is a condition, a possibility, a question, a duty or wish of the speaker, or a denied moment."""
    reading = sentence.reading
    if any(s.label == "if" for s in reading.scopes if sentence.first <= s.cue < sentence.end):
        return True
    doubts = [s for s in reading.scopes if s.label in _DOUBTS and start <= s.cue < end]
    if any(
        s.label != "wish" or reading.tokens[s.cue].low not in ("want", "wants") or _first_person(sentence, s.cue)
        for s in doubts
    ):
        return True
    denied = {n for s in reading.scopes if s.label == "not" for n in s.members}
    return any(n in denied for n in range(moment.first, moment.end))


_DAY_WORDS = PARTS_OF_DAY | set(WEEKDAYS)
_DOUBTS = ("maybe", "unreal", "asked", "duty", "wish")
_MANY = (PERSONAL_PRONOUNS - {"he", "she"}) | {"you", "people"}


def _first_person(sentence: Sentence, at: int) -> bool:
    return any(t.low in ("i", "we") for t in sentence.reading.tokens[max(sentence.first, at - 3) : at])


def _present(low: str) -> bool:
    """Whether it is a verb of the third person: starts, moves, comes."""
    return low.endswith("s") and len(low) > 3 and low not in NO_THIRD_PERSON and not low.endswith("ss")
