"""What the merge of a page knows of its editor: encodings, old buffers, earlier versions, hidden memos."""

from dataclasses import replace

import pytest

from diary_pipeline.notes.day import compose, compose_blocks
from diary_pipeline.notes.page.blocks import blocks_of, render
from diary_pipeline.notes.page.merge import MOST_PUT_BACK, Before, merge
from tests.edited_pages import (
    BASE,
    BREAD,
    DENTIST,
    LAST,
    LATE,
    MORNING,
    NEXT,
    NOON,
    PAGE,
    at_end,
    blocks,
    both,
    drop,
    write,
)
from tests.page_entries import DAY


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_a_page_keeps_the_line_endings_of_its_editor(ending: str) -> None:
    edited = write(BREAD, "- [x] Buy bread")(PAGE).replace("\n", ending)
    found = merge(edited, Before(BASE), NEXT).text
    assert found.replace(ending, "") == found.replace("\r", "").replace("\n", "")
    assert found.replace(ending, "\n") == merge(edited.replace(ending, "\n"), Before(BASE), NEXT).text


def test_a_missing_last_line_ending_stays_missing_and_glues_nothing() -> None:
    edited = PAGE + "\nlast words"
    found = merge(edited, Before(BASE), NEXT).text
    assert "\n\nlast words" in found
    assert not found.endswith("\n")


def test_an_old_buffer_saved_over_late_memos_takes_none_of_them_away() -> None:
    first = merge(PAGE, Before(BASE), blocks(MORNING, LATE, NOON))
    second = merge(first.text, Before(blocks(MORNING, LATE, NOON), first.history), NEXT)
    buffer = write(BREAD, "- [x] Buy bread")(PAGE)
    found = merge(buffer, Before(NEXT, second.history), NEXT)
    assert set(found.put_back) == {LATE.recording.id, LAST.recording.id}
    assert found.text == render(NEXT).replace(BREAD, "- [x] Buy bread")
    again = merge(buffer + "\nmore\n", Before(NEXT, found.history), NEXT)
    assert again.text == f"{found.text}\nmore\n"


def test_a_memo_that_is_taken_away_again_and_again_stays_away() -> None:
    text, history = render(NEXT), merge(PAGE, Before(blocks(MORNING, LATE, NOON)), NEXT).history
    last = [one.text for one in NEXT if one.recording == LAST.recording.id]
    for times in range(MOST_PUT_BACK + 1):
        edited = "\n".join(one for one in text.split("\n") if one not in last)
        found = merge(edited, Before(NEXT, history), NEXT)
        text, history = found.text, found.history
        assert ("Quiet evening" in text) == (times < MOST_PUT_BACK)


def test_a_page_without_a_known_base_loses_nothing_and_has_nothing_twice() -> None:
    edited = both(write(BREAD, "- [x] Buy bread"), at_end("mine"))(PAGE)
    found = merge(edited, Before(), NEXT)
    assert [one for one in edited.splitlines() if one not in found.text.splitlines()] == []
    assert (found.conflicts, found.text.count("Buy bread —"), found.text.count("Return the drill —")) == (0, 1, 1)
    assert "mine\n" in merge("mine\n", Before(), NEXT).text


def test_pages_of_earlier_versions_are_read_back_from_their_markdown() -> None:
    old = blocks_of(compose("me", DAY, [MORNING, NOON]))
    edited = both(write(BREAD, "- [x] Buy bread"), drop(DENTIST), at_end("mine"))(PAGE)
    found = merge(edited, Before(old), NEXT)
    assert (found.conflicts, found.put_back) == (0, ())
    assert found.text == merge(edited, Before(BASE), NEXT).text


def test_of_a_hidden_memo_nothing_stays_whoever_wrote_it() -> None:
    private = replace(MORNING, recording=MORNING.recording.model_copy(update={"privacy": "local_only"}))
    edited = both(write("painted the fence", "painted the hedge"), write(BREAD, "- [x] Buy bread"))(PAGE)
    new = compose_blocks(DAY, [private, NOON], hide_private=True)
    found = merge(edited, Before(BASE), new, hidden={MORNING.recording.id})
    assert not {"painted", "bread", "slept"} & set(found.text.replace(".", " ").split())
    assert "08:12 — a private memo" in found.text
    assert not any(one.recording == MORNING.recording.id and one.kind != "private" for one in found.history.previous)
