"""A page that somebody edited meets a newly composed one: both survive."""

from collections.abc import Sequence
from dataclasses import dataclass

NEW, END = "<!-- diary: newly composed, please merge -->", "<!-- /diary -->"


@dataclass(frozen=True)
class Merged:
    """The page to keep, and how many places a person should look at."""

    text: str
    conflicts: int


def merge_edits(base: str, edited: str, new: str) -> Merged:
    """Bring what changed from *base* to *new* into *edited*. Where both changed the same lines, both stand, the edit first."""
    from merge3 import Merge3

    base, edited, new = _plain(base), _plain(edited), _plain(new)
    if edited in (base, new):
        return Merged(new, 0)
    lines: list[str] = []
    conflicts = 0
    merge = Merge3(base.splitlines(keepends=True), edited.splitlines(keepends=True), new.splitlines(keepends=True))
    for group in merge.merge_groups():
        if group[0] != "conflict":
            lines += group[1]
            continue
        conflicts += 1
        _, _, mine, theirs = group
        lines += [*_whole(mine), f"{NEW}\n", *_whole(theirs), f"{END}\n"]
    return Merged("".join(lines), conflicts)


def _plain(text: str) -> str:
    """*text* without what an editor changes by itself: line endings of another system, a missing last one, a byte order mark."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return text if text.endswith("\n") or not text else f"{text}\n"


def _whole(lines: Sequence[str]) -> list[str]:
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]
