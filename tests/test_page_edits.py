"""A person's edits of a page and a newly composed page are merged, block by block; both are kept."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from diary_pipeline.notes.day import PageEntry
from diary_pipeline.notes.page.blocks import blocks_of, render
from diary_pipeline.notes.page.merge import Before, Merged, merge
from diary_pipeline.notes.page.parse import END, NEW
from diary_pipeline.schema import PageBlock
from tests.edited_pages import (
    ANEW,
    BASE,
    BREAD,
    CONCERT,
    DENTIST,
    DRILL,
    EXAM,
    LAST,
    LATE,
    MORNING,
    NEXT,
    NOON,
    PAGE,
    Edit,
    at_end,
    blocks,
    both,
    drop,
    line,
    lists_first,
    merged,
    move,
    reworded,
    section,
    under,
    write,
)
from tests.page_entries import entry

KEPT: dict[str, tuple[Edit, Sequence[str], Sequence[str]]] = {
    "a tick": (write(BREAD, "- [x] Buy bread"), ["- [x] Buy bread"], [BREAD]),
    "a tick with the day that a plug-in adds": (
        write(line(BREAD), line(BREAD).replace("[ ]", "[x]") + " ✅ 2026-03-15"),
        ["- [x] Buy bread", "✅ 2026-03-15"],
        [BREAD],
    ),
    "a deleted to-do": (drop(BREAD), [DENTIST], ["Buy bread"]),
    "all to-dos deleted": (both(drop(BREAD), drop(DENTIST)), ["## To do"], ["Buy bread", "Call the dentist"]),
    "all to-dos and their heading deleted": (
        both(drop(BREAD), drop(DENTIST), drop("## To do")),
        ["## To do"],
        ["Buy bread", "Call the dentist"],
    ),
    "a reworded to-do": (write("Call the dentist", "Call Dr Ahrens"), ["- [ ] Call Dr Ahrens"], [DENTIST]),
    "a reworded to-do without its link": (
        write(line(DENTIST), "- [x] Call Dr Ahrens before noon"),
        ["- [x] Call Dr Ahrens before noon"],
        [DENTIST],
    ),
    "a detail at the end of a to-do": (write(line(BREAD), f"{line(BREAD)} - rye"), ["- rye"], []),
    "a deleted paragraph": (drop("We painted the fence"), ["I slept badly"], ["We painted the fence"]),
    "a shortened paragraph": (write(line("I slept badly"), "Slept badly."), ["Slept badly."], ["I slept badly. ["]),
    "a corrected word": (write("painted the fence", "painted the hedge"), ["painted the hedge"], ["the fence. ["]),
    "a deleted event": (drop(f"- **Friday 20 March**: {CONCERT}"), [EXAM], [f"**: {CONCERT}"]),
    "another day of an event": (write("**Friday 20 March**", "**Saturday 21 March**"), ["Saturday 21"], ["Friday 20"]),
    "another title of the page": (write("# Saturday 14 March 2026", "# With Ella"), ["# With Ella"], ["# Saturday"]),
    "another title of a memo": (write(line("## 08:12"), "## 08:12 · Rain"), ["## 08:12 · Rain"], []),
    "another name of the list": (write("## To do", "## Tasks"), ["## Tasks"], ["## To do"]),
    "a deleted heading of the list": (drop("## To do"), [BREAD, DENTIST], ["## To do"]),
    "a deleted memo": (
        both(*(drop(one.text) for one in BASE if one.recording == MORNING.recording.id)),
        [DENTIST],
        ["08:12", "Buy bread", "We painted"],
    ),
    "own words at the end": (at_end("P.S. I had a headache."), ["P.S. I had a headache."], []),
    "own words above all": (write(line("# "), f"My best day!\n\n{line('# ')}"), ["My best day!"], []),
    "own words under a heading": (under("## To do", "(ask Mum)"), ["(ask Mum)"], []),
    "own front matter": (lambda text: f"---\nmood: fine\n---\n\n{text}", ["---\nmood: fine\n---\n"], []),
    "an own table": (
        under("We painted the fence", "\n### Numbers\n\n| km | bpm |\n|----|-----|\n| 8 | 141 |"),
        ["| km | bpm |\n|----|-----|\n| 8 | 141 |"],
        [],
    ),
    "a to-do twice": (under(BREAD, line(BREAD).replace("[ ]", "[x]")), [f"{BREAD}", "- [x] Buy bread"], []),
    "a paragraph broken into lines": (write("We painted ", "We painted\n"), ["We painted\nthe fence."], []),
    "other bullets": (write("- [ ]", "* [ ]"), ["* [ ] Buy bread", "* [ ] Call the dentist"], []),
    "a to-do indented below an own one": (
        write(line(BREAD), f"- [ ] Shopping\n  {line(BREAD)}"),
        ["- [ ] Shopping\n  - [ ] Buy bread"],
        [f"\n{BREAD}"],
    ),
}


@pytest.mark.parametrize("what", KEPT)
def test_an_edit_outlasts_late_memos_and_these_are_on_the_page_once(what: str) -> None:
    edit, kept, gone = KEPT[what]
    edited = edit(PAGE)
    once = merge(edited, Before(BASE), blocks(MORNING, LATE, NOON))
    twice = merge(once.text, Before(blocks(MORNING, LATE, NOON), once.history), NEXT)
    assert (once.conflicts, twice.conflicts) == (0, 0)
    assert [words for words in kept if words not in twice.text] == []
    assert [words for words in gone if words in twice.text] == []
    lines = [one for one in twice.text.splitlines() if one]
    assert [one for one in edited.splitlines() if one and one not in lines] == []
    late = [line(one.text, render(NEXT)) for one in NEXT if one.recording in (LATE.recording.id, LAST.recording.id)]
    lines = [one.replace("* [", "- [") for one in lines]
    assert [lines.count(one) for one in late] == [1] * len(late)
    assert merge(twice.text, Before(NEXT, twice.history), NEXT).text == twice.text


def test_new_memos_stand_in_the_order_of_time_and_new_items_in_their_lists() -> None:
    assert merged(lambda text: text) == render(NEXT)


def test_an_own_section_at_the_end_takes_in_nothing_that_is_new() -> None:
    text = merged(at_end("## Dinner\n\nLentils.\n\n- [ ] wash up"))
    assert section("## Dinner", text) == ["Lentils.", "- [ ] wash up"]
    assert text.endswith("- [ ] wash up\n")
    assert len(section("## To do", text)) == 3


def test_an_own_section_at_the_start_stays_there_with_its_list() -> None:
    text = merged(write("\n## 08:12", "\n## Gratitude\n\n- sun\n- rain\n\n## 08:12"))
    assert text.startswith("# Saturday 14 March 2026\n\n## Gratitude\n\n- sun\n- rain\n\n## 08:12")


def test_a_moved_to_do_stays_where_it_was_put_and_new_ones_go_to_the_list() -> None:
    text = merged(move(BREAD, at_end(f"## This week\n\n{line(BREAD)}")))
    assert section("## This week", text) == [line(BREAD)]
    assert [one[:12] for one in section("## To do", text)] == [DRILL[:12], DENTIST[:12]]


def test_to_dos_in_another_order_stay_so() -> None:
    text = merged(move(BREAD, under(DENTIST, line(BREAD))))
    assert [one[6:10] for one in section("## To do", text) if DRILL not in one] == ["Call", "Buy "]


def test_sections_in_another_order_stay_so() -> None:
    text = merged(lists_first)
    heads = [one[3:8] for one in text.splitlines() if one.startswith("## ")]
    assert heads == ["To do", "Comin", "08:12", "10:30", "12:00", "21:58"]


def test_own_items_below_a_to_do_stay_below_it() -> None:
    text = merged(under(BREAD, "  - [ ] ask for rye\n  and butter"))
    assert f"{line(BREAD)}\n  - [ ] ask for rye\n  and butter\n{DRILL}" in text
    orphan = merged(both(under(BREAD, "  - [ ] ask for rye"), drop(BREAD)))
    assert "  - [ ] ask for rye\n" in orphan


def test_own_to_dos_around_the_list_stay_around_it() -> None:
    text = merged(both(under(DENTIST, "- [ ] own at the end"), write(line(BREAD), f"- [x] own first\n{line(BREAD)}")))
    assert [one[:9] for one in section("## To do", text)] == [
        "- [x] own",
        "- [ ] Buy",
        "- [ ] Ret",
        "- [ ] Cal",
        "- [ ] own",
    ]


def test_a_memo_that_is_dated_anew_moves_with_the_words_below_it() -> None:
    later = PageEntry(
        MORNING.recording.model_copy(update={"recorded_at": LAST.recording.recorded_at}),
        MORNING.transcript,
        MORNING.note,
        MORNING.audio_link,
    )
    edited = under("We painted the fence", "\nIt was green.")(PAGE)
    text = merge(edited, Before(BASE), blocks(later, NOON)).text
    assert text.index("## 12:00") < text.index("## 21:58") < text.index("We painted") < text.index("It was green")
    assert text.index("It was green") < text.index("## To do")


def test_what_nobody_edited_follows_the_new_note() -> None:
    assert merge(PAGE, Before(BASE), blocks(ANEW, NOON)).text == render(blocks(ANEW, NOON))


def conflict() -> tuple[Merged, list[PageBlock]]:
    edit, new = write("We painted the fence.", "We painted the whole fence green."), blocks(ANEW, NOON)
    return merge(edit(PAGE), Before(BASE), new), new


def test_where_both_changed_a_block_the_persons_stands_and_the_other_is_offered_once() -> None:
    found, new = conflict()
    mine = line("We painted the whole", found.text)
    offered = f"{mine}\n{NEW}\n{line('We gave', render(new))}\n{END}\n"
    assert (found.conflicts, found.text.count(NEW)) == (1, 1)
    assert offered in found.text
    assert merge(found.text, Before(new, found.history), new) == replace(
        found, history=merge(found.text, Before(new, found.history), new).history
    )


def test_an_offer_that_was_not_decided_is_replaced_and_never_nested() -> None:
    found, new = conflict()
    third = blocks(reworded(ANEW, "A bad night.", "The fence got paint.", "I need to buy bread."), LATE, NOON)
    again = merge(found.text, Before(new, found.history), third)
    assert (again.conflicts, again.text.count(NEW), again.text.count(END)) == (1, 1, 1)
    assert "We gave" not in again.text
    assert f"{NEW}\n{line('The fence got', render(third))}\n{END}\n" in again.text


@pytest.mark.parametrize("taken", ["mine", "theirs", "both", "a third"])
def test_a_decided_offer_stays_decided(taken: str) -> None:
    found, new = conflict()
    mine, theirs = line("We painted the whole", found.text), line("We gave", found.text)
    block = f"{mine}\n{NEW}\n{theirs}\n{END}\n"
    choice = {
        "mine": f"{mine}\n",
        "theirs": f"{theirs}\n",
        "both": f"{mine}\n\n{theirs}\n",
        "a third": "It is green.\n",
    }
    edited = found.text.replace(block, choice[taken])
    more = blocks(ANEW, LATE, NOON)
    after = merge(edited, Before(new, found.history), more)
    assert after.conflicts == 0
    assert [one in after.text for one in (mine, theirs)] == [one in edited for one in (mine, theirs)]
    assert ("It is green." in after.text) == (taken == "a third")


def test_what_a_person_writes_into_an_offer_is_kept() -> None:
    found, new = conflict()
    theirs = line("We gave", found.text)
    edited = found.text.replace(theirs, f"{theirs}\nI prefer this one")
    after = merge(edited, Before(new, found.history), blocks(ANEW, LATE, NOON))
    assert ("I prefer this one" in after.text, after.text.count(theirs), after.conflicts) == (True, 1, 1)


def test_nested_conflicts_of_earlier_versions_are_resolved_into_lines_that_stand_once() -> None:
    bread, drill = line(BREAD), line(DRILL, render(NEXT))
    ticked = bread.replace("[ ]", "[x]")
    nested = f"{ticked}\n{NEW}\n{bread}\n{NEW}\n{bread}\n{drill}\n{END}\n{line(DENTIST)}\n{END}\n"
    text = merge(PAGE.replace(f"{bread}\n{line(DENTIST)}\n", nested), Before(blocks_of(PAGE)), NEXT).text
    assert (text.count("Buy bread —"), text.count("Return the drill —"), text.count("Call the dentist **")) == (1, 1, 1)
    assert (ticked in text, NEW in text, END in text) == (True, False, False)


def test_a_ticked_to_do_keeps_its_tick_when_its_note_is_written_again() -> None:
    todo = MORNING.note.todos[0].model_copy(update={"text": "Buy some bread"})
    again = replace(MORNING, note=MORNING.note.model_copy(update={"todos": (todo,)}))
    ticked = merge(write(BREAD, "- [x] Buy bread")(PAGE), Before(BASE), blocks(again, NOON))
    assert (ticked.conflicts, line("- [x]", ticked.text)[:20]) == (0, "- [x] Buy some bread")
    gone = merge(drop(BREAD)(PAGE), Before(BASE), blocks(again, NOON))
    assert "Buy some bread" not in gone.text, "the same words were said"


def test_a_deleted_to_do_is_remembered_while_its_note_has_none() -> None:
    without = replace(MORNING, note=MORNING.note.model_copy(update={"todos": ()}))
    first = merge(drop(BREAD)(PAGE), Before(BASE), blocks(without, NOON))
    again = merge(first.text, Before(blocks(without, NOON), first.history), BASE)
    assert BREAD not in again.text


def test_a_to_do_that_is_composed_no_more_goes_unless_a_person_has_touched_it() -> None:
    without = blocks(replace(MORNING, note=MORNING.note.model_copy(update={"todos": ()})), NOON)
    assert BREAD not in merge(PAGE, Before(BASE), without).text
    ticked = merge(write(BREAD, "- [x] Buy bread")(PAGE), Before(BASE), without)
    assert ticked.text.count("- [x] Buy bread") == 1
    back = merge(ticked.text, Before(without, ticked.history), BASE)
    assert (back.text.count("Buy bread —"), "- [x] Buy bread" in back.text) == (1, True)


def test_other_seconds_of_a_link_are_no_conflict_with_other_words() -> None:
    edited = write("painted the fence", "painted the hedge")(PAGE)
    new = [one.model_copy(update={"text": one.text.replace("#t=", "#t=1")}) for one in BASE]
    found = merge(edited, Before(BASE), new)
    assert (found.conflicts, "painted the hedge. [0:04](../../audio/aa.m4a#t=14.64)" in found.text) == (0, True)


def test_a_name_that_the_person_and_the_diary_have_corrected_is_no_conflict() -> None:
    memo, known = entry("08:12", "Then niner brought tee."), {"niner": "Nina"}
    old, new = blocks(memo), blocks(reworded(memo, "Then Nina brought tee."))
    edited = render(old).replace("niner brought tee.", "Nina brought tea.")
    found = merge(edited, Before(old), new, spell=lambda text: text.replace("niner", known["niner"]))
    assert (found.conflicts, "Then Nina brought tea." in found.text, "tee." in found.text) == (0, True, False)
