"""Why a route gave no answer: which causes the world can mend, each in plain words with the setting that mends it.

What is not here says something about the words or the answer: no later night makes a refused answer true.
"""

from collections.abc import Callable
from dataclasses import dataclass

_SELF = "it is asked again by itself"
_ROUTES = "name another model in DIARY_LLM__ROUTES"
REMEDIES: dict[str, tuple[str, str]] = {
    "connection": ("it is not reached", _SELF),
    "timeout": ("it did not answer in time", "raise timeout_seconds in DIARY_LLM__PROVIDERS if it is always so slow"),
    "server": ("it fails", _SELF),
    "overloaded": ("it is overloaded", _SELF),
    "rate_limit": ("it allows no more calls now", "lower requests_per_minute in DIARY_LLM__PROVIDERS"),
    "busy": ("no slot became free in time", "raise concurrency in DIARY_LLM__PROVIDERS"),
    "bad_response": ("what answers is not its API", "check base_url in DIARY_LLM__PROVIDERS"),
    "auth": ("it rejects the key", "set its key anew: api_key in DIARY_LLM__PROVIDERS, or DIARY_..._API_KEY"),
    "quota": ("its account has no credit left", "add credit there"),
    "not_found": ("it does not have this model", _ROUTES),
    "bad_request": ("it does not accept the request's form", _ROUTES),
    "no price": ("its price is not known", "add it to DIARY_LLM__PRICES, or name the model with its date"),
    "budget": ("the budget is spent", "raise DIARY_LLM__BUDGET_{}, or wait until the next begins"),
    "deadline": ("no time was left for it", "raise DIARY_LLM__DEADLINE_SECONDS"),
    "truncated": ("its answer was cut off at its longest", f"{_ROUTES} that thinks less"),
    "oversized": ("it answered with more than anybody said", _ROUTES),
    "empty": ("it wrote nothing", _ROUTES),
    "context": ("it cannot hold the memo", "raise context in DIARY_LLM__PROVIDERS, and the server's own"),
}
"""By cause: what is wrong, and what mends it."""

ONLY_BY_SETTINGS = frozenset({"context"})
"""Asking again without a changed setting gives the same."""

REFUSALS = frozenset({"rejected", "schema", "placeholder", "refused", "filtered", "policy"})
"""What an answer or a prompt was refused for: no later night mends that."""

AT_ONCE = frozenset({"auth", "quota", "not_found", "no price", "budget"})
"""A person should know of these even where another route has answered."""

Alert = Callable[[str, str], None]
"""Is told a route and the reason why it cannot be used."""


@dataclass(frozen=True)
class Obstacle:
    """Why one route gave no answer. Of a budget: whose it is, and what was needed of it (billionths of a dollar)."""

    route: str
    cause: str
    scope: str = ""
    needed: int = 0

    @classmethod
    def named(cls, route: str, reason: str) -> "Obstacle":
        """The obstacle with this `reason`."""
        cause, _, scope = reason.partition(": ")
        return cls(route, cause, scope)

    @property
    def reason(self) -> str:
        """The cause, with whose budget it was."""
        return f"{self.cause}: {self.scope}" if self.scope else self.cause

    @property
    def remedy(self) -> str | None:
        """What mends it; None where only another answer would."""
        return REMEDIES[self.cause][1].format(self.scope.upper() or "DAY") if self.cause in REMEDIES else None

    def __str__(self) -> str:
        return f"{self.route}: {self.reason}, {REMEDIES[self.cause][0]}; {self.remedy}"
