"""A page that somebody edited meets a newly composed one: both survive."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

NEW, END = "<!-- diary: newly composed, please merge -->", "<!-- /diary -->"


@dataclass(frozen=True)
class Merged:
    """The page to keep, and how many places a person should look at."""

    text: str
    conflicts: int


def merge_edits(base: str, edited: str, new: str) -> Merged:
    """Bring what changed from *base* to *new* into *edited*.

    Where both changed the same lines, both stand, the edit first.
    """
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
        _, _, mine, theirs = group
        if _holds(mine, theirs):  # the person wrote what is now composed, and something beside it
            lines += mine
            continue
        conflicts += 1
        lines += [*_whole(mine), f"{NEW}\n", *_whole(theirs), f"{END}\n"]
    return Merged("".join(lines), conflicts)


def as_corrected(base: str, edited: str, spell: Callable[[str], str]) -> str:
    """*base* with those lines spelt anew that the person wrote in just that way: then they are no change of theirs any more."""
    written = set(_plain(edited).splitlines())
    return "".join(
        new if (new := spell(line)).rstrip("\n") in written else line for line in base.splitlines(keepends=True)
    )


def _plain(text: str) -> str:
    """*text* without what an editor changes by itself: line endings of another system, a missing last one, a byte order mark."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return text if text.endswith("\n") or not text else f"{text}\n"


def _holds(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether all of *theirs* stands in *mine*, in its order."""
    rest = iter(mine)
    return bool(theirs) and all(line in rest for line in theirs)


def _whole(lines: Sequence[str]) -> list[str]:
    return [line if line.endswith("\n") else f"{line}\n" for line in lines]
