"""What to do after a failed call: the same route once more, or the next one. The only retry loop there is.

The SDKs' own retries are off: three of theirs under three of ours would be nine requests, some of them slept on for an hour.
"""

import random
from dataclasses import dataclass, field

from diary_pipeline.net.failures import Kind, ProviderError

# Worth a second try at once: the failure says nothing about the request.
_PASSING: frozenset[Kind] = frozenset({"server", "overloaded", "connection", "bad_response", "rate_limit"})
_SHORTEST = 0.2  # seconds that a second try needs at least


@dataclass(frozen=True)
class Retries:
    """`again`: tries on one route after the first.

    `patience`: the longest wait in seconds; who asks for more is left for later.
    """

    again: int = 1
    patience: float = 5.0
    backoff: float = 0.25
    dice: random.Random = field(default_factory=random.Random, compare=False)

    def wait(self, failure: ProviderError, tried: int, left: float) -> float | None:
        """Seconds to wait before the same route is asked again; None: go on to the next.

        *left* is what the deadline leaves.
        """
        if failure.kind not in _PASSING or tried > self.again:
            return None
        if failure.kind == "rate_limit" and failure.retry_after is None:
            return None
        asked = failure.retry_after
        seconds = asked if asked is not None else self.backoff * 2 ** (tried - 1) * self.dice.uniform(0.5, 1.5)
        return seconds if seconds <= self.patience and seconds + _SHORTEST < left else None
