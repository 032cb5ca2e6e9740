"""Routers over the fake server of providers, and requests for them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from diary_pipeline.catalog import Catalog
from diary_pipeline.llm import AnswerVerdict, Policy, Request, Router
from diary_pipeline.llm.adapters.hosted import Hosted
from diary_pipeline.llm.prices import FixedPrice
from diary_pipeline.llm.provider import Limits, Provider, Route
from diary_pipeline.llm.routes import ADAPTERS
from diary_pipeline.store import Store

TOKEN_PRICE = FixedPrice(Decimal(1), Decimal(2))  # dollars per million


class Note(BaseModel):
    """What the tests ask for."""

    model_config = ConfigDict(extra="forbid")
    title: str
    lines: list[str]


def accept(note: Note) -> AnswerVerdict:
    """Everything of the right shape."""
    return AnswerVerdict(note)


def a_request(recording: str = "r1", **changes: Any) -> Request[Note]:
    """A request about a memo of two sentences."""
    values: dict[str, Any] = {
        "purpose": "note",
        "recording": recording,
        "author": "mere",
        "instructions": "Write a note.",
        "material": f"s01 I watered the plants. s02 I called Emma. ({recording})",
        "shape": Note,
        "privacy": "standard",
        "run_id": "run1",
        "max_tokens": 200,
        "deadline": 14.0,
        **changes,
    }
    return Request(**values)


def a_provider(
    kind: Any, base_url: str, name: str = "", limits: Limits | None = None, model: str = "m", **options: Any
) -> Any:
    """A real adapter that speaks to *base_url*."""
    prices: Mapping[str, FixedPrice] = {} if kind == "local" else {model: TOKEN_PRICE}
    adapter: type[Hosted] = ADAPTERS[kind]
    return adapter(
        name=name or kind,
        base_url=base_url,
        api_key="sk-test",
        limits=limits or Limits(context=100_000),
        prices=prices,
        free=kind == "local",
        **options,
    )


def a_route(provider: Provider, model: str = "m", **options: Any) -> Route:
    """A route to it."""
    return Route(provider, model, **{"local": provider.name.startswith("local"), **options})


@contextmanager
def a_catalog(home: Path) -> Iterator[Catalog]:
    """A catalog in the test's home."""
    catalog = Catalog.open(f"sqlite:///{home / 'catalog.db'}", timeout_seconds=20, lease_seconds=60)
    try:
        yield catalog
    finally:
        catalog.close()


@contextmanager
def a_router(
    catalog: Catalog, home: Path, *routes: Route, policy: Policy | None = None, **options: Any
) -> Iterator[Router]:
    """A router that is closed afterwards."""
    router = Router(routes, catalog, Store(str(home), home, 5), policy, **options)
    try:
        yield router
    finally:
        router.close()
