"""A page that a program has rewritten is still the page: nobody has reworded it, and each line is found again."""

import re
from dataclasses import replace

import pytest

from diary_pipeline.notes.page.blocks import render
from diary_pipeline.notes.page.merge import Before, merge
from tests.edited_pages import LAST, LATE, NOON, blocks, line, reworded, section
from tests.page_entries import entry
from tests.proof.rewritten import REWRITES, said

SPOKEN = (
    'I slept badly at Anna\'s place on *Main_Street* & read "Emma".',
    "We painted the fence, and it took us the whole long afternoon until it was nearly dark and I had enough.",
    "I need to buy bread, and it's fresh.",
)
MEMO = entry("08:12", *SPOKEN, pause=2.0, audio="aa")
ANEW = reworded(MEMO, "A bad night at Anna's.", "We gave the fence a coat, all afternoon long.", "I want fresh bread.")
ANEW = replace(
    ANEW,
    note=ANEW.note.model_copy(
        update={
            "title": "A bad night",
            "todos": (MEMO.note.todos[0].model_copy(update={"text": "Get fresh bread"}),),
        }
    ),
)
BASE, NEXT, NEW = blocks(MEMO, NOON), blocks(MEMO, LATE, NOON, LAST), blocks(ANEW, LATE, NOON, LAST)
PAGE = render(BASE)


def counted(text: str, part: str) -> int:
    return said(text).count(said(part)[-1])


@pytest.mark.parametrize("how", REWRITES)
def test_late_memos_come_once_onto_a_rewritten_page_and_no_line_of_it_changes(how: str) -> None:
    page = REWRITES[how](f"{PAGE}\nMy own line.\n".replace("- [ ] Buy", "- [x] Buy"))
    found = merge(page, Before(BASE), NEXT)
    assert (found.conflicts, found.put_back) == (0, ())
    lines = found.text.splitlines()
    assert [one for one in page.splitlines() if one.strip() and one not in lines] == []
    assert {one.text: counted(found.text, one.text) for one in NEXT if counted(found.text, one.text) != 1} == {}
    assert merge(found.text, Before(NEXT, found.history), NEXT).text == found.text
    assert found.history.off_page == ()


@pytest.mark.parametrize("how", REWRITES)
def test_a_rewritten_page_follows_a_new_note_as_if_nobody_had_touched_it(how: str) -> None:
    page = REWRITES[how](PAGE.replace("- [ ] Buy", "- [x] Buy"))
    found = merge(page, Before(BASE), NEW)
    assert found.conflicts == 0
    assert {one.text: counted(found.text, one.text) for one in NEW if counted(found.text, one.text) != 1} == {}
    gone = [one.text for one in BASE if one.text not in [other.text for other in NEW]]
    assert [one for one in gone if counted(found.text, one)] == []
    assert len(re.findall(r"\[x\\?\]|☒", found.text)) == 1


@pytest.mark.parametrize("how", REWRITES)
def test_a_rewritten_page_without_its_document_is_read_and_has_nothing_twice(how: str) -> None:
    found = merge(REWRITES[how](PAGE), Before(), NEXT)
    assert {one.text: counted(found.text, one.text) for one in NEXT if counted(found.text, one.text) != 1} == {}


def test_links_that_a_person_took_away_stay_away_and_the_words_follow_the_new_note() -> None:
    found = merge(re.sub(r" \[\d+:\d\d\]\([^)]*\)", "", PAGE), Before(BASE), NEW)
    assert (found.conflicts, "We gave the fence a coat, all afternoon long.\n" in found.text) == (0, True)
    assert "painted" not in found.text


def test_new_lines_take_the_bullets_and_the_level_of_those_around_them() -> None:
    found = merge(REWRITES["other bullets"](REWRITES["headings a level lower"](PAGE)), Before(BASE), NEXT).text
    assert re.findall(r"^#+(?= 1| 2|$)", found, re.MULTILINE) == ["###"] * 3
    assert re.findall(r"^[-*](?= \[)", found, re.MULTILINE) == ["*"] * 3
    quoted = merge(REWRITES["lists in a callout"](PAGE), Before(BASE), NEXT).text
    assert [one[:7] for one in section("## To do", quoted)] == ["> - [ ]"] * 3


HIDING: dict[str, tuple[str, str]] = {
    "a comment": ("<!--", "-->"),
    "a comment of Obsidian": ("%%", "%%"),
    "code": ("```tasks", "```"),
}


@pytest.mark.parametrize("what", HIDING)
def test_a_late_memo_is_never_put_where_nobody_sees_it(what: str) -> None:
    start, end = HIDING[what]
    bread, dentist = line("- [ ] Buy", PAGE), line("- [ ] Call", PAGE)
    page = PAGE.replace(f"{bread}\n{dentist}", f"{start}\n{bread}\n{dentist}\n{end}")
    page = page.replace("## 08:12", f"{start}\n## 08:12", 1).replace("## 12:00", f"{end}\n\n## 12:00", 1)
    found = merge(page, Before(BASE), NEXT).text
    for inside in re.findall(f"{re.escape(start)}\n(.*?)\n{re.escape(end)}", found, re.DOTALL):
        assert "drill" not in inside
        assert "Quiet" not in inside
    assert found.count("Return the drill") == 1


@pytest.mark.parametrize("head", ["## To do", "## Coming up"])
def test_the_heading_of_a_list_that_a_person_deleted_comes_only_with_something_new(head: str) -> None:
    """The list came with a note that was written again: to an editor that knows only the memo it looks unseen."""
    todo, event = MEMO.note.todos, NOON.note.events
    lists = {"todos": todo if head == "## To do" else (), "events": () if head == "## To do" else event}
    without, listed = (
        replace(memo, note=memo.note.model_copy(update=update))
        for memo, update in ((MEMO, {"todos": (), "events": ()}), (MEMO, lists))
    )
    first, second = blocks(without), blocks(listed)
    before, old = second, merge(render(first), Before(first), second)
    assert head in old.text
    page = old.text[: old.text.index(head)].rstrip("\n") + "\n"
    for new in (second, blocks(listed, LAST), blocks(listed, LAST, entry("22:30", "It rained.", audio="ee"))):
        after = merge(page, Before(before, old.history), new)
        assert head not in after.text
        page, old, before = after.text, after, new
    some = merge(page, Before(before, old.history), blocks(listed, NOON, LAST))
    assert (some.text.count(head), todo[0].text in some.text) == (1, False)


def test_a_memo_between_a_callout_and_a_list_does_not_part_them() -> None:
    page = PAGE.replace("## To do\n\n", "> [!todo] To do\n").replace("\n- [ ]", "\n> - [ ]")
    found = merge(page, Before(BASE), NEXT).text
    assert "> [!todo] To do\n> - [ ] Buy bread" in found
