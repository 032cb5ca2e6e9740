"""English days and hours, resolved against the moment of speaking: "on Friday", "at ten past nine".

None where more than one day could be meant. A day is only ever shown together with its phrase.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from diary_pipeline.notes.language.lexicon.dates import (
    AFTERNOON_WORDS,
    DAYS_OF_UNIT,
    MONTHS,
    MORNING_WORDS,
    PARTS_OF_DAY_AND_LUNCH,
    RELATIVE_DAYS,
    WEEKDAYS,
)
from diary_pipeline.notes.language.lexicon.prepositions import CLOCK_PREPOSITIONS, DEADLINE_PREPOSITIONS, MOMENT_OPENERS
from diary_pipeline.notes.language.numbers import time_of
from diary_pipeline.notes.language.words import Token

_AFTER_RANK = {"of", "to"} | {"one", "time"}
_BEFORE_RANK = (DEADLINE_PREPOSITIONS - {"till"}) | {"on", "from"}
"""Before these, "the second" is a day."""
_AFTER_HOUR = PARTS_OF_DAY_AND_LUNCH | {"sharp"}
_WAKING = 7
_AT = CLOCK_PREPOSITIONS - {"to", "for"} - {"past", "about"}


@dataclass(frozen=True)
class SpokenMoment:
    """A phrase from token *first* to *end* (exclusive), and its meaning; None where it was not said or is not clear."""

    first: int
    end: int
    day: date | None = None
    month: str | None = None
    clock: time | None = None
    kind: Literal["on", "before"] = "on"
    past: bool = False

    def iso(self, spoken_at: datetime | None) -> str | None:
        """An ISO date, a local datetime with offset, a month, or None."""
        if self.day and self.clock:
            moment = datetime.combine(self.day, self.clock, spoken_at.tzinfo if spoken_at else None)
            return moment.isoformat(timespec="minutes")
        return self.day.isoformat() if self.day else self.month


def moments(tokens: Sequence[Token], spoken_at: datetime | None, *, past: bool = False) -> list[SpokenMoment]:
    """Every phrase of time in *tokens*, neighbours joined. *past*: the clause is past."""
    if spoken_at is None:
        return []
    found: list[SpokenMoment] = []
    at = 0
    while at < len(tokens):
        moment = _day(tokens, at, spoken_at.date(), past=past) or _clock(tokens, at)
        if moment is None:
            at += 1
            continue
        moment = _lead(tokens, moment)
        if found and _adjacent(tokens, found[-1].end, moment.first) and (joined := _joined(found[-1], moment)):
            found[-1] = joined
        else:
            found.append(moment)
        at = max(moment.end, at + 1)
    return [_settled(tokens, moment, spoken_at) for moment in found]


def _adjacent(tokens: Sequence[Token], end: int, first: int) -> bool:
    return first <= end or all(t.low in (",", "the", "on", "at") for t in tokens[end:first])


def _joined(one: SpokenMoment, two: SpokenMoment) -> SpokenMoment | None:
    """One moment of two: "Wednesday, the eighth of April, at ten past nine"; the more exact day wins."""
    if one.day and two.day and one.clock is None:
        return replace(one, end=two.end, day=two.day)
    if one.day and two.clock and one.clock is None and two.day is None:
        return replace(one, end=two.end, clock=two.clock)
    if one.clock and two.day and one.day is None and two.clock is None:
        return replace(one, end=two.end, day=two.day)
    return None


def _lead(tokens: Sequence[Token], moment: SpokenMoment) -> SpokenMoment:
    """Include the preposition, which also says whether the day is a limit."""
    first = moment.first
    if first and tokens[first - 1].low == "since":
        return replace(moment, past=True)
    while first and tokens[first - 1].low in MOMENT_OPENERS:
        first -= 1
        if first and tokens[first - 1].low == "since":
            return replace(moment, first=first, past=True)
        if tokens[first].low in DEADLINE_PREPOSITIONS:
            return replace(moment, first=first, kind="before")
    return replace(moment, first=first)


def _day(tokens: Sequence[Token], at: int, today: date, *, past: bool) -> SpokenMoment | None:
    token, before = tokens[at], tokens[at - 1].low if at else ""
    if token.low in RELATIVE_DAYS:
        return _relative(tokens, at, today)
    if token.low == "this" and at + 1 < len(tokens) and tokens[at + 1].low in PARTS_OF_DAY_AND_LUNCH:
        return SpokenMoment(at, at + 2, today)
    if token.low in WEEKDAYS and token.kind == "date":
        is_past = past or before in ("last", "since")
        return SpokenMoment(
            at - (before in ("next", "last", "this")),
            _after_part(tokens, at),
            _weekday(WEEKDAYS[token.low], before, today, is_past=is_past),
            past=is_past,
        )
    if token.kind == "date" and token.key.startswith("#"):
        return _of_month(tokens, at, today, past=past)
    if token.kind == "date" and token.low in MONTHS:
        return _month(tokens, at, today, past=past)
    return _in_so_long(tokens, at, today) or _from_then(tokens, at, today) or _period(tokens, at, today, past=past)


def _relative(tokens: Sequence[Token], at: int, today: date) -> SpokenMoment:
    first, days = at, RELATIVE_DAYS[tokens[at].low]
    if [t.low for t in tokens[max(0, at - 3) : at]][-2:] == ["day", "after"]:
        first, days = at - 2, days + 1
    if days < 0 and [t.low for t in tokens[max(0, at - 3) : at]][-2:] == ["day", "before"]:
        first, days = at - 2, days - 1
    return SpokenMoment(first, _after_part(tokens, at), today + timedelta(days), past=days < 0)


def _after_part(tokens: Sequence[Token], at: int) -> int:
    return at + 2 if at + 1 < len(tokens) and tokens[at + 1].low in PARTS_OF_DAY_AND_LUNCH else at + 1


def _weekday(wanted: int, before: str, today: date, *, is_past: bool) -> date:
    """The coming one; "next" is the one of next week; in the past, the last one."""
    if is_past:
        return today - timedelta((today.weekday() - wanted - 1) % 7 + 1)
    if before == "next":
        return today + timedelta(7 - today.weekday() + wanted)
    return today + timedelta((wanted - today.weekday() - 1) % 7 + 1)


def _of_month(tokens: Sequence[Token], at: int, today: date, *, past: bool) -> SpokenMoment | None:
    """The eighth; the eighth of April; 8 April."""
    number = int(float(tokens[at].key[1:]))
    if not 1 <= number <= 31:
        return None
    for step in (1, 2):
        if at + step < len(tokens) and tokens[at + step].low in MONTHS and (step == 1 or tokens[at + 1].low == "of"):
            return SpokenMoment(
                at, at + step + 1, _dated(number, MONTHS[tokens[at + step].low], today, past=past), past=past
            )
    before, after = tokens[at - 1].low if at else "", tokens[at + 1] if at + 1 < len(tokens) else None
    if before != "the" or (
        after is not None and ((after.content and after.kind != "date") or after.low in _AFTER_RANK)
    ):
        return None  # "the second phase", "the first to know"
    if number <= 3 and not any(t.low in _BEFORE_RANK or t.low in WEEKDAYS for t in tokens[max(0, at - 4) : at]):
        return None
    return SpokenMoment(at, at + 1, _dated(number, None, today, past=past), past=past)


def _month(tokens: Sequence[Token], at: int, today: date, *, past: bool) -> SpokenMoment | None:
    """April 8, April the eighth; in September."""
    number = MONTHS[tokens[at].low]
    for step in (1, 2):
        if (
            at + step < len(tokens)
            and tokens[at + step].kind == "date"
            and tokens[at + step].key.startswith("#")
            and (step == 1 or tokens[at + 1].low == "the")
        ):
            return SpokenMoment(
                at, at + step + 1, _dated(int(float(tokens[at + step].key[1:])), number, today, past=past), past=past
            )
    year = today.year + (number < today.month) - (past and number > today.month) - (past and number < today.month)
    return SpokenMoment(at, at + 1, month=f"{year}-{number:02d}", past=past)


def _dated(number: int, month: int | None, today: date, *, past: bool) -> date | None:
    """The nearest such day from today on; in the past, up to today."""
    step = -1 if past else 1
    for n in range(0, 13 * step, step):
        months = today.year * 12 + today.month - 1 + n
        year, candidate = divmod(months, 12)
        if month not in (None, candidate + 1) or number > calendar.monthrange(year, candidate + 1)[1]:
            continue
        day = date(year, candidate + 1, number)
        if (day <= today) if past else (day >= today):
            return day
    return None


def _in_so_long(tokens: Sequence[Token], at: int, today: date) -> SpokenMoment | None:
    """In three weeks, in six months, in a fortnight, within ten days."""
    if tokens[at].low not in ("in", "within") or at + 2 >= len(tokens):
        return None
    count, unit = _count(tokens[at + 1]), tokens[at + 2].low
    if not count:
        return None
    if unit in DAYS_OF_UNIT:
        kind: Literal["on", "before"] = "before" if tokens[at].low == "within" else "on"
        return SpokenMoment(at, at + 3, today + timedelta(count * DAYS_OF_UNIT[unit]), kind=kind)
    if unit in ("month", "months") and tokens[at].low == "in":
        year, month = divmod(today.year * 12 + today.month - 1 + count, 12)
        return SpokenMoment(at, at + 3, month=f"{year}-{month + 1:02d}")
    return None


def _count(token: Token) -> int:
    """A whole number of days or weeks; 0 where it is none."""
    value = 1.0 if token.low in ("a", "an") else float(token.key[1:]) if token.kind == "number" else 0.0
    return int(value) if value.is_integer() else 0


def _from_then(tokens: Sequence[Token], at: int, today: date) -> SpokenMoment | None:
    """Two weeks from today, a week from Monday, a week on Friday."""
    lows = [t.low for t in tokens[at : at + 4]]
    count = _count(tokens[at])
    if not count or len(lows) < 4 or lows[1] not in DAYS_OF_UNIT or lows[2] not in ("from", "on"):
        return None
    then = today + timedelta(count * DAYS_OF_UNIT[lows[1]])
    if lows[2] == "from" and lows[3] in ("now", "today", "tomorrow"):
        return SpokenMoment(at, at + 4, then + timedelta(lows[3] == "tomorrow"))
    if lows[3] in WEEKDAYS and lows[1] != "day":
        return SpokenMoment(at, at + 4, _weekday(WEEKDAYS[lows[3]], "", then, is_past=False))
    return None


def _period(tokens: Sequence[Token], at: int, today: date, *, past: bool) -> SpokenMoment | None:
    """The end of the month, next month, by the weekend, by Christmas.

    "This weekend" and "next week" name no day, so they give none.
    """
    lows = [t.low for t in tokens[at : at + 4]] + [""] * 4
    before = [t.low for t in tokens[max(0, at - 2) : at]]
    if lows[0] == "month" and before[-1:] in (["next"], ["this"]):
        year, month = divmod(today.year * 12 + today.month - 1 + (before[-1] == "next"), 12)
        return SpokenMoment(at - 1, at + 1, month=f"{year}-{month + 1:02d}", past=past)
    if lows[:2] == ["end", "of"]:
        month_end = _month_end(lows[2:4], today)
        return month_end and SpokenMoment(at, at + 2 + month_end[0], month_end[1], past=past)
    if lows[0] == "weekend" and before[-1:] in (["the"], ["this"]) and set(before) & DEADLINE_PREPOSITIONS:
        return SpokenMoment(at - 1, at + 1, today + timedelta((5 - today.weekday()) % 7), kind="before")
    if lows[0] == "christmas" and (lows[1] in ("eve", "day") or set(before) & DEADLINE_PREPOSITIONS):
        day = date(today.year, 12, 24 if lows[1] == "eve" else 25)
        coming = day if day >= today else day.replace(year=today.year + 1)
        return None if past else SpokenMoment(at, at + 1 + (lows[1] in ("eve", "day")), coming)
    return None


def _month_end(lows: Sequence[str], today: date) -> tuple[int, date] | None:
    """How many words after "end of" name the month or year, and its last day.

    The end of a week is not clear: Friday or Sunday.
    """
    width, year, month = 2, today.year, today.month
    if lows[0] in MONTHS:
        width, month = 1, MONTHS[lows[0]]
        year += month < today.month
    elif list(lows) == ["next", "month"]:
        year, month = today.year + today.month // 12, today.month % 12 + 1
    elif lows[0] in ("the", "this") and lows[1] == "year":
        month = 12
    elif lows[0] not in ("the", "this") or lows[1] != "month":
        return None
    return width, date(year, month, calendar.monthrange(year, month)[1])


def _clock(tokens: Sequence[Token], at: int) -> SpokenMoment | None:
    token, before = tokens[at], tokens[at - 1].low if at else ""
    if token.low in ("noon", "midday"):
        return SpokenMoment(at, at + 1, clock=time(12))
    clock = time_of(token.key) if token.kind in ("time", "number") else None
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    counted = following is not None and following.kind == "word" and following.low not in _AFTER_HOUR
    if clock is None or (token.kind == "number" and (before not in _AT or counted)):
        return None
    return SpokenMoment(at, at + 1, clock=clock)


def _settled(tokens: Sequence[Token], moment: SpokenMoment, spoken_at: datetime) -> SpokenMoment:
    """Decide the half of the day: the next such hour today, a waking hour on another day."""
    if moment.clock is None:
        return moment
    around = {t.low for t in tokens[moment.first : moment.end + 3]}
    clock, now = moment.clock, spoken_at.time()
    later = clock.replace(hour=clock.hour + 12) if clock.hour < 12 else clock
    today = moment.day in (None, spoken_at.date())
    stays = (clock > now and clock.hour > 0) or later <= now if today else clock.hour >= _WAKING
    if around & AFTERNOON_WORDS or not (around & MORNING_WORDS or stays):
        clock = later
    return replace(moment, clock=clock)
