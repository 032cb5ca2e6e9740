"""Pages that are not what the catalog says: deleted, of another composition, or saved from a version too old."""

from collections.abc import Collection

from diary_pipeline.notes.page.decode import decode
from diary_pipeline.notes.page.lines import links
from diary_pipeline.notes.page.merge import merge
from diary_pipeline.notes.page.publish import before_of, blocks_in, digest_of, read_day
from diary_pipeline.schema import DiaryDay
from diary_pipeline.store import Store


def is_lost(store: Store, path: str, fingerprints: Collection[str]) -> bool:
    """Whether the page at *path* in the home must be written again, though it was composed with *fingerprints*."""
    text, document = store.read(f"{path}.md", "standard"), store.read(f"{path}.json", "standard")
    if text is None or document is None or not any(one.encode() in document for one in fingerprints):
        return True
    if digest_of(text).encode() in document:  # nobody has edited it
        return False
    day = read_day(document)
    return day is None or bool(unseen_memos(day, text))


def unseen_memos(day: DiaryDay, data: bytes) -> tuple[str, ...]:
    """Memos that are not on the page because its editor had opened it before they came."""
    blocks = blocks_in(day)
    linked = {block.recording for block in blocks if block.recording and links(block.text)}
    if not day.history.previous or all(name.encode() in data for name in linked):
        return ()
    text = decode(data, [block.text for block in blocks]).text
    return merge(text, before_of(day, data, text), blocks).put_back if text.strip() else ()
