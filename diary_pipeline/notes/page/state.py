"""The state of a page: its conflicts, what a person took off it, and whether it is what the catalog says."""

from collections.abc import Collection
from dataclasses import dataclass

from diary_pipeline.notes.page.decode import decode
from diary_pipeline.notes.page.lines import links
from diary_pipeline.notes.page.match import Known, match, texts_of
from diary_pipeline.notes.page.merge import as_it_is, memos_off_page, merge
from diary_pipeline.notes.page.parse import NEW, parse
from diary_pipeline.notes.page.publish import before_of, blocks_in, digest_of, read_day
from diary_pipeline.schema import DiaryDay, Privacy
from diary_pipeline.store import Store

_ALL_ON_PAGE = b'"off_page":[]'


@dataclass(frozen=True)
class PageState:
    """What to say of a page. `off_page` are memos that a person took off it, `unseen` those that will be put back."""

    exists: bool = True
    conflicts: int = 0
    off_page: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()


def page_state(data: bytes, document: bytes | None) -> PageState:
    """The state of a page with these bytes and this document."""
    conflicts, known = data.count(NEW.encode()), document or b""
    untouched = digest_of(data).encode() in known
    if untouched and _ALL_ON_PAGE in known:
        return PageState(conflicts=conflicts)
    day = read_day(document)
    if day is None or untouched:
        return PageState(conflicts=conflicts, off_page=day.history.off_page if day else ())
    text = _text(day, data)
    unseen = unseen_memos(day, data)
    off = tuple(name for name in memos_off_page(blocks_in(day), _on_page(day, text)) if name not in unseen)
    return PageState(conflicts=text.splitlines().count(NEW), off_page=off, unseen=unseen)


def is_lost(store: Store, path: str, fingerprints: Collection[str]) -> bool:
    """Whether the page at *path* in the home must be written again, though it was composed with *fingerprints*."""
    text, document = store.read(f"{path}.md", "standard"), store.read(f"{path}.json", "standard")
    if text is None or document is None or not any(one.encode() in document for one in fingerprints):
        return True
    if digest_of(text).encode() in document:  # nobody has edited it
        return False
    day = read_day(document)
    return day is None or not text.strip() or bool(unseen_memos(day, text))


def unseen_memos(day: DiaryDay, data: bytes) -> tuple[str, ...]:
    """Memos that are not on the page because its editor had opened it before they came."""
    blocks = blocks_in(day)
    linked = {block.recording for block in blocks if block.recording and links(block.text)}
    if not day.history.previous or all(name.encode() in data for name in linked):
        return ()
    text = _text(day, data)
    return merge(text, before_of(day, data, text), blocks).put_back if text.strip() else ()


def forget_deletions(store: Store, path: str, privacy: Privacy) -> None:
    """Let what a person took off a page be put back with its next composition."""
    data, day = store.read(f"{path}.md", privacy), read_day(store.read(f"{path}.json", privacy))
    if data is None or day is None:
        return
    there = {one.block.id for one in _on_page(day, _text(day, data))}
    kept = [block for block in blocks_in(day) if block.id in there]
    history = day.history.model_copy(update={"deleted": (), "previous": (), "put_back": {}})
    forgetful = day.model_copy(update={"blocks": tuple(kept), "history": history})
    store.replace(f"{path}.json", forgetful.model_dump_json().encode(), privacy)


def _text(day: DiaryDay, data: bytes) -> str:
    return decode(data, [block.text for block in blocks_in(day)]).text


def _on_page(day: DiaryDay, text: str) -> Collection[Known]:
    known = [Known(block, block) for block in blocks_in(day)]
    return match(parse(text, texts_of(known, as_it_is)).chunks, known, as_it_is).values()
