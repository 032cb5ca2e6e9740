"""The cost of notes is forecast before they are asked for, and is what they then cost."""

import random
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert

from diary_pipeline.catalog import Catalog
from diary_pipeline.catalog.tables import recordings
from diary_pipeline.llm.forecast import forecast
from diary_pipeline.llm.prices import FixedPrice
from diary_pipeline.llm.provider import NANO, Call, Route
from diary_pipeline.testing.provider import ScriptedProvider
from tests.asking import a_catalog, a_provider, a_request, a_route, a_router, accept

PROMPT = "Write a note. " * 200
WORDS = "I watered the plants and called Emma about the long walk we took"


def said(call: Call) -> dict[str, object]:
    return {"title": "A day", "lines": [call.turns[0].text]}


def memo(seconds: float) -> str:
    words = WORDS.split()
    return " ".join(words[n % len(words)] for n in range(round(seconds * 2.4)))


def record(catalog: Catalog, lengths: dict[str, float]) -> None:
    with catalog.database.writing() as connection:
        for name, seconds in lengths.items():
            row = {
                "id": name,
                "author": "mere",
                "source": name,
                "path": name,
                "seconds": seconds,
                "registered_at": datetime.now(UTC),
            }
            connection.execute(insert(recordings).values(**row))


@pytest.mark.parametrize("known", [0, 8])
def test_the_forecast_is_within_a_fifth_of_what_the_run_then_costs(home: Path, known: int) -> None:
    dice = random.Random(7)
    lengths = {f"m{number}": dice.uniform(20, 300) for number in range(20)}
    route = Route(ScriptedProvider(said, name="cloud", cost=FixedPrice(Decimal(1), Decimal(2))), "m")
    with a_catalog(home) as catalog, a_router(catalog, home, route) as router:
        record(catalog, lengths)
        names = list(lengths)
        for name in names[:known]:
            assert router.ask(
                a_request(name, material=memo(lengths[name]), instructions=PROMPT, max_tokens=3000), accept
            ).accepted
        before = router.ledger.spent().get(("run", "run1"), 0)
        expected = forecast(
            catalog,
            [route],
            [lengths[n] for n in names[known:]],
            purpose="note",
            prompt=PROMPT,
            strategy="ordered",
            batch=False,
        )
        for name in names[known:]:
            router.ask(a_request(name, material=memo(lengths[name]), instructions=PROMPT, max_tokens=3000), accept)
        cost = (router.ledger.spent()["run", "run1"] - before) / NANO
    assert expected.notes == 20 - known
    assert expected.dollars == pytest.approx(cost, rel=0.2)


def test_a_batch_is_forecast_at_half_the_price_and_local_models_at_none(home: Path) -> None:
    with a_catalog(home) as catalog:
        cloud, local = (
            a_route(a_provider("openai", "http://127.0.0.1:1/v1")),
            a_route(a_provider("local", "http://127.0.0.1:1/v1")),
        )
        full, half = (
            forecast(catalog, [cloud], [60.0], purpose="note", prompt=PROMPT, strategy="ordered", batch=batch)
            for batch in (False, True)
        )
        free = forecast(catalog, [cloud, local], [60.0], purpose="note", prompt=PROMPT, strategy="cheapest", batch=True)
        none = forecast(catalog, [], [60.0], purpose="note", prompt=PROMPT, strategy="cheapest", batch=True)
    assert half.dollars == pytest.approx(full.dollars / 2) != 0
    assert (free.route, free.dollars) == ("local/m", 0.0)
    assert (none.route, none.dollars) == (None, 0.0)
