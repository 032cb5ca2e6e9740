"""The merge of a page that a person edited with a new composition: three-way for each block, in the person's order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from diary_pipeline.notes.page.arrange import Arrangement
from diary_pipeline.notes.page.blocks import LISTS, owner_of, section_of
from diary_pipeline.notes.page.forms import defined
from diary_pipeline.notes.page.lines import links, plain, recording_of, with_mark
from diary_pipeline.notes.page.match import Known, Spell, align, match, texts_of
from diary_pipeline.notes.page.parse import END, NEW, PageChunk, parse
from diary_pipeline.notes.page.wording import worded
from diary_pipeline.schema import PageBlock, PageHistory

MOST_PUT_BACK = 3
"""So often is a line put back that may never have been seen; whoever takes it away once more means it."""


def as_it_is(text: str) -> str:
    """No spelling is known."""
    return text


@dataclass(frozen=True)
class Before:
    """What is known of a page: the blocks of its last composition and their history.

    `older`: the page was edited from the composition before that one.
    """

    blocks: Sequence[PageBlock] = ()
    history: PageHistory = field(default_factory=PageHistory)
    older: bool = False


@dataclass(frozen=True)
class Merged:
    """The merged page, the number of its conflicts, and the history that the next merge needs.

    `put_back` are the memos of which something was missing that its editor had never shown.
    """

    text: str
    conflicts: int
    history: PageHistory
    put_back: tuple[str, ...] = ()


def merge(
    edited: str,
    before: Before,
    new: Sequence[PageBlock],
    *,
    spell: Spell = as_it_is,
    hidden: Collection[str] = (),
) -> Merged:
    """Merge the page *edited* with the blocks *new*.

    *spell* writes misrecognised names as the person does. Of memos in *hidden* nothing stays on the page but what *new*
    has of them, whoever wrote it.
    """
    return _Merge(edited, before, new, spell, frozenset(hidden)).merged()


def memos_off_page(blocks: Sequence[PageBlock], there: Iterable[Known]) -> tuple[str, ...]:
    """The memos of which nothing is on the page but what its lists have."""
    on_page = {one.block.id for one in there}
    sections = dict.fromkeys((block.recording, section_of(block)) for block in blocks if block.recording)
    kept = {(block.recording, section_of(block)) for block in blocks if block.id in on_page}
    memos = [pair for pair in sections if pair[1].endswith("/memo") and pair not in kept]
    return tuple(recording for recording, _ in memos if recording)


class _Merge:
    def __init__(
        self, edited: str, before: Before, new: Sequence[PageBlock], spell: Spell, hidden: frozenset[str]
    ) -> None:
        self.before, self.history, self.new, self.spell, self.hidden = before, before.history, new, spell, hidden
        often = [b for b in before.blocks if self.history.put_back.get(b.id, 0) >= MOST_PUT_BACK]
        base = list(self.history.previous if before.older else before.blocks)
        self.base = [*base, *(block for block in often if block not in base)]
        self.known = align([*self.base, *self.history.deleted], new)
        older = {plain(block.text) for block in (*self.history.previous, *before.blocks)}
        self.texts = texts_of(self.known, spell) | older
        self.page = parse(edited, self.texts)
        self.found = match(self.page.chunks, self.known, spell)
        self.conflicts = 0

    def merged(self) -> Merged:
        self._read_offers()
        there = set(self.found.values())
        deleted = [one.base for one in self.known if one.base and not one.new and one not in there]
        arranged = Arrangement(self.page.chunks, self.found, self.known, self.page.ending)
        self._word(arranged)
        arranged.follow(self.known)
        unseen = self._unseen(there)
        back = []
        composed = {block.id for block in self.before.blocks}
        for one in arranged.composed:
            if one in there or (one not in unseen and self._is_deleted(one, there, unseen)):
                continue
            if one.block.kind in LISTS or one in self.found.values():
                continue  # the heading of a list comes with what is new in it, and never alone
            arranged.insert(one, one.block.text)
            if one in unseen or one.block.id in composed:
                back.append(one.block)
        memos = dict.fromkeys(block.recording for block in back if block.recording)
        return Merged(self._text(), self.conflicts, self._history(deleted, back), tuple(memos))

    def _read_offers(self) -> None:
        """Lines that a person wrote into an offer become lines of the page; what was offered is offered anew."""
        kept = set(self.found.values())
        for chunk in list(self.page.chunks):
            offers, chunk.offers = chunk.offers, []
            place = self.page.chunks.index(chunk) + 1
            for part in (part for offer in offers for part in parse("".join(offer), self.texts).chunks):
                one = match([part], [one for one in self.known if one not in kept], self.spell).get(part)
                one = None if one and plain(part.text) in texts_of(kept, self.spell) else one
                if one is not None:
                    kept.add(one)
                    if chunk.is_answered and chunk not in self.found:  # the person's wording of the same block
                        self.found[chunk] = one
                    else:  # its other half is gone: the person has taken this one
                        self.found[part] = one
                if self.found.get(part) is None and plain(part.text) in self.texts:
                    beside = {plain(text) for text in self.found[chunk].texts} if chunk in self.found else set()
                    chunk.offers = [part.lines] if plain(part.text) in beside else chunk.offers
                    continue
                self.page.chunks.insert(place, part)
                place += 1

    def _word(self, arranged: Arrangement) -> None:
        """Give each block that stands its wording; take away what is composed no more, or must not be here."""
        for chunk in list(arranged.chunks):
            one, offers = self.found.get(chunk), chunk.offers
            chunk.offers = []
            if self._is_hidden(chunk, one):
                arranged.remove(chunk)
                self.found.pop(chunk, None)
            elif one is not None and (one.new or one.was < len(self.base)):
                wording = worded(one.base, one.new, chunk.text, self.spell, offered=bool(offers))
                if wording is None:
                    arranged.remove(chunk)
                if one.new is None:
                    del self.found[chunk]
                if wording is not None and wording.text != chunk.text:
                    chunk.lines = [f"{chunk.prefix}{wording.text}{self.page.ending}"]
                if wording is not None and wording.offer is not None:
                    self.conflicts += 1
                    offer = with_mark(wording.offer, offers[0][0].rstrip("\r\n")) if offers else wording.offer
                    chunk.offers = [[f"{line}{self.page.ending}" for line in (NEW, offer, END)]]
            else:
                self.found.pop(chunk, None)
                self._hide_definitions(arranged, chunk)

    def _hide_definitions(self, arranged: Arrangement, chunk: PageChunk) -> None:
        """Take the places of hidden audio out of a list of reference links."""
        kept = [line for line in chunk.lines if recording_of(defined(line) or "") not in self.hidden]
        if not kept:
            arranged.remove(chunk)
        chunk.lines = kept

    def _is_hidden(self, chunk: PageChunk, one: Known | None) -> bool:
        if one is not None and one.block.recording in self.hidden and one.block.kind != "private":
            return True
        return any(recording_of(link) in self.hidden for link in links(chunk.text))

    def _unseen(self, there: Collection[Known]) -> set[Known]:
        """Blocks of memos that came after everything that is on the page: its editor has never shown them."""
        arrived, put_back = self.history.arrived, self.history.put_back
        newest = max((arrived.get(owner_of(one.base), 0) for one in there if one.base), default=0)
        return {
            one
            for one in self.known
            if one.base and one.new and one not in there
            if arrived.get(owner_of(one.base), 0) > newest and put_back.get(one.base.id, 0) < MOST_PUT_BACK
        }

    def _is_deleted(self, one: Known, there: Collection[Known], unseen: Collection[Known]) -> bool:
        """Whether a person took this block off the page, or all that there was of its memo."""
        if one.base and one.alike:
            return True
        block = one.block
        if block.recording is None or any(other.block.recording == block.recording for other in unseen):
            return False
        section = section_of(block)
        kin = [
            other
            for other in self.known
            if other.base and other.was < len(self.base) and other.base.recording == block.recording
            if not section.endswith("/memo") or section_of(other.base) == section
        ]
        return bool(kin) and not any(other in there for other in kin)

    def _text(self) -> str:
        lines = [
            line
            for chunk in self.page.chunks
            for line in (*chunk.blank, *chunk.lines, *(line for offer in chunk.offers for line in offer))
        ]
        text = "".join([*lines, *self.page.tail])
        return text if self.page.ends else text.removesuffix(self.page.ending)

    def _history(self, deleted: Sequence[PageBlock], back: Sequence[PageBlock]) -> PageHistory:
        was, blocks = self.history, self.before.blocks
        now = max([*was.arrived.values(), 0]) + 1 if blocks else 0
        arrived = {owner_of(block): 0 for block in blocks} | was.arrived
        counts = {block.id: was.put_back.get(block.id, 0) + 1 for block in back}
        return PageHistory(
            previous=self._shown(was.previous if list(blocks) == list(self.new) else self.base),
            deleted=self._shown(deleted),
            arrived={owner: when for owner in map(owner_of, self.new) if (when := arrived.get(owner, now))},
            put_back=was.put_back | counts,
            off_page=memos_off_page(self.new, self.found.values()),
        )

    def _shown(self, blocks: Sequence[PageBlock]) -> tuple[PageBlock, ...]:
        return tuple(block for block in blocks if block.recording not in self.hidden or block.kind == "private")
