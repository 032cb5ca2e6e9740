"""Writing a page over the one that lies there, without losing what a person saves in the same moment.

The page's document is written first. It names the page that it replaces and holds the blocks of the composition before,
so that a process that is killed in between leaves nothing that the next merge cannot read.
"""

import contextlib
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from diary_pipeline.errors import TransientError
from diary_pipeline.notes.page.blocks import blocks_of, render, with_kept
from diary_pipeline.notes.page.decode import Decoded, decode
from diary_pipeline.notes.page.lines import plain
from diary_pipeline.notes.page.match import Spell
from diary_pipeline.notes.page.merge import Before, Merged, merge
from diary_pipeline.notes.page.parse import parse
from diary_pipeline.schema import DiaryDay, PageBlock, PageHistory, Privacy
from diary_pipeline.store import Store

TRIES = 20  # a page that a person saves more often than this while it is written is left to the next run
STILL_SECONDS = 0.2
"""A page that was changed less long ago may still be being saved."""


@dataclass(frozen=True)
class Published:
    """What became of a page: its conflicts, and in words what a person should know."""

    conflicts: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A page to be written at `path` (without its ending).

    `first` is the class of the page that edits are taken from while there is none at this place. Nothing of memos in
    `hidden` may stay on it; those in `unreadable` keep what was composed of them before. What a person edited in a memo
    that a *newer* one superseded (ids, old to new) goes on with that.
    """

    path: str
    privacy: Privacy
    first: Privacy
    day: DiaryDay
    hidden: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    newer: Mapping[str, str] = field(default_factory=dict)

    def renamed(self, text: str) -> str:
        """A text of the page with the superseded memos' ids replaced: they are in links and in blocks."""
        for old, new in self.newer.items():
            text = text.replace(old, new)
        return text


@dataclass(frozen=True)
class _Draft:
    """What is to be written, in place of which bytes."""

    replaced: bytes | None
    text: bytes
    document: bytes
    merged: Merged | None
    decoded: Decoded | None


def read_day(data: bytes | None) -> DiaryDay | None:
    """A page's document; None where there is none that can be read."""
    try:
        return DiaryDay.model_validate_json(data) if data else None
    except ValidationError:
        return None


def blocks_in(day: DiaryDay) -> Sequence[PageBlock]:
    """The blocks of a page's document, also of an earlier version."""
    return day.blocks or blocks_of(day.markdown)


def before_of(day: DiaryDay | None, data: bytes, text: str) -> Before:
    """What the page with these bytes was edited from: the newest composition, or the one before."""
    if day is None:
        return Before()
    blocks, history = blocks_in(day), day.history
    digest = digest_of(data)
    if digest == history.written or not history.previous:
        return Before(blocks, history)
    if digest == history.replaced:
        return Before(blocks, history, older=True)
    now, then = ({plain(block.text) for block in some} for some in (blocks, history.previous))
    there = {plain(chunk.text) for chunk in parse(text, now | then).chunks}
    older = bool(now - then) and not (now - then) & there and (not then - now or bool((then - now) & there))
    return Before(blocks, history, older=older)


def edited_from(day: DiaryDay, data: bytes) -> tuple[str, str]:
    """A page as composed, and as a person left it: the texts that show what the person changed."""
    text = decode(data, [block.text for block in blocks_in(day)]).text
    older = before_of(day, data, text).older
    return render(day.history.previous) if older else day.markdown, text


def digest_of(data: bytes) -> str:
    """The SHA-256 sum of a page's file."""
    return hashlib.sha256(data).hexdigest()


def publish(store: Store, page: Page, spell: Spell, is_held: Callable[[], bool]) -> Published | None:
    """Write *page*, merged with what a person has edited there; None, where the right to do so was lost meanwhile.

    Raises:
        TransientError: the page kept changing.
    """
    known, ours = None, None
    for _ in range(TRIES):
        replaced = _settled(store, f"{page.path}.md", page.privacy)
        source = page.privacy if replaced is not None else page.first
        edited = replaced if source == page.privacy else _settled(store, f"{page.path}.md", source)
        stored = store.read(f"{page.path}.json", source)
        if ours is None or stored != ours:
            known = read_day(page.renamed(stored.decode("utf-8", "replace")).encode() if stored else None)
        draft = _draft(page, replaced, edited, known, spell)
        if not is_held():
            return None
        notices = _notices(store, page, draft)
        ours = draft.document
        store.replace(f"{page.path}.json", ours, page.privacy)
        if draft.text == replaced or store.replace_if_still(f"{page.path}.md", replaced, draft.text, page.privacy):
            return Published(draft.merged.conflicts if draft.merged else 0, notices)
    raise TransientError(f"The page {page.path}.md was saved again and again while it was written. Try again.")


def _draft(page: Page, replaced: bytes | None, edited: bytes | None, known: DiaryDay | None, spell: Spell) -> _Draft:
    """The page as it should be: merged where there is one, else, or where it was emptied, as composed."""
    base = blocks_in(known) if known else ()
    new = with_kept(page.day.blocks, base, page.unreadable)
    markdown = render(new)
    decoded = decode(edited, [block.text for block in (*base, *new)]) if edited else None
    if decoded and page.newer:
        decoded = replace(decoded, text=page.renamed(decoded.text))
    merged = None
    if edited and decoded and decoded.text.strip():
        merged = merge(decoded.text, before_of(known, edited, decoded.text), new, spell=spell, hidden=page.hidden)
        text = edited if replaced and merged.text == decoded.text and not page.newer else decoded.encode(merged.text)
    else:
        text = markdown.encode()
    history = (merged.history if merged else PageHistory()).model_copy(
        update={
            "written": digest_of(text),
            "replaced": "" if replaced in (None, text) else digest_of(replaced or b""),
        }
    )
    update = {"blocks": tuple(new), "markdown": markdown, "history": history}
    return _Draft(replaced, text, page.day.model_copy(update=update).model_dump_json().encode(), merged, decoded)


def _notices(store: Store, page: Page, draft: _Draft) -> tuple[str, ...]:
    """Keep what may not have been read right; say so, and what was put back."""
    notices = []
    if draft.replaced and draft.decoded and not draft.decoded.is_utf8 and draft.text != draft.replaced:
        kept = f"{page.path}.md.{digest_of(draft.replaced)[:8]}.bak"
        store.write_new(kept, draft.replaced, "local_only" if page.hidden else page.privacy)
        how = f"read as {draft.decoded.encoding}" if draft.decoded.sure else "read as well as it could be"
        notices.append(f"{page.path}.md was not saved as UTF-8 and was {how}. It is kept as {kept}.")
    if draft.merged and draft.merged.put_back:
        memos = ", ".join(draft.merged.put_back)
        notices.append(f"{page.path}.md was saved from an older version. Put back on it: {memos}.")
    return tuple(notices)


def _settled(store: Store, path: str, privacy: Privacy) -> bytes | None:
    """The page's bytes, once nobody has changed them for a moment: an editor may be in the middle of saving them."""
    target = store.at(path, privacy)
    for _ in range(TRIES):
        data = store.read(path, privacy)
        if data is None or not isinstance(target, Path):
            return data
        with contextlib.suppress(FileNotFoundError):
            if not 0 <= time.time() - target.stat().st_mtime < STILL_SECONDS:
                return data
        time.sleep(STILL_SECONDS / 4)
    return data
