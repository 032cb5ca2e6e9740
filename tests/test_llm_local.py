"""What local servers do differently: any model name, contexts of any size, prompts cut without an error."""

from pathlib import Path

import pytest

from diary_pipeline.llm import Outcome
from diary_pipeline.llm.provider import Limits
from tests.asking import a_catalog, a_provider, a_request, a_route, a_router, accept
from tests.wire import Wire

LONG = "s01 I watered the plants and it was fine. " * 300  # about 3,000 tokens


def ask(home: Path, wire: Wire, *, model: str = "m", material: str = "s01 I walked.", context: int = 4096) -> Outcome:
    provider = a_provider("local", wire.base("local"), limits=Limits(concurrency=1, context=context))
    with a_catalog(home) as catalog, a_router(catalog, home, a_route(provider, model)) as router:
        return router.ask(a_request(material=material), accept)


def test_a_context_that_the_server_reports_comes_before_that_of_the_settings(home: Path) -> None:
    with Wire(context=32_000).running() as wire:
        assert ask(home, wire, material=LONG).accepted
    with Wire(context=2048).running() as wire:
        outcome = ask(home, wire, material=LONG + "again", context=100_000)
        assert [(a.outcome, a.reason) for a in outcome.attempts] == [("skipped", "context")]
        assert wire.seen == []


def test_where_the_server_reports_no_context_that_of_the_settings_is_used(home: Path) -> None:
    with Wire().running() as wire:
        assert [a.reason for a in ask(home, wire, material=LONG).attempts] == ["context"]
        assert ask(home, wire, material=LONG, context=16_000).accepted


@pytest.mark.parametrize("holds", [1000, 1600, 2200])
def test_a_prompt_that_the_server_cut_is_noticed_by_its_token_count(home: Path, holds: int) -> None:
    """It has about 2,700 tokens."""
    with Wire(prompt_holds=holds).running() as wire:
        outcome = ask(home, wire, material=LONG, context=16_000)
    assert [(a.outcome, a.reason) for a in outcome.attempts] == [("context", "the server cut the prompt")]


@pytest.mark.parametrize(
    ("has", "wanted", "accepted"), [("m:latest", "m", True), ("m", "m:latest", True), ("m:1b", "m", False)]
)
def test_a_models_full_name_is_compared(home: Path, has: str, wanted: str, *, accepted: bool) -> None:
    with Wire(models=(has,)).running() as wire:
        assert ask(home, wire, model=wanted).accepted == accepted
        assert len(wire.seen) == accepted


def test_a_server_that_counts_prompts_of_different_lengths_alike_has_cut_them(home: Path) -> None:
    with Wire(prompt_holds=3500).running() as wire, a_catalog(home) as catalog:
        provider = a_provider("local", wire.base("local"), limits=Limits(concurrency=1, context=100_000))
        with a_router(catalog, home, a_route(provider)) as router:
            first, second = (router.ask(a_request(f"r{n}", material=LONG * n), accept) for n in (1, 3))
            third = router.ask(a_request("r3", material=LONG * 3 + "more"), accept)
    assert (first.accepted, second.attempts[0].outcome, third.attempts[0].reason) == (True, "context", "context")
