"""When a second route is asked because the first is slow: after the first provider's own 95th percentile, where somebody waits.

Two things keep a busy hour from doubling itself: the clock runs only while a call is on the wire (not while it waits for its turn),
and at most one ask in ten is hedged.
"""

from collections import deque
from collections.abc import Callable, Iterable

ENOUGH = 20  # below so many answers a percentile is a guess
SHORTEST = 1.0  # seconds; nobody notices less, and both calls are paid
_ONE_IN = 10


class Latencies:
    """How long each route's answers took; *history* gives what earlier processes saw."""

    def __init__(self, history: Callable[[str], Iterable[float]]) -> None:
        self._history, self._seen = history, dict[str, deque[float]]()
        self._asks = self._hedges = 0

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
        return max(SHORTEST, seen[int(len(seen) * 0.95)]) if len(seen) >= ENOUGH else None

    def count(self) -> None:
        """One more ask that might be hedged."""
        self._asks += 1

    def spend(self) -> bool:
        """Whether one more hedge is within the share; if so, it is counted."""
        if self._hedges * _ONE_IN >= self._asks + _ONE_IN:
            return False
        self._hedges += 1
        return True
