"""In which order routes are asked: as listed, the cheapest first, or the fastest first.

Equals keep the listed order.
"""

from collections.abc import Callable, Sequence
from typing import Literal

from diary_pipeline.llm.provider import Route

Strategy = Literal["ordered", "cheapest", "fastest"]


def arrange(
    routes: Sequence[Route],
    strategy: Strategy,
    cost: Callable[[Route], int | None],
    seconds: Callable[[Route], float | None],
) -> list[Route]:
    """The routes in the order of the strategy.

    A route without a known cost comes last. One without known seconds comes first, because otherwise it would never be
    timed.
    """
    if strategy == "cheapest":
        return sorted(routes, key=lambda route: _cost_key(cost(route)))
    if strategy == "fastest":
        return sorted(routes, key=lambda route: seconds(route) or 0.0)
    return list(routes)


def _cost_key(cost: int | None) -> float:
    return float("inf") if cost is None else float(cost)
