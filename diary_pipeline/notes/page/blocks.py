"""The blocks of a page: in Markdown, by section, and read back from the Markdown of earlier versions."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

from diary_pipeline.notes.page.lines import links, recording_of
from diary_pipeline.schema import BlockKind, PageBlock

LISTS, LIST_ITEMS = frozenset({"todos", "events"}), frozenset({"todo", "event"})
ONLY_ONE = frozenset({"title", "empty", "memo", "details", "silent", "private", "unreadable", "todos", "events"})
"""Kinds of which a memo, or a page, has one: those are the same block whatever they say."""

CLOCK = re.compile(r"^#{1,6} (\d\d:\d\d|--:--)(?= · | 🔒|\s*$)")
_KINDS: Sequence[tuple[str, BlockKind]] = (
    (r"# ", "title"),
    (r"## (?:\d\d:\d\d|--:--)(?= · | 🔒|\s*$)", "memo"),
    (r"## To do$", "todos"),
    (r"## Coming up$", "events"),
    (r"- \[.\] ", "todo"),
    (r"- ", "event"),
    (r"<small>", "details"),
    (r"Also said: ", "also said"),
    (r"(\d\d:\d\d|--:--) — (?:nothing was said|no words were found|\d+ s of voice without words)", "silent"),
    (r"(\d\d:\d\d|--:--) — a private memo", "private"),
    (r"No memos on this day\.$", "empty"),
)


def section_of(block: PageBlock) -> str:
    """The section that a block belongs to: a memo's, one of the two lists, or the page's head."""
    if block.kind in ("todos", "todo"):
        return "todos"
    if block.kind in ("events", "event"):
        return "events"
    return f"{block.recording}/memo" if block.kind not in ("title", "empty") else "title"


def owner_of(block: PageBlock) -> str:
    """The memo that a block comes from, else the block itself."""
    return block.recording or block.id


def render(blocks: Sequence[PageBlock]) -> str:
    """Blocks as Markdown: a paragraph each, the items of a list right below each other."""
    text = ""
    for before, block in pairwise([None, *blocks]):
        assert block is not None  # noqa: S101 - only the first of the pairs begins with None
        in_list = before is not None and block.kind in LIST_ITEMS and before.kind == block.kind
        text += ("" if before is None else "\n" if in_list else "\n\n") + block.text
    return f"{text}\n"


def distinct(blocks: Sequence[PageBlock]) -> list[PageBlock]:
    """Blocks with ids that differ: the second of two equal ones gets a number."""
    seen: Counter[str] = Counter()
    found = []
    for block in blocks:
        seen[block.id] += 1
        count = seen[block.id]
        found.append(block if count == 1 else block.model_copy(update={"id": f"{block.id}#{count}"}))
    return found


def blocks_of(markdown: str) -> list[PageBlock]:
    """The blocks of a page of an earlier version, as it was generated."""
    found: list[PageBlock] = []
    memo: list[int] = []  # where the blocks of the memo are that is being read
    for line in filter(None, markdown.splitlines()):
        kind = next((kind for pattern, kind in _KINDS if re.match(pattern, line)), "text")
        linked = links(line)
        recording = recording_of(linked[0]) if linked else None
        if kind in ("memo", "silent", "private", "todos", "events"):
            memo = []
        memo.append(len(found))
        found.append(PageBlock(id="", kind=kind, text=line, recording=recording))
        if recording and kind not in LIST_ITEMS:
            for place in memo:
                found[place] = found[place].model_copy(update={"recording": recording})
        elif recording is None and kind not in ("title", "empty", "todos", "events"):
            found[-1] = found[-1].model_copy(update={"recording": found[memo[0]].recording})
    return distinct([block.model_copy(update={"id": _id(block)}) for block in found])


def _id(block: PageBlock) -> str:
    if block.kind in ("title", "empty", "todos", "events"):
        return block.kind
    linked = links(block.text)
    second = linked[0].partition("#")[2].removeprefix("t=") if linked and block.kind not in ONLY_ONE else ""
    return "/".join(filter(None, (block.recording or "?", block.kind, second)))


def with_kept(new: Sequence[PageBlock], base: Sequence[PageBlock], unreadable: Collection[str]) -> list[PageBlock]:
    """*new* with what was composed before of those memos whose notes cannot be read now."""
    made: list[PageBlock] = []
    kept = [block for block in base if block.recording in unreadable and block.kind != "unreadable"]
    for block in new:
        made.append(block)
        if block.kind == "unreadable":
            made += [one for one in kept if one.recording == block.recording and one.kind not in LIST_ITEMS]
    for heading, kind in (("todos", "todo"), ("events", "event")):
        items = [block for block in kept if block.kind == kind]
        if items and not any(block.kind == heading for block in made):
            made += [block for block in base if block.kind == heading]
        last = max((place for place, block in enumerate(made) if block.kind in (heading, kind)), default=len(made) - 1)
        made[last + 1 : last + 1] = items
    return distinct(made)
