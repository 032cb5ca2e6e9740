"""The closed list of edits: what cleaning may remove, and that it never changes what a sentence says."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diary_pipeline.notes.extract.clean import clean, only_cleaned


@pytest.mark.parametrize(
    ("recognised", "written"),
    [
        ("Um, I slept well.", "I slept well."),
        ("It runs about, um, five minutes slow.", "It runs about five minutes slow."),
        ("I I saw the the dog.", "I saw the dog."),
        ("It was very very good, no no, really.", "It was very very good, no no, really."),
        ("He had had enough of it.", "He had had enough of it."),
        ("And er Maria came.", "And Maria came."),
        ("Umbrellas and German beer.", "Umbrellas and German beer."),
        ("Uh-huh, he said.", "Uh-huh, he said."),
    ],
)
def test_cleaning_removes_fillers_and_stutters_and_nothing_else(recognised: str, written: str) -> None:
    assert clean(recognised) == written
    assert only_cleaned(recognised, written)


@pytest.mark.parametrize(
    ("recognised", "written"),
    [
        ("The ER doctor came, and er, left.", "The ER doctor came, and left."),
        ("I saw Um Kulthum.", "I saw Um Kulthum."),
        ("There were three, er, four people.", "There were three, four people."),
        ("It is in to to-do.", "It is in to to-do."),
        ("The A A battery is flat.", "The A A battery is flat."),
    ],
)
def test_names_numbers_and_joined_words_are_no_fillers_and_no_stutters(recognised: str, written: str) -> None:
    assert clean(recognised) == written
    assert only_cleaned(recognised, written)


@pytest.mark.parametrize(
    ("recognised", "edited"),
    [
        ("I went to see Maria.", "I went to see maria."),
        ("Polish food is fine.", "We polish food."),
        ("It was polish.", "It was Polish."),
        ("There were three, four people.", "There were three four people."),
        ("It was twenty, um, five.", "It was twenty five."),
        ("He left. Not Maria stayed.", "He left not. Maria stayed."),
        ("He came?", "He came."),
        ("It was -5 degrees.", "It was 5 degrees."),
        ("I cannot go.", "I can go."),
        ("I can't go.", "I can go."),
        ("I don't.", "I do not."),
        ("It cost twenty five.", "It cost 25."),
        ("They were not not there.", "They were not there."),
    ],
)
def test_marks_and_capitals_are_free_only_where_they_say_the_same(recognised: str, edited: str) -> None:
    assert not only_cleaned(recognised, edited)


@pytest.mark.parametrize(
    ("recognised", "edited"),
    [
        ("So it rained. And we went in.", "So it rained, and we went in."),
        ("Then i called Maria and she came.", "Then I called Maria, and she came."),
        ("No. I won't.", "No, I won't."),
        ("um, The bus was late.", "The bus was late."),
    ],
)
def test_marks_and_small_words_capitals_may_change(recognised: str, edited: str) -> None:
    assert only_cleaned(recognised, edited)


def test_an_authors_vocabulary_spells_what_was_recognised() -> None:
    assert clean("I met shiv on at the quay.", {"shiv on": "Siobhan"}) == "I met Siobhan at the quay."
    assert only_cleaned("I met shiv on.", "I met Siobhan.", {"shiv on": "Siobhan"})
    assert not only_cleaned("I met shiv on.", "I met Siobhan.")


SPOKEN = st.lists(
    st.sampled_from(
        """um uh er the the I I we not n't never no Maria Leeds three forty 7.20 £5 first Tuesday didn't can't won't
        had had very very bread , . , — said went on on at nothing without nobody and and is""".split()
    ),
    min_size=1,
    max_size=14,
).map(" ".join)
NO_CONTENT = {"um", "uh", "er", "i", "the", "we", "on", "at", "and", "is"}


@given(SPOKEN)
@settings(max_examples=150, deadline=None)
def test_no_edit_of_cleaning_changes_a_number_a_name_a_denial_or_a_content_word(text: str) -> None:
    def content(words: str) -> list[str]:
        return [word for word in re.findall(r"[\w£.']*\w", words.lower()) if word not in NO_CONTENT]

    assert content(clean(text)) == content(text)
    assert only_cleaned(text, clean(text))


@given(SPOKEN, st.integers(0, 12), st.sampled_from(["not", "four", "Anna", "never", "bread", ""]))
@settings(max_examples=150, deadline=None)
def test_an_edit_that_changes_a_content_word_is_rejected(text: str, place: int, other: str) -> None:
    words = text.split()
    changed = [*words[:place], *([other] if other else []), *words[place + 1 :]]
    old = words[place].lower() if place < len(words) else ""
    if (
        old.strip(",.—")
        and old not in NO_CONTENT
        and old != other.lower()
        and changed != words
        and old not in [w.lower() for w in changed]
    ):
        assert not only_cleaned(text, " ".join(changed))
