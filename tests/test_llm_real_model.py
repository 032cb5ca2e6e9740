"""A real llama.cpp server with SmolLM2-135M behind the router: whatever it does, the ask ends within its deadline."""

import asyncio
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from diary_pipeline.catalog import Catalog
from diary_pipeline.llm import AnswerVerdict, Outcome, Router
from diary_pipeline.llm.provider import Call, Limits, Turn
from diary_pipeline.net import failures
from tests.asking import a_catalog, a_provider, a_request, a_route, a_router
from tests.llama_server import MODEL, LlamaServer, serving

CONTEXT = 1024


class Short(BaseModel):
    """What the small model is asked for; the bounds keep it from running on."""

    title: str = Field(max_length=40)
    lines: list[Annotated[str, Field(max_length=40)]] = Field(max_length=1)


class Long(BaseModel):
    """An answer that takes several seconds."""

    text: str = Field(min_length=1500, max_length=4000)


class Impossible(BaseModel):
    """Satisfied by no text."""

    title: str = Field(json_schema_extra={"minLength": 5, "maxLength": 2})


def accept(value: BaseModel) -> AnswerVerdict:
    return AnswerVerdict(value)


@pytest.fixture(scope="module")
def server(small_language_model: Path) -> Iterator[LlamaServer]:
    """One server for the tests that do not break it."""
    with serving(small_language_model, CONTEXT) as running:
        yield running


@pytest.fixture
def catalog(home: Path) -> Iterator[Catalog]:
    with a_catalog(home) as catalog:
        yield catalog


def router_to(catalog: Catalog, home: Path, url: str, **limits: Any) -> Any:
    provider = a_provider("local", url, limits=Limits(concurrency=1, **{"context": 100_000, **limits}))
    return a_router(catalog, home, a_route(provider, MODEL))


def ask(router: Router, recording: str = "r1", **changes: Any) -> Outcome:
    return router.ask(a_request(recording, **{"shape": Short, "max_tokens": 80, "deadline": 60.0, **changes}), accept)


def test_it_answers_in_the_shape_asked_for_and_its_tokens_are_counted(
    catalog: Catalog, home: Path, server: LlamaServer
) -> None:
    with router_to(catalog, home, server.url) as router:
        outcome = ask(router)
    assert outcome.accepted
    assert isinstance(outcome.value, Short)
    (attempt,) = outcome.attempts
    assert 60 < (attempt.input_tokens or 0) < 400
    assert 5 < (attempt.output_tokens or 0) <= 80
    assert attempt.settled == 0


def test_two_asks_at_once_are_answered_one_after_the_other(catalog: Catalog, home: Path, server: LlamaServer) -> None:
    with router_to(catalog, home, server.url) as router, ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda name: ask(router, name), ["r1", "r2"]))
    assert [outcome.accepted for outcome in outcomes] == [True, True]


def test_a_prompt_over_its_context_is_not_sent(catalog: Catalog, home: Path, server: LlamaServer) -> None:
    with router_to(catalog, home, server.url) as router:
        outcome = ask(router, material="s01 I watered the plants and it was fine. " * 140)
    assert [(a.outcome, a.reason) for a in outcome.attempts] == [("skipped", "context")], (
        "the server reports its context"
    )


def test_a_prompt_that_only_the_server_can_count_is_rejected_by_it_at_once(server: LlamaServer) -> None:
    provider = a_provider("local", server.url)
    schema = Short.model_json_schema()
    call = Call(
        MODEL, "Write a note.", (Turn("user", "s01 I watered the plants and it was fine. " * 140),), schema, "Short", 80
    )

    async def once() -> None:
        try:
            await provider.generate(call)
        finally:
            await provider.close()

    with pytest.raises(Exception, match=r"exceed|context") as raised:
        asyncio.run(once())
    assert failures.of(raised.value).kind == "context"


def test_an_answer_cut_at_max_tokens_is_not_used(catalog: Catalog, home: Path, server: LlamaServer) -> None:
    with router_to(catalog, home, server.url) as router:
        outcome = ask(router, max_tokens=4)
    assert [a.outcome for a in outcome.attempts] == ["truncated", "truncated"], "it may write more once"


def test_another_model_than_the_servers_is_not_asked(catalog: Catalog, home: Path, server: LlamaServer) -> None:
    provider = a_provider("local", server.url, limits=Limits(context=4096))
    with a_router(catalog, home, a_route(provider, "qwen3:8b")) as router:
        outcome = ask(router)
    assert [a.outcome for a in outcome.attempts] == ["not_found"]


def test_a_schema_that_nothing_satisfies_is_not_sent(catalog: Catalog, home: Path, server: LlamaServer) -> None:
    with router_to(catalog, home, server.url) as router:
        outcome = ask(router, shape=Impossible, deadline=5.0)
        after = ask(router, "r2")
    assert [(a.outcome, a.reason) for a in outcome.attempts] == [("bad_request", "schema")]
    assert after.accepted, "the server did not hang"


def test_a_server_hung_in_a_grammar_costs_one_deadline_and_is_not_called_again_although_its_health_is_ok(
    catalog: Catalog, home: Path, small_language_model: Path
) -> None:
    with serving(small_language_model, CONTEXT) as local, router_to(catalog, home, local.url) as router:
        router.ask(a_request("warm", shape=Short, max_tokens=4, deadline=60.0), accept)
        with local.wedged():
            began = time.monotonic()
            hung = ask(router, "r2", deadline=3.0)
            seconds = time.monotonic() - began
            next_one = ask(router, "r3", deadline=3.0)
            with urllib.request.urlopen(f"{local.url.removesuffix('/v1')}/health", timeout=10) as health:
                assert json.load(health) == {"status": "ok"}
    assert [a.outcome for a in hung.attempts] == ["timeout"]
    assert seconds < 5.0, "one deadline of three seconds, on busy cores"
    assert [(a.outcome, a.reason) for a in next_one.attempts] == [("skipped", "breaker open: timeout")]


def test_a_server_killed_in_the_middle_ends_the_ask(catalog: Catalog, home: Path, small_language_model: Path) -> None:
    with serving(small_language_model, CONTEXT) as local, router_to(catalog, home, local.url) as router:
        assert ask(router).accepted
        long = ask_later(router, "r2", shape=Long, max_tokens=500)
        local.wait_until_busy()
        local.kill()
        began = time.monotonic()
        outcome = long()
    assert not outcome.accepted
    assert {a.outcome for a in outcome.attempts} <= {"connection", "bad_response"}
    assert time.monotonic() - began < 5


def ask_later(router: Router, recording: str, **changes: Any) -> Any:
    """Ask on another thread; the function gives the outcome."""
    found: list[Outcome] = []
    thread = threading.Thread(target=lambda: found.append(ask(router, recording, **changes)))
    thread.start()

    def wait() -> Outcome:
        thread.join(60)
        return found[0]

    return wait
