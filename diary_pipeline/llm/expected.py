"""How many tokens a call is expected to take, by what its route took before: this much money is reserved for it.

Nine in ten answers took no more for as long a prompt. A route with few answers is reserved at its upper bound; where a
budget is too small for that, one call at a time is made on a guess.
"""

from collections import deque
from collections.abc import Callable, Iterable

from diary_pipeline.net.failures import Usage

MIN_ANSWERS = 5
LATEST = 100
GUESS_TOKENS = 200
_MARGIN = 1.1


class Expected:
    """What each route's latest answers took, in all processes; *history* gives their usages, the newest first."""

    def __init__(self, history: Callable[[str], Iterable[Usage]]) -> None:
        self._history = history
        self._written, self._read = dict[str, deque[float]](), dict[str, deque[float]]()

    def add(self, route: str, usage: Usage, input_bound: int) -> None:
        """Add what a call took whose input was estimated at *input_bound* at most."""
        self._written_by(route).append(usage.output_tokens / max(1, usage.input_tokens))
        self._read.setdefault(route, deque(maxlen=LATEST)).append(usage.input_tokens / max(1, input_bound))

    def usage(self, route: str, bound: Usage) -> Usage:
        """The tokens to reserve for a call that takes *bound* at most."""
        written, read = self._written_by(route), self._read.get(route, ())
        if len(written) < MIN_ANSWERS:
            return bound
        share = _nine_in_ten(read) if len(read) >= MIN_ANSWERS else 1.0
        asked = min(bound.input_tokens, round(bound.input_tokens * share * _MARGIN) + 1)
        return Usage(asked, min(bound.output_tokens, round(asked * _nine_in_ten(written) * _MARGIN) + 1))

    def guess(self, route: str, bound: Usage) -> Usage:
        """Like `usage`; of a route with few answers, what a short answer of a model that does not think takes."""
        known = self.usage(route, bound)
        return known if known != bound else Usage(bound.input_tokens // 2, min(bound.output_tokens, GUESS_TOKENS))

    def _written_by(self, route: str) -> deque[float]:
        if route not in self._written:
            past = [usage.output_tokens / max(1, usage.input_tokens) for usage in self._history(route)]
            self._written[route] = deque(reversed(past), maxlen=LATEST)
        return self._written[route]


def _nine_in_ten(shares: Iterable[float]) -> float:
    ordered = sorted(shares)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))]
