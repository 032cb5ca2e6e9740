"""When an interactive ask calls a second route because the first is slow: after the first's own 95th percentile.

Two rules keep a busy hour from doubling its load: time counts only while a call is on the wire (not while it waits for
a slot), and at most one ask in ten is hedged.
"""

from collections import deque
from collections.abc import Callable, Iterable

MIN_ANSWERS = 20  # with fewer, a percentile is a guess
MIN_SECONDS = 1.0  # nobody notices less, and both calls are paid
_ONE_IN = 10


class Latencies:
    """Seconds that each route's answers took, and the count of hedges.

    *history* gives what earlier processes measured.
    """

    def __init__(self, history: Callable[[str], Iterable[float]]) -> None:
        self._history, self._recent = history, dict[str, deque[float]]()
        self._asks = self._hedges = 0

    def add(self, route: str, seconds: float) -> None:
        """Add an answer's latency."""
        self.recent(route).append(seconds)

    def recent(self, route: str) -> deque[float]:
        """The route's latest hundred, in seconds."""
        if route not in self._recent:
            self._recent[route] = deque(reversed(list(self._history(route))), maxlen=100)
        return self._recent[route]

    def median(self, route: str) -> float | None:
        """The median of the route's latest answers; None when there are none."""
        ordered = sorted(self.recent(route))
        return ordered[len(ordered) // 2] if ordered else None

    def hedge_after(self, route: str) -> float | None:
        """Seconds after which an answer is later than 95 in 100 were; None when too few are known."""
        ordered = sorted(self.recent(route))
        return max(MIN_SECONDS, ordered[int(len(ordered) * 0.95)]) if len(ordered) >= MIN_ANSWERS else None

    def count_ask(self) -> None:
        """Count an ask that may be hedged."""
        self._asks += 1

    def acquire_hedge(self) -> bool:
        """Whether one more hedge is within the share; if so, it is counted."""
        if self._hedges * _ONE_IN >= self._asks + _ONE_IN:
            return False
        self._hedges += 1
        return True
