"""A day with private memos has two pages where documents lie in a bucket; both are merged with their edits."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from diary_pipeline.notes.day import PageEntry, compose_blocks
from diary_pipeline.notes.page.blocks import render
from diary_pipeline.notes.page.publish import Page, publish
from diary_pipeline.schema import DiaryDay, Privacy
from diary_pipeline.store import Store
from tests.edited_pages import LAST, MORNING, NOON
from tests.page_entries import DAY as MARCH
from tests.page_entries import MADE


def of_store(store: Store, privacy: Privacy, memos: Sequence[PageEntry], *, hide: bool = False) -> str:
    """The page of these memos, written to its place in a store."""
    private = frozenset(memo.recording.id for memo in memos if memo.recording.privacy == "local_only")
    blocks = compose_blocks(MARCH, memos, hide_private=hide)
    made = DiaryDay(
        author="me", day=MARCH, recordings=(), markdown=render(blocks), provenance=MADE, blocks=tuple(blocks)
    )
    page = Page("days/me/page", privacy, "standard", made, private if hide else frozenset())
    assert publish(store, page, lambda line: line, lambda: True)
    return (store.read("days/me/page.md", privacy) or b"").decode()


def test_edits_of_a_memo_that_becomes_private_go_home_and_leave_the_bucket(tmp_path: Path) -> None:
    store = Store(f"memory://{tmp_path.name}", tmp_path, 5.0)
    text = of_store(store, "standard", [MORNING, NOON])
    edited = text.replace("painted the fence", "painted the secret door").replace("- [ ] Buy", "- [x] Buy")
    store.replace("days/me/page.md", f"{edited}\nmy own words\n".encode(), "standard")
    private = replace(MORNING, recording=MORNING.recording.model_copy(update={"privacy": "local_only"}))
    for memos in ([private, NOON], [private, NOON, LAST]):
        whole = of_store(store, "local_only", memos)
        public = of_store(store, "standard", memos, hide=True)
        assert ("painted the secret door" in whole, "- [x] Buy" in whole, "my own words" in whole) == (True,) * 3
        assert ("08:12 — a private memo" in public, "my own words" in public) == (True, True)
        document = (store.read("days/me/page.json", "standard") or b"").decode()
        assert not {"painted", "bread", "slept", "secret"} & set(re.findall(r"\w+", public + document))
    assert ("Quiet evening" in whole, "Quiet evening" in public) == (True, True)


def test_two_pages_of_one_day_keep_their_own_edits(tmp_path: Path) -> None:
    store = Store(f"memory://{tmp_path.name}", tmp_path, 5.0)
    private = replace(MORNING, recording=MORNING.recording.model_copy(update={"privacy": "local_only"}))
    for memos in ([private, NOON], [private, NOON, LAST]):
        texts = {
            "local_only": of_store(store, "local_only", memos),
            "standard": of_store(store, "standard", memos, hide=True),
        }
        if LAST not in memos:
            for privacy, text in texts.items():
                own = f"{text}\nof the {privacy} page\n".encode()
                store.replace("days/me/page.md", own, "standard" if privacy == "standard" else "local_only")
    assert ("of the local_only page" in texts["local_only"], "of the standard page" in texts["standard"]) == (
        True,
        True,
    )
    assert ("standard page" in texts["local_only"], "local_only page" in texts["standard"]) == (False, False)
    assert all("Quiet evening" in text for text in texts.values())
