"""How well the evidence check tells true statements from false ones, on the labelled set; the peer is a plain word-overlap rule.

`make bench NAME=evidence` prints one row per kind of statement, one column per part of the set. Nothing is drawn or trained, so figures do
not vary.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from diary_pipeline.notes.evidence.alignment import align
from diary_pipeline.notes.evidence.check import StatementVerdict
from diary_pipeline.notes.evidence.model_trust import ModelTrust
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.schema import Provenance, Segment, Transcript

NATURAL = ("natural", "natural2", "natural3", "natural4", "natural5", "natural6", "natural7")
"""What real small models wrote."""
PARTS = ("tuned", "held out", "mechanisms", "second", "third", "fourth", "fifth", "sixth", *NATURAL)
"""The halves of the first set, and the folders of those that came later."""
SET = Path(__file__).resolve().parent.parent / "tests" / "data" / "evidence"
_MADE = Provenance(stage="transcribe", fingerprint="f", made_by="hand", created_at=datetime(2026, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Labelled:
    """One statement of the set, its transcript prepared.

    *part* is the folder of its memo, or the half of the first set. *place* names it: "part/memo 007" is the seventh
    statement in the memo's file.
    """

    kind: str
    cited: tuple[str, ...]
    text: str
    part: str
    spoken: SpokenSource
    place: str


def transcript(texts: dict[str, str]) -> Transcript:
    """A transcript of these segments, a second each."""
    segments = tuple(Segment(id=name, start=n, end=n + 1, text=text) for n, (name, text) in enumerate(texts.items()))
    return Transcript(recording="r", language="en", seconds=float(len(texts)), segments=segments, provenance=_MADE)


def labelled(parts: Collection[str] = PARTS) -> Iterator[Labelled]:
    """The statements of these parts, without to-dos (they are judged by another rule) and what readers could argue about."""
    for file in sorted(SET.glob("**/*.yaml")):
        if file.parent != SET and file.parent.name not in parts:
            continue  # reading a file costs as much as judging one of its statements
        memo: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
        part = file.parent.name if file.parent != SET else ("held out" if memo["held_out"] else "tuned")
        if part not in parts:
            continue
        spoken = SpokenSource.of(transcript(memo["segments"]), memo["recorded_at"].date())
        for number, (kind, cited, text, *more) in enumerate(memo["statements"], 1):
            if not more and kind != "arguable":
                yield Labelled(kind, tuple(cited.split()), text, part, spoken, f"{part}/{file.stem} {number:03}")


def right(statement: Labelled, verdict: StatementVerdict) -> bool:
    """Whether the verdict is the one wanted.

    A wrong citation may be rejected or mended; everything else false must fall.
    """
    if statement.kind == "supported":
        return verdict.accepted and not verdict.recited
    return not verdict.accepted or (statement.kind == "citation" and verdict.recited)


def overlap(statement: Labelled) -> bool:
    """The peer's verdict: at least half of the statement's words are in the cited segments."""
    found = align(statement.spoken.read(statement.text), statement.spoken.window(statement.cited))
    return (found.cover >= 0.5) == (statement.kind == "supported")


class Judged(NamedTuple):
    """A statement with its verdict in its answer, and its verdict by itself."""

    statement: Labelled
    verdict: StatementVerdict
    alone: StatementVerdict


def judged(statements: Iterable[Labelled]) -> Iterator[Judged]:
    """Judge *statements*, those about one memo (they follow each other) together, as one answer."""
    for _, group in groupby(statements, key=lambda statement: id(statement.spoken)):
        answer = list(group)
        writer = ModelTrust(answer[0].spoken)
        verdicts = writer.judge([(statement.text, statement.cited) for statement in answer])
        yield from map(Judged, answer, verdicts, (one.verdict for one in writer.judged))


class Row(NamedTuple):
    """Of one kind in one part: how many there are, how many verdicts are right in answers, one by one, and by the peer."""

    total: int
    right: int
    alone: int
    peer: int


def measure(parts: Collection[str] = PARTS) -> dict[tuple[str, str], Row]:
    """By part and kind. All statements about a memo are one answer."""
    found: dict[tuple[str, str], list[tuple[int, ...]]] = defaultdict(list)
    for statement, verdict, alone in judged(labelled(parts)):
        one = (1, right(statement, verdict), right(statement, alone), overlap(statement))
        found[statement.part, statement.kind].append(one)
    return {key: Row(*map(sum, zip(*rows, strict=True))) for key, rows in found.items()}


def table(rows: dict[tuple[str, str], Row], columns: Sequence[str], field: str = "right") -> Iterator[str]:
    """A line for each kind, a column for each part."""
    yield f"{'kind':12}{''.join(f'{part:>12}' for part in columns)}{'words alone':>14}"
    for kind in dict.fromkeys(kind for _, kind in rows):
        parts = [rows.get((part, kind), Row(0, 0, 0, 0)) for part in columns]
        peer = f"{sum(row.peer for row in parts)}/{sum(row.total for row in parts)}"
        cells = [f"{getattr(row, field)}/{row.total}" for row in parts]
        yield f"{kind:12}{''.join(f'{cell:>12}' for cell in cells)}{peer:>14}"


def main() -> None:
    """Print the table, and what the natural sets give where each statement is judged by itself."""
    started = time.process_time()
    rows = measure()
    seconds = time.process_time() - started
    count = sum(row.total for row in rows.values())
    lines = [
        *table(rows, PARTS),
        f"{count} statements, {1000 * seconds / count:.1f} ms of CPU each",
        "",
        "each statement by itself:",
    ]
    sys.stdout.write("\n".join([*lines, *table(rows, NATURAL, "alone")]) + "\n")


if __name__ == "__main__":
    main()
