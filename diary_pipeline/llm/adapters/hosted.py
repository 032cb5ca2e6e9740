"""What adapters share: who they are, what they may be asked, what a model costs.

Belongs here: nothing that differs between providers' wires.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from diary_pipeline.llm.failures import of
from diary_pipeline.llm.prices import FREE, listed
from diary_pipeline.llm.provider import BatchResult, Limits, Price, Reply


@dataclass
class Hosted:
    """Options of an adapter. `prices` are the settings' own, by model; `free` is for servers of one's own."""

    name: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    limits: Limits = field(default_factory=Limits)
    prices: Mapping[str, Price] = field(default_factory=dict)
    free: bool = False
    table: str = ""

    @property
    def host(self) -> str:
        """The host of its address."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def account(self) -> str:
        """See `Provider.account`."""
        return hashlib.sha256(f"{self.base_url} {self.api_key}".encode()).hexdigest()[:8]

    async def context(self, model: str) -> int:
        """See `Provider.context`."""
        return self.limits.context

    def price(self, model: str) -> Price | None:
        """See `Provider.price`."""
        if model in self.prices:
            return self.prices[model]
        return FREE if self.free else listed(self.table, model)


def result(item: str, read: Callable[[], Reply]) -> BatchResult:
    """One row of a batch's results; one bad row does not lose the others."""
    try:
        return BatchResult(item, reply=read())
    except Exception as error:  # noqa: BLE001 - told apart by `failures.of`
        return BatchResult(item, error=of(error))
