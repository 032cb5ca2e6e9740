"""Batches that fail at the provider: nothing hangs, nothing is left there, nothing is paid twice."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from diary_pipeline.llm.budget import Budgets
from diary_pipeline.llm.provider import Limits
from tests.asking import a_catalog, a_provider, a_route, a_router
from tests.test_llm_batches import KINDS, later, notes, requests, router_over, tomorrow
from tests.wire import Wire


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_that_ends_after_it_was_abandoned_is_still_deleted(home: Path, kind: str) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog, router_over(catalog, home, wire, kind) as router:
        router.batches.submit(requests(), tomorrow())
        later(catalog, deadline=timedelta(minutes=20))
        assert [p.state for p in router.batches.poll()] == ["abandoned"]
        before = router.ledger.spent()
        wire.batches.ready = True
        assert router.batches.poll() == []
        assert not wire.batches.files
        assert (router.ledger.spent(), wire.batches.deleted != []) == (before, True)
        deleted = len(wire.batches.deleted)
        assert router.batches.poll() == []
        assert len(wire.batches.deleted) == deleted, "once"


def test_a_batch_that_a_budget_made_smaller_is_found_again_after_a_crash(home: Path) -> None:
    small = Budgets(run=0.0015)
    with Wire().running() as wire, a_catalog(home) as catalog:
        wire.batches.fail_after_submit = True
        with router_over(catalog, home, wire, "anthropic", budgets=small) as router:
            waiting = router.batches.submit(requests(), tomorrow()).waiting
            assert 0 < len(waiting) < 6
        (job,) = wire.batches.jobs.values()
        wire.batches._end(job, wire.answer, len(job.items))
        later(catalog, started_at=timedelta(minutes=3))
        with router_over(catalog, home, wire, "anthropic", budgets=small) as router:
            assert [(p.state, p.answered) for p in router.batches.poll()] == [("done", len(waiting))]


def test_a_provider_that_answers_nonsense_about_one_batch_does_not_affect_the_others(home: Path) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog:
        with router_over(catalog, home, wire, "openai") as router:
            router.batches.submit(requests()[:3], tomorrow())
            router.batches.submit(requests()[3:], tomorrow())
        wire.batches.ready = True
        wire.batches.nonsense = {"batch-0"}
        with router_over(catalog, home, wire, "openai") as router:
            assert [p.state for p in router.batches.poll()] == ["submitted", "done"]
            later(catalog, deadline=timedelta(minutes=20))
            assert [p.state for p in router.batches.poll()] == ["abandoned"], "its notes are then written live"


def test_a_provider_that_hangs_is_waited_for_once_and_not_beyond_the_limit_of_a_call(home: Path) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog:
        route = a_route(a_provider("openai", wire.base("openai"), limits=Limits(context=100_000, timeout=1.0)))
        with a_router(catalog, home, route) as router:
            router.batches.submit(requests()[:3], tomorrow())
            router.batches.submit(requests()[3:], tomorrow())
            wire.batches.hang = True
            began = time.monotonic()
            assert [p.state for p in router.batches.poll()] == ["submitted"] * 2
            assert time.monotonic() - began < 5
            later(catalog, deadline=timedelta(minutes=20))
            assert [p.state for p in router.batches.poll()] == ["abandoned"] * 2
            assert notes(router) == [("openai/m", "live")] * 6
