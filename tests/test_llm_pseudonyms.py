"""Names are hidden from other machines, and each is restored or the answer is rejected."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diary_pipeline.llm import AnswerVerdict, Policy
from diary_pipeline.llm.provider import Call, Route
from diary_pipeline.llm.pseudonyms import PlaceholderError, Pseudonyms
from diary_pipeline.testing.provider import ScriptedProvider
from tests.asking import Note, a_catalog, a_provider, a_request, a_route, a_router, accept
from tests.wire import Wire

WORDS = st.sampled_from(
    ["Emma", "Ann", "Ann Lee", "emma", "Zoë", "O'Neil", "called", "PERSON_1", "s01", "Emmaline", "at", "nine.", "Ann's"]
)
TEXT = "s01 Emma called Ann Lee. s02 Then emma and Ann's dog met Emmaline."


@given(
    words=st.lists(WORDS, max_size=30),
    names=st.sets(st.sampled_from(["Emma", "Ann", "Ann Lee", "Zoë", "O'Neil", "PERSON_1", ""])),
)
def test_hidden_names_are_restored_exactly(words: list[str], names: set[str]) -> None:
    text = " ".join(words)
    pseudonyms = Pseudonyms.of(text, names)
    hidden = pseudonyms.hide(text)
    assert pseudonyms.restore(hidden) == text
    for name in names - {"", "PERSON_1"}:
        assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", hidden)


def test_each_spelling_has_a_placeholder_and_longer_words_are_not_changed() -> None:
    pseudonyms = Pseudonyms.of(TEXT, ["Emma", "Ann", "Ann Lee"])
    assert pseudonyms.hide(TEXT) == "s01 PERSON_1 called PERSON_2. s02 Then PERSON_3 and PERSON_4's dog met Emmaline."


@pytest.mark.parametrize(
    "altered",
    ["PERSON_9 came.", "PERSON came.", "person_1 came.", "PERSON 1 came.", "PERSON_01 came.", "PERSON_ came."],
)
def test_an_altered_or_invented_placeholder_is_rejected(altered: str) -> None:
    with pytest.raises(PlaceholderError):
        Pseudonyms.of(TEXT, ["Emma"]).restore(altered)


def test_a_lost_placeholder_is_rejected_where_all_must_be_kept() -> None:
    pseudonyms = Pseudonyms.of("Emma met Ann.", ["Emma", "Ann"])
    assert pseudonyms.restore_all({"lines": ["PERSON_1 met PERSON_2."]}, every=True) == {"lines": ["Emma met Ann."]}
    with pytest.raises(PlaceholderError):
        pseudonyms.restore_all({"lines": ["PERSON_1 met somebody."]}, every=True)
    assert pseudonyms.restore_all({"lines": ["PERSON_1 met somebody."]}, every=False) == {
        "lines": ["Emma met somebody."]
    }


def repeat_material(body: dict[str, Any]) -> str:
    """The answer of a model that repeats the material that it was sent."""
    said = re.search(
        r">\n(.*)\n<", body["input"][0]["content"] if "input" in body else body["messages"][-1]["content"], re.DOTALL
    )
    assert said is not None
    return json.dumps({"title": "A day", "lines": [said[1]]})


def test_the_cloud_sees_no_name_and_the_note_has_them_all(home: Path) -> None:
    with Wire(answer=repeat_material).running() as wire, a_catalog(home) as catalog:
        route = a_route(a_provider("openai", wire.base("openai")))
        with a_router(catalog, home, route, policy=Policy(pseudonyms=True)) as router:
            request = a_request(material=TEXT, names=("Emma", "Ann Lee", "Ann"), instructions="Ann Lee speaks.")
            outcome = router.ask(request, accept)
    sent = json.dumps(wire.seen[0].body)
    assert not re.search(r"\b(Emma|emma|Ann|Lee)\b", sent)
    assert outcome.value == Note(title="A day", lines=[TEXT])


def test_a_local_model_sees_the_names(home: Path) -> None:
    with Wire(answer=repeat_material).running() as wire, a_catalog(home) as catalog:
        route = a_route(a_provider("local", wire.base("local")))
        with a_router(catalog, home, route, policy=Policy(pseudonyms=True)) as router:
            assert router.ask(a_request(material=TEXT, names=("Emma",)), accept).accepted
    assert "Emma" in json.dumps(wire.seen[0].body)


def test_lost_and_invented_names_reject_the_answer_and_the_next_route_is_asked(home: Path) -> None:
    def script(text: str) -> Any:
        return lambda _: {"title": "A day", "lines": [text]}

    names = {"losing": "Somebody called.", "inventing": "PERSON_1 and PERSON_7 called.", "careful": "PERSON_1 called."}
    routes = [Route(ScriptedProvider(script(text), name=name), "m") for name, text in names.items()]
    with a_catalog(home) as catalog, a_router(catalog, home, *routes, policy=Policy(pseudonyms=True)) as router:
        outcome = router.ask(a_request(material="s01 Emma called.", names=("Emma",)), accept)
    assert [(a.route, a.kind, a.outcome) for a in outcome.attempts] == [
        ("losing/m", "live", "placeholder"),
        ("losing/m", "repair", "placeholder"),
        ("inventing/m", "live", "placeholder"),
        ("inventing/m", "repair", "placeholder"),
        ("careful/m", "live", "ok"),
    ]
    assert outcome.value == Note(title="A day", lines=["Emma called."])


def test_reasons_of_a_repair_hide_names_too(home: Path) -> None:
    calls: list[Call] = []

    def script(call: Call) -> Any:
        calls.append(call)
        return {"title": "A day", "lines": ["PERSON_1 called."]}

    def judge(note: Note) -> AnswerVerdict:
        return AnswerVerdict(note, ("Emma did not call.",), ("role",)) if len(calls) == 1 else AnswerVerdict(note)

    route = Route(ScriptedProvider(script, name="cloud"), "m")
    with a_catalog(home) as catalog, a_router(catalog, home, route, policy=Policy(pseudonyms=True)) as router:
        assert router.ask(a_request(material="s01 Emma called.", names=("Emma",)), judge).accepted
    assert "PERSON_1 did not call." in calls[1].turns[-1].text
    assert "Emma" not in str(calls)
