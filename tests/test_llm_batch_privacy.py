"""A memo that becomes private while a batch holds it, and batches whose route is gone: nothing stays at a provider."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.tables import llm_batches, recordings
from diary_pipeline.llm import Policy
from diary_pipeline.llm.routes import build, provider_again
from diary_pipeline.settings.llm import LlmSettings
from tests.asking import a_catalog, a_provider, a_request, a_route, a_router, accept
from tests.test_llm_batches import KINDS, NAMES, later, requests, router_over, tomorrow
from tests.wire import Wire

OTHERS = {*NAMES} - {"r2"}


def known(catalog: Catalog) -> None:
    """The recordings are in the catalog, as ordinary ones."""
    with catalog.database.writing() as connection:
        for name in NAMES:
            row = {"id": name, "author": "mere", "source": name, "path": name, "registered_at": datetime.now(UTC)}
            connection.execute(insert(recordings).values(**row, privacy="standard"))


def make_private(catalog: Catalog, name: str = "r2") -> None:
    with catalog.database.writing() as connection:
        connection.execute(update(recordings).where(recordings.c.id == name).values(privacy="local_only"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("finished", [0, 6])
def test_a_batch_with_a_memo_that_became_private_is_cancelled_and_its_answer_dropped(
    home: Path, kind: str, finished: int
) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog:
        known(catalog)
        wire.batches.done_when_cancelled = finished
        with router_over(catalog, home, wire, kind) as router:
            router.batches.submit(requests(), tomorrow())
            make_private(catalog)
            assert router.batches.waiting() == OTHERS, "its own note need not wait"
            assert [p.state for p in router.batches.poll()] == ["cancelling"]
            assert all(job.cancelled for job in wire.batches.jobs.values())
        with router_over(catalog, home, wire, kind) as router:
            (progress,) = router.batches.poll()
            assert (progress.state, progress.answered) == ("done", max(0, finished - 1))
            assert not wire.batches.files, "nothing is left at the provider"
            assert {path.parent.name for path in (home / "answers").rglob("*.json")} == (OTHERS if finished else set())
            outcome = router.ask(a_request("r2", mode="nightly"), accept)
            assert not outcome.accepted
            assert wire.seen == [], "it is not asked live either"


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_came_before_the_memo_became_private_is_dropped(home: Path, kind: str) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog, router_over(catalog, home, wire, kind) as router:
        known(catalog)
        router.batches.submit(requests(), tomorrow())
        wire.batches.ready = True
        make_private(catalog)
        (progress,) = router.batches.poll()
        assert (progress.state, progress.answered, progress.failed) == ("done", 5, 1)
        assert {path.parent.name for path in (home / "answers").rglob("*.json")} == OTHERS
        assert not wire.batches.files


def test_a_memo_that_becomes_private_between_two_tries_is_not_sent_again(home: Path) -> None:
    with a_catalog(home) as catalog:
        known(catalog)

        def fail(_provider: str, _body: dict[str, Any]) -> str:
            make_private(catalog)
            return "e500"

        with Wire(plan=fail).running() as wire:
            routes = [a_route(a_provider(kind, wire.base(kind))) for kind in KINDS]
            with a_router(catalog, home, *routes, policy=Policy()) as router:
                outcome = router.ask(a_request("r2"), accept)
    assert not outcome.accepted
    assert len(wire.seen) == 1
    assert {(a.outcome, a.reason) for a in outcome.attempts[1:]} == {("skipped", "local_only")}


def submitted(catalog: Catalog, home: Path, wire: Wire, kind: str, key: str) -> None:
    """Submit a batch under settings with one route. The address is not one of this machine's."""
    settings = LlmSettings.model_validate(
        {
            "routes": [f"{kind}/m"],
            "providers": {kind: {"base_url": wire.base(kind).replace("127.0.0.1", "0.0.0.0")}},
            "prices": {f"{kind}/m": {"input": 1, "output": 2}},
        }
    )
    with a_router(catalog, home, *build(settings, {kind: key})) as router:
        assert router.batches.submit(requests(), tomorrow()).waiting == NAMES


def without_routes(catalog: Catalog, home: Path, keys: dict[str, str]) -> tuple[list[str], list[str]]:
    """The states of batches after a poll under settings that name no provider; and which are out of reach then."""
    with a_router(catalog, home, provider_again=provider_again(LlmSettings(), keys)) as router:
        return [progress.state for progress in router.batches.poll()], router.batches.out_of_reach()


@pytest.mark.parametrize("kind", KINDS)
def test_files_at_a_provider_are_deleted_also_when_its_route_is_gone(home: Path, kind: str) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog:
        submitted(catalog, home, wire, kind, "sk-1")
        wire.batches.ready = True
        assert catalog.queue.batches_at_providers()
        assert without_routes(catalog, home, {kind: "sk-1"}) == (["done"], [])
        assert not wire.batches.files
        assert not catalog.queue.batches_at_providers()


@pytest.mark.parametrize("kind", KINDS)
def test_without_its_key_a_batch_is_out_of_reach_until_the_key_is_back(home: Path, kind: str) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog:
        submitted(catalog, home, wire, kind, "sk-1")
        wire.batches.ready = True
        contacts = len(wire.contacts)
        assert without_routes(catalog, home, {}) == (["submitted"], [f"{kind}/m"])
        later(catalog, deadline=timedelta(days=9))
        assert without_routes(catalog, home, {}) == (["abandoned"], [f"{kind}/m"])
        assert without_routes(catalog, home, {kind: "sk-of-another-account"}) == ([], [f"{kind}/m"])
        assert len(wire.contacts) == contacts, "no key goes to an address that the settings do not name"
        assert catalog.queue.batches_at_providers()
        assert without_routes(catalog, home, {kind: "sk-1"}) == ([], [])
        assert not wire.batches.files
        assert not catalog.queue.batches_at_providers()


def test_a_batch_of_an_earlier_version_is_read_as_before(home: Path) -> None:
    with Wire().running() as wire, a_catalog(home) as catalog:
        with router_over(catalog, home, wire, "openai") as router:
            router.batches.submit(requests(), tomorrow())
        (name,) = wire.batches.files
        with catalog.database.writing() as connection:
            connection.execute(update(llm_batches).values(files=f'["{name}"]'))
        wire.batches.ready = True
        with router_over(catalog, home, wire, "openai") as router:
            assert [p.state for p in router.batches.poll()] == ["done"]
        assert not wire.batches.files
