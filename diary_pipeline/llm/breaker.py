"""A circuit breaker for each provider: many failures in a row open it for a while, then one call probes the provider.

A wrong key or an empty account opens it at once, and is reported once: only a person can remedy it. A long Retry-After
is obeyed by all asks. A rejected answer or a refused prompt says nothing about the provider's health.

Breakers belong to one process. Each starts from the ledger's last outcomes of all processes, so that a run that starts
during an outage does not pay to discover it.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from diary_pipeline.net.failures import Kind, ProviderError

_WEIGHT: dict[Kind, int] = {
    "server": 1,
    "overloaded": 1,
    "connection": 1,
    "bad_response": 1,
    "rate_limit": 1,
    "timeout": 4,
}
_ACCOUNT: frozenset[Kind] = frozenset({"auth", "quota"})
_NEUTRAL = _ACCOUNT | {"cancelled", "died", "fault", "skipped"}
"""Outcomes that `replay` passes over: they say nothing about a provider's health, or are read from the ledger
otherwise."""


@dataclass(frozen=True)
class BreakerOptions:
    """`failures` in a row open it for `cooldown` seconds; a timeout, which costs a whole deadline, counts as four.

    `operator_cooldown` is for what only a person can remedy. Eight failures, because at three tries in ten failing at
    random, four in a row happen daily.
    """

    failures: int = 8
    cooldown: float = 30.0
    operator_cooldown: float = 3600.0
    rate_limit: float = 20.0  # for a 429 without a Retry-After
    longest_wait: float = 5.0  # the ask itself waits for a shorter Retry-After (`retry.py`)


@dataclass
class Breaker:
    """One provider's (or one model's) state: closed, open until a moment, or half open with one probe under way.

    `reason` is the kind of the failure that opened it, empty while it is closed.
    """

    options: BreakerOptions = field(default_factory=BreakerOptions)
    clock: Callable[[], float] = time.monotonic
    reason: str = ""
    _failures: int = 0
    _open_until: float | None = None
    _probing: bool = False

    def allows(self) -> bool:
        """Whether a call may be sent now. After the cooldown, the first caller sends the probe."""
        if self._open_until is None:
            return True
        if self._probing or self.clock() < self._open_until:
            return False
        self._probing = True
        return True

    def record_success(self) -> None:
        """A call was answered, well or not: the provider is up."""
        self._failures, self._open_until, self._probing, self.reason = 0, None, False, ""

    def release_probe(self) -> None:
        """A call ended without a result (cancelled, or over budget): the next one may probe."""
        self._probing = False

    def record_failure(self, failure: ProviderError, *, timeout_opens: bool = False) -> bool:
        """Count a failure. True when a person must be alerted.

        *timeout_opens*: one timeout opens it, as for a local server.
        """
        weight = _WEIGHT.get(failure.kind)
        if failure.kind in _ACCOUNT:
            is_new = self.reason not in _ACCOUNT
            self.open(self.options.operator_cooldown, failure.kind)
            return is_new
        if weight is None:
            self.record_success()
            return False
        self._failures += weight
        default = self.options.rate_limit if failure.kind == "rate_limit" else 0.0
        retry_after = default if failure.retry_after is None else failure.retry_after
        if retry_after > self.options.longest_wait:
            self.open(min(retry_after, self.options.operator_cooldown), failure.kind)
        elif self._probing or self._failures >= self.options.failures or (timeout_opens and failure.kind == "timeout"):
            self.open(self.options.cooldown, failure.kind)
        return False

    def replay(self, outcomes: Iterable[str]) -> None:
        """Count the recent outcomes of other processes, oldest first. Their Retry-After is not known."""
        for outcome in outcomes:
            kind = next((kind for kind in _WEIGHT if kind == outcome), None)
            if kind is not None:
                self.record_failure(ProviderError(kind, retry_after=0.0))
            elif outcome not in _NEUTRAL:
                self.record_success()

    def open(self, seconds: float, reason: str) -> None:
        """Allow no call for so long; an opening that lasts longer already is kept."""
        self._open_until = max(self._open_until or 0.0, self.clock() + seconds)
        self._probing, self.reason = False, reason
