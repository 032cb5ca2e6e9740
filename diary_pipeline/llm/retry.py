"""After a failed call: the same route once more, or the next one. This is the only retry policy.

The SDKs' own retries are off: three of theirs under three of ours would be nine requests, some after an hour's sleep.
"""

import random
from dataclasses import dataclass, field

from diary_pipeline.net.failures import Kind, ProviderError

# Worth a second try: the failure says nothing about the request.
_TRANSIENT: frozenset[Kind] = frozenset({"server", "overloaded", "connection", "bad_response", "rate_limit"})
_MIN_SECONDS = 0.2  # that a second try needs


@dataclass(frozen=True)
class Retries:
    """`retries`: tries on one route after the first.

    `longest_wait`: in seconds; a provider that asks for more is not retried.
    """

    retries: int = 1
    longest_wait: float = 5.0
    backoff: float = 0.25
    rng: random.Random = field(default_factory=random.Random, compare=False)

    def wait(self, failure: ProviderError, tried: int, left: float) -> float | None:
        """Seconds to wait before the same route is called again; None: go on to the next.

        *left*: seconds until the deadline.
        """
        if failure.kind not in _TRANSIENT or tried > self.retries:
            return None
        if failure.kind == "rate_limit" and failure.retry_after is None:
            return None
        backoff = self.backoff * 2 ** (tried - 1) * self.rng.uniform(0.5, 1.5)
        seconds = backoff if failure.retry_after is None else failure.retry_after
        return seconds if seconds <= self.longest_wait and seconds + _MIN_SECONDS < left else None
