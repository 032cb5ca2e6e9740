"""The settings under `[llm]`: which models may be asked, where they are, and what they may cost.

Only models that `routes` names are asked: an API key in the environment alone switches nothing on.
"""

from datetime import time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from diary_pipeline.settings.clock import ClockTime

Kind = Literal["openai", "anthropic", "mistral", "local"]
Strategy = Literal["ordered", "cheapest", "fastest"]
KINDS: tuple[Kind, ...] = ("openai", "anthropic", "mistral", "local")


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProviderSettings(_Group):
    """One provider, or one server of one's own."""

    kind: Kind | None = None
    """Which API it speaks; needed where its name is not one of openai, anthropic, mistral, local."""
    base_url: str = ""
    """Its address. Empty: the provider's own; local: http://127.0.0.1:11434/v1 (Ollama)."""
    api_key: SecretStr | None = None
    """Its key. Empty: the setting of its kind."""
    concurrency: int | None = Field(None, ge=1)
    """Calls at once, of one process. Empty: 8, and 1 for local, where more share one context."""
    requests_per_minute: int = Field(0, ge=0)
    """Of one process; where Dagster runs several side by side, give each its part. 0: no limit of ours."""
    tokens_per_minute: int = Field(0, ge=0)
    """Likewise."""
    context: int | None = Field(None, ge=512)
    """Tokens for prompt and answer together. Empty: 200,000, and 4,096 for local."""
    timeout_seconds: float = Field(120.0, gt=0)
    """How long one call may take at most."""


class PriceSettings(_Group):
    """Dollars per million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class LlmSettings(_Group):
    """Language models; without routes, notes are the speaker's own words and nothing is sent anywhere."""

    routes: tuple[str, ...] = ()
    """Models that may write notes, best first, each "provider/model", dated: openai/gpt-5-mini-2025-08-07."""
    shadows: dict[str, float] = {}
    """Models on trial: "provider/model" and the share of notes that they write without being used."""
    providers: dict[str, ProviderSettings] = {}
    """Per provider: kind, base_url, api_key, concurrency, requests_per_minute, tokens_per_minute, context,
    timeout_seconds."""
    prices: dict[str, PriceSettings] = {}
    """Dollars per million tokens, for models that the price table lacks:
    "provider/model" = {input = 0.1, output = 0.4}."""
    strategy: Strategy = "ordered"
    """Order of the routes in interactive runs: ordered, cheapest or fastest."""
    nightly_strategy: Strategy = "cheapest"
    """Order of the routes at night."""
    hedging: bool = True
    """In interactive runs, ask another route when the first is slower than 95 of its last 100; both are paid."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts beside this machine that local_only memos may be sent to, their words and their sound, e.g.

    a server at home.
    """
    pseudonyms: bool = False
    """Hide names (people found, the home's vocabulary) from models that are not local; restore them in answers."""
    notes_at_once: int = Field(16, ge=1)
    """Notes that are written side by side; each provider's own limit holds besides."""
    deadline_seconds: float = Field(120.0, gt=0)
    """How long a note may take over all routes in interactive runs."""
    nightly_deadline_seconds: float = Field(900.0, gt=0)
    """The same at night."""
    budget_run: float = Field(2.0, ge=0)
    """Dollars that one run may spend."""
    budget_day: float = Field(2.0, ge=0)
    """Dollars per day (UTC)."""
    budget_month: float = Field(20.0, ge=0)
    """Dollars per month (UTC)."""
    budget_author: float = Field(20.0, ge=0)
    """Dollars per month and author."""
    cap: float = Field(0.0, ge=0)
    """Dollars: a run whose notes are estimated to cost more is refused before anything is spent.

    0: none; budgets hold in any case.
    """
    batches: bool = True
    """Use the providers' half-price batches at night."""
    batch_deadline: ClockTime = time(6)
    """When a batch that has not ended is cancelled and its notes are written at once, by the diary's clock."""

    @field_validator("routes", mode="after")
    @classmethod
    def _named(cls, routes: tuple[str, ...]) -> tuple[str, ...]:
        for route in routes:
            provider, _, model = route.partition("/")
            if not provider or not model:
                raise ValueError(f"{route!r} is no route; write provider/model")
        return routes
