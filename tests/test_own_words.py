"""The own-words writer on memos that were labelled before it read them: how much it finds, and that nearly nothing of it is wrong."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.style import Style
from tests.transcripts import said, sentences

VERBATIM = Style("verbatim", "", "", 9)


@cache
def memos() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "data" / "own_words.yaml").read_text("utf-8"))
    return loaded


def note(memo: Mapping[str, Any]) -> Draft:
    spoken = memo["spoken_at"]
    return write(said(*sentences(memo["text"])), VERBATIM, spoken if isinstance(spoken, datetime) else datetime.fromisoformat(spoken))


@dataclass
class Tally:
    """Things found and right, found, and to be found."""

    right: int = 0
    found: int = 0
    wanted: int = 0


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def same_day(found: str | None, wanted: Any) -> bool:
    days = wanted if isinstance(wanted, list) else [wanted]
    return any(found == day or (found and day and found[: len(day)] == day) for day in days)


def faults(memo: Mapping[str, Any], draft: Draft, tally: Mapping[str, Tally]) -> Iterator[str]:
    """What is missing or too much, counted in *tally*."""
    for kind, wanted, found in (
        ("todos", memo["todos"], [(words(t.text), t.due, t.text) for t in draft.todos]),
        ("events", [[word, when] for when, word in memo["events"]], [(words(e.text), e.when, e.text) for e in draft.events]),
    ):
        left = list(found)
        for text, day, *_ in wanted:
            hit = next((one for one in left if words(text) <= one[0] and same_day(one[1], day)), None)
            if hit is None:
                yield f"{kind}: missed {text!r} {day}"
            else:
                left.remove(hit)
        tally[kind].right += len(found) - len(left)
        tally[kind].found += len(found)
        tally[kind].wanted += len(wanted)
        yield from (f"{kind}: too much {text!r} {day}" for _, day, text in left)
    for kind in ("people", "places"):
        want, have = set(memo[kind]), set(getattr(draft, kind))
        tally[kind].right, tally[kind].found, tally[kind].wanted = (
            tally[kind].right + len(want & have),
            tally[kind].found + len(have),
            tally[kind].wanted + len(want),
        )
        yield from (f"{kind}: missed {name}" for name in sorted(want - have))
        yield from (f"{kind}: too much {name}" for name in sorted(have - want))
    if draft.mood is not None or memo["mood"] is not None:
        tally["mood"].right += draft.mood == memo["mood"]
        tally["mood"].found += draft.mood is not None
        tally["mood"].wanted += memo["mood"] is not None
        if draft.mood != memo["mood"]:
            yield f"mood: {draft.mood} for {memo['mood']}"
