"""The extractive note, the phrases that make a memo private, and the styles of notes."""

from pathlib import Path

import pytest

from diary_pipeline.errors import UserError
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.style import load_style
from diary_pipeline.schema import Segment, SpokenWord
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe.engine import Result
from diary_pipeline.transcribe.privacy import opens_privately
from tests.page_entries import MORNING, PRIVATE, SLEPT, VERBATIM, spoken


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
        (("Private, I am not well.",), True),
        (("Private - I am not well.",), True),
        (("Private\N{EM DASH}I am not well.",), True),
        (("Private: I am not well.",), True),
        (("Private; I am not well.",), True),
        (('"Private" - I am not well.',), True),
        (("(Private) I am not well.",), True),
        (("¿Private? I am not well.",), True),
        (("Private",), True),
        (("Hello, um, private, I am not well.",), True),
        (("Das ist privat - mir geht es nicht gut.",), True),
        (("Also, privat, mir geht es nicht gut.",), True),
        (("C'est privé, je ne vais pas bien.",), True),
        (("Esto es privado. No estoy bien.",), True),
        (("Private schools are expensive.",), False),
        (("Private-school fees are expensive.",), False),
        (("Private Ryan called.",), False),
        (("A private lesson, I took one.",), False),
        (("I had a private lesson.",), False),
        (("Privatschulen sind teuer.",), False),
        (("Privat versichert bin ich nicht.",), False),
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


def heard(*words: tuple[str, float, float]) -> Result:
    """One sentence with the times of its words."""
    spoken_words = tuple(SpokenWord(text=text, start=start, end=end, confidence=0.9) for text, start, end in words)
    text = " ".join(word.text for word in spoken_words)
    return Result("r1", (Segment(id="s01", start=words[0][1], end=words[-1][2], text=text, words=spoken_words),))


@pytest.mark.parametrize(("next_word", "private"), [(0.8, True), (0.55, False)])
def test_a_pause_ends_a_phrase_like_a_mark(settings: Settings, next_word: float, *, private: bool) -> None:
    memo = heard(("Private", 0.0, 0.5), ("I", next_word, next_word + 0.1), ("am", next_word + 0.1, next_word + 0.3))
    assert opens_privately(memo, settings.private_phrases) is private


@pytest.mark.parametrize("mark", [",", ".", " -", " \N{HORIZONTAL ELLIPSIS}", ":"])
def test_a_mark_ends_a_phrase_in_words_with_times_too(settings: Settings, mark: str) -> None:
    memo = heard((f"Private{mark}", 0.0, 0.5), ("I", 0.5, 0.6))
    assert opens_privately(memo, settings.private_phrases)


def test_a_phrase_after_the_first_ten_seconds_makes_nothing_private(settings: Settings) -> None:
    assert opens_privately(spoken("Private note.", first=9.9), settings.private_phrases)
    assert not opens_privately(spoken("Private note.", first=10.5), settings.private_phrases)


def test_the_homes_style_comes_before_the_shipped_one(home: Path) -> None:
    shipped = load_style("verbatim", home)
    assert "own words" in shipped.text
    (home / "prompts").mkdir()
    (home / "prompts" / "verbatim.md").write_text("---\ntitle_words: 4\n---\nMine.\n", encoding="utf-8")
    custom = load_style("verbatim", home)
    assert (custom.text, custom.title_words) == ("Mine.", 4)
    assert custom.sha256 != shipped.sha256


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
