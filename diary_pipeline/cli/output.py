"""How the command line prints: JSON alone on stdout where `--json` asks for it, else tables and lines for people."""

import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA = 1


@cache
def out() -> "Console":
    """The terminal's standard output."""
    from rich.console import Console

    return Console(highlight=False)


@cache
def err() -> "Console":
    """The terminal's standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def emit(value: dict[str, Any], as_json: bool, for_people: Callable[[], object]) -> None:
    """Print *value* as one JSON object, or let *for_people* print it."""
    if as_json:
        print_json(value)
    else:
        for_people()


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on one line, in the envelope of all answers."""
    print(json.dumps({"schema": SCHEMA, **value}, ensure_ascii=False, default=str))  # noqa: T201 - what --json is for


def print_lines(lines: Iterable[str]) -> None:
    """Lines as they are: no markup, no wrapping."""
    for line in lines:
        print_text(line)


def print_text(text: str) -> None:
    """A text as it is: no markup, no wrapping."""
    out().print(text, markup=False, soft_wrap=True)


def print_recordings(entries: list[dict[str, Any]], notices: Iterable[str] = ()) -> None:
    """A row per recording, then the notices."""
    from rich.table import Table

    table = Table("day", "recorded", "author", "source", "state", "reason", box=None)
    for e in entries:
        recorded, source = (e["recorded_at"] or "")[11:16], repr(e["source"])[1:-1]
        table.add_row(e["day"] or "?", recorded, e["author"], source, e["state"], e["reason"] or "")
    out().print(table)
    print_lines(f"{e['source']}: {_progress(e['progress'])}" for e in entries if e["progress"])
    print_lines(notices)


def _progress(progress: dict[str, Any]) -> str:
    """One long recording under way: transcribe 40 %, 12 min left."""
    eta = progress["eta_seconds"]
    left = "" if eta is None else f", {eta} s left" if eta < 90 else f", {eta / 60:.0f} min left"
    return f"{progress['stage']} {progress['percent']} %{left}"


def print_summary(counts: dict[str, int], faults: list[dict[str, Any]]) -> None:
    """A run's figures, and on stderr what went wrong."""
    out().print(" ".join(f"{name}={count}" for name, count in counts.items()))
    for fault in faults:
        err().print(f"{fault['subject']}: {fault['reason']}", markup=False)


def print_checks(checks: list[Any]) -> None:
    """A line per check."""
    print_lines(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.detail}" for check in checks)


def print_explanation(attempts: list[dict[str, Any]], evidence: list[dict[str, Any]]) -> None:
    """A row per decision of the router, and a line per reason of the privacy class."""
    _print_attempts(attempts)
    print_lines(f"{e['found_at'][:19]} {e['privacy']} by {e['source']} of {e['recording']}" for e in evidence)


def _print_attempts(attempts: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table("route", "kind", "outcome", "reason", "tokens", "dollars", box=None)
    for a in attempts:
        tokens = f"{a['input_tokens'] or 0}+{a['output_tokens'] or 0}"
        dollars = f"{a['settled']:.6f}" if a["settled"] is not None else f"at most {a['reserved']:.6f}"
        table.add_row(a["route"], a["kind"], a["outcome"] or "under way", a["reason"] or "", tokens, dollars)
    out().print(table)


def print_report(lines: list[dict[str, Any]]) -> None:
    """A row per model and version of the prompt."""
    from rich.table import Table

    columns = ("route", "prompt", "notes", "fallback", "evidence", "also said", "calls", "tokens", "dollars")
    table = Table(*columns, box=None)
    for line in lines:
        name, purpose = line["route"] + " (trial)" * line["trial"], line["purpose"]
        shares = [_percent(line[key]) for key in ("fallback_rate", "evidence_score", "also_said")]
        tokens = f"{line['input_tokens']}+{line['output_tokens']}"
        prompt = f"{purpose} {line['prompt'] or '?'}"
        table.add_row(name, prompt, str(line["asked"]), *shares, str(line["calls"]), tokens, f"{line['dollars']:.6f}")
    out().print(table)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
