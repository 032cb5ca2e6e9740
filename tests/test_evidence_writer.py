"""An answer as a whole: a writer that loops or makes things up may copy, and not retell; one that keeps to what was said may do both."""

import pytest

from diary_pipeline.notes.evidence.model_trust import NOT_THE_SPEAKERS_WORDS, ModelTrust
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.style import Style
from diary_pipeline.notes.validate_answer import validate_answer
from tests.transcripts import said

SPOKEN = said(
    "The plumber came at nine and he couldn't find the leak.",
    "I rang my sister, and she is going to lend me her car on Friday.",
    "Lunch was soup and the rest of the bread.",
    "The cat was sick on the new carpet.",
    "I paid the electricity bill, sixty-one pounds.",
)
COPY = ("The plumber came at nine and he couldn't find the leak.", ["s01"])
RETOLD = ("My sister's car will be lent to me on Friday.", ["s02"])
SOUND = [
    ("I paid the electricity bill.", ["s05"]),
    ("The cat was sick on the new carpet.", ["s04"]),
    ("Lunch was soup.", ["s03"]),
]
MADE_UP = [
    ("The garden needs a new wooden fence before the winter storms begin.", ["s03"]),
    ("My teacher praised the wonderful painting of a distant harbour.", ["s04"]),
    ("The orchestra rehearsed a difficult symphony.", ["s05"]),
]
LOOP = ("The orchestra rehearsed, the orchestra rehearsed, the orchestra rehearsed", ["s05"])
FREE = Style("journal", "Tell it.", "", 9, own_words=False)


def reasons(*claims: tuple[str, list[str]]) -> dict[str, tuple[str, ...]]:
    verdicts = ModelTrust(SpokenSource.of(SPOKEN)).judge(claims)
    return {text: verdict.reasons for (text, _), verdict in zip(claims, verdicts, strict=True)}


def test_what_is_retold_stands_beside_what_was_said() -> None:
    assert set(reasons(COPY, RETOLD, *SOUND).values()) == {()}


@pytest.mark.parametrize("others", [MADE_UP, [LOOP, MADE_UP[0]]], ids=["made up", "a loop"])
def test_beside_what_was_made_up_only_the_speakers_own_words_are_believed(others: list[tuple[str, list[str]]]) -> None:
    found = reasons(COPY, RETOLD, *others)
    assert found[COPY[0]] == ()
    assert found[RETOLD[0]] == (NOT_THE_SPEAKERS_WORDS,)


def test_one_sentence_from_nowhere_does_not_discredit_a_writer() -> None:
    assert reasons(COPY, RETOLD, *SOUND, MADE_UP[0])[RETOLD[0]] == ()


def test_who_tells_a_sentence_twice_is_tedious_and_who_goes_round_in_a_sentence_is_not_believed() -> None:
    twice = ("The cat was sick on the new carpet. The cat was sick on the new carpet.", ["s04"])
    round_ = ("I rang my sister, and I rang my sister, and she is going to lend my sister her car.", ["s02"])
    found = reasons(twice, round_, *MADE_UP)
    assert found[twice[0]] == ()
    assert found[round_[0]]


def test_what_a_speaker_repeats_may_be_repeated() -> None:
    spoken = said("Go away, I said, go away, I said.", "The dog barked at the postman.")
    claims = [("Go away, I said, go away, I said.", ["s01"]), ("The dog barked at the postman.", ["s02"])]
    writer = ModelTrust(SpokenSource.of(spoken))
    assert all(verdict.accepted for verdict in writer.judge(claims))
    assert not writer.out_of_depth


def test_the_events_of_an_answer_share_the_credit_of_its_statements() -> None:
    def claims(*told: tuple[str, list[str]]) -> list[dict[str, object]]:
        return [{"text": text, "segments": cited} for text, cited in told]

    sound = validate_answer({"statements": claims(COPY, *SOUND), "events": claims(RETOLD)}, SPOKEN, FREE)
    wild = validate_answer({"statements": claims(COPY, *MADE_UP), "events": claims(RETOLD)}, SPOKEN, FREE)
    assert sound.draft is not None
    assert wild.draft is not None
    assert [event.text for event in sound.draft.events] == [RETOLD[0]]
    assert wild.draft.events == ()
    assert NOT_THE_SPEAKERS_WORDS in [reason for fault in wild.draft.unsupported for reason in fault.reasons]
