"""How well the evidence check tells true statements from false ones, on the labelled set; the peer is a plain word-overlap rule.

`make bench NAME=evidence` prints one row per kind of statement, one column per part of the set. Nothing is drawn or trained, so figures do
not vary.
"""

import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from diary_pipeline.notes.evidence.align import align
from diary_pipeline.notes.evidence.check import Verdict, judge
from diary_pipeline.notes.evidence.spoken import Spoken
from diary_pipeline.schema import Provenance, Segment, Transcript

PARTS = ("tuned", "held out", "mechanisms", "second", "third", "fourth", "fifth", "natural", "sixth", "natural2")
"""The halves of the first set, and the folders of those that came later."""
SET = Path(__file__).resolve().parent.parent / "tests" / "data" / "evidence"
_MADE = Provenance(stage="transcribe", fingerprint="f", made_by="hand", created_at=datetime(2026, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Labelled:
    """One statement of the set, its transcript prepared. *part* is the folder of its memo, or the half of the first set."""

    kind: str
    cited: tuple[str, ...]
    text: str
    part: str
    spoken: Spoken


def transcript(texts: dict[str, str]) -> Transcript:
    """A transcript of these segments, a second each."""
    segments = tuple(Segment(id=name, start=n, end=n + 1, text=text) for n, (name, text) in enumerate(texts.items()))
    return Transcript(recording="r", language="en", seconds=float(len(texts)), segments=segments, provenance=_MADE)


def labelled(parts: Collection[str] = PARTS) -> Iterator[Labelled]:
    """The statements of these parts, without to-dos (they are judged by another rule)."""
    for file in sorted(SET.glob("**/*.yaml")):
        memo: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
        part = file.parent.name if file.parent != SET else ("held out" if memo["held_out"] else "tuned")
        if part not in parts:
            continue
        spoken = Spoken.of(transcript(memo["segments"]), memo["recorded_at"].date())
        for kind, cited, text, *more in memo["statements"]:
            if not more:
                yield Labelled(kind, tuple(cited.split()), text, part, spoken)


def right(statement: Labelled, verdict: Verdict) -> bool:
    """Whether the verdict is the one wanted. A wrong citation may be rejected or mended; everything else false must fall."""
    if statement.kind == "supported":
        return verdict.stands and not verdict.recited
    return not verdict.stands or (statement.kind == "citation" and verdict.recited)


def overlap(statement: Labelled) -> bool:
    """The peer's verdict: at least half of the statement's words are in the cited segments."""
    found = align(statement.spoken.read(statement.text), statement.spoken.window(statement.cited))
    return (found.cover >= 0.5) == (statement.kind == "supported")


def measure(parts: Collection[str] = PARTS) -> dict[tuple[str, str], tuple[int, int, int]]:
    """By part and kind: how many there are, how many the check gets right, how many the peer does."""
    total, ours, peers = Counter[tuple[str, str]](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for statement in labelled(parts):
        key = (statement.part, statement.kind)
        total[key] += 1
        ours[key] += right(statement, judge(statement.text, statement.cited, statement.spoken))
        peers[key] += overlap(statement)
    return {key: (total[key], ours[key], peers[key]) for key in total}


def main() -> None:
    """Print the table."""
    started = time.process_time()
    rows = measure()
    seconds = time.process_time() - started
    count = sum(total for total, _, _ in rows.values())
    sys.stdout.write(f"{'kind':12}{''.join(f'{part:>12}' for part in PARTS)}{'words alone':>14}\n")
    for kind in dict.fromkeys(kind for _, kind in rows):
        parts = [rows.get((part, kind), (0, 0, 0)) for part in PARTS]
        peer = f"{sum(p for _, _, p in parts)}/{sum(t for t, _, _ in parts)}"
        cells = [f"{f'{good}/{total}':>12}" for total, good, _ in parts]
        sys.stdout.write(f"{kind:12}{''.join(cells)}{peer:>14}\n")
    sys.stdout.write(f"{count} statements, {1000 * seconds / count:.1f} ms of CPU each\n")


if __name__ == "__main__":
    main()
