"""A breaker for each provider: after too many failures in a row it is left alone for a while, then one call tries it.

Wrong keys and empty accounts open it at once, and say so once: no second call mends them, a person does. A long Retry-After is
obeyed by all asks. Content that was refused or false says nothing about the provider's health.

Each process has breakers of its own, which begin with what all processes saw lately (the ledger's last outcomes): a run that starts in the
middle of an outage does not pay for finding it out again. What others see later it learns from its own calls.
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
_PERSONAL: frozenset[Kind] = frozenset({"auth", "quota"})
_SILENT = _PERSONAL | {"cancelled", "died", "fault", "skipped"}
"""Outcomes that say nothing about a provider's health, or are told otherwise."""


@dataclass(frozen=True)
class BreakerOptions:
    """`failures` in a row open it (a timeout, which costs a whole deadline, counts as four) for `cooldown` seconds.

    `attended` is for what only a person can mend. Eight, because at three tries in ten failing at random, four in a row
    happen daily.
    """

    failures: int = 8
    cooldown: float = 30.0
    attended: float = 3600.0
    rate_limit: float = 20.0  # a 429 that does not say how long
    patience: float = 5.0  # a shorter Retry-After is sat out by the ask itself (`retry.py`)


@dataclass
class Breaker:
    """One provider's (or one model's) state: closed, open until a moment, or half open with one probe under way."""

    options: BreakerOptions = field(default_factory=BreakerOptions)
    clock: Callable[[], float] = time.monotonic
    why: str = ""
    _row: int = 0
    _until: float | None = None
    _probing: bool = False

    def allows(self) -> bool:
        """Whether a call may go out now. When the time is up, the first who asks is the probe."""
        if self._until is None:
            return True
        if self._probing or self.clock() < self._until:
            return False
        self._probing = True
        return True

    def succeeded(self) -> None:
        """A call was answered, well or not: the provider is up."""
        self._row, self._until, self._probing, self.why = 0, None, False, ""

    def released(self) -> None:
        """A call ended without telling anything (cancelled, or over budget): the next one may probe."""
        self._probing = False

    def failed(self, failure: ProviderError, *, deadly: bool = False) -> bool:
        """Count a failure. True when this is news that a person must hear.

        *deadly*: a timeout alone opens it (a local server's).
        """
        weight = _WEIGHT.get(failure.kind)
        if failure.kind in _PERSONAL:
            news = self.why not in _PERSONAL
            self.open(self.options.attended, failure.kind)
            return news
        if weight is None:
            self.succeeded()
            return False
        self._row += weight
        unsaid = self.options.rate_limit if failure.kind == "rate_limit" else 0.0
        asked = unsaid if failure.retry_after is None else failure.retry_after
        if asked > self.options.patience:
            self.open(min(asked, self.options.attended), failure.kind)
        elif self._probing or self._row >= self.options.failures or (deadly and failure.kind == "timeout"):
            self.open(self.options.cooldown, failure.kind)
        return False

    def heard(self, outcomes: Iterable[str]) -> None:
        """Begin with what other processes saw a moment ago, oldest first.

        How long a provider asked to wait is not known any more.
        """
        for outcome in outcomes:
            kind = next((kind for kind in _WEIGHT if kind == outcome), None)
            if kind is not None:
                self.failed(ProviderError(kind, retry_after=0.0))
            elif outcome not in _SILENT:
                self.succeeded()

    def open(self, seconds: float, why: str) -> None:
        """Leave the provider alone for so long; an opening that lasts longer already stays."""
        self._until = max(self._until or 0.0, self.clock() + seconds)
        self._probing, self.why = False, why
