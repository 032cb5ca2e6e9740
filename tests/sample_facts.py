"""What a good page of the samples holds (samples/facts.json), and which of it a writer's notes have, miss or invent."""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path
from typing import Any

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.language.lexicon.discourse import fillers
from diary_pipeline.schema import DiaryNote, Event, Statement, Todo

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
LIKE, DENIALS = 0.9, ("not", "no", "never", "nobody", "wait")
Notes = Mapping[str, Draft | DiaryNote]
"""Notes by the name of their sample."""


@cache
def facts() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SAMPLES / "facts.json").read_text("utf-8"))
    return loaded


def missed_todos(notes: Notes) -> list[str]:
    """Required to-dos that are not there, or not with their day."""
    return [todo["text"] for todo in facts()["todos"] if todo["required"] and not _has(notes[todo["file"]], todo)]


def _has(note: Draft | DiaryNote, wanted: Mapping[str, Any]) -> bool:
    found = [todo for todo in note.todos if _words(wanted["text"]) <= _words(todo.text)]
    kinds = {None, wanted.get("due_kind")}
    return any(todo.due in wanted["due"] and ("due_kind" not in wanted or todo.due_kind in kinds) for todo in found)


def unknown_todos(notes: Notes) -> list[str]:
    """To-dos that the facts do not know."""
    known = {(todo["file"], day) for todo in facts()["todos"] for day in todo["due"]}
    return [todo.text for file, note in notes.items() for todo in note.todos if (file, todo.due) not in known]


def missed_events(notes: Notes) -> list[str]:
    """Events that are not there on their day."""
    return [event["text"] for event in facts()["events"] if not _happens(notes[event["file"]], event["when"])]


def _happens(note: Draft | DiaryNote, days: Iterable[str]) -> bool:
    return any((event.when or "").startswith(day) for event in note.events for day in days)


def missed_names(notes: Notes, kind: str) -> set[str]:
    """People or places that are in no note."""
    return set(facts()[kind]) - {name for note in notes.values() for name in getattr(note, kind)}


def untrue(notes: Notes) -> list[str]:
    """What stands in the notes and is listed as false, outside of the sentences that were spoken so."""
    return [text for note in notes.values() for text in untold(_told(note))]


def untold(texts: Collection[str]) -> list[str]:
    """Those of the *texts* that say what is listed as false, unless they are sentences that were spoken so."""
    return [
        text
        for never in facts()["never"]
        for text in texts
        if re.search(never["pattern"], text, re.IGNORECASE)
        and not any(_same(text, sentence) for sentence in never["allowed"])
    ]


def _same(text: str, spoken: str) -> bool:
    """Whether it is that sentence as it may be recognised: nearly the same words, and as many denials."""
    one, two = _bare(text).split(), _bare(spoken).split()
    alike = SequenceMatcher(None, one, two, autojunk=False).ratio() >= LIKE
    return alike and [w for w in one if w in DENIALS] == [w for w in two if w in DENIALS]


def _told(note: Draft | DiaryNote) -> list[str]:
    """Every text that a page would print, statements by sentence; a correction keeps the sentence before it."""
    parts: tuple[Statement | Todo | Event, ...] = (
        *note.statements,
        *note.also_said,
        *note.highlights,
        *note.todos,
        *note.events,
    )
    return [note.title, *(piece for part in parts for piece in _sentences(part.text))]


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?!No, wait)", text)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.lower()))


def _bare(text: str) -> str:
    """A sentence without fillers and marks."""
    return " ".join(word for word in re.findall(r"[\w']+", text.lower()) if word not in fillers("en"))
