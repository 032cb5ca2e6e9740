"""A full stop of an abbreviation, an initial or a number ends no sentence: nothing is cut there."""

from datetime import datetime

import pytest

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.language.sentence_ends import is_abbreviated
from diary_pipeline.notes.style import Style
from tests.transcripts import said

VERBATIM = Style("verbatim", "", "", 9)
TUESDAY = datetime.fromisoformat("2026-03-24T09:00+00:00")


def note(*texts: str, language: str = "en") -> Draft:
    return write(said(*texts, language=language), VERBATIM, TUESDAY)


TODOS = {
    "I need to call Dr. Miller before noon.": "Call Dr. Miller",
    "I have to send the invoice to Mr. Brown by the 20th.": "Send the invoice to Mr. Brown",
    "Remind me to buy No. 5 paint.": "Buy No. 5 paint",
    "I must watch Arsenal vs. Leeds on Saturday.": "Watch Arsenal vs. Leeds",
    "I have to buy fruit, e.g. apples and pears.": "Buy fruit, e.g. apples and pears",
    "I must pay $4.50 to Anna.": "Pay $4.50 to Anna",
    "I have to write to J. R. Smith.": "Write to J. R. Smith",
    "I have to collect the keys from St. Mary's school.": "Collect the keys from St. Mary's school",
    "I have to renew my U.S. passport.": "Renew my U.S. passport",
    "Tomorrow Mrs. Green is coming at 5 p.m. I need to clean up.": "Clean up",
}


def test_a_todo_is_not_cut_at_an_abbreviation() -> None:
    assert {text: [todo.text for todo in note(text).todos] for text in TODOS} == {t: [w] for t, w in TODOS.items()}


def test_a_name_has_its_title_and_initials_and_a_title_alone_is_nobody() -> None:
    people = note("I met Prof. Adams and Mrs. Green.", "I met J. R. Smith in town.", "I saw Dr. Miller, too.").people
    assert people == ("Prof. Adams", "Mrs. Green", "J. R. Smith", "Dr. Miller")
    assert note("I was with the Prof. today.", "We went to St. Mary's church.").people == ()


def test_titles_and_events_go_on_after_an_abbreviation() -> None:
    made = note("On Friday I am meeting Prof. Adams at 3 p.m. in the U.S. embassy.")
    assert made.title.startswith("On Friday I am meeting Prof. Adams at 3")
    assert [event.when for event in made.events] == ["2026-03-27"]
    assert made.events[0].text.endswith("in the U.S. embassy")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Am Samstag um drei kommt Frl. Meier."),
        ("fr", "Mme. Dubois arrive vendredi avec M. Petit."),
        ("es", "La Sra. Ruiz llega el viernes."),
    ],
)
def test_an_event_of_another_language_is_the_whole_sentence(language: str, text: str) -> None:
    assert [event.text for event in note(text, language=language).events] == [text.rstrip(".")]


ENDS = ["It was plan B. Then we left.", "Did she come? No. Anna came.", "At 5 p.m. Anna came.", "So did I. Bob came.",
        "I bought milk etc. Then I left.", "At seven. Then we ate."]  # fmt: skip


@pytest.mark.parametrize("text", ENDS)
def test_a_sentence_that_ends_with_a_short_word_ends(text: str) -> None:
    stops = [at for at, letter in enumerate(text) if letter == "." and text[at + 1 : at + 2] == " "]
    assert not any(is_abbreviated(text, at) for at in stops)
