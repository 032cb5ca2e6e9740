"""When a second route is asked because the first is slow: after the first provider's own 95th percentile, where somebody waits."""

from collections import deque
from collections.abc import Callable, Iterable

ENOUGH = 20  # below so many answers a percentile is a guess


class Latencies:
    """How long each route's answers took; *history* gives what earlier processes saw."""

    def __init__(self, history: Callable[[str], Iterable[float]]) -> None:
        self._history, self._seen = history, dict[str, deque[float]]()

    def add(self, route: str, seconds: float) -> None:
        """Remember an answer."""
        self.of(route).append(seconds)

    def of(self, route: str) -> deque[float]:
        """The route's latest hundred, in seconds."""
        if route not in self._seen:
            self._seen[route] = deque(reversed(list(self._history(route))), maxlen=100)
        return self._seen[route]

    def median(self, route: str) -> float | None:
        """The middle of the route's latest answers; None when there are none."""
        seen = sorted(self.of(route))
        return seen[len(seen) // 2] if seen else None

    def patience(self, route: str) -> float | None:
        """Seconds after which an answer is later than 95 in 100 were; None when too few are known."""
        seen = sorted(self.of(route))
        return seen[int(len(seen) * 0.95)] if len(seen) >= ENOUGH else None
