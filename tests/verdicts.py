"""The verdicts on all labelled statements, to-dos and events of the tests' data, each judged once in a process.

Belongs here: reading the data and judging it. Does not belong here: which verdicts are wanted (the tests), how they
are frozen (`characterize`).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from benchmarks.evidence import NATURAL, PARTS, SET, Judged, Labelled, judged, labelled, right, transcript
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.style import Style
from diary_pipeline.notes.validate_parts import PartsValidator
from diary_pipeline.schema import Event, Statement, Todo
from tests.transcripts import said, sentences

DATA = Path(__file__).resolve().parent / "data"
SAMPLES = DATA.parent.parent / "samples"
FREE = Style("journal", "Tell it.", "", 9, own_words=False)
ANNOTATED = tuple(part for part in PARTS if part not in NATURAL)
LISTS = ("statements", "rewrites", "short statements", "sample statements")
ITEMS = ("todos", "events")


@cache
def of_set(part: str) -> tuple[Judged, ...]:
    """The statements of a labelled set."""
    return tuple(judged(labelled([part])))


class Shares(NamedTuple):
    """Statements of a set: how many are right, and of those accepted; how many are wrong, and of those rejected."""

    right: int
    accepted: int
    wrong: int
    rejected: int


def shares(part: str, *, alone: bool = False) -> Shares:
    """Count the verdicts within the answers, or of each statement by itself."""
    judged_ = [(one.statement, one.alone if alone else one.verdict) for one in of_set(part)]
    supported = [right(*one) for one in judged_ if one[0].kind == "supported"]
    wrong = [right(*one) for one in judged_ if one[0].kind != "supported"]
    return Shares(len(supported), sum(supported), len(wrong), sum(wrong))


@cache
def of_list(name: str) -> tuple[Judged, ...]:
    """The statements of one of the `LISTS`. A statement is "supported" or "wrong"."""
    readers: dict[str, Callable[[], Iterable[Labelled]]] = {
        "statements": _statements,
        "rewrites": _rewrites,
        "short statements": _short,
        "sample statements": _of_samples,
    }
    return tuple(judged(readers[name]()))


def _loaded(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text("utf-8"))


def _statements() -> Iterator[Labelled]:
    """They cite the segments that hold the given words."""
    data = _loaded("statements.yaml")
    rows = [(*row, f"{label} {number:03}") for label in ("stand", "fall") for number, row in enumerate(data[label], 1)]
    for name in dict.fromkeys(memo for memo, *_ in rows):
        known = data["memos"].get(name)
        lines = known.splitlines() if known else sentences((SAMPLES / f"{name}.txt").read_text("utf-8"))
        spoken = SpokenSource.of(said(*lines))
        for words, text, label in (row[1:] for row in rows if row[0] == name):
            cited = tuple(segment.id for segment in spoken.segments if words in segment.text)
            yield Labelled(_kind(label), cited, text, "statements", spoken, f"statements/{label}")


def _rewrites() -> Iterator[Labelled]:
    for mechanism, rows in _loaded("rewrites.yaml").items():
        for number, (words, stands, falls) in enumerate(rows, 1):
            spoken = SpokenSource.of(said(words))
            for label, text in (("stands", stands), ("falls", falls)):
                place = f"rewrites/{mechanism} {number:03} {label}"
                yield Labelled(_kind(label), ("s01",), text, "rewrites", spoken, place)


def _short() -> Iterator[Labelled]:
    for label, rows in _loaded("short_statements.yaml").items():
        for number, (text, words) in enumerate(rows, 1):
            place = f"short statements/{label} {number:03}"
            yield Labelled(_kind(label), ("s01",), text, "short statements", SpokenSource.of(said(words)), place)


def _of_samples() -> Iterator[Labelled]:
    """They are all true. Their segments are the sentences of `samples/index.json`."""
    index = json.loads((SAMPLES / "index.json").read_text("utf-8"))
    memos = {memo["file"]: [text for _, _, text in memo["sentences"]] for memo in index}
    for file, rows in _loaded("sample_statements.yaml").items():
        spoken = SpokenSource.of(said(*memos[file]))
        for number, (cited, text) in enumerate(rows, 1):
            place = f"sample statements/{file} {number:03}"
            yield Labelled("supported", tuple(cited), text, "sample statements", spoken, place)


def _kind(label: str) -> str:
    return "supported" if label.startswith("stand") else "wrong"


class Item(NamedTuple):
    """A to-do or event and its verdict: "accepted" with moment and citation, "rejected" with reasons, or "left out".

    *answer*: beside the others of its memo; *alone*: by itself. *dated*: every day that was found is the labelled one.
    """

    place: str
    wanted: bool
    text: str
    answer: str
    alone: str
    dated: bool

    @property
    def right(self) -> bool:
        """Whether the verdict is the labelled one, and the day too."""
        return self.alone.startswith("accepted") == self.wanted and self.dated


@cache
def of_items(what: str) -> tuple[Item, ...]:
    """The to-dos or the events of the mechanisms' memos."""
    return tuple(item for file in sorted((SET / "mechanisms").glob("*.yaml")) for item in _items(file, what))


def _items(file: Path, what: str) -> Iterator[Item]:
    memo = yaml.safe_load(file.read_text("utf-8"))
    words, at = transcript(memo["segments"]), memo["recorded_at"]
    own, spoken = write(words, FREE, at), SpokenSource.of(words, at.date())
    rows = memo.get(what, [])
    claims = [Statement(text=text, segments=tuple(cited.split())) for _, cited, text, *_ in rows]

    def verdicts(claims: list[Statement]) -> Iterator[tuple[str, list[Todo | Event]]]:
        parts = PartsValidator(spoken, words, FREE, at)
        found = parts.todos(claims, own) if what == "todos" else parts.events(claims)
        faults = {fault.text: fault.reasons for fault in parts.faults}
        for claim in claims:
            kept: list[Todo | Event] = [one for one in found if one.text in (claim.text, claim.text.strip(" ."))]
            reasons = faults.get(claim.text)
            failed = f"rejected: {', '.join(reasons)}" if reasons else "left out: read as one with another"
            yield " ".join(map(_moment, kept)) or failed, kept

    together = [verdict for verdict, _ in verdicts(claims)]
    for number, (row, claim, answer) in enumerate(zip(rows, claims, together, strict=True), 1):
        ((alone, kept),) = verdicts([claim])
        days = [str(one.due) for one in kept if isinstance(one, Todo)]
        dated = len(row) < 4 or all(day.startswith(str(row[3])) for day in days)
        yield Item(f"{what}/{file.stem} {number:03}", row[0] == "stands", claim.text, answer, alone, dated)


def _moment(found: Todo | Event) -> str:
    moment, kind = (found.due, found.due_kind) if isinstance(found, Todo) else (found.when, None)
    return " ".join(["accepted", moment or "undated", *([kind] if kind and kind != "on" else []), *found.segments])
