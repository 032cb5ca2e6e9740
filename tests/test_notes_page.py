"""The day's page: order, links, to-dos and events, private memos, and speech that looks like Markdown."""

import re

import pytest
from markdown_it import MarkdownIt

from diary_pipeline.notes.day import PageEntry, compose, escape, findings
from diary_pipeline.schema import Statement, Unsupported
from tests.page_entries import DAY, MORNING, PRIVATE, REMINDER, SLEPT, entry


def test_a_page_reads_as_the_day_went() -> None:
    page = compose(
        "me",
        DAY,
        [entry("12:34", *PRIVATE, privacy="local_only"), entry("17:03"), entry("08:12", *MORNING, source="a*b.m4a")],
    )
    blocks = page.rstrip("\n").split("\n\n")
    assert blocks[0] == "# Saturday 14 March 2026"
    assert blocks[1] == "## 08:12 · I slept really well for once"
    assert blocks[2] == " ".join([*MORNING[:2], SLEPT]) + " [0:00](../../audio/r.m4a#t=0.64)"
    assert "file name" in blocks[3]
    assert r"a\*b.m4a" in blocks[3]
    assert blocks[4] == "## 12:34 · I talked to the doctor about my results 🔒"
    assert blocks[5].startswith(" ".join(PRIVATE))
    assert "stays on this machine" in blocks[6]
    assert blocks[7].startswith("17:03 — nothing was said (22 s)")
    assert len(blocks) == 8


def test_a_pause_of_two_seconds_begins_a_paragraph_that_links_to_its_second() -> None:
    page = compose("me", DAY, [entry("08:12", "We left early.", "It rained.", pause=2.0)])
    assert "We left early. [0:00](../../audio/r.m4a#t=0.64)\n\nIt rained. [0:04](../../audio/r.m4a#t=4.64)\n" in page


def test_a_memo_without_a_title_has_a_heading_of_its_time_alone() -> None:
    assert "\n## 08:12\n" in compose("me", DAY, [entry("08:12", "Um.")])


def test_a_day_without_memos_is_a_single_line() -> None:
    assert len(compose("me", DAY, []).strip().split("\n\n")) == 2


def test_memos_are_in_the_order_of_time_also_where_the_offset_changes() -> None:
    early, late = (
        entry("01:50", "Before the clocks went back.", offset="-04:00"),
        entry("01:10", "After it.", offset="-05:00"),
    )
    page = compose("me", DAY, [late, early])
    assert page.index("Before the clocks") < page.index("After it")


def test_a_page_for_a_remote_store_holds_nothing_of_a_private_memo() -> None:
    silent, private = (
        entry("17:03", privacy="local_only"),
        entry("12:34", *PRIVATE, privacy="local_only", source="results.m4a"),
    )
    memos = [entry("08:12", *MORNING), private, silent]
    page = compose("me", DAY, memos, hide_private=True)
    assert "12:34 — a private memo, kept only on the machine that holds the diary" in page
    assert "17:03 — a private memo" in page
    assert not {"doctor", "results", "Private", "nothing", "🔒"} & set(re.findall(r"[\w🔒]+", page))


@pytest.mark.parametrize(
    "said",
    [
        "# not a heading",
        "- not a list",
        "+ nor this",
        "1. nor this",
        "2026. What a year",
        "12) nor this",
        "> not a quote",
        "---",
        "===",
        "``` not code",
        "~~~ not code",
        "*not* _loud_ `code`",
        "<b>not markup</b> <!-- diary -->",
        "[not](a-link) ![nor](a-picture)",
        "a | b",
        "R&D &amp; &lt;b&gt;",
        r"a \* b \\",
        "line one\n\n# line two",
        "\tindented",
        "[x]: http://a.example",
    ],
)
def test_spoken_words_never_become_structure(said: str) -> None:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(escape(said))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {token.type for token in children} <= {"text", "text_special"}
    assert "".join(token.content for token in children) == " ".join(said.split())


def test_to_dos_and_events_are_listed_with_their_day_and_the_words_that_say_it() -> None:
    page = compose("me", DAY, [entry("18:40", *REMINDER)])
    todo, coming = page.index("## To do"), page.index("## Coming up")
    assert page.index("## 18:40") < todo < coming
    assert (
        "- [ ] Water the tomato plants **Sunday 15 March** — “Water the tomato plants tomorrow morning” [0:00]" in page
    )
    assert (
        "- [ ] Pay the electricity bill **before Friday 20 March** — “that has to happen before Friday” [0:03]" in page
    )
    assert "- **Monday 23 March**: Her exam is on the twenty-third — “Her exam is on the twenty-third” [0:" in page


def test_a_private_memos_to_dos_stay_off_a_page_for_a_remote_store() -> None:
    page = compose("me", DAY, [entry("18:40", *REMINDER, privacy="local_only")], hide_private=True)
    assert not {"tomato", "dentist", "exam", "do", "Coming"} & set(re.findall(r"\w+", page))


def test_what_no_statement_covers_is_also_said_and_what_is_unsupported_is_not_printed() -> None:
    memo = entry("08:12", *MORNING)
    note = memo.note.model_copy(
        update={
            "statements": memo.note.statements[2:],
            "also_said": (Statement(text="Good morning.", segments=("s01",)),),
            "unsupported": (Unsupported(text="I slept on the moon.", segments=("s03",), reasons=("cover",)),),
        }
    )
    page = compose("me", DAY, [PageEntry(memo.recording, memo.transcript, note, memo.audio_link)])
    assert "Also said: Good morning. [0:00](../../audio/r.m4a#t=0.64)" in page
    assert "moon" not in page


def test_a_days_findings_name_recording_and_segment_and_hold_nothing_twice() -> None:
    found = findings(
        [
            entry("18:40", *REMINDER),
            entry("21:00", "I must call the dentist on Monday."),
            entry("20:00", "Emma told me. Emma is back."),
        ]
    )
    dentist = [todo for todo in found.todos if todo.text == "Call the dentist"]
    assert [(todo.due, todo.segments) for todo in dentist] == [("2026-03-16", ("r18:40+00:00/s01",))]
    assert found.people == ("Emma",)
