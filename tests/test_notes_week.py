"""The review of a week: made of its notes, with no new text, and nothing of other weeks."""

from datetime import date

from diary_pipeline.notes.week import review
from tests.page_entries import REMINDER, entry


def test_a_week_is_reviewed_from_its_notes_only() -> None:
    saturday = entry("2026-03-14T18:40:00+00:00", *REMINDER)
    monday = entry("2026-03-09T08:00:00+00:00", "Emma and I planted the roses.", "I was so proud.")
    before = entry("2026-03-08T08:00:00+00:00", "I painted the fence.")
    page = review(date(2026, 3, 9), [saturday, monday, before])
    assert page.startswith(
        "# Week 11, 9 to 15 March 2026\n\n## [Monday 9 March](2026-03-09.md)\n\n- 08:00 Emma and I planted the roses"
    )
    assert "- [ ] Pay the electricity bill **before Friday 20 March**" in page
    assert "- **Monday 23 March**: Her exam is on the twenty-third" in page
    assert "- People: Emma" in page
    assert "- Moods: proud" in page
    assert "fence" not in page


def test_a_week_without_memos_says_so_and_a_private_memo_stays_out_where_it_must() -> None:
    private = entry("2026-03-09T08:00:00+00:00", "I planted the roses.", privacy="local_only")
    assert "No memos in this week." in review(date(2026, 3, 9), [private], hide_private=True)
    assert "roses" in review(date(2026, 3, 9), [private])
