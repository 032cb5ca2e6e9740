"""Amounts with units, in the smallest unit of their kind: "two hours" is 7,200 seconds, "half a kilo" 500 grams."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diary_pipeline.notes.language.lexicon.quantities import UNITS
from diary_pipeline.notes.language.words import Token

_UNIT: dict[str, tuple[str, float]] = {}
for _kind, _entries in UNITS.items():
    for _entry in _entries.split(";"):
        *_names, _size = _entry.split()
        _UNIT |= {name: (_kind, float(_size)) for name in _names}
_MINUTES = ("time", 60.0)
_PARTS = {"half": 0.5, "quarter": 0.25}


@dataclass(frozen=True)
class Amount:
    """Tokens from *first* up to *end* (not included); *size* counts the smallest unit of the *kind*."""

    first: int
    end: int
    kind: str
    size: float


def amounts(tokens: Sequence[Token]) -> list[Amount]:
    """Every amount with its unit, in order."""
    found: list[Amount] = []
    for at in range(len(tokens)):
        amount = _amount(tokens, at)
        if amount and not (found and found[-1].end > at):
            found.append(amount)
    return found


def unit_of(tokens: Sequence[Token], at: int) -> str | None:
    """The kind of the unit of the number at *at*; the unit may be inside the number: "seven pounds twenty"."""
    if tokens[at].kind != "number":
        return None
    within = next((_UNIT[low][0] for low in tokens[at].low.split() if low in _UNIT), None)
    amount = _amount(tokens, at)
    return within or (amount.kind if amount else None)


def _amount(tokens: Sequence[Token], at: int) -> Amount | None:
    lows = [t.low for t in tokens[at : at + 6]] + [""] * 6
    if "hour" in tokens[at].low and (number := _number(tokens[at])):  # "an hour and a half" is joined as its minutes
        return Amount(at, at + 1, _MINUTES[0], number * _MINUTES[1])
    width, number = 1, _number(tokens[at])
    if lows[0] in _PARTS and lows[1] in ("a", "an"):
        width, number = 2, _PARTS[lows[0]]
    elif lows[0] in ("a", "an"):
        number = 1.0
    unit = _UNIT.get(lows[width])
    if not number or unit is None:
        return None
    end = at + width + 1
    if lows[width + 1 : width + 3] == ["and", "a"] and lows[width + 3] in _PARTS:
        end, number = end + 3, number + _PARTS[lows[width + 3]]
    return Amount(at, end, unit[0], round(number * unit[1], 3))


def _number(token: Token) -> float:
    return float(token.key[1:]) if token.kind == "number" and re.fullmatch(r"#\d+(\.\d+)?", token.key) else 0.0
