"""Closing a router: paid calls under way are waited for, or cancelled and settled; no reservation stays open."""

import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.llm import explain
from diary_pipeline.llm.prices import FixedPrice
from diary_pipeline.llm.provider import Call, Route
from diary_pipeline.testing.provider import ScriptedProvider
from tests.asking import a_catalog, a_request, a_router, accept
from tests.waiting import until

GOOD = {"title": "A day", "lines": ["I watered the plants."]}
PRICE = FixedPrice(Decimal(1), Decimal(2))


def route(name: str, **options: Any) -> Route:
    shadow = options.pop("shadow", 0.0)
    return Route(ScriptedProvider(lambda _: GOOD, name=name, cost=PRICE, **options), "m", shadow=shadow)


def calls(of: Route) -> list[Call]:
    assert isinstance(of.provider, ScriptedProvider)
    return of.provider.calls


@pytest.mark.parametrize("wait", [True, False])
def test_a_trial_call_under_way_is_waited_for_and_without_waiting_it_is_settled_as_assumed(
    home: Path, *, wait: bool
) -> None:
    trial = route("trial", shadow=1.0, latency=0.5 if wait else 30.0)
    with a_catalog(home) as catalog, a_router(catalog, home, route("used"), trial) as router:
        assert router.ask(a_request(), accept).route == "used/m"
        until(lambda: calls(trial), 5)
        router.close(wait=wait)
        row = explain(catalog, "r1")[-1]
    assert (row["outcome"], row["usage"]) == (("ok", "reported") if wait else ("cancelled", "assumed"))
    assert (row["settled"] < row["reserved"]) == wait


def test_after_cancelling_a_router_does_not_wait_for_a_trial_call(home: Path) -> None:
    trial = route("trial", shadow=1.0, latency=30.0)
    with a_catalog(home) as catalog, a_router(catalog, home, route("used"), trial) as router:
        router.ask(a_request(), accept)
        until(lambda: calls(trial), 5)
        router.cancel()
        started = time.monotonic()
        router.close()
        assert time.monotonic() - started < 5
        row = explain(catalog, "r1")[-1]
    assert (row["outcome"], row["settled"]) == ("cancelled", row["reserved"])


def test_a_trial_call_is_waited_for_no_longer_than_its_own_deadline(home: Path) -> None:
    trial = route("trial", shadow=1.0, latency=30.0)
    with a_catalog(home) as catalog, a_router(catalog, home, route("used"), trial) as router:
        router.ask(a_request(deadline=1.0), accept)
        started = time.monotonic()
        router.close()
        assert time.monotonic() - started < 3
        row = explain(catalog, "r1")[-1]
    assert (row["kind"], row["outcome"], row["usage"]) == ("shadow", "timeout", "assumed")
    assert row["settled"] == row["reserved"]


def test_cancelling_ends_the_asks_of_all_threads_and_settles_them(home: Path) -> None:
    slow = route("slow", latency=30.0)
    with (
        a_catalog(home) as catalog,
        ThreadPoolExecutor(4) as threads,
        a_router(catalog, home, slow, route("next")) as router,
    ):
        asks = [threads.submit(router.ask, a_request(f"r{number}"), accept) for number in range(4)]
        until(lambda: len(calls(slow)) == 4, 5)
        router.cancel()
        for ask in asks:
            with pytest.raises(CancelledError):
                ask.result(5)
        with pytest.raises(CancelledError):
            router.ask(a_request("r5"), accept)
        router.close()
        rows = router.ledger.rows()
    assert [(row["route"], row["outcome"]) for row in rows] == [("slow/m", "cancelled")] * 4
    assert all(row["settled"] == row["reserved"] > 0 for row in rows)
