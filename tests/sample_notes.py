"""What the own-words writer makes of the labelled memos, and the samples' pages, from their reference texts.

Belongs here: notes and pages of fixed texts with fixed times. Does not belong here: what is wanted of them (the tests).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from urllib.parse import quote

import yaml

from diary_pipeline.notes.day import PageEntry, compose
from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.style import Style
from diary_pipeline.notes.validate_answer import validate_answer
from diary_pipeline.schema import Recording, Segment, Transcript
from tests.transcripts import MADE, said, sentences
from tests.verdicts import DATA, FREE, SAMPLES

VERBATIM = Style("verbatim", "", "", 9)


@cache
def memos() -> list[dict[str, Any]]:
    """The memos of `own_words.yaml` with what a reader finds in them."""
    loaded: list[dict[str, Any]] = yaml.safe_load((DATA / "own_words.yaml").read_text("utf-8"))
    return loaded


@cache
def drafts() -> tuple[Draft, ...]:
    """The note of each of the `memos`."""
    return tuple(write(said(*sentences(memo["text"])), VERBATIM, _moment(memo["spoken_at"])) for memo in memos())


def _moment(spoken_at: datetime | str) -> datetime:
    return spoken_at if isinstance(spoken_at, datetime) else datetime.fromisoformat(spoken_at)


@cache
def index() -> list[dict[str, Any]]:
    """What is known of the samples."""
    loaded: list[dict[str, Any]] = json.loads((SAMPLES / "index.json").read_text("utf-8"))
    return loaded


def transcript(memo: Mapping[str, Any]) -> Transcript:
    """The sample's sentences, at the seconds at which they are spoken."""
    rows = enumerate(memo["sentences"], 1)
    segments = tuple(Segment(id=f"s{n:02}", start=start, end=end, text=text) for n, (start, end, text) in rows)
    return Transcript(
        recording=memo["file"],
        language=memo["lang"] if segments else None,
        seconds=memo["seconds"],
        segments=segments,
        provenance=MADE,
    )


def recording(memo: Mapping[str, Any]) -> Recording:
    """The sample as it is ingested. It is private where it says so."""
    return Recording(
        id=memo["file"],
        author="me",
        source=memo["file"],
        path=memo["file"],
        recorded_at=datetime.fromisoformat(memo["recorded_at"]).replace(tzinfo=UTC),
        dated_by="file name",
        day=date.fromisoformat(memo["day"]),
        privacy="local_only" if "privacy" in memo["traits"] else "standard",
        seconds=memo["seconds"],
        audio=f"audio/{memo['file']}",
    )


def own_words(memo: Mapping[str, Any]) -> Draft:
    """The note of the sample in the speaker's own words."""
    return write(transcript(memo), VERBATIM, recording(memo).recorded_at)


def free_words(memo: Mapping[str, Any]) -> Draft:
    """The note of an answer that states what `sample_statements.yaml` says of it, or one in own words."""
    statements = yaml.safe_load((DATA / "sample_statements.yaml").read_text("utf-8")).get(memo["file"], ())
    answer = {"statements": [{"text": text, "segments": cited} for cited, text in statements]}
    return validate_answer(answer, transcript(memo), FREE, recording(memo).recorded_at).draft or own_words(memo)


def entries(day: str, note: Callable[[Mapping[str, Any]], Draft]) -> Iterator[PageEntry]:
    """The samples of *day*, each with its *note*."""
    for memo in index():
        if memo["day"] == day:
            made = recording(memo)
            yield PageEntry(
                made, transcript(memo), note(memo).note(made.id, "w", MADE), f"../../{quote(made.audio or '')}"
            )


def pages() -> Mapping[str, str]:
    """The samples' pages in Markdown, by name: own words, free words, and one that hides the private memo."""
    days = sorted({memo["day"] for memo in index()})
    own = {day: list(entries(day, own_words)) for day in days}
    free = {day: list(entries(day, free_words)) for day in days}
    made = {day: compose("me", date.fromisoformat(day), own[day]) for day in days}
    made |= {f"{day}-free-words": compose("me", date.fromisoformat(day), free[day]) for day in days}
    hiding = {f"{day}-hiding": compose("me", date.fromisoformat(day), own[day], hide_private=True) for day in days}
    return made | {name: page for name, page in hiding.items() if "private memo" in page}
