"""The wording of one block: as composed before, as it stands on the page, as composed now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from diary_pipeline.notes.page.lines import links, mark_of, plain, split_mark, unlinked, with_mark, without_links
from diary_pipeline.schema import PageBlock

FACTS = frozenset({"title", "memo", "details"})
"""Kinds that nobody spoke: there, changes of different words are put together."""

Edit = tuple[int, int, tuple[str, ...]]


@dataclass(frozen=True)
class Wording:
    """What to print: the person's text or another; and what is offered beside it, to be merged by the person."""

    text: str
    offer: str | None = None


def worded(
    base: PageBlock | None, new: PageBlock | None, mine: str, spell: Callable[[str], str], *, offered: bool
) -> Wording | None:
    """The wording of a block that is *mine* on the page; None: it is not composed any more and nobody changed it.

    *offered*: an earlier merge has offered the composed wording, and the person has not decided yet.
    """
    if new is None:
        return None if base and _untouched(base, mine, spell) and mark_of(mine) in (None, " ") else Wording(mine)
    if plain(mine) == plain(new.text) or base is None:
        return Wording(mine)
    if offered:
        return Wording(mine, new.text)
    if _untouched(base, mine, spell):
        return Wording(mine if plain(base.text) == plain(new.text) else with_mark(new.text, mine))
    if without_links(base.text) == without_links(new.text):
        return Wording(_relinked(mine, base.text, new.text))
    return _both_changed(base, new, mine, spell)


def _untouched(base: PageBlock, mine: str, spell: Callable[[str], str]) -> bool:
    return plain(mine) in (plain(base.text), plain(spell(base.text)))


def _relinked(mine: str, before: str, now: str) -> str:
    """The person's words with the links of today."""
    for old, new in zip(links(before), links(now), strict=False):
        mine = mine.replace(f"{old})", f"{new})")
    return mine


def _both_changed(base: PageBlock, new: PageBlock, mine: str, spell: Callable[[str], str]) -> Wording:
    if not links(mine) and without_links(mine) in (without_links(base.text), without_links(spell(base.text))):
        return Wording(with_mark(unlinked(new.text), mine))  # whoever wants no links has changed no word
    before, theirs = (split_mark(text)[1].split() for text in (base.text, new.text))
    composed = {plain(word): word for word in (*before, *theirs)}
    own = [composed.get(plain(word), word) for word in split_mark(mine)[1].split()]
    if set(_edits(before, theirs)) <= set(_edits(before, own)):  # the person has done all of it
        return Wording(mine)
    merged = _merged(before, own, theirs)
    only_spelt = plain(spell(base.text)) == plain(new.text)
    if base.kind in FACTS or only_spelt:
        return Wording(with_mark(split_mark(new.text)[0] + " ".join(merged), mine) if merged else mine)
    return Wording(mine, new.text)


def _edits(before: Sequence[str], after: Sequence[str]) -> list[Edit]:
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(i, j, tuple(after[k:m])) for kind, i, j, k, m in opcodes if kind != "equal"]


def _merged(before: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """The words with the edits of both; None where they touch each other."""
    edits = sorted({*_edits(before, mine), *_edits(before, theirs)})
    found: list[str] = []
    place = -1
    done = 0
    for start, end, words in edits:
        if start <= place:
            return None
        found += [*before[done:start], *words]
        done = place = end
    return found + list(before[done:])
