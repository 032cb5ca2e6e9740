"""Budgets are never exceeded, whatever fails and however many asks spend at once; their sums are the ledger's."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.database import now_ms
from diary_pipeline.catalog.tables import llm_calls
from diary_pipeline.errors import TransientError
from diary_pipeline.llm import Policy, Router
from diary_pipeline.llm.budget import Budgets
from diary_pipeline.llm.ledger import Ledger, LedgerEntry, OverBudgetError, Settlement
from diary_pipeline.llm.prices import FixedPrice
from diary_pipeline.llm.provider import NANO, Call, Limits, Reply, Route
from diary_pipeline.net.failures import ProviderError, Usage
from diary_pipeline.store import Store
from diary_pipeline.testing.provider import ScriptedProvider
from tests.asking import a_catalog, a_request, a_router, accept

THREADS = 16
GOOD = {"title": "A day", "lines": []}
PRICE = FixedPrice(Decimal(1), Decimal(2))
OTHER_ENTRY = LedgerEntry("a1", "r1", "note", "mere", None, "run1", "live", "cloud/m", "0" * 64)


class BillingProvider(ScriptedProvider):
    """Counts what it would bill."""

    def __init__(self, fates: list[str]) -> None:
        super().__init__(lambda _: GOOD, name="cloud", cost=PRICE, limits=Limits(concurrency=THREADS))
        self.fates, self.billed, self.lock = fates, 0, threading.Lock()

    async def generate(self, call: Call) -> Reply:
        """Fail or answer as the list of fates says."""
        reply = await super().generate(call)
        fate = self.fates[len(self.calls) % len(self.fates)]
        if fate == "refuse":
            raise ProviderError("server")
        with self.lock:
            self.billed += PRICE.cost(reply.usage, batch=False) if reply.usage else 0
        if fate == "lose":
            raise ProviderError("connection", maybe_billed=True)
        if fate == "decline":
            raise ProviderError("refused", usage=reply.usage)
        return Reply(reply.text, None, "m") if fate == "mute" else reply


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fates=st.lists(st.sampled_from(["answer", "refuse", "lose", "decline", "mute"]), min_size=3, max_size=9),
    cents=st.floats(0.0, 0.02),
    scope=st.sampled_from(["run", "day", "month", "author"]),
)
def test_no_budget_is_ever_passed_with_sixteen_asks_at_once(
    tmp_path_factory: pytest.TempPathFactory, fates: list[str], cents: float, scope: str
) -> None:
    home = tmp_path_factory.mktemp("budget")
    limit = {"run": 1000.0, "day": 1000.0, "month": 1000.0, "author": 1000.0} | {scope: cents}
    billing = BillingProvider(fates)
    with a_catalog(home) as catalog:
        policy = Policy(budgets=Budgets(**limit))
        with a_router(catalog, home, Route(billing, "m"), policy=policy) as router, ThreadPoolExecutor(THREADS) as pool:
            outcomes = list(pool.map(lambda n: router.ask(a_request(f"r{n}", deadline=30.0), accept), range(24)))
            rows, sums = router.ledger.rows(), router.ledger.spent()
    settled = sum(row["settled"] for row in rows)
    assert billing.billed <= settled <= round(cents * NANO)
    assert all(row["outcome"] is not None for row in rows)
    assert sum(row["outcome"] != "skipped" for row in rows) == len(billing.calls), "every call is a row"
    if billing.calls:
        assert {name: spent for (name, _), spent in sums.items()} == dict.fromkeys(limit, settled)
    over_budget = [a.reason for o in outcomes for a in o.attempts if a.reason.startswith("budget")]
    assert set(over_budget) <= {f"budget: {scope}"}


def test_two_processes_share_one_budget(home: Path) -> None:
    with a_catalog(home) as one, a_catalog(home) as two:
        ledgers = [Ledger(catalog.database, Budgets(run=100.5e-9 * 10)) for catalog in (one, two)]

        def spend(number: int) -> bool:
            try:
                ledgers[number % 2].reserve(OTHER_ENTRY, 100)
            except OverBudgetError:
                return False
            return True

        with ThreadPoolExecutor(THREADS) as pool:
            assert sum(pool.map(spend, range(40))) == 10
        assert ledgers[0].spent()["run", "run1"] == 1000


def test_the_ledger_keeps_budgets_on_postgresql_too(home: Path, postgres_url: str) -> None:
    catalog = Catalog.open(postgres_url, timeout_seconds=20, lease_seconds=60)
    billing = BillingProvider(["answer", "lose", "refuse", "mute"])
    policy = Policy(budgets=Budgets(run=0.008))
    with a_router(catalog, home, Route(billing, "m"), policy=policy) as router, ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(lambda n: router.ask(a_request(f"r{n}", deadline=30.0), accept), range(40)))
        rows, sums = router.ledger.rows(), router.ledger.spent()
        others = Ledger(catalog.database, Budgets(run=0.008))
        with pytest.raises(OverBudgetError):
            others.reserve(OTHER_ENTRY, NANO)
    catalog.close()
    assert billing.billed <= sum(row["settled"] for row in rows) == sums["run", "run1"] <= 0.008 * NANO
    assert any(outcome.accepted for outcome in outcomes)
    assert any(a.reason == "budget: run" for o in outcomes for a in o.attempts)


@pytest.mark.parametrize("scope", ["run", "day", "month", "author"])
def test_each_budget_rejects_a_call_by_its_name_and_nothing_stays_reserved(home: Path, scope: str) -> None:
    budgets = Budgets(**({"run": 1.0, "day": 1.0, "month": 1.0, "author": 1.0} | {scope: 1e-7}))
    with a_catalog(home) as catalog:
        ledger = Ledger(catalog.database, budgets)
        ledger.reserve(OTHER_ENTRY, 60)
        with pytest.raises(OverBudgetError, match=scope):
            ledger.reserve(OTHER_ENTRY, 60)
        assert set(ledger.spent().values()) == {60}
        ledger.reserve(OTHER_ENTRY, 40)


def test_what_was_not_used_is_released_once(home: Path) -> None:
    with a_catalog(home) as catalog:
        ledger = Ledger(catalog.database, Budgets())
        reservation = ledger.reserve(OTHER_ENTRY, 500)
        assert ledger.settle(reservation, Settlement("ok", usage=Usage(1, 1), source="reported", cost=120))
        assert not ledger.settle(reservation, Settlement("ok", cost=0)), "a settled call is not settled again"
        assert set(ledger.spent().values()) == {120}


def test_a_call_whose_process_died_keeps_its_reservation(home: Path) -> None:
    with a_catalog(home) as catalog:
        Ledger(catalog.database, Budgets()).reserve(OTHER_ENTRY, 500)
        with catalog.database.writing() as connection:
            connection.execute(update(llm_calls).values(started_at=now_ms() - 4_000_000))
        after = Ledger(catalog.database, Budgets())
        after.reserve(OTHER_ENTRY, 1)
        assert [(row["outcome"], row["settled"]) for row in after.rows()] == [("died", 500), (None, None)]
        assert after.spent()["run", "run1"] == 501


def test_authors_and_runs_have_budgets_of_their_own() -> None:
    budgets = Budgets(run=1, day=2, month=3, author=4)
    assert budgets.scopes("run7", "mere", date(2026, 11, 24)) == [
        ("author", "2026-11/mere", 4 * NANO),
        ("day", "2026-11-24", 2 * NANO),
        ("month", "2026-11", 3 * NANO),
        ("run", "run7", 1 * NANO),
    ]


def test_without_money_a_free_route_still_answers(home: Path) -> None:
    free = ScriptedProvider(lambda _: GOOD, name="local")
    billing = BillingProvider(["answer"])
    policy = Policy(budgets=Budgets(0, 0, 0, 0))
    with (
        a_catalog(home) as catalog,
        a_router(catalog, home, Route(billing, "m"), Route(free, "m"), policy=policy) as router,
    ):
        assert router.ask(a_request(), accept).route == "local/m"
    assert not billing.calls


def test_when_the_catalog_cannot_be_written_nothing_is_sent(home: Path) -> None:
    billing = BillingProvider(["answer"])
    catalog = Catalog.open(f"sqlite:///{home / 'catalog.db'}", timeout_seconds=0.2, lease_seconds=60)
    router = Router([Route(billing, "m")], catalog, Store(str(home), home, 5))
    with a_catalog(home) as other, other.database.writing(), pytest.raises(TransientError):
        router.ask(a_request(), accept)
    router.close()
    catalog.close()
    assert not billing.calls


def test_after_a_route_billed_more_than_estimated_more_is_reserved(home: Path) -> None:
    class Dear(ScriptedProvider):
        async def generate(self, call: Call) -> Reply:
            return Reply('{"title": "A day", "lines": []}', Usage(1500, 200), "m")

    with (
        a_catalog(home) as catalog,
        a_router(catalog, home, Route(Dear(lambda _: "", name="dear", cost=PRICE), "m")) as router,
    ):
        router.ask(a_request("r1"), accept)
        router.ask(a_request("r2"), accept)
        first, second = router.ledger.rows()
    assert first["input_tokens"] == 1500
    assert second["reserved"] >= second["settled"] > 0
    assert second["reserved"] > first["reserved"]


def test_a_budget_is_used_up_while_sixteen_notes_are_written_at_once(home: Path) -> None:
    """Sixteen reservations at the upper bound would refuse most of these sixty notes."""
    notes = 60
    provider = ScriptedProvider(lambda _: GOOD, name="cloud", cost=PRICE, latency=0.01)
    with a_catalog(home) as catalog:
        with a_router(catalog, home, Route(provider, "m")) as router:
            router.ask(a_request("r0", run_id="other", max_tokens=4000), accept)
            (bill,) = router.ledger.rows()
        spent, bound = bill["settled"], bill["reserved"]
        budgets = Budgets(run=spent * notes * 1.1 / NANO)
        assert spent * 12 < bound, "it is a small budget for sixteen upper bounds"
        with a_router(catalog, home, Route(provider, "m"), policy=Policy(budgets=budgets)) as router:
            with ThreadPoolExecutor(THREADS) as pool:
                asked = (a_request(f"r{n}", max_tokens=4000, deadline=30.0) for n in range(1, notes + 1))
                outcomes = list(pool.map(lambda request: router.ask(request, accept), asked))
            assert sum(outcome.accepted for outcome in outcomes) == notes
            assert router.ledger.spent()["run", "run1"] <= budgets.run * NANO
            refused = router.ask(a_request("more", max_tokens=4000, material="a" * 9000), accept)
            assert refused.obstacles[0].reason == "budget: run"
            assert refused.obstacles[0].needed > router.ledger.left("mere", "run1")["run"]


@pytest.mark.parametrize(
    "usage", [Usage(-5_000_000, 20), Usage(100, -9), Usage(10**12, 5), Usage(100, 10**15), Usage(100, 10, 10**9)]
)
def test_a_usage_that_a_call_cannot_have_had_counts_as_the_most_it_can_have_taken_and_is_recorded(
    home: Path, usage: Usage, caplog: pytest.LogCaptureFixture
) -> None:
    class Absurd(ScriptedProvider):
        async def generate(self, call: Call) -> Reply:
            return Reply('{"title": "A day", "lines": []}', usage, "m")

    with a_catalog(home) as catalog:
        absurd = Absurd(lambda _: "", name="absurd", cost=PRICE)
        with a_router(catalog, home, Route(absurd, "m")) as router:
            assert [router.ask(a_request(f"r{n}"), accept).accepted for n in range(7)] == [True] * 7
            rows, spent = router.ledger.rows(), router.ledger.spent()["run", "run1"]
    assert {(row["usage"], row["reason"]) for row in rows} == {("assumed", "usage not credible")}
    assert all(row["settled"] == row["reserved"] > 0 for row in rows)
    assert spent == sum(row["settled"] for row in rows)
    assert sum("cannot have had" in record.getMessage() for record in caplog.records) == 7
