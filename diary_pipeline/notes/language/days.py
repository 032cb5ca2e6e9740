"""The one day, with its hour, that a German, French or Spanish sentence names; none where two could be meant.

A sentence is given in lower case with its numbers in digits: "am 8. april um halb 9".
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from diary_pipeline.notes.language.lexicon import languages
from diary_pipeline.notes.language.lexicon.notation import one_of

_WAKING = 7  # "at three" of another day is in the afternoon


@dataclass(frozen=True)
class Words:
    """A language's words. Patterns name their groups: n (day or count), month, hour, minute, half."""

    weekdays: dict[str, int]
    weekday: str
    months: dict[str, int]
    of_month: str
    relative: dict[str, int]
    from_now: str
    units: dict[str, int]
    hour: str
    half_is_before: bool  # German "halb neun" is half past eight
    later: str  # words of afternoon and evening
    earlier: str  # words of the morning, beside an hour
    vague: str  # words that make a weekday another one than the coming, or many


GERMAN = Words(
    weekdays=languages.GERMAN_WEEKDAYS,
    weekday=rf"\b(?P<weekday>{{names}}){one_of(languages.GERMAN_PARTS_OF_DAY)}?\b",
    months=languages.GERMAN_MONTHS,
    of_month=r"\b(?P<n>\d{{1,2}})\.? (?P<month>{names})\b",
    relative=languages.GERMAN_RELATIVE_DAYS,
    from_now=r"\bin (?P<n>\d{{1,2}}|einer|einem) (?P<unit>{names})\b",
    units=languages.GERMAN_DAYS_OF_UNIT,
    hour=r"\bum (?P<half>halb )?(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?(?: uhr(?: (?P<more>\d{1,2}))?)?\b",
    half_is_before=True,
    later=r"abend|nachmittag|\bnachts\b",
    earlier=r"\bfrüh\b|morgens|vormittag",
    vague=rf"\b{one_of(languages.GERMAN_VAGUE)}\b",
)
FRENCH = Words(
    weekdays=languages.FRENCH_WEEKDAYS,
    weekday=r"(?<!\ble )\b(?P<weekday>{names})\b(?! (?:prochain|dernier|passé))",
    months=languages.FRENCH_MONTHS,
    of_month=r"\b(?P<n>\d{{1,2}})(?: ?er)? (?P<month>{names})\b",
    relative=languages.FRENCH_RELATIVE_DAYS,
    from_now=r"\bdans (?P<n>\d{{1,2}}|une|un) (?P<unit>{names})\b",
    units=languages.FRENCH_DAYS_OF_UNIT,
    hour=r"\bà (?P<hour>\d{1,2}) ?(?:heures?|h)\b(?: (?P<more>\d{1,2})\b| et (?P<half>demie)| et (?P<quarter>quart))?",
    half_is_before=False,
    later=r"\bsoir|après midi",
    earlier=r"\bmatin",
    vague=rf"\b{one_of(languages.FRENCH_VAGUE)}\b|\ble {one_of(languages.FRENCH_WEEKDAYS)}\b(?! \d)",
)
SPANISH = Words(
    weekdays=languages.SPANISH_WEEKDAYS,
    weekday=r"\b(?P<weekday>{names})\b",
    months=languages.SPANISH_MONTHS,
    of_month=r"\b(?P<n>\d{{1,2}}) de (?P<month>{names})\b",
    relative=languages.SPANISH_RELATIVE_DAYS,
    from_now=r"\b(?:dentro de|en) (?P<n>\d{{1,2}}|una|un) (?P<unit>{names})\b",
    units=languages.SPANISH_DAYS_OF_UNIT,
    hour=r"\ba las? (?P<hour>\d{1,2})(?::(?P<minute>\d\d))?(?: y (?P<half>media)| y (?P<quarter>cuarto))?\b",
    half_is_before=False,
    later=r"\btarde\b|\bnoche\b",
    earlier=r"de la mañana",
    vague=rf"\b(?:{one_of(languages.SPANISH_VAGUE)}|{one_of(languages.SPANISH_PAST_UNITS)} pasad\w+)\b",
)
LANGUAGES = {"de": GERMAN, "fr": FRENCH, "es": SPANISH}


def day_named(text: str, language: str, spoken_at: datetime) -> str | None:
    """The coming day or moment that *text* names, in ISO form; None for no day, for several, and for an unclear one."""
    words = LANGUAGES[language]
    if re.search(words.vague, text):
        return None
    days = {day for day in _days(text, words, spoken_at.date()) if day is not None}
    if len(days) != 1:
        return None
    day = days.pop()
    clock = _clock(text, words, same_day=day == spoken_at.date(), now=spoken_at.time())
    if clock is None:
        present = day == spoken_at.date() and not re.search(words.later, text)  # "it is hot today" is no event to come
        return None if present else day.isoformat()
    return datetime.combine(day, clock, spoken_at.tzinfo).isoformat(timespec="minutes")


def _days(text: str, words: Words, today: date) -> list[date | None]:
    """Every day that is named. A weekday beside a date is that date's, or the two are two days."""
    dates = [_of_month(int(m["n"]), words.months[m["month"]], today) for m in _all(words.of_month, words.months, text)]
    found = list(dates)
    for match in _all(words.weekday, words.weekdays, text):
        number = words.weekdays[match["weekday"]]
        if not any(day is not None and day.weekday() == number for day in dates):
            found.append(today + timedelta((number - today.weekday() - 1) % 7 + 1))
    for match in _all(words.from_now, words.units, text):
        count = int(match["n"]) if match["n"].isdigit() else 1
        found.append(today + timedelta(count * words.units[match["unit"]]))
    return [*found, *_relative(text, words, today)]


def _relative(text: str, words: Words, today: date) -> list[date | None]:
    """Days counted from today; not the morning, which in German and Spanish has the name of tomorrow."""
    rest = re.sub(r"\b(?:guten|am|heute|(?:por|de|en)? ?(?:la|esta|cada)) (?:morgen|mañana)\b", " ", text)
    found: list[date | None] = [today] if re.search(r"\bheute morgen\b|\besta mañana\b", text) else []
    for name, days in words.relative.items():
        if re.search(rf"(?<![\w']){name}(?!\w)", rest):
            found.append(today + timedelta(days))
            rest = rest.replace(name, " ")
    return found


def _all(pattern: str, names: dict[str, int], text: str) -> list[re.Match[str]]:
    return list(re.finditer(pattern.format(names="|".join(names)), text))


def _of_month(number: int, month: int, today: date) -> date | None:
    """The next such day."""
    for year in (today.year, today.year + 1):
        try:
            day = date(year, month, number)
        except ValueError:
            continue
        if day >= today:
            return day
    return None


def _clock(text: str, words: Words, *, same_day: bool, now: time) -> time | None:
    match = re.search(words.hour, text)
    if match is None:
        return None
    said = match.groupdict()
    hour, minute = int(said["hour"]), int(said.get("minute") or said.get("more") or 0)
    if said.get("half"):
        hour, minute = (hour - 1, 30) if words.half_is_before else (hour, 30)
    minute = 15 if said.get("quarter") else minute
    if not 0 <= hour < 24 or minute > 59:
        return None
    if hour < 12 and not re.search(words.earlier, text):
        coming = time(hour, minute) <= now if same_day else hour < _WAKING
        hour += 12 * (coming or bool(re.search(words.later, text)))
    return time(hour, minute)
