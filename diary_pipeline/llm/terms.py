"""On what terms routes can be asked: what the settings say of them, and what is left of the budgets.

A note that no route could write keeps the terms under which it was asked. When they have changed, it is asked again.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from diary_pipeline.llm.ledger import Ledger
from diary_pipeline.llm.obstacles import Obstacle
from diary_pipeline.llm.policy import Policy
from diary_pipeline.llm.provider import Route
from diary_pipeline.net.failures import Usage

_SAMPLE = Usage(1_000_000, 1_000_000)


@dataclass(frozen=True)
class Terms:
    """The settings as a hash, and the ledger that knows what is left of each budget."""

    digest: str
    ledger: Ledger

    def changed(self, since: str) -> bool:
        """Whether the settings are others than those with the hash *since*."""
        return self.digest != since

    def affords(self, obstacle: Obstacle, author: str, run_id: str | None) -> bool:
        """Whether the budget that did not allow a call would allow it now, in this run."""
        return self.ledger.left(author, run_id).get(obstacle.scope, 0) >= max(obstacle.needed, 1)


def terms_of(routes: Sequence[Route], policy: Policy, ledger: Ledger) -> Terms:
    """The terms of these routes. Budgets are part of them: one that was raised is a changed setting."""
    known = []
    for route in routes:
        provider, price = route.provider, route.provider.price(route.model)
        cost = price.cost(_SAMPLE, batch=False) if price else None
        known.append(
            [route.name, route.local, provider.account, cost, provider.limits.context, provider.limits.timeout]
        )
    text = json.dumps([known, vars(policy.budgets), sorted(policy.allowed_hosts)], default=str)
    return Terms(hashlib.sha256(text.encode()).hexdigest()[:16], ledger)
