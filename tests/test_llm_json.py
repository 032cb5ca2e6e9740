"""JSON in what models write: in fences, after prose, after or inside thoughts, twice; and characters that deceive."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from diary_pipeline.llm import Outcome
from diary_pipeline.llm.json_answer import answer_of, printable
from tests.asking import Note, a_catalog, a_provider, a_request, a_route, a_router, accept
from tests.wire import PROVIDERS, Wire
from tests.wire_shapes import GOOD

OTHER = json.dumps({"heading": 3})
DRAFT = GOOD.replace("A day", "A draft")
READ = {
    "alone": GOOD,
    "fence": f"```json\n{GOOD}\n```",
    "fence with more": f"Here is the note:\n```\n{GOOD}\n```\nI hope that it helps {{really}}.",
    "prose": f"Of course! Here it is: {GOOD}",
    "thoughts": f"<think>The day {{was}} good. I could write {DRAFT}</think>\n{GOOD}",
    "thoughts without a beginning": f"I could write {DRAFT}</think>{GOOD}",
    "only in thoughts": f"<think>{GOOD}</think>",
    "two, one of the shape": f"{OTHER}\n{GOOD}\n{OTHER}",
    "two of the shape": f"{DRAFT}\n{GOOD}",
    "in a list": f"[{GOOD}]",
    "inside another": f'{{"note": {GOOD}, }}',
    "as a string": json.dumps(GOOD),
    "commas too many": f"{GOOD[:-1]}, }} and more",
    "comments": f"{{ // the note\n{GOOD[1:-1]} /* all */ }}",
    "single quotes": repr(json.loads(GOOD)),
    "byte order mark": f"\ufeff{GOOD}",
}


@pytest.mark.parametrize("form", READ)
def test_an_object_is_found_wherever_a_model_put_it(form: str) -> None:
    assert answer_of(Note, READ[form]) == json.loads(GOOD)


@pytest.mark.parametrize("text", ["", "What a day!", "{", '{"title": "A', "[1, 2]", "null", "{" * 100_000])
def test_what_holds_no_object_is_no_answer(text: str) -> None:
    assert answer_of(Note, text) is None


def test_an_object_of_another_shape_is_told_where_there_is_no_better_one() -> None:
    assert answer_of(Note, f"{OTHER}") == {"heading": 3}
    assert answer_of(Note, OTHER, GOOD) == json.loads(GOOD), "the thoughts are read too"


def test_characters_that_control_the_display_are_taken_out_and_letters_and_emojis_stay() -> None:
    deceiving = "I paid \u202e05\u202c\x00 \x1b[31meuros\u2066\u200b\ud800\u2028today\n# now\U000e0041\x85."
    assert printable(deceiving) == "I paid 05 euros today # now."
    kept = "Ärger, नमस्ते क्\u200dष, 我, 👩\u200d👧"
    assert printable(kept) == kept


def test_every_providers_answer_is_read_in_every_form_and_in_the_field_for_thoughts(home: Path) -> None:
    for kind in PROVIDERS:
        a_provider(kind, "http://127.0.0.1:1").prepare()
    with Wire().running() as wire, a_catalog(home) as catalog:
        wire.answer = lambda body: READ[next((form for form in READ if f"({form})" in json.dumps(body)), "alone")]

        def ask(kind: str, scenario: str, form: str) -> Outcome:
            route = a_route(a_provider(kind, wire.base(kind, scenario), name=kind))
            with a_router(catalog, home, route) as router:
                return router.ask(a_request(f"{kind}-{scenario}-{form}", material=f"({form})"), accept)

        asked = [(kind, "ok", form) for kind in PROVIDERS for form in ("fence", "thoughts", "two of the shape")]
        asked += [(kind, "thought", "alone") for kind in PROVIDERS]
        with ThreadPoolExecutor(16) as pool:
            outcomes = list(pool.map(lambda one: ask(*one), asked))
    assert [outcome.value for outcome in outcomes] == [Note(**json.loads(GOOD))] * len(asked)
    assert [len(outcome.attempts) for outcome in outcomes] == [1] * len(asked)
