"""Numbers said in pieces and stated in digits: "four ninety" is 4.90, "five fifty two" 5:52."""

import re
from itertools import pairwise

from diary_pipeline.notes.language.lexicon.quantities import BETWEEN_PARTS
from diary_pipeline.notes.language.reading import Reading


def in_pieces(source: Reading, key: str) -> list[int]:
    """Places of the source where the value of *key* begins: in two pieces, or without its "thousand"."""
    numbers = [n for n, t in enumerate(source.tokens) if t.key[:1] == "#" and re.fullmatch(r"#\d+(\.\d+)?", t.key)]
    value = {n: float(source.tokens[n].key[1:]) for n in numbers if n not in source.retracted}
    pairs = [
        (one, two) for one, two in pairwise(numbers) if one in value and two in value and _adjacent(source, one, two)
    ]
    found = [one for one, two in pairs if key in _together(value[one], value[two])]
    found += [
        n
        for n, t in enumerate(source.tokens)
        if t.kind == "time" and key in _as_number(t.key) and n not in source.retracted
    ]
    for scale, below in ((1000, 100), (100, 10)):
        if not found and any(scale <= v < scale * below and v % (scale / 2) == 0 for v in value.values()):
            found = [n for n, v in value.items() if v < below and key == _number(v * scale)]
    return found


def _adjacent(source: Reading, one: int, two: int) -> bool:
    return two - one <= 2 and all(t.low in BETWEEN_PARTS for t in source.tokens[one + 1 : two])


def _together(one: float, two: float) -> set[str]:
    """Keys that two numbers in a row may mean."""
    if not (one.is_integer() and two.is_integer()) or two <= 0:
        return set()
    made = {_number(one + two / 100)} if two >= 10 and two < 100 else set()
    if two < 10:
        made.add(_number(one + two / 10))
    if 10 <= two < 100 and one < 100:
        made.add(_number(one * 100 + two))
    if 1 <= one <= 12 and two < 60:
        made.add(f"t{int(one)}:{int(two):02d}")
    if two % 100 == 0 and two < 1000:
        made.add(_number(one + two / 1000))
    return made


def _as_number(key: str) -> set[str]:
    """Keys of a time as a number: "for four fifty", "from seven ten"."""
    hour, _, minute = key[1:].partition(":")
    return {_number(int(hour) + int(minute) / 100), _number(int(hour) * 100 + int(minute))}


def _number(value: float) -> str:
    return f"#{round(value, 4):g}" if value < 1e6 else f"#{int(value)}"
