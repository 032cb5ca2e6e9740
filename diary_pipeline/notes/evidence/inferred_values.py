"""Values that were not said but follow from what was: the month of "the twenty-fourth", today, "one" for "a tyre"."""

from datetime import date

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.lexicon.dates import MONTHS


def can_be_inferred(found: Alignment, here: int, day: date | None) -> bool:
    """Whether the value at *here* of the statement follows from the cited words. *day*: of the recording."""
    token = found.statement.tokens[here]
    lows = {t.low for t in found.source.tokens}
    if token.low in MONTHS:
        return day is not None and _month(found, here, day)
    undated = not any(t.kind == "date" for t in found.source.tokens)
    if token.low == "today":
        return undated and not any(s.label in ("plan", "wish", "duty") for s in found.source.scopes)
    if token.low == "tomorrow":
        return undated and "morning" in lows and any(s.label in ("plan", "if") for s in found.source.scopes)
    if token.key == "#1":
        return _one_of(found, here)
    return token.low in ("twice", "two times") and bool({"again", "second"} & lows)


def _one_of(found: Alignment, here: int) -> bool:
    """As in "one tyre" for "a tyre" and "one of the tyres"."""
    there = found.pairs.get(here + 1, 0)
    return any(t.low in ("a", "an", "one") for t in found.source.tokens[max(0, there - 3) : there])


def _month(found: Alignment, here: int, day: date) -> bool:
    """Whether it is the next month that has the said day; where the source names a month, no other follows."""
    if any(t.kind == "date" and t.low in MONTHS for t in found.source.tokens):
        return False
    for near in (here - 1, here + 1, here - 2, here + 2):
        if (
            0 <= near < len(found.statement.tokens)
            and near in found.pairs
            and found.statement.tokens[near].key[:1] == "#"
        ):
            ahead = float(found.statement.tokens[near].key[1:]) >= day.day
            return MONTHS[found.statement.tokens[here].low] == (day.month if ahead else day.month % 12 + 1)
    return False
