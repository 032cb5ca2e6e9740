"""Times of day in names: which digits beside a date are a clock, in 24 hours or 12, and in which zone."""

import re
from dataclasses import dataclass
from datetime import UTC, time, timedelta, timezone

from diary_pipeline.recordings.naming.words import AFTERNOON

_AT = r"(?:(?:at|um|a|as|las|la|alle|om|kl|gegen|vers|ab|от|в)\.?\s+){0,2}"
_WEEKDAYS = r"[a-z]{2,10}day|mon|tue|wed|thu|fri|sat|sun|[a-z]{2,7}tag|[a-z]{3,6}di|[月火水木金土日](?:曜日?)?"
_WEEKDAY = rf"(?:\(?(?:{_WEEKDAYS})\)?\s?,?)"
_HALF = r"(?P<before>午前|午後|上午|下午|오전|오후)"
_BODY = rf"""(?:{_HALF}\s?)?
    (?: (?P<digits>\d{{9}}|\d{{6}}|\d{{4}})(?!\d)
      | (?P<hour>\d{{1,2}})
        (?: (?P<mark>[.:_\s-])(?P<minute>\d\d)(?:(?P=mark)(?P<second>\d\d))?
          | \s?(?P<unit>h|uhr|時|点|시)\s?(?:(?P<of_hour>\d{{1,2}})\s?(?:(?:m|min|分|분)(?![a-z])|m(?=\d))?
            \s?(?:(?P<of_minute>\d{{1,2}})\s?(?:s|秒|초)?)?)?(?![a-z])
          | (?=[\s_]?[ap]\.?\s?m(?![a-z])) )(?!\d) )
    (?:[.,]\d{{1,9}}(?=z|[+-]\d))?
    (?:[\s_-]?(?P<half>[ap])\.?\s?m\b\.?|[\s_-]?(?P<half_too>[ap])m(?=_))?
    (?:[\s_]?\(?(?P<offset>z(?![a-z0-9])|(?:gmt|utc)(?:\s?[+-]\d{{1,2}}(?::?\d\d)?)?(?!\w)
      |[+-](?:0\d|1[0-4]):?(?:00|15|30|45)(?!\w)))?"""
_BEHIND = re.compile(
    rf"(?:(?P<iso>t)|(?P<gap>[\s_.,()\[@-]{{0,3}}){_WEEKDAY}?(?P<word>[\s_]*{_AT}))(?:{_BODY})",
    re.VERBOSE,
)
_IN_FRONT = re.compile(
    rf"(?<![\w.:])(?:{_BODY})(?P<gap>[\s_.,(-]{{0,3}})(?:(?:on|am|vom|den|le|du|el|del|dia)\s+)?\Z", re.VERBOSE
)
_ALONE = re.compile(rf"(?<![\w.:-])(?:{_BODY})(?![\w.:]*\d)", re.VERBOSE)


@dataclass(frozen=True)
class Clock:
    """A time of day, aware where its zone is written. *doubt* says why none could be taken from digits that are there.

    *end* is where it ends in the text.
    """

    at: time | None
    end: int
    doubt: str = ""


def clock_behind(text: str, start: int, end: int, *, universal: bool) -> Clock | None:
    """The time behind the date in *text* from *start* to *end*; None where what stands there is something else.

    *universal*: a time without a zone is UTC.

    Raises:
        ValueError: no clock shows it.
    """
    found = _BEHIND.match(text, end)
    if found is None:
        return None
    if found["digits"] and len(found["digits"]) == 4 and not found["iso"]:
        glued = end - start == 8 and text[start:end].isdigit()
        return _four_digits(found, glued=glued, universal=universal)
    single = found["hour"] and len(found["hour"]) == 1 and not _half(found) and not found["unit"]
    if single and not (found["second"] or found["iso"] or re.search(r"[\s_,@]", found["gap"] + found["word"])):
        return None  # "-1.22" may be a part's number
    if found["mark"] == " " and not (found["second"] or " " in text[start:end].strip()):
        return None
    return Clock(_time(found, universal=universal), found.end())


def clock_in_front(text: str, start: int, *, universal: bool) -> Clock | None:
    """The time in front of the date that begins at *start*."""
    found = _IN_FRONT.search(text[:start])
    if found is None or (found["digits"] and len(found["digits"]) != 6) or found["mark"] == " ":
        return None
    if found["hour"] and len(found["hour"]) == 1 and not (_half(found) or found["second"] or found["unit"]):
        return None
    try:
        return Clock(_time(found, universal=universal, ignore_half=found["hour"] and int(found["hour"]) > 12), start)
    except ValueError:
        return None


def clock_elsewhere(text: str, *, universal: bool) -> Clock | None:
    """The only clock with seconds or with am or pm in a text without a date."""
    found = [one for one in _ALONE.finditer(text) if _half(one) or one["second"] or one["of_hour"]]
    times = set()
    for one in found:
        try:
            times.add(_time(one, universal=universal))
        except ValueError:
            continue
    return Clock(times.pop(), len(text)) if len(times) == 1 else None


def clock_at_start(text: str, *, universal: bool) -> Clock | None:
    """The time with which a name begins that has no date."""
    found = re.match(rf"\D*?(?<![\d.:])(?:{_BODY})", text, re.VERBOSE)
    if found is None or found["mark"] == " ":
        return None
    if found["digits"] and _is_counter(text, found):
        return None
    if found["hour"] and len(found["hour"]) == 1 and not (_half(found) or found["second"] or found["unit"]):
        return None
    try:
        return Clock(_time(found, universal=universal), found.end())
    except ValueError:
        return None


def _is_counter(text: str, found: re.Match[str]) -> bool:
    """Whether digits in a name without a date count the files of a recorder."""
    start, alone = found.start("digits"), found.group("digits") == text
    joined = start > 0 and text[start - 1].isalnum()
    return found["digits"].startswith("00") or joined or (len(found["digits"]) == 4 and not alone)


def _four_digits(found: re.Match[str], *, glued: bool, universal: bool) -> Clock | None:
    """Four digits behind a date are a time, unless no clock shows them or they begin as counters do.

    *glued*: the date is digits too.
    """
    digits, apart = found["digits"], bool(found["gap"] or found["word"])
    if not (apart or glued) or int(digits[:2]) > 23 or int(digits[2:]) > 59:
        return None
    if apart and digits.startswith("00"):
        return Clock(None, found.end(), f"{digits!r} may be a time or a counter")
    return Clock(_time(found, universal=universal), found.end())


def _half(found: re.Match[str]) -> str:
    return found["before"] or found["half"] or found["half_too"] or ""


def _time(found: re.Match[str], *, universal: bool, ignore_half: object = False) -> time:
    if digits := found["digits"]:
        hour, minute, second = int(digits[:2]), int(digits[2:4]), int(digits[4:6] or 0)
    else:
        hour = int(found["hour"])
        minute = int(found["minute"] or found["of_hour"] or 0)
        second = int(found["second"] or found["of_minute"] or 0)
    half = "" if ignore_half else _half(found)
    if half:
        hour = hour % 12 + 12 * (half in AFTERNOON) if 1 <= hour <= 12 or (half not in "ap" and hour == 0) else 99
    try:
        return time(hour, minute, second, tzinfo=_offset(found) or (UTC if universal else None))
    except ValueError:
        raise ValueError("has a time behind it that no clock shows") from None


def _offset(found: re.Match[str]) -> timezone | None:
    """The offset from UTC behind a time. Without a T, a colon or a plus, "-0100" is rather a counter."""
    text = found["offset"] or ""
    if not text:
        return None
    if text in {"z", "gmt", "utc"}:
        return UTC
    sign, digits = ("-" if "-" in text else "+"), re.sub(r"\D", "", text)
    named = text.startswith(("gmt", "utc"))
    if not (named or ":" in text or sign == "+" or found.groupdict().get("iso")):
        return None
    minutes = int(digits[:-2]) * 60 + int(digits[-2:]) if len(digits) > 2 else int(digits) * 60
    if minutes >= 24 * 60:
        return None
    return timezone(timedelta(minutes=-minutes if sign == "-" else minutes))
