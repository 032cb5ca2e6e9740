"""How the router decides: the options of all its decisions."""

from dataclasses import dataclass, field

from diary_pipeline.llm.breaker import BreakerOptions
from diary_pipeline.llm.budget import Budgets
from diary_pipeline.llm.order import Strategy
from diary_pipeline.llm.retry import Retries


@dataclass(frozen=True)
class Policy:
    """`allowed_hosts` are trusted like this machine; `pseudonyms` hides names from all others."""

    strategy: Strategy = "ordered"
    nightly_strategy: Strategy = "cheapest"
    allowed_hosts: frozenset[str] = frozenset()
    pseudonyms: bool = False
    hedging: bool = True
    retries: Retries = field(default_factory=Retries)
    breaker: BreakerOptions = field(default_factory=BreakerOptions)
    budgets: Budgets = field(default_factory=Budgets)
