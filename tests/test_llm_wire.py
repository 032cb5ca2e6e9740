"""Every adapter against a server that fails in all known ways: which route answers, after which calls, at what cost."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.llm import Outcome, explain
from tests.asking import a_catalog, a_provider, a_request, a_route, a_router, accept
from tests.wire import PROVIDERS, Seen, Wire
from tests.wire_scenarios import SCENARIOS

DEADLINE = 16.0
SECOND = "the next route"

# scenario: what became of each request to the provider, in order; the last one answers when it is "ok", else the next
# route does.
EXPECTED = {
    "ok": ["ok"],
    "slow5": ["ok"],
    "rl_once": ["rate_limit", "ok"],
    "rl_2": ["rate_limit", "rate_limit"],
    "rl_3600": ["rate_limit"],
    "rldate": ["rate_limit", "ok"],
    "quota": ["quota"],
    "e500": ["server", "server"],
    "e529": ["overloaded", "overloaded"],
    "e401": ["auth"],
    "e403": ["auth"],
    "e404": ["not_found"],
    "ctx": ["context"],
    "policy400": ["policy"],
    "hang": ["timeout"],
    "drip": ["timeout"],
    "cut": ["connection", "connection"],
    "rst": ["connection", "connection"],
    "outerbad": ["bad_response", "bad_response"],
    "html": ["bad_response", "bad_response"],
    "trunc": ["truncated", "truncated"],
    "schema": ["schema", "schema"],
    "prose": ["schema", "schema"],
    "refusal": ["refused"],
    "schema_once": ["schema", "ok"],
    "cfilter": ["filtered"],
    "empty": ["empty"],
}
# Where a provider's format cannot express the scenario, it looks like another one.
DIFFERENT = {
    ("anthropic", "cfilter"): ["refused"],
    ("mistral", "refusal"): ["schema", "schema"],
    ("local", "cut"): ["bad_response", "bad_response"],  # a stream without a length ends normally
}


@dataclass
class Ran:
    """One ask in one scenario."""

    outcome: Outcome
    seconds: float
    rows: list[dict[str, Any]]
    seen: list[Seen]
    alerts: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, str], Ran]]:
    """Every provider in every scenario, each with a healthy second route, all at once."""
    found: dict[tuple[str, str], Ran] = {}
    home = tmp_path_factory.mktemp("asks")
    for kind in PROVIDERS:
        a_provider(kind, "http://127.0.0.1:1").prepare()  # imports the SDKs before any clock runs
    with Wire().running() as wire, ThreadPoolExecutor(120) as pool, a_catalog(home) as catalog:

        def one(kind: str, scenario: str) -> None:
            name = f"{kind}-{scenario}"
            primary = a_route(a_provider(kind, wire.base(kind, scenario), name=name))
            backup = a_route(a_provider("openai", wire.base("openai", f"backup_{name}"), name=f"{SECOND} {name}"))
            alerts: list[tuple[str, str]] = []
            with a_router(catalog, home, primary, backup, alert=lambda *what: alerts.append(what)) as router:
                began = time.monotonic()
                outcome = router.ask(a_request(name, deadline=DEADLINE), accept)
                found[kind, scenario] = Ran(
                    outcome, time.monotonic() - began, explain(catalog, name), wire.of(kind, scenario), alerts
                )

        list(pool.map(lambda pair: one(*pair), [(kind, scenario) for kind in PROVIDERS for scenario in SCENARIOS]))
        yield found


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("kind", PROVIDERS)
def test_whatever_a_provider_does_the_ask_ends_as_expected(
    ran: dict[tuple[str, str], Ran], kind: str, scenario: str
) -> None:
    it = ran[kind, scenario]
    expected = DIFFERENT.get((kind, scenario), EXPECTED[scenario])
    first = [a for a in it.outcome.attempts if a.route.startswith(f"{kind}-")]
    assert [a.outcome for a in first] == expected, [(a.outcome, a.reason) for a in first]
    assert it.outcome.route == (f"{kind}-{scenario}/m" if expected[-1] == "ok" else f"{SECOND} {kind}-{scenario}/m")
    assert it.outcome.accepted
    assert it.seconds < DEADLINE
    assert len(it.seen) == len(expected), "every request on the wire is one row of the ledger"
    assert [(row["route"], row["outcome"]) for row in it.rows] == [(a.route, a.outcome) for a in it.outcome.attempts]
    assert "watered" not in str(it.rows), "a provider's message may quote the diary, the ledger may not"


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("kind", PROVIDERS)
def test_the_ledger_has_what_the_provider_billed(ran: dict[tuple[str, str], Ran], kind: str, scenario: str) -> None:
    it = ran[kind, scenario]
    rows = [row for row in it.rows if str(row["route"]).startswith(f"{kind}-")]
    for row, seen in zip(rows, it.seen, strict=True):
        if seen.billed:
            assert (row["input_tokens"], row["output_tokens"], row["usage"]) == (*seen.billed, "reported")
            read, written = seen.billed
            assert row["settled"] == pytest.approx(0 if kind == "local" else (read * 1 + written * 2) / 1e6)
        elif seen.unsure or scenario in ("hang", "drip"):
            assert (row["usage"], row["settled"]) == ("assumed", row["reserved"]), (
                "no usage was reported, so the reservation counts"
            )
        else:
            assert (row["usage"], row["settled"]) == ("none", 0.0)
        assert row["reserved"] >= row["settled"]


@pytest.mark.parametrize("scenario", ["e401", "e403", "quota", "e404"])
@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_failure_that_only_a_person_can_remedy_is_alerted_once(
    ran: dict[tuple[str, str], Ran], kind: str, scenario: str
) -> None:
    assert ran[kind, scenario].alerts == [(f"{kind}-{scenario}/m", EXPECTED[scenario][0])]
    assert len(ran[kind, scenario].seen) == 1


@pytest.mark.parametrize("scenario", ["ok", "e500", "schema", "trunc"])
def test_no_other_failure_is_alerted(ran: dict[tuple[str, str], Ran], scenario: str) -> None:
    assert [ran[kind, scenario].alerts for kind in PROVIDERS] == [[], [], [], []]


def test_requests_have_max_tokens_and_a_schema_and_forbid_storing(ran: dict[tuple[str, str], Ran]) -> None:
    bodies = {kind: ran[kind, "ok"].seen[0].body for kind in PROVIDERS}
    assert bodies["openai"]["store"] is False
    assert (
        bodies["openai"]["max_output_tokens"]
        == bodies["anthropic"]["max_tokens"]
        == bodies["mistral"]["max_tokens"]
        == 200
    )
    assert bodies["local"]["max_tokens"] == 200
    assert bodies["local"]["stream"] is True
    schemas = [
        bodies["openai"]["text"]["format"]["schema"],
        bodies["anthropic"]["output_config"]["format"]["schema"],
        bodies["mistral"]["response_format"]["json_schema"]["schema"],
        bodies["local"]["response_format"]["json_schema"]["schema"],
    ]
    assert all(s["additionalProperties"] is False and s["required"] == ["title", "lines"] for s in schemas)


@pytest.mark.parametrize("scenario", ["hang", "drip", "e500", "prose"])
def test_without_another_route_the_ask_ends_within_its_deadline(home: Path, scenario: str) -> None:
    with (
        Wire().running() as wire,
        a_catalog(home) as catalog,
        a_router(catalog, home, a_route(a_provider("mistral", wire.base("mistral", scenario)))) as router,
    ):
        router.ask(a_request("warm", deadline=0.5), accept)  # the SDK is imported before the clock runs
        began = time.monotonic()
        outcome = router.ask(a_request(deadline=1.5), accept)
        assert time.monotonic() - began < 1.8
        assert not outcome.accepted
        assert outcome.attempts
