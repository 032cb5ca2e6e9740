"""Dates in names: every way to write one, and which days each could mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from diary_pipeline.recordings.naming.words import ERAS, MONTHS

_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_GAP = r"[\s._,-]{0,3}"
_OF = rf"{_GAP}(?:(?:de|del|of|d')\s)?"
_TH = r"(?:st|nd|rd|th|er|\.|o)?"
# Never inside a longer run of digits: phone numbers and counters hold dates by chance.
_FULL = re.compile(
    rf"""(?<!\d)(?:
      (?:(?P<era>{"|".join(ERAS)})\s?(?P<era_year>\d{{1,2}}|元)|(?P<cy>\d{{4}}))\s?[年년]\s?
        (?P<cm>\d{{1,2}})\s?[月월]\s?(?P<cd>\d{{1,2}})\s?[日일号]?
    | (?P<nd>\d{{1,2}}){_TH}{_OF}(?<![a-z])(?P<nm>{_NAMES})\.?(?![a-z]){_OF}(?P<ny>\d{{4}})(?!\d)
    | (?<![a-z])(?P<mm>{_NAMES})(?![a-z])\.?{_GAP}(?P<md>\d{{1,2}}){_TH}{_GAP}(?P<my>\d{{4}})(?!\d)
    | (?P<yy>\d{{4}}){_GAP}(?<![a-z])(?P<ym>{_NAMES})(?![a-z])\.?{_GAP}(?P<yd>\d{{1,2}})(?!\d)
    | (?P<year>(?:19|20)\d\d)(?P<mark>[-._/:\s])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?!\d)
    | (?P<first>\d{{1,2}})(?P<sep>[-._/\s])(?P<second>\d{{1,2}})(?P=sep)(?P<last>(?:19|20)\d\d)(?!\d)
    | (?P<apart>(?:19|20)\d\d)[-_](?P<m>\d\d)(?P<d>\d\d)(?=[\s_-]\d{{6}}(?!\d))
    | (?P<long>\d{{8}})(?=(?:\d{{4}}|\d{{6}}|\d{{9}})?(?!\d))
    )""",
    re.VERBOSE,
)
_SHORT = re.compile(
    rf"""(?<!\d)(?:
      (?P<nd>\d{{1,2}}){_TH}{_OF}(?<![a-z])(?P<nm>{_NAMES})\.?(?![a-z]){_OF}'?(?P<ny>\d\d)(?!\d)
    | (?P<first>\d{{1,2}})(?P<sep>(?<!\d[-._/]\d)(?<!\d[-._/]\d\d)[-._/])
        (?P<second>\d{{1,2}})(?P=sep)(?P<last>\d\d)(?!\d)
    | (?P<six>\d{{6}})(?=[_\s-]\d|\d{{6}}(?!\d))
    )""",
    re.VERBOSE,
)
_EPOCH = re.compile(r"(?<![\d+])(?:\d{10}|\d{13}|\d{16})(?!\d)")
_HEX = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{16,}(?![0-9a-z])")


@dataclass(frozen=True)
class WrittenDate:
    """What looks like a date, from *start* to *end*, and the days that it could mean.

    *compact*: digits alone. *dotted*: with points between. *short*: its year has two digits.
    """

    start: int
    end: int
    days: frozenset[date]
    compact: bool = False
    dotted: bool = False
    short: bool = False


def full_dates(text: str) -> Iterator[WrittenDate]:
    """Dates with a year of four digits."""
    position = 0
    while found := _FULL.search(text, position):
        one = _full(found)
        if one is not None:
            yield one
        position = found.end() if one is not None and one.days else found.start() + 1


def short_dates(text: str, earliest: date, latest: date) -> Iterator[WrittenDate]:
    """Dates with a year of two digits, of which only days from *earliest* to *latest* are meant."""
    position = 0
    while found := _SHORT.search(text, position):
        days = _short(found, earliest, latest)
        dotted = found["sep"] == "."
        yield WrittenDate(found.start(), found.end(), days, bool(found["six"]), dotted, short=True)
        position = found.end() if days else found.start() + 1


def instants(text: str, earliest: date, latest: date) -> set[datetime]:
    """Unix times in seconds, milliseconds or microseconds."""
    text = _HEX.sub(lambda found: "x" * len(found[0]), text)
    moments = {_instant(found[0]) for found in _EPOCH.finditer(text)}
    return {moment for moment in moments if earliest <= moment.date() <= latest}


def _instant(digits: str) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(digits) / 10 ** (len(digits) - 10))


def _full(found: re.Match[str]) -> WrittenDate | None:
    start, end, compact = found.start(), found.end(), False
    if found["cm"]:
        year = int(found["cy"]) if found["cy"] else ERAS[found["era"]] + int(found["era_year"].replace("元", "1"))
        days = _days((year, int(found["cm"]), int(found["cd"])))
    elif name := found["nm"] or found["mm"] or found["ym"]:
        year, day = (int(found["ny"] or found["my"] or found["yy"]), int(found["nd"] or found["md"] or found["yd"]))
        days = _days((year, MONTHS[name], day))
    elif found["year"]:
        days = _days((int(found["year"]), int(found["month"]), int(found["day"])))
    elif found["apart"]:
        days = _days((int(found["apart"]), int(found["m"]), int(found["d"])))
    elif digits := found["long"]:
        compact, days = True, _long(digits, alone=not re.match(r"\d{4}(?!\d)", found.string[end:]))
        if not digits.startswith(("19", "20")) and not days:
            return None
    else:
        year, one, other = int(found["last"]), int(found["first"]), int(found["second"])
        days = _days((year, one, other), (year, other, one))
    return WrittenDate(start, end, days, compact)


def _long(digits: str, *, alone: bool) -> frozenset[date]:
    """Eight digits are read year first; where that is no date and nothing follows, in any order that is one."""
    year_first = _days((int(digits[:4]), int(digits[4:6]), int(digits[6:]))) if digits[:2] in ("19", "20") else None
    if year_first or not alone or digits[4:6] not in ("19", "20"):
        return year_first or frozenset()
    year, one, other = int(digits[4:]), int(digits[:2]), int(digits[2:4])
    return _days((year, one, other), (year, other, one))


def _short(found: re.Match[str], earliest: date, latest: date) -> frozenset[date]:
    if found["nm"]:
        one, other = int(found["nd"]), int(found["ny"])
        every = _days(*((2000 + year, MONTHS[found["nm"]], day) for year, day in ((one, other), (other, one))))
        return frozenset(day for day in every if earliest <= day <= latest)
    digits = found["six"] or ""
    parts = (digits[:2], digits[2:4], digits[4:]) if digits else (found["first"], found["second"], found["last"])
    one, two, three = map(int, parts)
    orders = [(2000 + one, two, three), (2000 + three, two, one), (2000 + three, one, two)]
    if not digits and len(found["first"]) == 1:
        orders = orders[1:]  # a year has two digits
    days = [{day for day in _days(order) if earliest <= day <= latest} for order in orders]
    if digits and days[0]:
        return frozenset(days[0])  # recorders write the year first
    return frozenset().union(*days)


def _days(*orders: tuple[int, int, int]) -> frozenset[date]:
    days = set()
    for order in orders:
        try:
            days.add(date(*order))
        except ValueError:
            continue
    return frozenset(days)
