"""A person's edits of a page and a newly composed page are merged; both are kept."""

import pytest

from diary_pipeline.notes.day import compose
from diary_pipeline.notes.merge import END, NEW, merge_edits
from tests.page_entries import DAY, MORNING, entry


def test_an_edit_and_a_late_memo_are_both_kept() -> None:
    morning, late = entry("08:12", *MORNING), entry("21:58", "Quiet evening.")
    base, new = compose("me", DAY, [morning]), compose("me", DAY, [morning, late])
    edits = {
        "a word": base.replace("half past seven", "half past eight"),
        "a line above": base.replace("## 08:12", "A good day.\n\n## 08:12"),
        "a line at the end": base + "\nMy own words.\n",
        "endings of another system": base.replace("half past seven", "half past eight").replace("\n", "\r\n"),
        "no last line ending": base.replace("half past seven", "half past eight").rstrip("\n"),
    }
    for what, edited in edits.items():
        merged = merge_edits(base, edited, new)
        kept = set(merged.text.splitlines())
        assert set(edited.splitlines()) <= kept, what
        assert "## 21:58 · Quiet evening" in kept, what
        assert what == "a line at the end" or merged.conflicts == 0, what
        assert what not in {"a word", "endings of another system"} or "half past seven" not in merged.text, what


def test_conflicting_edits_are_both_kept_the_persons_first() -> None:
    base, edited, new = "# Day\n\nold words\n\nend\n", "# Day\n\nmy words\n\nend\n", "# Day\n\nnew words\n\nend\n"
    merged = merge_edits(base, edited, new)
    assert merged.conflicts == 1
    assert merged.text == f"# Day\n\nmy words\n{NEW}\nnew words\n{END}\n\nend\n"


@pytest.mark.parametrize(
    ("base", "edited", "new", "text"),
    [
        ("a\n", "a\n", "b\n", "b\n"),
        ("a\n", "b\n", "b\n", "b\n"),
        ("a\n", "mine\n", "a\n", "mine\n"),
        ("a\n", "a", "b\n", "b\n"),
        ("a\nb\nc\n", "a\nc\n", "a\nb\nc\n", "a\nc\n"),
    ],
)
def test_changes_of_one_side_are_merged(base: str, edited: str, new: str, text: str) -> None:
    assert merge_edits(base, edited, new).text == text


def test_what_a_person_wrote_before_it_was_composed_is_no_conflict() -> None:
    base, edited, new = "# Day\n\nniner\n\nend\n", "# Day\n\nmine\n\nNina\n\nend\n", "# Day\n\nNina\n\nend\n"
    merged = merge_edits(base, edited, new)
    assert (merged.conflicts, merged.text) == (0, edited)
    assert merge_edits(base, "# Day\n\nmine\n\nend\n", new).conflicts == 1


def test_a_page_without_a_known_base_loses_nothing() -> None:
    merged = merge_edits("", "# Day\n\nmine\n", "# Day\n\nnew\n")
    assert {"mine", "new"} <= set(merged.text.splitlines())
