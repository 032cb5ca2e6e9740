"""Freezes what the evidence check and the own-words writer do, so that no change of them goes unseen.

`python -m tests.characterize` judges everything anew, prints what changed, and writes `tests/data/characterization/`;
named sources (`python -m tests.characterize fifth pages`) are written alone. Tests compare. A frozen verdict is not
always the right one: the tests say what is wanted.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff
from functools import partial
from typing import NamedTuple

from benchmarks.evidence import NATURAL, Judged
from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.evidence.check import StatementVerdict
from diary_pipeline.notes.extract.ner import installed
from tests.sample_notes import drafts, pages
from tests.verdicts import ANNOTATED, DATA, ITEMS, LISTS, Item, of_items, of_list, of_set

FOLDER = DATA / "characterization"
VERDICTS = FOLDER / "verdicts.txt"
OWN_WORDS, PAGES = "own words", "pages"
COMMAND = "python -m tests.characterize"
_HEAD = f"""# Written by `{COMMAND}`. Of each statement, to-do and event:
# file and number | label | verdict within its answer | verdict by itself ("=": the same) | text
# Of what is found in "{OWN_WORDS}": memo and number | kind | moment and segments | = | text [words that say it]
"""
_LISTED = 200  # changes in one message


class Line(NamedTuple):
    """What is frozen of one statement, to-do, event or finding."""

    place: str
    label: str
    found: str
    alone: str
    text: str

    @property
    def source(self) -> str:
        """The set or list that it belongs to."""
        return self.place.partition("/")[0]

    def __str__(self) -> str:
        """The line of the file."""
        return " | ".join([*self[:4], " ".join(self.text.split()) or "-"])

    @classmethod
    def parse(cls, line: str) -> "Line":
        """Read a line of the file."""
        return cls(*line.split(" | ", 4))


def verdict_lines(found: Iterable[Judged]) -> Iterator[Line]:
    """The lines of statements."""
    for statement, verdict, alone in found:
        answer, single = _spelt(verdict), _spelt(alone)
        yield Line(statement.place, statement.kind, answer, "=" if single == answer else single, statement.text)


def _spelt(verdict: StatementVerdict) -> str:
    if verdict.accepted:
        return f"accepted, cited anew: {' '.join(verdict.segments)}" if verdict.recited else "accepted"
    return f"rejected: {', '.join(verdict.reasons)}"


def item_lines(found: Iterable[Item]) -> Iterator[Line]:
    """The lines of to-dos or events."""
    for item in found:
        label = "right" if item.wanted else "wrong"
        yield Line(item.place, label, item.answer, "=" if item.alone == item.answer else item.alone, item.text)


def draft_lines() -> Iterator[Line]:
    """The lines of what the own-words writer finds; without names where a model finds more of them than the rule."""
    for memo, draft in enumerate(drafts(), 1):
        numbers: Counter[str] = Counter()
        for kind, found, text in _findings(draft):
            numbers[kind] += 1
            yield Line(f"{OWN_WORDS}/{memo:02} {kind} {numbers[kind]:02}", kind, found or "-", "=", text)


def _findings(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """Kind, moment and segments, text."""
    yield "title", "", draft.title
    yield "mood", "", draft.mood or ""
    yield from (("statement", " ".join(one.segments), one.text) for one in draft.statements)
    for todo in draft.todos:
        moment = filter(None, [todo.due or "undated", todo.due_kind, *todo.segments])
        yield "todo", " ".join(moment), f"{todo.text} [{todo.said}]"
    for event in draft.events:
        yield "event", " ".join([event.when or "undated", *event.segments]), f"{event.text} [{event.said}]"
    yield from (("highlight", " ".join(one.segments), one.text) for one in draft.highlights)
    yield from (("topic", "", one) for one in draft.topics)
    if installed() is None:
        yield from (("person", "", one) for one in draft.people)
        yield from (("place", "", one) for one in draft.places)


def _of_set(part: str) -> Iterator[Line]:
    return verdict_lines(of_set(part))


def _of_list(name: str) -> Iterator[Line]:
    return verdict_lines(of_list(name))


def _of_items(what: str) -> Iterator[Line]:
    return item_lines(of_items(what))


SOURCES: Mapping[str, Callable[[], Iterator[Line]]] = {
    **{part: partial(_of_set, part) for part in (*ANNOTATED, *NATURAL)},
    **{name: partial(_of_list, name) for name in LISTS},
    **{what: partial(_of_items, what) for what in ITEMS},
    OWN_WORDS: draft_lines,
}
"""What is frozen in `VERDICTS`, and how its lines are made. The pages have files of their own."""


def frozen() -> dict[str, Line]:
    """The lines of the file by their place."""
    lines = VERDICTS.read_text("utf-8").split("\n") if VERDICTS.exists() else []
    return {line.place: line for line in map(Line.parse, (text for text in lines if text and not text.startswith("#")))}


def changes(source: str, now: Iterable[Line]) -> list[str]:
    """What differs from the frozen lines of *source*, a text for each."""
    known = {place: line for place, line in frozen().items() if line.source == source}
    lines = {line.place: Line.parse(str(line)) for line in now}
    found = [f"{line.place} is new: {line}" for place, line in lines.items() if place not in known]
    found += [f"{line.place} is gone: {line}" for place, line in known.items() if place not in lines]
    return found + [_change(known[place], line) for place, line in lines.items() if known.get(place, line) != line]


def _change(old: Line, new: Line) -> str:
    if old.text != new.text:
        return f"{new.place}\n    {' | '.join(old[1:])}\n    -> {' | '.join(new[1:])}"
    alone = [line.found if line.alone == "=" else line.alone for line in (old, new)]
    pairs = [(old.label, new.label), (old.found, new.found), (alone[0], alone[1])]
    names = ("label", "within its answer", "by itself")
    told = [f"\n    {name}: {was} -> {now}" for name, (was, now) in zip(names, pairs, strict=True) if was != now]
    return f"{new.place} ({new.label}) “{new.text}”{''.join(told)}"


def page_changes() -> list[str]:
    """What differs from the frozen pages, as a diff of each page."""
    made = pages()
    found = [f"{file.name} is no page any more" for file in sorted(FOLDER.glob("*.md")) if file.stem not in made]
    for name, page in made.items():
        file = FOLDER / f"{name}.md"
        before = file.read_text("utf-8") if file.exists() else ""
        if before != page:
            old, new = (text.split("\n") for text in (before, page))
            found.append("\n".join(unified_diff(old, new, f"{name}, frozen", f"{name}, now", lineterm="")))
    return found


def report(source: str, changed: Sequence[str]) -> str:
    """All that changed, and how it is accepted; empty where nothing did."""
    if not changed:
        return ""
    more = [f"and {len(changed) - _LISTED} more"] if len(changed) > _LISTED else []
    accept = f"Where that is wanted, accept it with `{COMMAND} '{source}'`, and let the commit say why."
    return "\n".join([f"{len(changed)} changed in {source!r}. {accept}", *changed[:_LISTED], *more])


def compared(source: str) -> str:
    """What changed in a source since it was frozen, as `report` says it."""
    return report(source, page_changes() if source == PAGES else changes(source, SOURCES[source]()))


def main(wanted: Sequence[str]) -> str:
    """Write what is frozen of the *wanted* sources (none named: of all); what changed."""
    if unknown := [name for name in wanted if name not in (*SOURCES, PAGES)]:
        return f"Unknown: {', '.join(unknown)}. There are: {', '.join((*SOURCES, PAGES))}."
    if installed() is not None:
        return "The extra `names` finds more names than the rule alone. Freeze without it: make setup."
    FOLDER.mkdir(exist_ok=True)
    told = []
    for name in wanted or (*SOURCES, PAGES):
        told += [_write_pages() if name == PAGES else _write_lines(name)]
    return "\n".join(filter(None, told)) or "Nothing has changed."


def _write_lines(source: str) -> str:
    lines = list(SOURCES[source]())
    changed = changes(source, lines)
    kept = [line for line in frozen().values() if line.source != source and line.source in SOURCES]
    VERDICTS.write_text(_HEAD + "".join(f"{line}\n" for line in sorted([*kept, *lines])), "utf-8")
    return "\n".join([f"{source}: {len(changed)} changed", *changed[:_LISTED]]) if changed else ""


def _write_pages() -> str:
    changed = page_changes()
    for file in FOLDER.glob("*.md"):
        file.unlink()
    for name, page in pages().items():
        (FOLDER / f"{name}.md").write_text(page, "utf-8")
    return "\n".join([f"{PAGES}: {len(changed)} changed", *changed]) if changed else ""


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1:])}\n")
