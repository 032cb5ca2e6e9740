"""Notes and pages: the speaker's own words, cited, private where the speaker says so, and safe beside a person's edits."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from diary_pipeline.errors import UserError
from diary_pipeline.notes.day import PageEntry, compose, escape, findings
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.style import Style, load_style
from diary_pipeline.schema import DatedBy, Privacy, Provenance, Recording, Segment, Statement, Transcript, Unsupported
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe.privacy import opens_privately

DAY = date(2026, 3, 14)
MADE = Provenance(stage="write", fingerprint="f", made_by="test", created_at=datetime(2026, 3, 20, tzinfo=UTC))
VERBATIM = Style("verbatim", "", "", 9)
MORNING = (
    "Good morning.",
    "It's Saturday, the fourteenth of March.",
    "Um, I slept really well for once, and I only woke up at half past seven.",
)
SLEPT = "I slept really well for once, and I only woke up at half past seven."
PRIVATE = ("Private note.", "I talked to the doctor about my results, and everything is fine.")


def spoken(*sentences: str, first: float = 0.64, pause: float = 0.7, seconds: float = 22.0) -> Transcript:
    """A transcript in which each sentence lasts two seconds."""
    segments = [
        Segment(
            id=f"s{n + 1:02d}",
            start=round(first + n * (2 + pause), 2),
            end=round(first + n * (2 + pause) + 2, 2),
            text=text,
        )
        for n, text in enumerate(sentences)
    ]
    return Transcript(recording="r", language="en", seconds=seconds, segments=tuple(segments), provenance=MADE)


def entry(
    clock: str,
    *sentences: str,
    privacy: Privacy = "standard",
    dated_by: DatedBy = "file name",
    source: str | None = None,
    offset: str = "+00:00",
    pause: float = 0.7,
) -> PageEntry:
    transcript = spoken(*sentences, pause=pause)
    moment = datetime.fromisoformat(clock if "T" in clock else f"{DAY}T{clock}:00{offset}")
    draft = write(transcript, VERBATIM, moment)
    recording = Recording(
        id=f"r{clock}{offset}",
        author="me",
        source=source or f"memo {clock}.m4a",
        path="memo.m4a",
        recorded_at=moment,
        day=moment.date(),
        dated_by=dated_by,
        privacy=privacy,
    )
    return PageEntry(recording, transcript, draft.note(recording.id, "extractive", MADE), "../../audio/r.m4a")


def test_every_segment_is_stated_in_its_own_words_and_cited() -> None:
    transcript = spoken(*MORNING, "She said: «ok» …", "*#-_")
    draft = write(transcript, VERBATIM)
    assert [s.segments for s in draft.statements] == [(s.id,) for s in transcript.segments]
    assert [s.text for s in draft.statements] == [*MORNING[:2], SLEPT, "She said: «ok» …", "*#-_"]


@pytest.mark.parametrize(
    ("sentences", "title"),
    [
        (MORNING, "I slept really well for once"),
        (
            ("So, we did it.", "Twenty-three kilometres, all the way to the old mill and back."),
            "Twenty-three kilometres, all the way to the old mill",
        ),
        (
            ("Reminder for myself.", "Water the tomato plants tomorrow morning, and call the dentist."),
            "Water the tomato plants tomorrow morning",
        ),
        (PRIVATE, "I talked to the doctor about my results"),
        (("Mum left at eight.", "She looked well, better than at Christmas."), "Mum left at eight"),
        (("It's twenty to two, and I can't sleep.",), "I can't sleep"),
        (("Mum is coming at three.", "No, wait, at four.", "I must bake."), "I must bake"),
        (("Okay.", "Um, so, the presentation went really well!"), "The presentation went really well"),
        (("So far so good, everybody is well.",), "So far so good, everybody is well"),
        (("Well done, all of you.",), "Well done, all of you"),
        (("Right at the start I dropped the clicker.",), "Right at the start I dropped the clicker"),
        (("Now is the time to plant tomatoes.",), "Now is the time to plant tomatoes"),
        (("one two three four five six seven eight nine ten eleven",), "One two three four five six seven eight nine"),
        (("Rain again.",), "Rain again"),
        (("Um. Okay.",), ""),
        ((), ""),
    ],
)
def test_the_title_is_the_first_clause_with_content(sentences: tuple[str, ...], title: str) -> None:
    draft = write(spoken(*sentences), VERBATIM)
    assert draft.title == title
    assert len(title.split()) <= VERBATIM.title_words
    assert not title or any(title.casefold() in sentence.casefold() for sentence in sentences)


def test_silence_makes_no_title_and_no_statements() -> None:
    assert write(spoken(), VERBATIM).statements == ()


@pytest.mark.parametrize(
    ("sentences", "private"),
    [
        (("Private note.", "I talked to the doctor."), True),
        (("private note I talked to the doctor",), True),
        (("PRIVATE NOTE: I talked.",), True),
        (("Um, okay. Private note. I talked.",), True),
        (("Good morning.", "So, this is private."), True),
        (("Off-the-record, he is leaving.",), True),
        (("For my ears only.",), True),
        (("Private.", "I talked to the doctor."), True),
        (("Okay.", "Private."), True),
        (("Private schools are expensive.",), False),
        (("He keeps his life private.",), False),
        (("He keeps his life", "private."), False),
        (("Privately, I think so.",), False),
        (("Private notes are a habit of mine.",), False),
        (("I wrote a private note today.",), False),
        (("We spoke off the record.",), False),
        ((), False),
    ],
)
def test_a_memo_is_private_when_it_opens_with_a_phrase(
    sentences: tuple[str, ...], *, private: bool, settings: Settings
) -> None:
    assert opens_privately(spoken(*sentences), settings.private_phrases) is private


def test_a_phrase_after_the_first_ten_seconds_makes_nothing_private(settings: Settings) -> None:
    assert opens_privately(spoken("Private note.", first=9.9), settings.private_phrases)
    assert not opens_privately(spoken("Private note.", first=10.5), settings.private_phrases)


def test_the_homes_style_comes_before_the_shipped_one(home: Path) -> None:
    shipped = load_style("verbatim", home)
    assert "own words" in shipped.text
    (home / "prompts").mkdir()
    (home / "prompts" / "verbatim.md").write_text("---\ntitle_words: 4\n---\nMine.\n", encoding="utf-8")
    own = load_style("verbatim", home)
    assert (own.text, own.title_words) == ("Mine.", 4)
    assert own.sha256 != shipped.sha256


@pytest.mark.parametrize(
    "content",
    [
        *(f"---\ntitle_words: {words}\n---\n".encode() for words in ("many", "0", "yes", "1.5")),
        b"---\n[: \n---\n",
        b"---\n- 1\n---\n",
        b"\xff\xfe",
    ],
)
def test_an_invalid_style_is_named(content: bytes, home: Path) -> None:
    (home / "prompts").mkdir()
    (home / "prompts" / "mine.md").write_bytes(content)
    with pytest.raises(UserError, match=r"mine"):
        load_style("mine", home)


@pytest.mark.parametrize("name", ["absent", "../prompts/verbatim", ""])
def test_for_an_unknown_style_the_known_ones_are_listed(name: str, home: Path) -> None:
    with pytest.raises(UserError, match="verbatim"):
        load_style(name, home)


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


REMINDER = (
    "Water the tomato plants tomorrow morning, and call the dentist on Monday.",
    "I have not paid the electricity bill yet, so that has to happen before Friday.",
    "Her exam is on the twenty-third.",
)


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
    told = entry("08:12", *MORNING)
    note = told.note.model_copy(
        update={
            "statements": told.note.statements[2:],
            "also_said": (Statement(text="Good morning.", segments=("s01",)),),
            "unsupported": (Unsupported(text="I slept on the moon.", segments=("s03",), reasons=("cover",)),),
        }
    )
    page = compose("me", DAY, [PageEntry(told.recording, told.transcript, note, told.audio_link)])
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
