"""The style of own words prints whole spoken sentences, and of to-dos and events what was said, or nothing."""

from datetime import datetime
from typing import Any

import pytest
import yaml

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.style import Style
from diary_pipeline.notes.validate_answer import validate_answer
from diary_pipeline.notes.verbatim.spoken import bare_words, split
from diary_pipeline.schema import Transcript
from tests.sample_notes import VERBATIM, index, recording, transcript
from tests.transcripts import said
from tests.verdicts import DATA

AT = datetime.fromisoformat("2026-03-14T09:30:00+00:00")
TABLE: dict[str, list[list[str]]] = yaml.safe_load((DATA / "verbatim.yaml").read_text("utf-8"))
FILLERS = {"um", "uh", "er"}
NEUTRAL = {"de": "Es war kalt.", "fr": "Il faisait froid.", "es": "Hacía frío.", "it": "Faceva freddo."}


def memo(language: str, spoken: str) -> Transcript:
    """The spoken words, after one sentence that is always right."""
    return said(NEUTRAL.get(language, "It was cold."), *spoken.split(" / "), language=language)


def drafted(words: Transcript, **answer: Any) -> Draft:
    first = {"text": words.segments[0].text, "segments": ["s01"]}
    given = answer | {"statements": [first, *answer.get("statements", [])]}
    draft = validate_answer({"title": "", **given}, words, VERBATIM, AT).draft
    assert draft is not None
    return draft


def claim(text: str, words: Transcript) -> dict[str, Any]:
    return {"text": text, "segments": [segment.id for segment in words.segments[1:]]}


def same(one: str, other: str) -> bool:
    return one.strip(" .").casefold() == other.strip(" .").casefold()


@pytest.mark.parametrize(("language", "spoken", "cut"), TABLE["cuts"])
def test_no_cut_is_printed_as_a_statement_or_a_title_and_its_sentence_is_also_said(
    language: str, spoken: str, cut: str
) -> None:
    words = memo(language, spoken)
    draft = drafted(words, title=cut, statements=[claim(cut, words)], highlights=[claim(cut, words)])
    assert [one.text for one in draft.statements] == [words.segments[0].text]
    assert not same(draft.title, cut)
    assert draft.highlights == ()
    assert set(bare_words(spoken)) <= set(bare_words(" ".join(one.text for one in draft.also_said)))


@pytest.mark.parametrize("kind", ["todos", "events"])
def test_no_changed_to_do_or_event_is_printed(kind: str) -> None:
    printed = []
    for language, spoken, changed in TABLE[kind]:
        words = memo(language, spoken)
        printed += [one.text for one in getattr(drafted(words, **{kind: [claim(changed, words)]}), kind)]
    assert printed == []


@pytest.mark.parametrize("row", TABLE["whole"])
def test_a_whole_sentence_is_printed_with_the_edits_of_the_closed_list_and_no_others(row: list[str]) -> None:
    language, spoken, text, *no = row
    words = memo(language, spoken)
    draft = drafted(words, title=text, statements=[claim(text, words)])
    assert (text in [one.text for one in draft.statements]) is not bool(no)
    assert same(draft.title, text) is not bool(no)


def test_what_a_sentence_says_the_speaker_has_to_do_is_a_to_do() -> None:
    refused = []
    for language, spoken, text in TABLE["tasks"]:
        words = memo(language, spoken)
        refused += [fault.text for fault in drafted(words, todos=[claim(text, words)]).unsupported]
    assert refused == []


def test_the_tables_are_large_enough() -> None:
    assert len(TABLE["cuts"]) >= 60
    assert len(TABLE["todos"]) + len(TABLE["events"]) >= 40
    assert len({language for language, *_ in TABLE["cuts"]}) >= 8


def test_people_and_topics_are_said_as_they_are_written() -> None:
    words = said(
        "Ask me in August.",
        "I met Bashir from upstairs, and Mrs. Pell in Bristol.",
        "The bell rang in the Mill.",
        "We talked about the bee garden and honey.",
    )
    draft = drafted(
        words,
        people=["August", "Bashir", "Mrs. Pell", "Bristol", "Bell", "Mill", "Bashir Pell"],
        topics=["honey", "bee honey", "holiday", "bee garden"],
    )
    assert draft.people == ("Bashir", "Mrs. Pell")
    assert draft.topics == ("honey", "bee garden")


def test_a_day_that_was_not_said_is_no_event_and_a_said_one_is_dated_by_the_words() -> None:
    words = said("It was cold.", "The final tasting is on Friday at six at the mill.")
    (event,) = drafted(words, events=[claim("Final tasting at the mill", words) | {"when": "2026-03-20"}]).events
    assert event.when == "2026-03-20T18:00+00:00"
    wrong = drafted(words, events=[claim("Final tasting at the mill", words) | {"when": "2026-03-21"}])
    assert wrong.events == ()


def test_a_title_is_a_whole_sentence_also_where_the_diary_chooses_it() -> None:
    words = said(
        "I will marry him, unless he moves to Leeds, where his mother keeps nine dogs and a horse that bites.",
        "It rained.",
    )
    answer = {"title": "I will marry him", "statements": [{"text": "It rained.", "segments": ["s02"]}]}
    draft = validate_answer(answer, words, VERBATIM, AT).draft
    assert draft is not None
    assert draft.title == ""
    assert [one.segments for one in draft.also_said] == [("s01",)]


def answers(words: Transcript, own: Draft) -> list[dict[str, Any]]:
    """Answers that say all, the half, the beginning of each segment, and everything as one statement."""
    told = own.statements
    claims = [{"text": one.text, "segments": one.segments} for one in told]
    halves = [{"text": " ".join(one.text.split()[:4]), "segments": one.segments} for one in told]
    first = [{"text": split(one.text)[0], "segments": one.segments} for one in told if split(one.text)]
    everything = [{"text": words.text, "segments": [segment.id for segment in words.segments]}]
    return [
        {"title": own.title, "statements": statements}
        for statements in (claims, claims[::2], [*claims[:1], *halves], first, everything)
    ]


@pytest.mark.parametrize("style", [VERBATIM, Style("journal", "", "", 9, own_words=False)], ids=lambda s: s.name)
def test_no_sentence_of_any_sample_is_neither_told_nor_also_said(style: Style) -> None:
    for sample in index():
        words, at = transcript(sample), recording(sample).recorded_at
        own = write(words, style, at)
        for answer in [None, *answers(words, own)]:
            draft = own if answer is None else validate_answer(answer, words, style, at).draft
            assert missing(words, own if draft is None else draft, style) == []


def missing(words: Transcript, draft: Draft, style: Style) -> list[str]:
    """The sentences with a word that is not printed; in free words, those of segments that no statement cites."""
    cited = {name for one in draft.statements for name in one.segments} if not style.own_words else set()
    printed: dict[str, set[str]] = {}
    for one in [*draft.statements, *draft.also_said]:
        for name in one.segments:
            printed.setdefault(name, set()).update(bare_words(one.text))
    return [
        sentence
        for segment in words.segments
        for sentence in split(segment.text)
        if segment.id not in cited and not set(bare_words(sentence)) - FILLERS <= printed.get(segment.id, set())
    ]
