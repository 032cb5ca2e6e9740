"""The router's decisions one by one, over scripted providers."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.llm import AnswerVerdict, Outcome, Policy, Rejected, explain
from diary_pipeline.llm.breaker import BreakerOptions
from diary_pipeline.llm.prices import FREE, FixedPrice, table_price
from diary_pipeline.llm.provider import Call, Limits, Price, Route
from diary_pipeline.llm.shadow import in_share
from diary_pipeline.net.failures import ProviderError, Usage
from diary_pipeline.testing.provider import ScriptedProvider
from tests.asking import Note, a_catalog, a_request, a_router, accept

GOOD = {"title": "A day", "lines": ["I watered the plants."]}
DEAR, CHEAP = FixedPrice(Decimal(3), Decimal(9)), FixedPrice(Decimal(1), Decimal(1))


def route(name: str, answer: Any = GOOD, *, model: str = "m", shadow: float = 0.0, **options: Any) -> Route:
    script = answer if callable(answer) else lambda _: answer
    return Route(ScriptedProvider(script, name=name, **options), model, shadow=shadow)


def calls(of: Route) -> list[Call]:
    assert isinstance(of.provider, ScriptedProvider)
    return of.provider.calls


def outcomes(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(a.route.partition("/")[0], a.kind, a.outcome) for a in outcome.attempts]


@pytest.mark.parametrize(
    ("mode", "strategy", "winner"),
    [
        ("interactive", "ordered", "first"),
        ("interactive", "cheapest", "cheap"),
        ("interactive", "fastest", "fast"),
        ("nightly", "ordered", "cheap"),
    ],
)
def test_routes_are_asked_in_the_order_of_the_strategy(home: Path, mode: str, strategy: Any, winner: str) -> None:
    routes = [
        route("first", cost=DEAR, latency=0.03),
        route("cheap", cost=CHEAP, latency=0.03),
        route("fast", cost=DEAR),
    ]
    with a_catalog(home) as catalog:
        for each in routes:  # every route has answered once, so that their seconds are known
            with a_router(catalog, home, each) as router:
                assert router.ask(a_request(each.name[:8]), accept).accepted
        with a_router(catalog, home, *routes, policy=Policy(strategy=strategy)) as router:
            assert router.ask(a_request(mode=mode), accept).route == f"{winner}/m"


def test_a_model_without_a_price_is_not_asked(home: Path) -> None:
    unpriced = route("unpriced", cost=None)
    with a_catalog(home) as catalog, a_router(catalog, home, unpriced, route("known")) as router:
        outcome = router.ask(a_request(), accept)
    assert [(a.route, a.outcome, a.reason) for a in outcome.attempts[:1]] == [("unpriced/m", "skipped", "no price")]
    assert outcome.route == "known/m"
    assert not calls(unpriced)


def test_the_table_prices_dated_models_and_no_undated_names() -> None:
    usage = Usage(1_000_000, 1_000_000)
    mini = table_price("openai", "gpt-5-mini-2025-08-07")
    assert mini is not None
    assert mini.cost(usage, batch=False) == 2 * mini.cost(usage, batch=True) == 2_250_000_000
    assert table_price("mistral", "mistral-large-latest") is None
    assert table_price("openai", "no-such-model-2026-01-01") is None


def test_an_open_breaker_saves_the_calls_and_the_time(home: Path) -> None:
    down = route("down", ProviderError("server"))
    with a_catalog(home) as catalog, a_router(catalog, home, down, route("up")) as router:
        for number in range(12):
            assert router.ask(a_request(f"r{number}"), accept).route == "up/m"
    assert len(calls(down)) == BreakerOptions().failures


def test_a_wrong_key_is_remembered_by_the_next_process_and_a_new_key_is_tried(home: Path) -> None:
    alerts: list[tuple[str, str]] = []
    first, same, new = (route("cloud", ProviderError("auth"), cost=CHEAP, account=key) for key in ("a", "a", "b"))
    with a_catalog(home) as catalog:
        for each in (first, same, new):
            with a_router(catalog, home, each, alert=lambda *what: alerts.append(what)) as router:
                assert not router.ask(a_request(), accept).accepted
    assert (len(calls(first)), len(calls(same)), len(calls(new))) == (1, 0, 1)
    assert alerts == [("cloud/m", "auth")] * 3, "each process says it once"


def test_a_missing_model_does_not_open_its_providers_breaker(home: Path) -> None:
    def answer(call: Call) -> Any:
        return ProviderError("not_found") if call.model == "old" else GOOD

    provider = ScriptedProvider(answer, name="cloud")
    with a_catalog(home) as catalog, a_router(catalog, home, Route(provider, "old"), Route(provider, "new")) as router:
        assert [router.ask(a_request(f"r{n}"), accept).route for n in range(3)] == ["cloud/new"] * 3
    assert [call.model for call in provider.calls] == ["old", "new", "new", "new"]


def test_a_slow_first_route_is_hedged_after_its_own_95th_percentile(home: Path) -> None:
    slow, quick = route("slow", latency=8.0, cost=CHEAP), route("quick", cost=CHEAP)
    with a_catalog(home) as catalog, a_router(catalog, home, slow, quick) as router:
        for _ in range(40):
            router._caller.latencies.add("slow/m", 0.3)
        began = time.monotonic()
        outcome = router.ask(a_request(deadline=60.0), accept)
        seconds = time.monotonic() - began
        nightly = router.ask(a_request("r2", deadline=1.2, mode="nightly"), accept)
        rows = router.ledger.rows("r1")
    assert outcome.route == "quick/m"
    assert 0.9 < seconds < 3.0
    assert {(a.route, a.kind, a.outcome) for a in outcome.attempts} == {
        ("slow/m", "live", "cancelled"),
        ("quick/m", "hedge", "ok"),
    }
    cancelled = next(row for row in rows if row["outcome"] == "cancelled")
    assert cancelled["settled"] == cancelled["reserved"] > 0, "it may have been billed"
    assert all(a.kind != "hedge" for a in nightly.attempts), "a nightly ask is not hedged"


def test_a_provider_never_gets_more_calls_at_once_than_its_limit(home: Path) -> None:
    now, most = [0], [0]

    class Counting(ScriptedProvider):
        async def generate(self, call: Call) -> Any:
            now[0] += 1
            most[0] = max(most[0], now[0])
            try:
                return await super().generate(call)
            finally:
                now[0] -= 1

    provider = Counting(lambda _: GOOD, latency=0.05, limits=Limits(concurrency=3))
    with (
        a_catalog(home) as catalog,
        a_router(catalog, home, Route(provider, "m")) as router,
        ThreadPoolExecutor(12) as pool,
    ):
        assert all(o.accepted for o in pool.map(lambda n: router.ask(a_request(f"r{n}"), accept), range(12)))
    assert most[0] == 3


@pytest.mark.parametrize("limits", [Limits(requests_per_minute=3), Limits(tokens_per_minute=2000)])
def test_over_the_rate_limit_the_next_route_is_asked(home: Path, limits: Limits) -> None:
    narrow = route("narrow", limits=limits)
    with a_catalog(home) as catalog, a_router(catalog, home, narrow, route("wide")) as router:
        routes = [router.ask(a_request(f"r{n}", deadline=2.0), accept).route for n in range(5)]
        reasons = [row["reason"] for row in explain(catalog, "r4")]
    assert routes[0] == "narrow/m"
    assert routes[-1] == "wide/m"
    assert str(reasons[0]).startswith("busy")


def test_a_rejected_answer_is_repaired_once_by_the_same_model_with_the_reasons(home: Path) -> None:
    def judge(note: Note) -> AnswerVerdict:
        return (
            AnswerVerdict(note)
            if note.title == "Right"
            else AnswerVerdict(note, ("The number 7 is not in s01.",), ("number",))
        )

    correctable = route("correctable", lambda call: {**GOOD, "title": "Right" if len(call.turns) > 1 else "Wrong"})
    stubborn = route("stubborn", {**GOOD, "title": "Wrong"})
    with a_catalog(home) as catalog, a_router(catalog, home, stubborn, correctable) as router:
        outcome = router.ask(a_request(), judge)
        reasons = [row["reason"] for row in explain(catalog, "r1")]
    assert outcomes(outcome) == [
        ("stubborn", "live", "rejected"),
        ("stubborn", "repair", "rejected"),
        ("correctable", "live", "rejected"),
        ("correctable", "repair", "ok"),
    ]
    assert "The number 7 is not in s01." in calls(correctable)[1].turns[-1].text
    assert calls(correctable)[1].turns[:1] == calls(correctable)[0].turns
    assert reasons == ["number", "number", "number", None], "codes are recorded, reasons are not: they quote"
    assert outcome.rejected[0] == Rejected(
        "stubborn/m", Note(title="Wrong", lines=GOOD["lines"]), ("The number 7 is not in s01.",)
    )


def test_the_caller_may_write_the_repair(home: Path) -> None:
    model = route("model", lambda call: GOOD if len(call.turns) > 1 else "no")
    with a_catalog(home) as catalog, a_router(catalog, home, model) as router:
        assert router.ask(a_request(repair=lambda reasons: f"Correct {len(reasons)}!"), accept).accepted
    assert calls(model)[1].turns[-1].text == "Correct 1!"


def test_a_cached_answer_is_judged_again(home: Path) -> None:
    model = route("model")
    with a_catalog(home) as catalog, a_router(catalog, home, model) as router:
        router.ask(a_request(), accept)
        assert outcomes(router.ask(a_request(), accept)) == [("model", "cache", "ok")]
        stricter = router.ask(a_request(), lambda note: AnswerVerdict(note, ("No.",), ("strict",)))
        assert outcomes(stricter)[0] == ("model", "cache", "rejected")
        assert not stricter.accepted
        router.ask(a_request(), accept)
    assert len(calls(model)) == 1 + 2, "what was refused is judged again, and not paid for again"


@pytest.mark.parametrize(
    "change", [{"material": "s01 Other words."}, {"instructions": "Write it short."}, {"recording": "r2"}]
)
def test_another_prompt_or_transcript_is_another_answer(home: Path, change: dict[str, str]) -> None:
    model = route("model")
    with a_catalog(home) as catalog, a_router(catalog, home, model) as router:
        router.ask(a_request(), accept)
        router.ask(a_request(**change), accept)
    assert len(calls(model)) == 2


def test_a_prompt_that_cannot_fit_is_not_sent(home: Path) -> None:
    small = route("small", limits=Limits(context=400))
    with a_catalog(home) as catalog, a_router(catalog, home, small, route("large")) as router:
        outcome = router.ask(a_request(), accept)
    assert next((a.route, a.outcome, a.reason) for a in outcome.attempts) == ("small/m", "skipped", "context")
    assert outcome.route == "large/m"
    assert not calls(small)


def test_a_model_on_trial_is_asked_judged_recorded_and_never_used(home: Path) -> None:
    trial = route("trial", {"title": "Trial", "lines": []}, shadow=0.5, cost=CHEAP)
    names = [f"r{n}" for n in range(20)]
    with a_catalog(home) as catalog:
        with a_router(catalog, home, route("used"), trial) as router:
            assert {router.ask(a_request(name), accept).route for name in names} == {"used/m"}
            assert not router.ask(a_request("p1", privacy="local_only"), accept).accepted, "neither may see it"
        shadowed = [name for name in names if any(row["kind"] == "shadow" for row in explain(catalog, name))]
        row = next(row for row in explain(catalog, shadowed[0]) if row["kind"] == "shadow")
    assert shadowed == [name for name in names if in_share(name, trial)]
    assert 0 < len(shadowed) < 20
    assert (row["outcome"], row["route"]) == ("ok", "trial/m")
    assert row["settled"] > 0


def test_an_error_of_the_caller_reaches_the_caller_and_the_money_is_settled(home: Path) -> None:
    def broken(note: Note) -> AnswerVerdict:
        raise ZeroDivisionError

    with a_catalog(home) as catalog, a_router(catalog, home, route("model", cost=CHEAP)) as router:
        with pytest.raises(ZeroDivisionError):
            router.ask(a_request(), broken)
        router.close()
        (row,) = explain(catalog, "r1")
    assert row["outcome"] == "fault"
    assert row["settled"] < row["reserved"]


def test_a_local_server_that_misses_a_deadline_opens_its_breaker_at_once(home: Path) -> None:
    hung = Route(ScriptedProvider(lambda _: GOOD, name="local", latency=30), "m", local=True)
    with a_catalog(home) as catalog, a_router(catalog, home, hung) as router:
        router.ask(a_request("r1", deadline=0.5), accept)
        second = router.ask(a_request("r2", deadline=0.5), accept)
    assert outcomes(second) == [("local", "live", "skipped")]


def price_of(of: Route) -> Price | None:
    return of.provider.price(of.model)


def test_local_servers_cost_nothing() -> None:
    assert price_of(route("local", cost=FREE)) is FREE
    assert FREE.cost(Usage(10**6, 10**6), batch=False) == 0
