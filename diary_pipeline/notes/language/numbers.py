"""Numbers, clock times and money as one word each. Keys: "#18.4", "#24" (also the twenty-fourth), "t2:20".

`text2num` knows the words of numbers in several languages; what is added here (past, half, pounds and pence) is
English.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time

from diary_pipeline.notes.language.lexicon.dates import HALF_DAYS
from diary_pipeline.notes.language.lexicon.determiners import NO_COUNT
from diary_pipeline.notes.language.lexicon.languages import NUMBER_LANGUAGES
from diary_pipeline.notes.language.lexicon.prepositions import CLOCK_PREPOSITIONS
from diary_pipeline.notes.language.lexicon.quantities import (
    AFTER_NO_COUNT,
    BEFORE_FIRST,
    BEFORE_ONE,
    BEFORE_SECOND,
    DIGITS,
    OUNCES,
    POUNDS_AND_PENCE,
    RANGE_OPENERS,
    SCALES,
)
from diary_pipeline.notes.language.lexicon.verbs import PAST_FORMS
from diary_pipeline.notes.language.words import Kind, Token, joined

_BEFORE_CLOCK = CLOCK_PREPOSITIONS | {"of", "than"}


@dataclass(frozen=True)
class _NumberToken:
    """A token with the interface that text2num wants."""

    token: Token

    def text(self) -> str:
        return self.token.low

    def text_lowercase(self) -> str:
        return self.token.low

    def nt_separated(self, previous: "_NumberToken") -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return self.token.kind == "mark"


def join_numbers(tokens: Sequence[Token], language: str | None) -> list[Token]:
    """*tokens* with every number joined into one."""
    from text_to_num import find_numbers

    known = language or "en"
    found = find_numbers([_NumberToken(t) for t in tokens], known, 0) if known in NUMBER_LANGUAGES else []
    made: list[Token] = []
    at = 0
    for one in found:
        parts = tokens[one.start : one.end]
        made += tokens[at : one.start]
        at = one.end
        if _is_number(tokens, one.start, one.end):
            made.append(joined(parts, f"#{_plain(one.value)}", "date" if one.is_ordinal else "number"))
        else:
            made += [replace(part, kind="stop") for part in parts]
    made += tokens[at:]
    made = [_digits(token) for token in made]
    return _grouped(made) if known == "en" else made


def _is_number(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether it is a number: not in "this one", "a second", "one of them"."""
    low = " ".join(t.low for t in tokens[start:end])
    before = tokens[start - 1].low if start else ""
    after = tokens[end] if end < len(tokens) else None
    if low == "one" and before in ("after", "within") and after is not None and after.low == "day":
        return True
    if low == "one":
        row = {before, after.low if after else ""} & DIGITS or [t.low for t in tokens[end : end + 3]] == [
            "and",
            "a",
            "half",
        ]  # one one four
        bare = not start or tokens[start - 1].kind in ("mark", "stop") or before in PAST_FORMS or before.endswith("ed")
        counts = after is not None and after.kind == "word" and after.low not in AFTER_NO_COUNT
        ranged = after is not None and after.low in ("to", "or") and before not in NO_COUNT
        return bool(row) or before in BEFORE_ONE or ranged or (counts and bare and before not in NO_COUNT)
    if low == "ones":
        return False
    if low == "first":  # "the first of May", but "check with my team first"
        return before in BEFORE_FIRST and (after is None or after.low not in ("time", "thing"))
    if low == "second":
        return before not in BEFORE_SECOND
    return low not in ("and", "point", "o")


def _digits(token: Token) -> Token:
    """Digits as written: 2:20 is a time, 1,500 and 7.20 are numbers."""
    if token.kind != "number" or token.key.startswith("#"):
        return token
    raw = token.low
    if ":" in raw:
        hour, _, minute = raw.partition(":")
        return replace(token, key=_clock(int(hour), int(minute[:2])), kind="time")
    if re.fullmatch(r"\d{1,3}(,\d{3})+", raw):
        raw = raw.replace(",", "")
    bare = raw.replace(",", ".")
    return replace(token, key=f"#{_plain(float(bare))}") if re.fullmatch(r"\d{1,15}(\.\d+)?", bare) else token


def _grouped(tokens: list[Token]) -> list[Token]:
    made: list[Token] = []
    at = 0
    while at < len(tokens):
        if found := _group(tokens, at):
            width, key, kind = found
            made.append(joined(tokens[at : at + width], key, kind))
            at += width
        else:
            made.append(tokens[at])
            at += 1
    return made


@dataclass(frozen=True)
class _Window:
    """Six tokens from a place on: their words and values, the word before, and the last hour named shortly before."""

    lows: list[str]
    value: list[float | None]
    before: str
    hour: float | None


_Found = tuple[int, str, Kind] | None
"""How many tokens make one number or time, its key, its kind."""


def _group(tokens: list[Token], at: int) -> _Found:
    window = tokens[at : at + 6]
    spare = 8 - len(window)
    earlier = [value for t in tokens[max(0, at - 6) : at] if (value := _value(t)) and value <= 12]
    before, hour = tokens[at - 1].low if at else "", earlier[-1] if earlier else None
    here = _Window([t.low for t in window] + [""] * spare, [_value(t) for t in window] + [None] * spare, before, hour)
    return next((found for rule in _RULES if (found := rule(here))), None)


def _spelled(here: _Window) -> _Found:
    """One one four is 114."""
    width = next((n for n, value in enumerate(here.value) if value is None or value > 9 or here.lows[n].isdigit()), 0)
    return (width, f"#{''.join(_plain(v or 0) for v in here.value[:width])}", "number") if width >= 3 else None


def _past(here: _Window) -> _Found:
    """Twenty past two, a quarter to five, six minutes past ten."""
    quarter = here.lows[0] == "quarter" or here.lows[:2] == ["a", "quarter"]
    at = 2 if here.lows[0] == "a" else 1
    minutes = 15.0 if quarter else here.value[0]
    at += here.lows[at] in ("minutes", "minute")
    word, hour = here.lows[at], here.value[at + 1]
    if minutes is None or hour is None or word not in ("past", "to", "after") or not (minutes < 60 and 1 <= hour <= 12):
        return None
    plain = not quarter and at == 1
    if plain and (
        word == "after" or (word == "to" and (minutes not in (5, 10, 20, 25) or here.before in RANGE_OPENERS))
    ):
        return None  # "three to five people", "bays one to four"
    late = word == "to"
    return at + 2, _clock(int(hour) - late, 60 - int(minutes) if late else int(minutes)), "time"


def _half_past(here: _Window) -> _Found:
    if here.lows[0] == "half" and here.lows[1] == "past":
        hour = here.value[2] or here.hour
        return (2 + bool(here.value[2]), _clock(int(hour), 30), "time") if hour else None
    if here.lows[0] == "half" and here.value[1] and here.value[1] <= 12 and here.before in CLOCK_PREPOSITIONS:
        return 2, _clock(int(here.value[1]), 30), "time"  # half seven
    if here.value[0] and here.lows[1] == "o'clock":
        return 2, f"#{_plain(here.value[0])}", "number"
    if here.value[0] and here.value[0] <= 24 and here.lows[1] in HALF_DAYS:
        return 2, _clock(int(here.value[0]), 0), "time"
    return None


def _pair(here: _Window) -> _Found:
    """Seven thirty; nineteen ninety-five."""
    first, second = here.value[0], here.value[1]
    if first is None or second is None or not float(first).is_integer() or not float(second).is_integer():
        return None
    if 1 <= first <= 12 and 10 <= second < 60 and second % 5 == 0 and here.before in _BEFORE_CLOCK:
        return 2, _clock(int(first), int(second)), "time"
    if first in (18, 19, 20) and 10 <= second < 100:
        return 2, f"#{int(first) * 100 + int(second)}", "number"
    return None


def _money(here: _Window) -> _Found:
    """Eighteen pounds forty, seven euros and twenty cents."""
    whole = here.value[0]
    at = 2 + (here.lows[2] == "and")
    part = here.value[at]
    if (
        whole is None
        or here.lows[1] not in POUNDS_AND_PENCE
        or part is None
        or not 0 < part < 100
        or here.lows[at + 1] in OUNCES
        or (here.lows[2] == "and" and here.lows[at + 1] not in ("cents", "pence", "p"))
    ):
        return None
    return at + 1 + (here.lows[at + 1] in ("cents", "pence", "p")), f"#{_plain(whole + part / 100)}", "number"


def _dozen(here: _Window) -> _Found:
    if here.lows[:3] == ["half", "a", "dozen"]:
        return 3, "#6", "number"
    if here.lows[0] == "a" and here.lows[1] == "dozen":
        return 2, "#12", "number"
    if here.lows[:3] == ["a", "couple", "of"]:
        return 2, "#2", "number"
    if here.value[0] and here.lows[1] == "dozen":
        return 2, f"#{_plain(here.value[0] * 12)}", "number"
    return None


def _hours(here: _Window) -> _Found:
    """An hour and a quarter is 75 minutes."""
    if here.lows[0] == "half" and here.lows[1] in ("an", "hour"):
        return (3 if here.lows[1] == "an" else 2), "#30", "number"
    if " ".join(here.lows[:5]) == "a quarter of an hour":
        return 5, "#15", "number"
    if here.value[0] == 3 and " ".join(here.lows[1:5]) == "quarters of an hour":
        return 5, "#45", "number"
    hours = 1.0 if here.lows[0] in ("an", "one") else here.value[0]
    if (
        hours
        and here.lows[1] in ("hour", "hours")
        and here.lows[2:4] == ["and", "a"]
        and here.lows[4] in ("half", "quarter")
    ):
        return 5, f"#{_plain(hours * 60 + (30 if here.lows[4] == 'half' else 15))}", "number"
    return None


def _and_a_half(here: _Window) -> _Found:
    """Two and a half thousand is 2,500."""
    whole = here.value[0]
    if whole is None or here.lows[1:4] != ["and", "a", "half"]:
        return None
    scale = SCALES.get(here.lows[4])
    return 4 + bool(scale), f"#{_plain((whole + 0.5) * (scale or 1))}", "number"


def _scaled(here: _Window) -> _Found:
    """9 thousand, four grand, £5k."""
    number = 1.0 if here.lows[0] == "a" and here.lows[1] == "grand" else here.value[0]
    scale = SCALES.get(here.lows[1])
    if not number or not scale or (here.lows[1] == "k" and here.before not in ("£", "$", "€")):
        return None
    return 2, f"#{_plain(number * scale)}", "number"


def _times(here: _Window) -> _Found:
    """Twice is two times, and noon is twelve."""
    if here.lows[0] in ("twice", "thrice"):
        return 1, "#2" if here.lows[0] == "twice" else "#3", "number"
    if here.lows[0] in ("noon", "midday", "midnight"):
        return 1, "#12", "number"
    return (2, f"#{_plain(here.value[0])}", "number") if here.value[0] and here.lows[1] == "times" else None


_RULES = (_spelled, _past, _half_past, _pair, _money, _dozen, _hours, _and_a_half, _scaled, _times)


def _value(token: Token) -> float | None:
    return float(token.key[1:]) if token.kind == "number" and re.fullmatch(r"#\d+(\.\d+)?", token.key) else None


def _clock(hour: int, minute: int) -> str:
    """The key of a time. The half of the day is not said, so 14:20 and 2:20 are one time; a full hour is its number."""
    hour = hour % 12 or 12
    return f"t{hour}:{minute:02d}" if minute else f"#{hour}"


def time_of(key: str) -> time | None:
    """The clock time of a key, in the first half of the day."""
    if match := re.fullmatch(r"t(\d+):(\d+)", key):
        return time(int(match[1]) % 12, int(match[2]))
    if (match := re.fullmatch(r"#(\d+)", key)) and 1 <= int(match[1]) <= 12:
        return time(int(match[1]) % 12, 0)
    return None


def _plain(value: float) -> str:
    return f"{round(value, 4):g}" if value < 1e6 else str(int(value))
