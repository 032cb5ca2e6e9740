"""What a run did: sentences at a terminal, one line of figures elsewhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from diary_pipeline.cli.output import NAMED_AT_MOST, err, out, print_lines, print_text
from diary_pipeline.file_names import one_line, printable, quoted

if TYPE_CHECKING:
    from diary_pipeline.diary import Diary
    from diary_pipeline.summary import Summary


@dataclass(frozen=True)
class Processed:
    """What people want to know of a run: its figures, the memos' names by id, where pages are, and what is held."""

    summary: "Summary"
    counts: Mapping[str, int]
    names: Mapping[str, str]
    pages: Sequence[str]
    held: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, diary: "Diary", summary: "Summary", counts: Mapping[str, int]) -> "Processed":
        """Look up in *diary* what the summary only has ids of."""
        known, faulty = diary.catalog.recordings, {fault.subject for fault in summary.faults}
        wait = sorted(known.get(known.held()), key=lambda r: r.path)
        held = [(r.source, r.quarantine or r.hold or "") for r in wait if r.id not in faulty]
        pages = [_place(diary, page) for page in summary.days]
        return cls(summary, counts, {r.id: r.source for r in known.get(sorted(faulty))}, pages, held)


def _place(diary: "Diary", page: str) -> str:
    """Where the page of an author and day lies."""
    from diary_pipeline.store import page_path

    author, _, day = page.rpartition("/")
    return str(diary.store.at(f"{page_path(author, date.fromisoformat(day))}.md", "standard"))


def print_processed(processed: Processed, *, ids_only: bool = False) -> None:
    """Print it; what went wrong, and what a person should know, on stderr. *ids_only*: for a log, which others read."""
    if out().is_terminal and not ids_only:
        _print_sentences(processed)
    else:
        out().print(" ".join(f"{name}={count}" for name, count in processed.counts.items()), soft_wrap=True)
    if ids_only:
        for fault in processed.summary.faults:
            known = fault.subject if fault.subject in processed.names else "one more"
            _complain(f"{known}: failed; `diary status` says why")
        if processed.summary.notices:
            _complain(f"notices={len(processed.summary.notices)}")
        return
    for fault in processed.summary.faults:
        name = processed.names.get(fault.subject, fault.subject)
        _complain(fault.reason if quoted(name) in fault.reason else f"{one_line(name)}: {fault.reason}")
    for notice in processed.summary.notices:
        _complain(notice)


def _print_sentences(processed: Processed) -> None:
    summary = processed.summary
    done = [
        _counted(summary.ingested, "memo taken in", "memos taken in"),
        _counted(summary.transcribed, "transcribed", "transcribed"),
        _counted(summary.written, "note written", "notes written"),
        _counted(len(summary.days), "page made", "pages made"),
    ]
    nothing = "Nothing was finished." if summary.attempts else "Nothing to do."
    print_text(f"{', '.join(filter(None, done))}." if any(done) else nothing)
    _list("  ", processed.pages)
    if summary.conflicts:
        print_text(f"{_counted(summary.conflicts, 'block has', 'blocks have')} two wordings, for you to merge.")
    if processed.held:
        print_text(f"{_counted(len(processed.held), 'memo is', 'memos are')} held:")
        _list("  ", [f"{one_line(name)}: {why}" for name, why in processed.held])
    if summary.failed:
        print_text(f"{summary.failed} failed; `diary process --retry` tries again:")


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}" if count else ""


def _list(indent: str, lines: Iterable[str]) -> None:
    """As many lines as a person reads, and how many more there are."""
    every = list(lines)
    print_lines(f"{indent}{line}" for line in every[:NAMED_AT_MOST])
    if len(every) > NAMED_AT_MOST:
        print_text(f"{indent}and {len(every) - NAMED_AT_MOST} more: `diary status`")


def _complain(text: str) -> None:
    err().print(printable(text), markup=False, soft_wrap=True)
