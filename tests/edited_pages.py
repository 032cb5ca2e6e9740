"""A page of two memos, two that come late, and what a person does to a page, for the tests of pages."""

from collections.abc import Callable
from dataclasses import replace

from diary_pipeline.notes.day import PageEntry, compose_blocks
from diary_pipeline.notes.page.blocks import render
from diary_pipeline.notes.page.merge import Before, merge
from diary_pipeline.schema import PageBlock, Statement
from tests.page_entries import DAY, entry

MORNING = entry("08:12", "I slept badly.", "We painted the fence.", "I need to buy bread.", pause=2.0, audio="aa")
NOON = entry("12:00", "I must call the dentist tomorrow.", "The concert is on Friday.", pause=0.1, audio="bb")
LATE = entry("10:30", "I have to return the drill.", "Her exam is on Monday.", pause=0.1, audio="cc")
LAST = entry("21:58", "Quiet evening.", audio="dd")
BREAD, DENTIST, DRILL = "- [ ] Buy bread", "- [ ] Call the dentist", "- [ ] Return the drill"
CONCERT, EXAM = "The concert is on Friday", "Her exam is on Monday"

Edit = Callable[[str], str]


def blocks(*memos: PageEntry) -> list[PageBlock]:
    return compose_blocks(DAY, memos)


BASE, NEXT = blocks(MORNING, NOON), blocks(MORNING, LATE, NOON, LAST)
PAGE = render(BASE)


def line(part: str, text: str = PAGE) -> str:
    """The one line of the page that begins with, or else has, these words."""
    lines = text.splitlines()
    (found,) = [one for one in lines if one.startswith(part)] or [one for one in lines if part in one]
    return found


def section(heading: str, text: str = PAGE) -> list[str]:
    """The lines below a heading, up to the next one."""
    lines = text.splitlines()
    start = next(place for place, one in enumerate(lines) if one.startswith(heading)) + 1
    below = lines[start:]
    end = next((place for place, one in enumerate(below) if one.startswith("## ")), len(below))
    return [one for one in below[:end] if one]


def write(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


def drop(part: str) -> Edit:
    return write(f"{line(part)}\n", "")


def under(part: str, own: str) -> Edit:
    return write(line(part), f"{line(part)}\n{own}")


def both(*edits: Edit) -> Edit:
    def edit(text: str) -> str:
        for one in edits:
            text = one(text)
        return text

    return edit


def at_end(own: str) -> Edit:
    return lambda text: f"{text}\n{own}\n"


def move(part: str, to: Edit) -> Edit:
    return both(drop(part), to)


def lists_first(text: str) -> str:
    head, memos, lists = (
        text.partition("## 08:12")[0],
        text[text.index("## 08:12") : text.index("## To do")],
        "## To do",
    )
    return f"{head}{lists}{text.partition(lists)[2]}\n{memos}".rstrip("\n") + "\n"


def reworded(memo: PageEntry, *texts: str) -> PageEntry:
    """The memo with another writer's statements, on the same segments."""
    statements = [Statement(text=t, segments=s.segments) for t, s in zip(texts, memo.note.statements, strict=True)]
    return replace(memo, note=memo.note.model_copy(update={"statements": tuple(statements)}))


ANEW = reworded(MORNING, "It was a bad night.", "We gave the fence a coat of paint.", "I need to buy bread.")


def merged(edit: Edit) -> str:
    """The page with an edit, after two more memos."""
    return merge(edit(PAGE), Before(BASE), NEXT).text
