"""Symbols, brackets and quotation marks that nobody said are not printed; what was said so is, and plain marks too."""

from datetime import UTC, datetime
from typing import Any

import pytest

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.style import Style
from diary_pipeline.notes.validate_answer import ModelAnswer, judge_parts
from tests.sample_notes import VERBATIM
from tests.transcripts import said

AT = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
JOURNAL = Style("journal", "", "", 9, own_words=False)
SIGNS = [
    "<50",
    "~50",
    "50°",
    "50²",
    "50 ❌",
    "50*",
    "50\u0336",
    "50/",
    "#50",
    "=50",
    "50\u20e3",
    "50 (!)",
    "50 :(",
    "50 €",
]
QUOTED = [
    "'him'",
    "\u2018him\u2019",
    "`him`",
    "«him»",
    "\u2039him\u203a",
    "「him」",
    "『him』",
    "《him》",
    "“him”",
    "him 🙄",
    "¬him",
    "~~him~~",
]
KEPT = {
    "I paid, well, 50 for the girls' boots -- and left.": "I paid, well, 50 for the girls' boots – and left.",  # noqa: RUF001
    "I dont trust goin' there, rock 'n' roll.": "I dont trust goin' there; rock 'n' roll.",
    "It was <50 & ~20° ❌ there.": "It was <50 & ~20° ❌ there.",
    "She said 'no' to him.": "She said 'no' to him.",
    'He said "no" to him.': "He said “no” to him.",
}
FREE = [
    "I paid <50 for the boots.",
    "I paid 50 for the boots 🙄.",
    "~~I paid 50 for the boots.~~",
    "I paid ≥ 50 for the boots.",
]


def drafted(spoken: str, style: Style, **answer: Any) -> Draft:
    given = ModelAnswer.model_validate({"statements": [], **answer})
    return judge_parts(given, said(spoken, "It was 60 then."), style, AT).draft


def claim(text: str) -> dict[str, Any]:
    return {"text": text, "segments": ["s01"]}


@pytest.mark.parametrize(
    ("spoken", "text"),
    [("I paid 50 for the boots.", f"I paid {sign} for the boots.") for sign in SIGNS]
    + [("I trust him and we met.", f"I trust {way} and we met.") for way in QUOTED]
    + [("I paid <50. He paid 60.", "I paid 50. He paid <60.")],
)
def test_in_own_words_a_symbol_that_was_not_said_there_is_refused_and_its_sentence_printed(
    spoken: str, text: str
) -> None:
    draft = drafted(spoken, VERBATIM, title=text, statements=[claim(text)], highlights=[claim(text)])
    assert (draft.statements, draft.highlights) == ((), ())
    assert draft.title != text.strip(" .")
    assert draft.also_said[0].text == spoken


@pytest.mark.parametrize(("spoken", "text"), KEPT.items())
def test_symbols_that_were_said_and_plain_marks_are_printed(spoken: str, text: str) -> None:
    assert [one.text for one in drafted(spoken, VERBATIM, statements=[claim(text)]).statements] == [text]


def test_to_dos_events_names_and_topics_have_no_symbol_that_was_not_said() -> None:
    spoken = "I have to call the bank about honey with Maria in Bristol on Monday."
    parts = {"people": "Maria", "places": "Bristol", "topics": "honey"}
    task = "Call the bank about honey with Maria in Bristol"
    for sign in ("❌", "'", "(!)", "*"):
        changed = {key: [f"{sign}{text}{sign}", text] for key, text in parts.items()}
        draft = drafted(spoken, VERBATIM, todos=[claim(f"{sign}Call{sign}{task[4:]}"), claim(task)], **changed)
        assert (draft.people, draft.places, draft.topics) == (("Maria",), ("Bristol",), ("honey",))
        assert [one.text for one in draft.todos] == [task]
        event = claim(f"{sign}Dinner{sign} is on Monday.")
        assert drafted("Dinner is on Monday.", VERBATIM, events=[event]).events == ()


@pytest.mark.parametrize("text", FREE)
def test_free_words_have_no_emoji_comparison_or_strike_through_either(text: str) -> None:
    parts = {"statements": [claim(text)], "highlights": [claim(text)]}
    draft = drafted("I paid 50 for the boots.", JOURNAL, title=text, events=[claim(text)], **parts)
    assert (draft.statements, draft.highlights, draft.events) == ((), (), ())
    assert draft.title != text.strip(" .")


def test_in_free_words_amounts_may_have_their_signs() -> None:
    text = "The oven was at 50% (half)."
    draft = drafted("The oven was at fifty percent, half.", JOURNAL, statements=[claim(text)])
    assert [one.text for one in draft.statements] == [text]
