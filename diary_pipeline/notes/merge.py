"""Merge of a page that a person edited with a newly composed one; both are kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

NEW, END = "<!-- diary: newly composed, please merge -->", "<!-- /diary -->"


@dataclass(frozen=True)
class Merged:
    """The merged page, and the number of conflicts."""

    text: str
    conflicts: int


def merge_edits(base: str, edited: str, new: str) -> Merged:
    """Merge the changes from *base* to *new* into *edited*.

    Where both changed the same lines, both are kept, the edit first.
    """
    from merge3 import Merge3

    base, edited, new = _normalized(base), _normalized(edited), _normalized(new)
    if edited in (base, new):
        return Merged(new, 0)
    lines: list[str] = []
    conflicts = 0
    merge = Merge3(base.splitlines(keepends=True), edited.splitlines(keepends=True), new.splitlines(keepends=True))
    for group in merge.merge_groups():
        if group[0] != "conflict":
            lines += group[1]
            continue
        _, _, mine, theirs = group
        if _contains(mine, theirs):  # the edit contains what is now composed
            lines += mine
            continue
        conflicts += 1
        lines += [*_terminated(mine), f"{NEW}\n", *_terminated(theirs), f"{END}\n"]
    return Merged("".join(lines), conflicts)


def as_corrected(base: str, edited: str, spell: Callable[[str], str]) -> str:
    """*base* with the corrected spelling in lines where the person wrote the same, so that they are no edits."""
    written = set(_normalized(edited).splitlines())
    return "".join(
        new if (new := spell(line)).rstrip("\n") in written else line for line in base.splitlines(keepends=True)
    )


def _normalized(text: str) -> str:
    """*text* without what an editor changes by itself: other line endings, a missing last one, a byte order mark."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return text if text.endswith("\n") or not text else f"{text}\n"


def _contains(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether *mine* contains all of *theirs*, in order."""
    rest = iter(mine)
    return bool(theirs) and all(line in rest for line in theirs)


def _terminated(lines: Sequence[str]) -> list[str]:
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]
