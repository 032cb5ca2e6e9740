"""Whether a to-do or an event is the words of one spoken sentence, without its day and what only leads into it.

What may be missing is a closed list: "I have to" and its like, "is on", articles, the day, a reason. So what denies,
reports, doubts or supposes cannot be missing, and nothing can be added.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from diary_pipeline.notes.language.lexicon.clause_edges import (
    BEFORE_DAYS,
    BEFORE_HOURS,
    CONDITIONS,
    DAY_WORDS,
    DUTY_FRAMES,
    FRAME_ADVERBS,
    HAPPENING,
    LEADS,
    OMITTED_ARTICLES,
    REASONS,
    SOUNDS,
    TASK_JOINERS,
    TASK_OPENERS,
)
from diary_pipeline.notes.language.reading import read
from diary_pipeline.notes.language.words import Token, stem_of
from diary_pipeline.notes.verbatim.spoken import ASKING

_NONE: frozenset[str] = frozenset()
_LONGEST_FRAME, _LONGEST_CONDITION = 12, 16
_FEWEST = 2


@dataclass(frozen=True)
class ContentWords:
    """The words of a text that say what it is about, and its days apart from them; marks do not count."""

    lows: tuple[str, ...]
    stems: tuple[str, ...]
    days: tuple[str, ...]

    @classmethod
    def of(cls, text: str, language: str) -> "ContentWords":
        """Read *text*: without articles, sounds and words said twice."""
        tokens = _tokens(text, language)
        dated = _dated(tokens, language)
        skipped = OMITTED_ARTICLES.get(language, _NONE) | SOUNDS.get(language, SOUNDS["en"])
        kept = [n for n, t in enumerate(tokens) if n not in dated and t.low not in skipped]
        days = [tokens[n] for n in sorted(dated) if tokens[n].low not in BEFORE_DAYS.get(language, _NONE) | skipped]
        plain = [n for at, n in enumerate(kept) if not at or tokens[n].low != tokens[kept[at - 1]].low]
        return cls(
            tuple(tokens[n].low for n in plain),
            tuple(_stem(tokens[n], language) for n in plain),
            tuple(t.key for t in days),
        )

    def part(self, first: int, end: int | None = None) -> "ContentWords":
        """Some of the words, with all days."""
        return ContentWords(self.lows[first:end], self.stems[first:end], self.days)


def is_task(text: str, sentence: str, language: str) -> bool:
    """Whether *text* is what the speaker says in *sentence* is to be done."""
    stated, said = ContentWords.of(text, language), ContentWords.of(sentence, language)
    if not stated.stems or not _same_days(stated, said) or _asks(sentence):
        return False
    return any(stated.stems == one for task in _tasks(said, language) for one in _shorter(task, language))


def is_happening(text: str, sentence: str, language: str) -> bool:
    """Whether *text* is what *sentence* says is or will be, without its day."""
    stated, said = ContentWords.of(text, language), ContentWords.of(sentence, language)
    if not stated.stems or not _same_days(stated, said) or _asks(sentence):
        return False
    return any(stated.stems == way for way in _without_happening(said, language))


def _asks(sentence: str) -> bool:
    return bool(set(sentence) & ASKING)


def leads_into_task(sentence: str, language: str) -> bool:
    """Whether the sentence says of something that the speaker has to do it."""
    return not _asks(sentence) and any(True for _ in _tasks(ContentWords.of(sentence, language), language))


def continues_task(sentence: str, language: str) -> bool:
    """Whether a sentence adds a task to the one before it, as in "and buy stamps"; empty: none follows."""
    words = ContentWords.of(sentence, language).lows if sentence else ()
    return not sentence or bool(words[:1] and words[0] in TASK_JOINERS.get(language, _NONE))


def _tokens(text: str, language: str) -> list[Token]:
    if language in ("fr", "it"):
        text = text.replace("’", "'").replace("'", "' ")  # noqa: RUF001
    return [token for token in read([("", text)], language).tokens if token.kind != "mark"]


def _stem(token: Token, language: str) -> str:
    return stem_of(token.low, language) if token.kind in ("word", "stop", "name") else token.key


def _dated(tokens: Sequence[Token], language: str) -> set[int]:
    """Places of the words of days and hours, with what leads into them."""
    days, before = DAY_WORDS.get(language, _NONE), BEFORE_DAYS.get(language, _NONE)
    hours = BEFORE_HOURS.get(language, _NONE)
    found = {n for n, t in enumerate(tokens) if t.kind == "time" or t.key.startswith("@") or t.low in days}
    found |= {n for n, t in enumerate(tokens) if n and t.kind == "number" and tokens[n - 1].low in hours}
    for n, token in enumerate(tokens):  # "the third" is a day beside a month or after "on", not in "the third verse"
        rank = token.kind == "date" and n > 1 and tokens[n - 1].low == "the" and tokens[n - 2].low in hours | {"on"}
        if rank or (token.key.startswith("#") and {n - 1, n + 1, *_over_of(tokens, n)} & found):
            found.add(n)
    for n in range(len(tokens) - 1, -1, -1):
        if n + 1 in found and tokens[n].low in before:
            found.add(n)
    return found


def _over_of(tokens: Sequence[Token], at: int) -> set[int]:
    """As in "the twenty-first of May"."""
    return {at + 2} if at + 1 < len(tokens) and tokens[at + 1].low in ("of", "de") else set()


def _same_days(stated: ContentWords, said: ContentWords) -> bool:
    """Whether the days were said, in this order."""
    rest = iter(said.days)
    return all(day in rest for day in stated.days)


def _tasks(said: ContentWords, language: str) -> Iterator[tuple[ContentWords, tuple[str, ...]]]:
    """What follows a frame of duty, with the condition before the frame."""
    frames = {tuple(frame.split()) for frame in DUTY_FRAMES.get(language, _NONE)}
    for first in range(len(said.lows)):
        condition = said.lows[:first]
        if any(low not in LEADS.get(language, _NONE) for low in condition) and not _is_condition(condition, language):
            continue
        for end in range(first + 1, min(first + _LONGEST_FRAME, len(said.lows)) + 1):
            frame = tuple(low for low in said.lows[first:end] if low not in FRAME_ADVERBS)
            if frame in frames and said.lows[end - 1] not in FRAME_ADVERBS:
                rest = end
                while rest < len(said.lows) and said.lows[rest] in FRAME_ADVERBS:
                    rest += 1
                lead = next((n for n, low in enumerate(condition) if low not in LEADS.get(language, _NONE)), first)
                yield said.part(rest), said.stems[lead:first]


def _is_condition(words: Sequence[str], language: str) -> bool:
    leads = LEADS.get(language, _NONE)
    first = next((low for low in words if low not in leads), "")
    return first in CONDITIONS.get(language, _NONE) and len(words) <= _LONGEST_CONDITION


def _shorter(task: tuple[ContentWords, tuple[str, ...]], language: str) -> Iterator[tuple[str, ...]]:
    """The task as it may be written: without a reason; one of two tasks; its condition before or behind it."""
    words, condition = task
    wholes = [words, *_without_reason(words, language)]
    if condition:
        yield from (one for whole in wholes for one in (condition + whole.stems, whole.stems + condition))
        return
    for whole in wholes:
        yield whole.stems
        yield from _listed(whole, language)


def _without_reason(words: ContentWords, language: str) -> Iterator[ContentWords]:
    for n in range(1, len(words.lows)):
        for reason in REASONS.get(language, _NONE):
            parts = tuple(reason.split())
            if words.lows[n : n + len(parts)] == parts and n + len(parts) < len(words.lows):
                yield words.part(0, n)


def _listed(words: ContentWords, language: str) -> Iterator[tuple[str, ...]]:
    """The tasks of a list, where none is conditional; the later ones only where they cannot be somebody else's."""
    if set(words.lows) & CONDITIONS.get(language, _NONE):
        return
    joints = [n for n, low in enumerate(words.lows) if low in TASK_JOINERS.get(language, _NONE)]
    for first, end in product([0, *(n + 1 for n in joints)], [*joints, len(words.lows)]):
        another = TASK_OPENERS & set(words.lows[:first])
        if end - first >= _FEWEST and not another and (first, end) != (0, len(words.lows)):
            yield words.stems[first:end]


def _without_happening(said: ContentWords, language: str) -> Iterator[tuple[str, ...]]:
    """The words without their openers, and without one phrase that says that it is or will be."""
    leads = LEADS.get(language, _NONE)
    first = next((n for n, low in enumerate(said.lows) if low not in leads), 0)
    lows, stems = said.lows[first:], said.stems[first:]
    yield stems
    ways = sorted((tuple(phrase.split()) for phrase in HAPPENING.get(language, _NONE)), key=len, reverse=True)
    for way in ways:
        for n in range(len(lows) - len(way) + 1):
            if lows[n : n + len(way)] == way:
                yield stems[:n] + stems[n + len(way) :]
