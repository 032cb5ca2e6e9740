"""How the command line prints: JSON alone on stdout where `--json` asks for it, else tables and lines for people."""

import codecs
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from diary_pipeline.file_names import one_line, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SCHEMA = 1
NARROW = 80
"""Columns below which a table would break every cell."""
NAMED_AT_MOST = 10
"""Files of a list in one line; `--json` has more."""
_WIDEST = 1000  # columns of a table that goes into a file or a pipe: nothing is wrapped there


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


def print_json(value: dict[str, Any], file: IO[str] | None = None) -> None:
    """One JSON object on one line, in the envelope of all answers; on stdout, or in *file*."""
    is_utf8 = codecs.lookup(sys.stdout.encoding or "ascii").name == "utf-8"
    text = json.dumps({"schema": SCHEMA, **value}, ensure_ascii=not is_utf8, default=str)
    print(text.encode("utf-8", "backslashreplace").decode(), file=file)


def print_lines(lines: Iterable[str]) -> None:
    """Lines as they are: no markup, no wrapping."""
    for line in lines:
        print_text(line)


def print_text(text: str) -> None:
    """A text as it is: no markup, no wrapping."""
    out().print(printable(text), markup=False, soft_wrap=True)


def print_rows(names: Sequence[str], rows: Iterable[Sequence[str]], file: IO[str]) -> None:
    """A table of a query's answer."""
    from rich.console import Console

    table = _table()
    for name in names:
        table.add_column(printable(name), overflow="fold")
    for row in rows:
        _add_row(table, *row)
    to_terminal = file is sys.stdout and out().is_terminal
    (out() if to_terminal else Console(file=file, highlight=False, width=_WIDEST)).print(table)


def print_recordings(entries: list[dict[str, Any]], notices: Iterable[str] = (), empty: str = "") -> None:
    """A row per recording, then the notices. Where there is no recording, the sentence *empty*."""
    if not entries and empty:
        print_lines([empty, *notices])
        return
    if out().is_terminal and out().width < NARROW:
        _print_narrow(entries)
        print_lines(notices)
        return
    table = _table("day", "recorded", "author", "source", "state", "reason")
    for e in entries:
        _add_row(table, e["day"] or "?", (e["recorded_at"] or "")[11:16], e["author"], e["source"], e["state"], _why(e))
    out().print(table)
    print_lines(f"{e['source']}: {_progress(e['progress'])}" for e in entries if e["progress"])
    print_lines(notices)


def _print_narrow(entries: list[dict[str, Any]]) -> None:
    """A short paragraph per recording."""
    for e in entries:
        print_text(f"{e['day'] or '?'} {(e['recorded_at'] or '')[11:16]} {one_line(e['source'])}: {e['state']}")
        more = [_why(e), _progress(e["progress"]) if e["progress"] else None]
        print_lines(f"  {one_line(line)}" for line in more if line)


def _why(entry: dict[str, Any]) -> str | None:
    """The reason of its state, else what evidence of its date was refused."""
    dated = entry.get("dated_by") or ""
    return entry["reason"] or (f"Dated by its {dated}." if "(" in dated else None)


def print_passed_over(passed: dict[str, Any]) -> None:
    """A line on what lies in the inbox and is no recording; none where nothing does."""
    if passed["trouble"]:
        print_text(passed["trouble"])
    if not passed["count"]:
        return
    named = [f"{one_line(one['path'])} ({one['reason']})" for one in passed["some"][:NAMED_AT_MOST]]
    more = [f"and {passed['count'] - len(named)} more"] if passed["count"] > len(named) else []
    are = "1 file is" if passed["count"] == 1 else f"{passed['count']} files are"
    print_text(f"{are} passed over: {', '.join([*named, *more])}.")


def _table(*columns: str) -> "Table":
    from rich.table import Table

    return Table(*columns, box=None)


def _add_row(table: "Table", *cells: str | None) -> None:
    """A row of texts as they are: names may hold what would be markup, or a line's end."""
    from rich.text import Text

    table.add_row(*(Text(one_line(cell or "")) for cell in cells))


def _progress(progress: dict[str, Any]) -> str:
    """One long recording under way: transcribe 40 %, 12 min left."""
    eta = progress["eta_seconds"]
    left = "" if eta is None else f", {eta} s left" if eta < 90 else f", {eta / 60:.0f} min left"
    return f"{progress['stage']} {progress['percent']} %{left}"


def print_stale(stale: dict[str, Any]) -> None:
    """One line where something is stale: what, why, and what redoing it costs."""
    counts = [(stale["transcripts"], "transcript"), (stale["notes"], "note")]
    named = " and ".join(f"{count} {name}{'s' * (count != 1)}" for count, name in counts if count)
    if named:
        be, them = ("is", "it") if sum(count for count, _ in counts) == 1 else ("are", "them")
        cost = f"redoing {them} {_cost(stale['cost'])}: `diary process --stale`"
        print_text(f"{named} {be} stale (model, prompt or program changed); {cost}")


def _cost(dollars: float | None) -> str:
    if dollars is None:
        return "has no known price"
    return "costs " + ("nothing" if not dollars else f"about ${dollars:.2f}" if dollars >= 0.01 else "less than $0.01")


def print_pages(pages: list[dict[str, Any]]) -> None:
    """A line per page that somebody should look at."""
    print_lines(
        f"{page['author']}/{page['day']}: {page['conflicts']} blocks have two wordings, for you to merge."
        for page in pages
        if page["conflicts"]
    )


def print_models(models: list[dict[str, Any]], used: str) -> None:
    """A line per model; the one in use is marked."""
    for m in models:
        mark, words = ("*", "  in use") if m["used"] else (" ", "")
        print_text(f"{mark} {m['name']:18} {m['size'] / 1e6:7.0f} MB  {m['found']}{words}")
    if not any(m["used"] for m in models):
        undecided = "None is in use yet: `diary setup` chooses one."
        print_text(undecided if used == "auto" else f"In use is {used}, which is none of these.")


def print_checks(checks: list[Any]) -> None:
    """A line per check."""
    print_lines(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.detail}" for check in checks)


def print_explanation(
    attempts: list[dict[str, Any]], evidence: list[dict[str, Any]], names: list[dict[str, Any]]
) -> None:
    """A row per decision of the router, a line per reason of the privacy class, and per name that is spelt anew."""
    if attempts:
        _print_attempts(attempts)
    else:
        print_text("No language model was asked about it.")
    print_lines(f"{e['found_at'][:19]} {e['privacy']} by {e['source']} of {e['recording']}" for e in evidence)
    print_lines(_spelt_anew(name) for name in names)


def _spelt_anew(name: dict[str, Any]) -> str:
    since = f", from {name['since']} on" if name["since"] else ""
    how = "learnt from a correction" if name["learnt"] else "as your vocabulary has it"
    return f"“{name['recognised']}” is written as {name['name']}{since}: {how}."


def _print_attempts(attempts: list[dict[str, Any]]) -> None:
    table = _table("route", "kind", "outcome", "reason", "tokens", "dollars")
    for a in attempts:
        tokens = f"{a['input_tokens'] or 0}+{a['output_tokens'] or 0}"
        dollars = f"{a['settled']:.6f}" if a["settled"] is not None else f"at most {a['reserved']:.6f}"
        _add_row(table, a["route"], a["kind"], a["outcome"] or "under way", a["reason"], tokens, dollars)
    out().print(table)


def print_report(lines: list[dict[str, Any]], own_words: list[dict[str, Any]]) -> None:
    """A row per model and version of the prompt, and a line per reason for notes in the speaker's own words."""
    if not lines:
        print_text("No language model was asked.")
    columns = ("route", "prompt", "notes", "fallback", "evidence", "also said", "calls", "tokens", "dollars")
    table = _table(*columns)
    for line in lines:
        name, purpose = line["route"] + " (trial)" * line["trial"], line["purpose"]
        shares = [_percent(line[key]) for key in ("fallback_rate", "evidence_score", "also_said")]
        tokens = f"{line['input_tokens']}+{line['output_tokens']}"
        prompt = f"{purpose} {line['prompt'] or '?'}"
        _add_row(table, name, prompt, str(line["asked"]), *shares, str(line["calls"]), tokens, f"{line['dollars']:.6f}")
    if lines:
        out().print(table)
    for kept in own_words:
        left = f", {kept['waiting']} of them asked again" if kept["waiting"] else ""
        mended = f"; {kept['remedy']}" if kept["remedy"] else ""
        print_text(f"In the speaker's own words: {kept['notes']} ({kept['route']}: {kept['reason']}{left}){mended}")


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
