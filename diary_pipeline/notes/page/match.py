"""Which block is which: between two compositions, and between a composition and the page that a person edited."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

from diary_pipeline.notes.page.blocks import CLOCK, ONLY_ONE, section_of
from diary_pipeline.notes.page.lines import links, plain, similarity, words
from diary_pipeline.notes.page.parse import PageChunk, Shape
from diary_pipeline.schema import BlockKind, PageBlock

SAME = 0.6
"""Share of common words from which two lines say the same thing."""

SAME_PLACE = 0.3
"""The same for two lines that link to the same second of the same recording."""

Spell = Callable[[str], str]
_SHAPES: Mapping[BlockKind, Shape] = {
    "title": "title",
    "memo": "section",
    "todos": "section",
    "events": "section",
    "todo": "task",
    "event": "item",
    "details": "details",
}


@dataclass(eq=False)
class Known:
    """A block as it was composed before (`base`) and as it is composed now (`new`).

    `was` is its place among the blocks before. `alike`: both say the same thing.
    """

    base: PageBlock | None
    new: PageBlock | None
    was: int = -1
    alike: bool = True

    @property
    def block(self) -> PageBlock:
        """The block, rather as it is now."""
        found = self.new or self.base
        assert found is not None  # noqa: S101 - one of the two is always there
        return found

    @property
    def texts(self) -> list[str]:
        """Its wordings."""
        return [block.text for block in (self.base, self.new) if block]


def align(base: Sequence[PageBlock], new: Sequence[PageBlock]) -> list[Known]:
    """Pair the blocks of two compositions; in the order of *new*, then those that are no longer composed."""
    pairs: dict[int, tuple[int, bool]] = {}
    free = dict(enumerate(base))

    def pair(key: Callable[[PageBlock], Hashable], *, alike: bool = True) -> None:
        places: dict[Hashable, list[int]] = defaultdict(list)
        for place, block in free.items():
            places[key(block)].append(place)
        for place, block in enumerate(new):
            if place not in pairs and (same := places.get(key(block))):
                pairs[place] = same.pop(0), alike
                del free[pairs[place][0]]

    pair(lambda block: (block.kind, block.recording, plain(block.text)))
    pair(lambda block: (block.kind, block.recording) if block.kind in ONLY_ONE else id(block))
    nobody = {place for place, block in free.items() if block.recording is None}
    pair(lambda block: (block.kind, plain(block.text)) if nobody else id(block))
    for score, place, other in sorted(_scores(free, new), reverse=True):
        if score >= SAME and -place not in pairs and -other in free:
            pairs[-place] = -other, True
            del free[-other]
    pair(lambda block: block.id, alike=False)
    found = [
        Known(base[pairs[place][0]], block, *pairs[place]) if place in pairs else Known(None, block)
        for place, block in enumerate(new)
    ]
    return found + [Known(block, None, place) for place, block in free.items()]


def _scores(free: Mapping[int, PageBlock], new: Sequence[PageBlock]) -> list[tuple[float, int, int]]:
    """How alike blocks are, with their places negated, so that the best and first pair sorts last."""
    return [
        (_alike(before, block), -place, -other) for place, block in enumerate(new) for other, before in free.items()
    ]


def _alike(one: PageBlock, other: PageBlock) -> float:
    if one.kind != other.kind or one.recording != other.recording or one.kind in ONLY_ONE:
        return 0.0
    return max(similarity(words(one.text), words(other.text)), similarity(_said(one), _said(other)))


def _said(block: PageBlock) -> list[str]:
    """The words that the speaker said, of a to-do or event: they outlast another wording."""
    _, quote, said = block.text.rpartition("“")
    return words(said) if quote else [block.id]


def match(chunks: Sequence[PageChunk], known: Sequence[Known], spell: Spell) -> dict[PageChunk, Known]:
    """Which chunk of a page is which block: by its words, its link, its place, and at last by likeness."""
    matcher = _Matcher(chunks, known, spell)
    for finder in (matcher.by_words, matcher.by_link, matcher.by_clock, matcher.by_items, matcher.by_likeness):
        for chunk in chunks:
            if chunk not in matcher.found and not matcher.is_copy(chunk) and (one := finder(chunk)):
                matcher.found[chunk] = one
                del matcher.free[one]
    return matcher.found


class _Matcher:
    """The blocks that are still free, and those found so far."""

    def __init__(self, chunks: Sequence[PageChunk], known: Sequence[Known], spell: Spell) -> None:
        self.chunks, self.free = chunks, dict.fromkeys(known)
        self.found: dict[PageChunk, Known] = {}
        self._has_base = any(one.base for one in known)
        self._title = next((chunk for chunk in chunks if chunk.shape == "title"), None)
        self._exact: dict[str, list[Known]] = defaultdict(list)
        for one in known:
            for text in dict.fromkeys(plain(text) for text in [*one.texts, *map(spell, one.texts)]):
                self._exact[text].append(one)

    def is_copy(self, chunk: PageChunk) -> bool:
        """Whether this is one more copy of a block that is found already: it is no other block."""
        same = self._exact.get(plain(chunk.text), ())
        return bool(same) and not any(one in self.free for one in same)

    def by_words(self, chunk: PageChunk) -> Known | None:
        """The block that says exactly this."""
        return next((one for one in self._exact.get(plain(chunk.text), ()) if one in self.free), None)

    def by_link(self, chunk: PageChunk) -> Known | None:
        """The block that links to the same second; a paragraph and a to-do may do so both, so words decide too."""
        linked = links(chunk.text)[:1]
        if not linked:
            return None
        mine, scores = words(chunk.text), []
        for one in self.free:
            if any(linked[0] in links(text) for text in one.texts):
                fits = _shape(one) == chunk.shape
                score = max(similarity(mine, words(text)) for text in one.texts)
                scores += [(score + fits, one)] if score >= SAME_PLACE or fits else []
        return max(scores, key=lambda pair: pair[0])[1] if scores else None

    def by_clock(self, chunk: PageChunk) -> Known | None:
        """The memo of the same time, where a heading has another title now; the page's title, whatever it says."""
        if chunk is self._title:
            return next((one for one in self.free if one.block.kind == "title"), None)
        clock = CLOCK.match(chunk.text)
        memos = (one for one in self.free if one.block.kind == "memo")
        return next((one for one in memos if clock and clock[1] in map(_clock, one.texts)), None)

    def by_items(self, chunk: PageChunk) -> Known | None:
        """The heading of the blocks below, where a person gave it a name of their own."""
        if chunk.shape not in ("title", "section", "heading"):
            return None
        for below in self.chunks[self.chunks.index(chunk) + 1 :]:
            if below.shape in ("title", "section"):
                return None
            if below in self.found:
                section = section_of(self.found[below].block)
                heads = (one for one in self.free if one.block.kind in ("memo", "todos", "events"))
                return next((one for one in heads if section_of(one.block) == section), None)
        return None

    def by_likeness(self, chunk: PageChunk) -> Known | None:
        """The block that says nearly the same, where the person's line has lost its link."""
        mine, linked, near = words(chunk.text), links(chunk.text)[:1], self._section_above(chunk)
        scores = []
        for one in self.free:
            if one.base is None and self._has_base:
                continue
            if _shape(one) == chunk.shape and (not linked or _same_audio(linked[0], one)):
                score = max(similarity(mine, words(text)) for text in one.texts)
                scores += [(score + (section_of(one.block) == near), one)] if score >= SAME else []
        return max(scores, key=lambda pair: pair[0])[1] if scores else None

    def _section_above(self, chunk: PageChunk) -> str | None:
        """The section of the block above: many memos have the same words in their details."""
        above = self.chunks[: self.chunks.index(chunk)]
        return next((section_of(self.found[one].block) for one in reversed(above) if one in self.found), None)


def _clock(heading: str) -> str | None:
    found = CLOCK.match(heading)
    return found[1] if found else None


def _same_audio(link: str, one: Known) -> bool:
    audio = link.partition("#")[0]
    return any(other.partition("#")[0] == audio for text in one.texts for other in links(text))


def _shape(one: Known) -> Shape:
    return _SHAPES.get(one.block.kind, "text")


def texts_of(known: Collection[Known], spell: Spell) -> frozenset[str]:
    """All wordings of the blocks, as they are compared."""
    return frozenset(plain(text) for one in known for own in one.texts for text in (own, spell(own)))
