"""Models that think before they answer: least effort by family, room for thoughts, one growth, and what they refuse."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.catalog import Catalog
from diary_pipeline.llm import Outcome
from diary_pipeline.llm.provider import Limits
from diary_pipeline.llm.thinking import ROOM, thinking_of
from tests.asking import a_catalog, a_provider, a_request, a_route, a_router, accept
from tests.wire import Wire
from tests.wire_scenarios import most_tokens

DOCUMENTED = {"openai": "gpt-5-mini-2025-08-07", "anthropic": "claude-haiku-5-5", "local": "qwen3:8b"}
THINKING = {**DOCUMENTED, "mistral": "mistral-small-2603"}


@pytest.fixture
def catalog(home: Path) -> Iterator[Catalog]:
    with a_catalog(home) as catalog:
        yield catalog


def ask(catalog: Catalog, home: Path, wire: Wire, kind: str, scenario: str, asks: int = 1) -> list[Outcome]:
    model = THINKING[kind]
    provider = a_provider(kind, wire.base(kind, scenario), limits=Limits(context=16_000), model=model)
    with a_router(catalog, home, a_route(provider, model)) as router, ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda n: router.ask(a_request(f"{kind}{n}"), accept), range(asks)))


@pytest.mark.parametrize(
    ("api", "model", "least"),
    [
        ("openai", "gpt-5-mini-2025-08-07", {"reasoning": {"effort": "minimal"}}),
        ("openai", "gpt-5-nano", {"reasoning": {"effort": "minimal"}}),
        ("openai", "gpt-5.4-mini", {"reasoning": {"effort": "none"}}),
        ("openai", "o4-mini-2025-04-16", {"reasoning": {"effort": "low"}}),
        ("openai", "gpt-4.1-mini", None),
        ("openai", "gpt-5-chat-latest", None),
        ("anthropic", "claude-haiku-5-5", {"thinking": {"type": "disabled"}}),
        ("anthropic", "claude-sonnet-4-6", {"thinking": {"type": "disabled"}}),
        ("anthropic", "claude-haiku-4-5-20251001", None),
        ("mistral", "mistral-small-2603", {"reasoning_effort": "none"}),
        ("mistral", "mistral-large-2411", None),
        ("local", "gpt-oss:20b", {"reasoning_effort": "low", "chat_template_kwargs": {"reasoning_effort": "low"}}),
        ("local", "Qwen/Qwen3-8B", {"reasoning_effort": "none", "chat_template_kwargs": {"enable_thinking": False}}),
        ("local", "llama3.2:3b", None),
    ],
)
def test_each_family_is_asked_to_think_least(api: str, model: str, least: dict[str, Any] | None) -> None:
    known = thinking_of(api, model)
    assert (known.options[:1], known.room) == (((least,), ROOM) if least else ((), 0))


def test_the_documented_routes_are_not_cut_off_by_their_own_thoughts(home: Path, catalog: Catalog) -> None:
    with Wire(models=tuple(THINKING.values())).running() as wire:
        for kind in THINKING:
            (outcome,) = ask(catalog, home, wire, kind, "thinks")
            assert [a.outcome for a in outcome.attempts] == ["ok"]
            (seen,) = wire.of(kind)
            least = thinking_of(kind, THINKING[kind]).options[0]
            assert {name: seen.body[name] for name in least} == least
            assert most_tokens(seen.body) == 200 + ROOM


def test_what_a_model_does_not_accept_is_left_out_and_not_tried_again(home: Path, catalog: Catalog) -> None:
    with Wire(models=tuple(THINKING.values())).running() as wire:
        for kind in THINKING:
            outcomes = ask(catalog, home, wire, kind, "fixed", asks=9)
            assert all(outcome.accepted for outcome in outcomes)
            refused = sum(a.outcome == "bad_request" for outcome in outcomes for a in outcome.attempts)
            assert refused < 9 * 2, "the ninth knows what the first has found out"


def test_an_answer_that_was_cut_off_grows_once_and_the_next_process_begins_with_the_room(
    home: Path, catalog: Catalog
) -> None:
    limits = Limits(context=16_000)
    with Wire().running() as wire:
        for recordings, expected in (("a", ["truncated", "ok"]), ("b", ["ok"])):
            provider = a_provider("openai", wire.base("openai", "thinks"), limits=limits)
            with a_router(catalog, home, a_route(provider)) as router:
                outcome = router.ask(a_request(recordings, max_tokens=400), accept)
                assert [a.outcome for a in outcome.attempts] == expected
        assert [most_tokens(seen.body) for seen in wire.seen] == [400, 1600, 1600]


def test_a_model_that_may_write_less_is_asked_for_less(home: Path, catalog: Catalog) -> None:
    with Wire().running() as wire:
        provider = a_provider("anthropic", wire.base("anthropic", "terse"))
        with a_router(catalog, home, a_route(provider)) as router:
            for recording, expected in (("a", ["bad_request", "bad_request", "ok"]), ("b", ["ok"])):
                outcome = router.ask(a_request(recording, max_tokens=8000), accept)
                assert [a.outcome for a in outcome.attempts] == expected


def test_thoughts_get_no_room_that_the_context_does_not_have(home: Path, catalog: Catalog) -> None:
    with Wire(models=("qwen3:8b",), context=2048).running() as wire:
        provider = a_provider("local", wire.base("local"), model="qwen3:8b")
        with a_router(catalog, home, a_route(provider, "qwen3:8b")) as router:
            assert router.ask(a_request(max_tokens=1000), accept).accepted
        (seen,) = wire.seen
    assert 1000 < most_tokens(seen.body) < 2048
