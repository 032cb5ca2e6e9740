"""Decisions that need no provider: retries, breakers, hedges."""

from pathlib import Path

import pytest

from diary_pipeline.llm.breaker import Breaker, BreakerOptions
from diary_pipeline.llm.hedge import Latencies
from diary_pipeline.llm.obstacles import Obstacle
from diary_pipeline.llm.request import Attempt, Outcome
from diary_pipeline.llm.retry import Retries
from diary_pipeline.net.failures import Kind, ProviderError
from tests.asking import a_catalog, a_provider, a_request, a_route, a_router, accept
from tests.wire import Wire

ACCOUNT: tuple[Kind, ...] = ("auth", "quota")
MIXED: tuple[Kind, ...] = ("server", "refused", "server", "truncated", "server", "context")


@pytest.mark.parametrize(
    ("failure", "tried", "left", "waits"),
    [
        (ProviderError("rate_limit", retry_after=1.0), 1, 60, True),
        (ProviderError("rate_limit", retry_after=1.0), 2, 60, False),
        (ProviderError("rate_limit", retry_after=3600.0), 1, 60, False),
        (ProviderError("rate_limit", retry_after=4.0), 1, 3, False),
        (ProviderError("rate_limit"), 1, 60, False),
        (ProviderError("server"), 1, 60, True),
        (ProviderError("server"), 2, 60, False),
        (ProviderError("timeout"), 1, 60, False),
        (ProviderError("auth"), 1, 60, False),
        (ProviderError("context"), 1, 60, False),
        (ProviderError("refused"), 1, 60, False),
    ],
)
def test_only_transient_failures_are_retried_and_only_when_there_is_time(
    failure: ProviderError, tried: int, left: float, *, waits: bool
) -> None:
    wait = Retries().wait(failure, tried, left)
    assert (wait is not None) == waits
    if failure.retry_after is not None and wait is not None:
        assert wait == failure.retry_after


def test_a_breaker_opens_after_failures_in_a_row_and_lets_one_probe_through() -> None:
    now = [0.0]
    breaker = Breaker(BreakerOptions(failures=3, cooldown=30), clock=lambda: now[0])
    for _ in range(2):
        breaker.record_failure(ProviderError("server"))
    breaker.record_success()
    for _ in range(3):
        assert breaker.allows()
        breaker.record_failure(ProviderError("server"))
    assert not breaker.allows()
    now[0] = 30.0
    assert [breaker.allows() for _ in range(3)] == [True, False, False], "one probe"
    breaker.record_failure(ProviderError("server"))
    assert not breaker.allows(), "a failed probe opens the breaker again"
    now[0] = 60.0
    assert breaker.allows()
    breaker.record_success()
    assert [breaker.allows() for _ in range(3)] == [True, True, True]


def test_a_cancelled_probe_lets_the_next_one_through() -> None:
    now = [0.0]
    breaker = Breaker(BreakerOptions(cooldown=30), clock=lambda: now[0])
    breaker.open(30, "server")
    now[0] = 31.0
    assert breaker.allows()
    breaker.release_probe()
    assert breaker.allows()


def test_a_wrong_key_and_lack_of_credit_open_a_breaker_at_once_and_are_alerted_once() -> None:
    for kind in ACCOUNT:
        breaker = Breaker()
        assert [breaker.record_failure(ProviderError(kind)) for _ in range(3)] == [True, False, False]
        assert not breaker.allows()


def test_a_long_retry_after_is_obeyed_by_all_asks_and_a_short_one_by_its_own() -> None:
    now = [0.0]
    breaker = Breaker(clock=lambda: now[0])
    breaker.record_failure(ProviderError("rate_limit", retry_after=2))
    assert breaker.allows()
    breaker.record_failure(ProviderError("rate_limit", retry_after=3600))
    now[0] = 3599.0
    assert not breaker.allows()


def test_a_process_that_starts_in_an_outage_begins_with_the_outcomes_of_others(home: Path) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog:
        down = a_route(a_provider("openai", wire.base("openai", "e500")))
        with a_router(catalog, home, down) as router:
            for number in range(4):
                router.ask(a_request(f"r{number}"), accept)
        assert len(wire.seen) == 8
        with a_router(catalog, home, down) as router:
            assert [(a.outcome, a.reason) for a in router.ask(a_request("r9"), accept).attempts] == [
                ("skipped", "breaker open: server")
            ]
        assert len(wire.seen) == 8
    breaker = Breaker()
    breaker.replay(["server"] * 7 + ["rejected"] + ["server"] * 7 + ["cancelled"])
    assert breaker.allows(), "any answer between them, even a rejected one, shows that the provider is up"


def test_rejected_content_says_nothing_about_health() -> None:
    breaker = Breaker(BreakerOptions(failures=2))
    for kind in MIXED:
        breaker.record_failure(ProviderError(kind))
        assert breaker.allows()


def test_hedges_stay_a_small_share_of_the_asks() -> None:
    latencies = Latencies(lambda _: [])
    granted = 0
    for _ in range(200):
        latencies.count_ask()
        granted += latencies.acquire_hedge()
    assert 20 <= granted <= 22


def test_too_few_latencies_give_no_percentile() -> None:
    latencies = Latencies(lambda _: [2.0] * 19)
    assert latencies.hedge_after("a/m") is None
    latencies.add("a/m", 2.0)
    assert latencies.hedge_after("a/m") == 2.0


@pytest.mark.parametrize(
    ("outcome", "reason", "obstacle"),
    [
        ("timeout", "", Obstacle("a/m", "timeout")),
        ("bad_response", "html", Obstacle("a/m", "bad_response")),
        ("not_found", "404", Obstacle("a/m", "not_found")),
        ("truncated", "", Obstacle("a/m", "truncated")),
        ("oversized", "", Obstacle("a/m", "oversized")),
        ("skipped", "busy: concurrency", Obstacle("a/m", "busy")),
        ("skipped", "breaker open: quota", Obstacle("a/m", "quota")),
        ("skipped", "budget: day", Obstacle("a/m", "budget", "day")),
        ("skipped", "no price", Obstacle("a/m", "no price")),
        ("skipped", "local_only", None),
        ("refused", "", None),
        ("rejected", "", None),
    ],
)
def test_what_the_world_can_mend_is_an_obstacle_and_what_was_refused_is_none(
    outcome: str, reason: str, obstacle: Obstacle | None
) -> None:
    found = Outcome("ask", attempts=(Attempt("a/m", "live", outcome, reason),)).obstacles
    assert found == (() if obstacle is None else (obstacle,))
