"""Hours as they are spoken: which half of the day is meant, and where nobody has said which."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal

from diary_pipeline.notes.language.lexicon.dates import (
    AFTERNOON_WORDS,
    DAYTIME_WORDS,
    EVENING_MEALS,
    MORNING_WORDS,
    PARTS_OF_DAY_AND_LUNCH,
)
from diary_pipeline.notes.language.lexicon.prepositions import CLOCK_PREPOSITIONS
from diary_pipeline.notes.language.numbers import time_of
from diary_pipeline.notes.language.words import Token

_AFTER_HOUR = PARTS_OF_DAY_AND_LUNCH | {"sharp"}
_WAKING = 7
EITHER_HALF = range(7, 11)
"""Hours of which both halves of the day are likely. Before them people sleep, so the afternoon is meant."""
_EARLY = re.compile(r"0\d[:.]\d\d")
"""As a 24-hour clock writes the morning."""
_NEAR, _DAY_AND_HOUR = 3, 2
_AT = CLOCK_PREPOSITIONS - {"to", "for"} - {"past", "about"}


@dataclass(frozen=True)
class SpokenMoment:
    """A phrase from token *first* to *end* (exclusive), and its meaning; None where it was not said or is not clear.

    *vague*: whether morning or evening is meant was not said, so that the hour is not shown.
    """

    first: int
    end: int
    day: date | None = None
    month: str | None = None
    clock: time | None = None
    kind: Literal["on", "before"] = "on"
    past: bool = False
    vague: bool = False

    def iso(self, spoken_at: datetime | None) -> str | None:
        """An ISO date, a local datetime with offset, a month, or None."""
        if self.day and self.clock and not self.vague:
            moment = datetime.combine(self.day, self.clock, spoken_at.tzinfo if spoken_at else None)
            return moment.isoformat(timespec="minutes")
        return self.day.isoformat() if self.day else self.month


def settled_all(tokens: Sequence[Token], found: Sequence[SpokenMoment], spoken_at: datetime) -> list[SpokenMoment]:
    """*found*, each with the half of its day.

    An only day gets the only hour, also where they stand apart: "Tomorrow I am meeting Oliver at three".
    """
    made = [_settled(tokens, moment, spoken_at) for moment in found]
    if len(found) != _DAY_AND_HOUR or any(moment.kind != "on" or moment.past for moment in found):
        return made
    day, hour = found
    if day.day is None or day.clock or hour.clock is None or hour.day:
        return made
    full = _settled(tokens, replace(hour, day=day.day), spoken_at)
    return [replace(made[0], clock=full.clock, vague=full.vague), made[1]]


def _beside(tokens: Sequence[Token], moment: SpokenMoment) -> set[str]:
    """The words of a moment and right behind it; "am" only behind an hour, not that of "I am"."""
    near = range(moment.first, min(moment.end + _NEAR, len(tokens)))
    verbs = {n for n in near if tokens[n].low == "am" and not (n and tokens[n - 1].kind in ("time", "number"))}
    return {word for n in near if n not in verbs for word in tokens[n].low.split()}


def clock_at(tokens: Sequence[Token], at: int) -> SpokenMoment | None:
    """The hour that is named at token *at*, in the half of the day that is said, else in the first."""
    token, before = tokens[at], tokens[at - 1].low if at else ""
    if token.low in ("noon", "midday"):
        return SpokenMoment(at, at + 1, clock=time(12))
    clock = (_of_24_hours(token.text) or time_of(token.key)) if token.kind in ("time", "number") else None
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    counted = following is not None and following.kind == "word" and following.low not in _AFTER_HOUR
    if clock is None or (token.kind == "number" and (before not in _AT or counted)):
        return None
    return SpokenMoment(at, at + 1, clock=clock)


def _of_24_hours(text: str) -> time | None:
    """The hour of "19:30"; None where it may be one of either half."""
    written = re.fullmatch(r"(\d\d)[:.](\d\d)", text)
    hour, minute = (int(written[1]), int(written[2])) if written else (0, 0)
    return time(hour, minute) if 12 < hour < 24 and minute < 60 else None


def _settled(tokens: Sequence[Token], moment: SpokenMoment, spoken_at: datetime) -> SpokenMoment:
    """Decide the half of the day: the next such hour today, a waking hour on another day."""
    if moment.clock is None:
        return moment
    around = _beside(tokens, moment)
    said = {word for t in tokens for word in t.low.split()}
    clock, now = moment.clock, spoken_at.time()
    later = clock.replace(hour=clock.hour + 12) if clock.hour < 12 else clock
    today = moment.day in (None, spoken_at.date())
    stays = (clock > now and clock.hour > 0) or later <= now if today else clock.hour >= _WAKING
    if clock.hour >= 12:
        return moment
    if around & (AFTERNOON_WORDS | {"night"}) or said & EVENING_MEALS or not (around & MORNING_WORDS or stays):
        return replace(moment, clock=later)
    open_half = (
        not (today and clock <= now) and clock.hour in EITHER_HALF and not any(_EARLY.fullmatch(t.text) for t in tokens)
    )
    return replace(moment, vague=open_half and not around & MORNING_WORDS and not said & DAYTIME_WORDS)
