"""The report of the proofs, `docs/proof.md`: what each proved, how often it looked, and what is known not to hold.

Belongs here: how the page looks. Does not belong here: what any proof does.
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from tests.proof.trial import Outcome

PAGE = Path(__file__).resolve().parents[2] / "docs" / "proof.md"
MOST_SHOWN = 20
_TITLE = """# Proof of the first promise

Nothing is lost, nothing is doubled: `make proof` tries to break that by brute force and writes this page. It ends with
exit status 1 where it finds a violation; `make test` plays a few rounds of each proof. The random numbers of a round
follow from the seed and the round's number alone, so `make proof ARGS="kills --only 17"` plays one again; where a
process is killed by the clock, the machine has a say too.
"""
_PROOFS = """
## Proofs

| proof | promise | seed | rounds | checks | violations | seconds | date |
|---|---|---|---|---|---|---|---|
"""
_GAPS = """
## Known gaps

What is known not to hold, counted apart: met so many times, of the times that it was looked for. Whoever mends one
takes it out of `KNOWN_GAPS` of the proof; from then on it is a violation.

| proof | gap | what it means | met |
|---|---|---|---|
"""
_VIOLATIONS = """
## Violations

| proof | what was seen, behind the arguments that show it again |
|---|---|
"""


def write(page: Path, outcomes: Sequence[Outcome], names: Sequence[str], today: date) -> None:
    """Write the page, proofs in the order of *names*; of those that did not run it keeps what it says."""
    old = page.read_text("utf-8") if page.exists() else ""
    tables: list[tuple[str, Callable[[Outcome], list[str]]]] = [
        (_PROOFS, lambda one: [_row(one, today)]),
        (_GAPS, lambda one: [f"{gap} | {meaning} | {one.met[gap]}" for gap, meaning in one.proof.known_gaps.items()]),
        (_VIOLATIONS, lambda one: [_cell(seen) for seen in one.violations[:MOST_SHOWN]]),
    ]
    text = _TITLE
    for head, rows_of in tables:
        section = old.partition(head.splitlines()[1])[2].partition("\n## ")[0]
        made = {one.proof.name: [f"| {one.proof.name} | {row} |" for row in rows_of(one)] for one in outcomes}
        kept = {name: [line for line in section.splitlines() if line.startswith(f"| {name} |")] for name in names}
        rows = [row for name in names for row in (kept | made)[name]]
        text += head + "".join(f"{row}\n" for row in rows) if rows else ""
    page.write_text(text, "utf-8")


def _row(one: Outcome, today: date) -> str:
    counts = (one.seed, one.rounds, f"{one.checks:,}", len(one.violations), f"{one.seconds:,.0f}")
    cells = (one.proof.promise, *counts, today)
    return " | ".join(str(cell) for cell in cells)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
