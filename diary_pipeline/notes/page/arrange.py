"""The order of a merged page: the person's, with new blocks in their sections and moved ones at their new place."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from diary_pipeline.notes.page.blocks import LIST_ITEMS, section_of
from diary_pipeline.notes.page.forms import with_level
from diary_pipeline.notes.page.lines import with_bullet
from diary_pipeline.notes.page.match import Known
from diary_pipeline.notes.page.parse import PageChunk, closing, shape_of

HEADS = frozenset({"memo", "todos", "events"})
"""Kinds of blocks that are the heading of a section."""


class Arrangement:
    """The chunks of a page in their order, and where what is composed now belongs among them.

    *found* says which chunks are which block; *known* are all blocks in the order in which they are composed now.
    """

    def __init__(
        self, chunks: list[PageChunk], found: dict[PageChunk, Known], known: Sequence[Known], ending: str
    ) -> None:
        self.chunks, self.found, self._ending = chunks, found, ending
        self.composed = [one for one in known if one.new]
        self._sections = list(dict.fromkeys(section_of(one.block) for one in self.composed))
        self._moved = _moved_by_person(chunks, found)

    def remove(self, chunk: PageChunk) -> None:
        """Take a chunk away; of the blank lines around it the more remain."""
        place = self.chunks.index(chunk)
        del self.chunks[place]
        if place < len(self.chunks) and len(chunk.blank) > len(self.chunks[place].blank):
            self.chunks[place].blank = chunk.blank

    def follow(self, known: Sequence[Known]) -> None:
        """Move what the composer has moved and the person has not, each with the person's lines below it."""
        here = {one: chunk for chunk, one in self.found.items()}
        for one in _moved_by_composer(known):
            chunk = here.get(one)
            if chunk is None or chunk in self._moved:
                continue
            start = self.chunks.index(chunk)
            end = self._skip(start + 1, self._is_own)
            group = self.chunks[start:end]
            for part in reversed(group):
                self.remove(part)
            del self.found[chunk]
            place = self._free(self._place(one), is_head=one.block.kind in HEADS)
            self.found[chunk] = one
            self._put(place, group)

    def insert(self, one: Known, text: str) -> None:
        """Put a new block where it belongs, below its heading if that is no longer there."""
        section = section_of(one.block)
        if one.block.kind in LIST_ITEMS and not self._of_section(section):
            head = next(other for other in self.composed if section_of(other.block) == section)
            if head is not one and head not in self.found.values():
                self.insert(head, head.block.text)
        place = self._free(self._place(one), is_head=one.block.kind in HEADS)
        chunk = PageChunk([f"{self._as_neighbours(one, text, place)}{self._ending}"])
        self.found[chunk] = one
        self._put(place, [chunk])

    def _free(self, place: int, *, is_head: bool) -> int:
        """The place, or one near it where a line is seen, and stands between no line and what it introduces."""
        end = closing(self.chunks, place)
        if end != place or not is_head:
            return end
        while 0 < place < len(self.chunks) and not self.chunks[place].blank and self._is_own(self.chunks[place - 1]):
            if self._is_heading(self.chunks[place]):
                break
            place -= 1
        return place

    def _as_neighbours(self, one: Known, text: str, place: int) -> str:
        """A new line with the bullet of the items around it, or the level of the headings of its kind."""
        kind, near = one.block.kind, self.chunks[max(0, place - 1) : place + 1]
        if kind in HEADS:
            return next((with_level(text, c.text) for c, o in self.found.items() if o.block.kind == kind), text)
        like = next((c for c in near if kind in LIST_ITEMS and c in self.found and shape_of(text) == c.shape), None)
        return like.prefix + with_bullet(text, like.text) if like else text

    def _put(self, place: int, group: list[PageChunk]) -> None:
        """Insert chunks with the blank lines that they need around them."""
        after = self.chunks[place] if place < len(self.chunks) else None
        first = group[0]
        first.blank = after.blank if place == 0 and after else []
        self.chunks[place:place] = group
        if place:
            first.blank = first.blank or self._blank(self.chunks[place - 1], first)
        if after is not None:
            after.blank = self._between(group[-1], after)

    def _between(self, before: PageChunk, after: PageChunk) -> list[str]:
        needed = self._blank(before, after)
        is_list = after in self.found and before in self.found and not needed
        return [] if is_list else after.blank or needed

    def _blank(self, before: PageChunk, after: PageChunk) -> list[str]:
        """The blank lines between two neighbours; items of one list have none."""
        in_list = before.shape == after.shape and after.shape in ("task", "item")
        nested = after.shape in ("task", "item") and after.text[:1].isspace()
        return [] if in_list or nested else [self._ending]

    def _place(self, one: Known) -> int:
        """Where a block belongs that is not on the page."""
        section = section_of(one.block)
        at = self.composed.index(one)
        if one.block.kind not in HEADS and self._of_section(section):
            return self._inside(at, section)
        return self._new_section(section)

    def _inside(self, at: int, section: str) -> int:
        """Behind the block before it, else before the one behind it, else right below the heading."""
        here = self._of_section(section)
        same = [one for one in self.composed if section_of(one.block) == section]
        before = [one for one in same[: same.index(self.composed[at])] if one in here]
        if before and before[-1].block.kind not in HEADS:
            return self._skip(here[before[-1]] + 1, self._is_below)
        after = [one for one in same[same.index(self.composed[at]) :] if one in here and one.block.kind not in HEADS]
        if after:
            return here[after[0]]
        return self._skip(here[before[-1]] + 1, self._is_below) if before else min(here.values())

    def _new_section(self, section: str) -> int:
        """Behind the section before it, else before the one behind it, else below the title, else at the end."""
        at = self._sections.index(section)
        lists = ("todos", "events")
        others = [name for name in self._sections if (name in lists) == (section in lists) and name != "title"]
        for names in (others, [name for name in self._sections if name != "title"]):
            earlier = [name for name in names if self._sections.index(name) < at]
            for name in reversed(earlier):
                if here := self._of_section(name):
                    return self._skip(max(here.values()) + 1, self._is_own)
            for name in (name for name in names if self._sections.index(name) > at):
                if here := self._of_section(name):
                    return min(here.values())
        title = self._of_section("title")
        return self._skip(max(title.values()) + 1, self._is_own) if title else len(self.chunks)

    def _of_section(self, section: str) -> dict[Known, int]:
        """The blocks of a section that stand in it, with their places: what was moved elsewhere is no neighbour.

        Where the heading was taken away and everything was moved, what was moved stands in it.
        """
        head_stands = any(section_of(o.block) == section and o.block.kind in HEADS for o in self.found.values())
        heading: PageChunk | None = None
        here: dict[Known, int] = {}
        moved: dict[Known, int] = {}
        for place, chunk in enumerate(self.chunks):
            one = self.found.get(chunk)
            if self._is_heading(chunk):
                heading = chunk
            if one is None or section_of(one.block) != section:
                continue
            above = self.found.get(heading) if heading else None
            is_home = above is not None and section_of(above.block) == section
            lonely = not head_stands and (heading is None or above is not None)
            if is_home or lonely:
                (moved if lonely and not is_home and chunk in self._moved else here)[one] = place
        return here or moved

    def _skip(self, place: int, belongs: Callable[[PageChunk], bool]) -> int:
        while place < len(self.chunks) and belongs(self.chunks[place]):
            place += 1
        return place

    def _is_own(self, chunk: PageChunk) -> bool:
        """The person's own lines, up to a section of their own."""
        return chunk not in self.found and not self._is_heading(chunk)

    def _is_heading(self, chunk: PageChunk) -> bool:
        """Whether a section begins with it: at whatever level those of the diary are now."""
        kind = self.found[chunk].block.kind if chunk in self.found else None
        return kind in HEADS or kind == "title" or chunk.shape in ("title", "section")

    def _is_below(self, chunk: PageChunk) -> bool:
        """The person's own lines right below a block, without a blank line."""
        return self._is_own(chunk) and chunk.shape != "heading" and not chunk.blank


def _moved_by_person(chunks: Sequence[PageChunk], found: Mapping[PageChunk, Known]) -> frozenset[PageChunk]:
    there = [chunk for chunk in chunks if chunk in found and found[chunk].base]
    return frozenset(there[place] for place in _out_of_order([found[chunk].was for chunk in there]))


def _moved_by_composer(known: Sequence[Known]) -> list[Known]:
    """Blocks that stand in another order than they did: as few as explain it."""
    before = sorted((one for one in known if one.base and one.new), key=lambda one: one.was)
    now = {one: place for place, one in enumerate(known)}
    moved = {before[place] for place in _out_of_order([now[one] for one in before])}
    return [one for one in known if one in moved]


def _out_of_order(numbers: Sequence[int]) -> set[int]:
    """The places of the fewest numbers without which the others rise."""
    ends: list[int] = []  # the least last number of a rising row, by its length
    rows: list[list[int]] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        row = [*(rows[length - 1] if length else []), place]
        ends[length : length + 1] = [number]
        rows[length : length + 1] = [row]
    kept = set(rows[-1]) if rows else set()
    return {place for place in range(len(numbers)) if place not in kept}
