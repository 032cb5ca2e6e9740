"""Finds the JSON object in what a model wrote: alone, in a fence, after prose, after or inside its thoughts.

One way for all models. Where there are several objects, the last one that has the shape is the answer: drafts come
first. Characters that only control how text is displayed are taken out, so that none reaches a page.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

MOST_OBJECTS = 64
"""Places at which an object is looked for: a model that writes brackets without end costs no more."""

_THOUGHTS = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_JOINERS = "\u200c\u200d"  # Persian, Indian scripts and emojis need them
_DECODER = json.JSONDecoder(strict=False)  # line feeds and tabs within strings are read
_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
LONGEST_LOOSE = 65_536
"""Characters of a text that is read as JSON5: its parser takes milliseconds for each hundred."""
LOOSE_OBJECTS = 4


def answer_of(shape: type[BaseModel], *texts: str) -> dict[str, Any] | None:
    """The object that one of the *texts* holds, the first text first; None where there is none.

    An object of the wrong shape counts only where none has the right one.
    """
    wrong = None
    spoken = [part for text in texts for part in _spoken_first(_unwrapped(text))]
    for objects in (_objects, _loose_objects):
        for found in (one for text in spoken for one in reversed(list(objects(text)))):
            cleaned: dict[str, Any] = _clean(found)
            if _has_shape(shape, cleaned):
                return cleaned
            wrong = cleaned if wrong is None else wrong
    return wrong


def printable(text: str) -> str:
    """*text* on one line without control characters, marks of direction, and what no encoding can write."""
    text = _COLOURS.sub("", text)
    spaced = "".join(" " if unicodedata.category(one) in ("Zl", "Zp") or one in "\n\t\r\v\f" else one for one in text)
    return "".join(one for one in spaced if one in _JOINERS or unicodedata.category(one) not in ("Cc", "Cf", "Cs"))


def _unwrapped(text: str) -> str:
    """The text within a JSON string, where that is all there is."""
    if not text.lstrip().startswith('"'):
        return text
    try:
        inner = json.loads(text, strict=False)
    except ValueError:
        return text
    return inner if isinstance(inner, str) else text


def _spoken_first(text: str) -> Iterator[str]:
    """What follows the thoughts, then the whole text."""
    *thoughts, spoken = _THOUGHTS.split(text)
    yield spoken
    if thoughts:
        yield text


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The outermost JSON objects in *text*, in order."""
    at = text.find("{")
    for _ in range(MOST_OBJECTS):
        if at < 0:
            return
        try:
            found, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        yield found
        at = text.find("{", end)


def _loose_objects(text: str) -> Iterator[dict[str, Any]]:
    """The first objects in *text* that are JSON5: with comments, commas too many, single quotes."""
    import json5

    at = text.find("{") if len(text) <= LONGEST_LOOSE else -1
    for _ in range(LOOSE_OBJECTS):
        if at < 0:
            return
        try:
            found, trouble, end = json5.parse(text, start=at, consume_trailing=False)
        except (ValueError, RecursionError):
            found, trouble, end = None, "too deep", at + 1
        if isinstance(found, dict) and not trouble:
            yield found
        at = text.find("{", end if not trouble else at + 1)


def _has_shape(shape: type[BaseModel], value: dict[str, Any]) -> bool:
    try:
        shape.model_validate(value)
    except ValidationError:
        return False
    return True


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return {printable(key): _clean(item) for key, item in value.items()} if isinstance(value, dict) else value
