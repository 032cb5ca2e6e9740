"""Batches of three providers, through crashes, failures and deadlines: nothing is billed twice or lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.database import now_ms
from diary_pipeline.catalog.tables import llm_batches
from diary_pipeline.llm import Policy, Request, Router, explain
from diary_pipeline.llm.budget import Budgets
from tests.asking import Note, a_catalog, a_provider, a_request, a_route, a_router, accept
from tests.wire import Wire

KINDS = ("openai", "anthropic", "mistral")
NAMES = tuple(f"r{number}" for number in range(6))
SOON = timedelta(hours=6)


@contextmanager
def router_over(catalog: Catalog, home: Path, wire: Wire, kind: str, **policy: Any) -> Iterator[Router]:
    """The router of a new process over the catalog, the store and the settings."""
    with a_router(catalog, home, a_route(a_provider(kind, wire.base(kind))), policy=Policy(**policy)) as router:
        yield router


def requests(**changes: Any) -> list[Request[Note]]:
    return [a_request(name, mode="nightly", **changes) for name in NAMES]


def tomorrow() -> datetime:
    return datetime.now(UTC) + SOON


def later(catalog: Catalog, **columns: timedelta) -> None:
    """Move a moment of every batch into the past, as if so much time had passed."""
    with catalog.database.writing() as connection:
        for column, by in columns.items():
            moment = now_ms() - round(by.total_seconds() * 1000)
            connection.execute(update(llm_batches).values({column: moment}))


def notes(router: Router) -> list[tuple[str | None, str]]:
    """(route, last kind of attempt) of each note, asked as a nightly run does."""
    found = [router.ask(request, accept) for request in requests()]
    assert all(outcome.accepted for outcome in found)
    return [(outcome.route, outcome.attempts[-1].kind) for outcome in found]


def billed_twice(router: Router, wire: Wire) -> list[str]:
    """Recordings that cost more than one answer, by the ledger; and the ledger's tokens must be the provider's."""
    rows = [row for row in router.ledger.rows() if row["usage"] == "reported"]
    paid = sorted([*wire.batches.billed.values(), *(s.billed for s in wire.seen if s.billed)])
    assert sorted((row["input_tokens"], row["output_tokens"]) for row in rows) == paid
    names = [row["recording"] for row in rows]
    return [name for name in set(names) if names.count(name) > 1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_is_submitted_by_one_process_and_collected_by_another_at_half_the_price(home: Path, kind: str) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog:
        with router_over(catalog, home, wire, kind) as router:
            submitted = router.batches.submit(requests(), tomorrow())
            assert submitted.waiting == NAMES
            assert router.batches.submit(requests(), tomorrow()).waiting == (), "what waits is not submitted again"
        with router_over(catalog, home, wire, kind) as router:
            assert router.batches.waiting() == set(NAMES)
            assert [p.state for p in router.batches.poll()] == ["submitted"]
            wire.batches.ready = True
            (progress,) = router.batches.poll()
            assert (progress.state, progress.answered, progress.failed) == ("done", 6, 0)
            assert router.batches.waiting() == frozenset()
            assert router.batches.poll() == []
            assert notes(router) == [(f"{kind}/m", "cache")] * 6
            assert billed_twice(router, wire) == []
            spent = router.ledger.spent()["run", "run1"]
        row = next(row for row in explain(catalog, "r0") if row["kind"] == "batch")
    read, written = next(iter(wire.batches.billed.values()))
    assert row["settled"] == pytest.approx((read * 1 + written * 2) / 1e6 / 2, abs=2e-9)
    assert spent == pytest.approx(
        sum((read * 1000 + wrote * 2000) / 2 for read, wrote in wire.batches.billed.values()), abs=6
    )
    assert wire.seen == [], "no live call"
    assert wire.batches.submitted == 1
    assert not wire.batches.files, "every file is deleted at the provider"
    assert wire.batches.deleted


@pytest.mark.parametrize("kind", KINDS)
def test_failed_and_expired_items_and_rejected_answers_are_asked_live(home: Path, kind: str) -> None:
    fates = ["ok", "error", "expired", "schema", "ok", "trunc"]
    with Wire().running() as wire, a_catalog(home) as catalog, router_over(catalog, home, wire, kind) as router:
        wire.batches.fate = lambda _, number: fates[number]
        router.batches.submit(requests(), tomorrow())
        wire.batches.ready = True
        (progress,) = router.batches.poll()
        assert (progress.answered, progress.failed) == (3, 3)
        assert notes(router) == [(f"{kind}/m", {"ok": "cache"}.get(fate, "live")) for fate in fates]
        assert len(wire.seen) == 4
        assert sorted(billed_twice(router, wire)) == ["r3", "r5"], "only answers that were given, and rejected"
        assert [row["outcome"] for row in explain(catalog, "r3")] == ["answered", "schema", "ok"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_crash_before_the_handle_is_stored_finds_the_batch_again(home: Path, kind: str) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog:
        wire.batches.fail_after_submit = True  # the provider has it; the response is lost
        with router_over(catalog, home, wire, kind) as router:
            assert router.batches.submit(requests(), tomorrow()).waiting == NAMES
        wire.batches.fail_after_submit, wire.batches.ready = False, True
        for job in wire.batches.jobs.values():
            wire.batches._end(job, wire.answer, len(job.items))
        with router_over(catalog, home, wire, kind) as router:
            assert [p.state for p in router.batches.poll()] == ["submitting"], (
                "another process may still be submitting it"
            )
            later(catalog, started_at=timedelta(minutes=3))
            assert [p.state for p in router.batches.poll()] == ["done"]
            assert notes(router) == [(f"{kind}/m", "cache")] * 6
            assert billed_twice(router, wire) == []
    assert wire.batches.submitted == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_crash_before_the_submission_releases_the_reservation_and_goes_live(home: Path, kind: str) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog:
        with router_over(catalog, home, wire, kind) as router:
            router.batches.submit(requests(), tomorrow())
        wire.batches.jobs.clear()
        assert kind == "anthropic" or wire.batches.files
        # as if the process had died after writing the batch down, before submitting it
        with catalog.database.writing() as connection:
            connection.execute(update(llm_batches).values(handle=None, state="submitting"))
        later(catalog, started_at=timedelta(minutes=3))
        with router_over(catalog, home, wire, kind) as router:
            assert [p.state for p in router.batches.poll()] == ["lost"]
            assert router.ledger.spent()["run", "run1"] == 0
            assert not wire.batches.files, "the uploaded words are deleted"
            assert notes(router) == [(f"{kind}/m", "live")] * 6


@pytest.mark.parametrize("kind", KINDS)
def test_at_the_deadline_a_batch_is_cancelled_its_answers_are_used_and_the_rest_goes_live(
    home: Path, kind: str
) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog, router_over(catalog, home, wire, kind) as router:
        wire.batches.done_when_cancelled = 2
        router.batches.submit(requests(), tomorrow())
        later(catalog, deadline=timedelta(seconds=1))
        assert [p.state for p in router.batches.poll()] == ["cancelling"]
        assert router.batches.waiting() == set(NAMES), "until it has ended, a live call might be billed twice"
        assert [(p.state, p.answered) for p in router.batches.poll()] == [("done", 2)]
        assert [kind for _, kind in notes(router)] == ["cache"] * 2 + ["live"] * 4
        assert billed_twice(router, wire) == []


def test_a_batch_that_does_not_end_even_then_is_abandoned_and_its_reservation_stays_spent(home: Path) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog, router_over(catalog, home, wire, "openai") as router:
        router.batches.submit(requests(), tomorrow())
        later(catalog, deadline=timedelta(minutes=20))
        assert [p.state for p in router.batches.poll()] == ["abandoned"]
        assert router.batches.waiting() == frozenset()
        rows = router.ledger.rows()
        assert all(row["settled"] == row["reserved"] > 0 and row["usage"] == "assumed" for row in rows)
        assert notes(router) == [("openai/m", "live")] * 6


@pytest.mark.parametrize("kind", KINDS)
def test_a_crash_while_collecting_settles_nothing_twice(home: Path, kind: str) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog, router_over(catalog, home, wire, kind) as router:
        router.batches.submit(requests(), tomorrow())
        wire.batches.ready = True
        kept = dict(wire.batches.files)
        router.batches.poll()
        before = router.ledger.spent()
        wire.batches.files = kept | {name: b"" for job in wire.batches.jobs.values() for name in job.files.values()}
        with catalog.database.writing() as connection:  # as if it had died before writing down the result
            connection.execute(update(llm_batches).values(state="submitted"))
        assert [p.state for p in router.batches.poll()] == ["done" if kind != "anthropic" else "lost"]
        assert router.ledger.spent() == before
        assert notes(router) == [(f"{kind}/m", "cache")] * 6


def test_private_memos_enter_no_batch(home: Path) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog, router_over(catalog, home, wire, "openai") as router:
        submitted = router.batches.submit([a_request("r1", privacy="local_only"), a_request("r2")], tomorrow())
    assert (submitted.waiting, submitted.live) == (("r2",), ("r1",))
    assert not [item for job in wire.batches.jobs.values() for item in job.items if "(r1)" in str(item)]


def test_a_batch_reserves_no_more_than_the_budget_allows(home: Path) -> None:
    with (
        Wire().running() as wire,
        a_catalog(home) as catalog,
        router_over(catalog, home, wire, "openai", budgets=Budgets(run=0.0015)) as router,
    ):
        submitted = router.batches.submit(requests(), tomorrow())
        assert router.ledger.spent()["run", "run1"] <= 1_500_000
    assert len(submitted.waiting) + len(submitted.live) == 6
    assert 0 < len(submitted.waiting) < 6
    assert sum(len(job.items) for job in wire.batches.jobs.values()) == len(submitted.waiting)


def test_a_rejected_batch_costs_nothing_and_its_notes_go_live(home: Path) -> None:
    alerts: list[tuple[str, str]] = []
    with Wire().running() as wire, a_catalog(home) as catalog:
        route = a_route(a_provider("openai", wire.base("openai").replace("/openai/", "/nobody/")))
        with a_router(catalog, home, route, alert=lambda *what: alerts.append(what)) as router:
            submitted = router.batches.submit(requests(), tomorrow())
            assert router.ledger.spent()["run", "run1"] == 0
            assert router.batches.poll() == []
    assert submitted.live == NAMES


def test_names_are_hidden_in_a_batch_and_restored_in_the_note(home: Path) -> None:
    def answer(body: dict[str, Any]) -> str:
        assert "Emma" not in str(body)
        return '{"title": "A day", "lines": ["PERSON_1 called."]}'

    asked = a_request("r1", material="s01 Emma called.", names=("Emma",))
    with (
        Wire(answer=answer).running() as wire,
        a_catalog(home) as catalog,
        router_over(catalog, home, wire, "openai", pseudonyms=True) as router,
    ):
        router.batches.submit([asked], tomorrow())
        wire.batches.ready = True
        router.batches.poll()
        assert router.ask(asked, accept).value == Note(title="A day", lines=["Emma called."])


def test_an_answer_with_names_hidden_is_not_used_once_other_names_are_hidden(home: Path) -> None:
    answer = '{"title": "A day", "lines": ["PERSON_1 called."]}'
    before, after = (
        a_request("r1", material="s01 Emma called Ann.", names=names) for names in (("Emma",), ("Ann", "Emma"))
    )
    with (
        Wire(answer=lambda _: answer).running() as wire,
        a_catalog(home) as catalog,
        router_over(catalog, home, wire, "openai", pseudonyms=True) as router,
    ):
        router.batches.submit([before], tomorrow())
        wire.batches.ready = True
        router.batches.poll()
        assert router.ask(after, accept).attempts[0].kind == "live"
        assert router.ask(before, accept).value == Note(title="A day", lines=["Emma called."])
