"""Settings in, routes out: which adapter speaks to which provider, with which key and limits."""

from collections.abc import Mapping
from decimal import Decimal

from diary_pipeline.errors import UserError
from diary_pipeline.llm.adapters.anthropic_messages import AnthropicProvider
from diary_pipeline.llm.adapters.local_chat import LocalProvider
from diary_pipeline.llm.adapters.mistral_chat import MistralProvider
from diary_pipeline.llm.adapters.openai_responses import OpenAIProvider
from diary_pipeline.llm.breaker import BreakerOptions
from diary_pipeline.llm.budget import Budgets
from diary_pipeline.llm.policy import Policy
from diary_pipeline.llm.prices import FixedPrice
from diary_pipeline.llm.provider import Limits, Price, Provider, ProviderAgain, Route
from diary_pipeline.llm.retry import Retries
from diary_pipeline.net.local_hosts import is_local
from diary_pipeline.settings.llm import KINDS, Kind, LlmSettings, ProviderSettings

ADAPTERS: dict[Kind, type[OpenAIProvider | AnthropicProvider | MistralProvider | LocalProvider]] = {
    "openai": OpenAIProvider,
    "anthropic": AnthropicProvider,
    "mistral": MistralProvider,
    "local": LocalProvider,
}
_CONCURRENCY: dict[Kind, int] = {"local": 1}
_CONTEXT: dict[Kind, int] = {"local": 4096}


def build(settings: LlmSettings, keys: Mapping[str, str]) -> list[Route]:
    """The routes that the settings name, and those on trial. *keys* are API keys by kind.

    Raises:
        UserError: a route names a provider of unknown kind, or one that has no key.
    """
    providers: dict[str, Provider] = {}
    routes = []
    for name, shadow in [*((name, 0.0) for name in settings.routes), *settings.shadows.items()]:
        provider, _, model = name.partition("/")
        if provider not in providers:
            providers[provider] = _provider(provider, settings, keys)
        local = is_local(providers[provider].host, settings.allowed_hosts)
        routes.append(Route(providers[provider], model, local=local, shadow=shadow, batch=settings.batches))
    return routes


def provider_again(settings: LlmSettings, keys: Mapping[str, str]) -> ProviderAgain:
    """Makes a provider that no route names any more, at the address that its batch was sent to.

    A key is sent to that address only if the settings name the address, or the same key was sent there before.
    """

    def made(name: str, origin: Mapping[str, str]) -> Provider | None:
        known = settings.providers.get(name, ProviderSettings())
        kind = next((kind for kind in KINDS if kind == (origin.get("kind") or known.kind or name)), None)
        if kind is None:
            return None
        address = origin.get("base_url") or known.base_url
        again = known.model_copy(update={"kind": kind, "base_url": address})
        try:
            provider = _provider(name, settings.model_copy(update={"providers": {name: again}}), keys)
        except UserError:
            return None
        named = address in (known.base_url, ADAPTERS[kind].base_url)
        return provider if named or provider.account == origin.get("account") else None

    return made


def policy(settings: LlmSettings) -> Policy:
    """The router's policy under these settings."""
    return Policy(
        strategy=settings.strategy,
        nightly_strategy=settings.nightly_strategy,
        allowed_hosts=frozenset(settings.allowed_hosts),
        pseudonyms=settings.pseudonyms,
        hedging=settings.hedging,
        retries=Retries(),
        breaker=BreakerOptions(),
        budgets=Budgets(settings.budget_run, settings.budget_day, settings.budget_month, settings.budget_author),
    )


def _provider(name: str, settings: LlmSettings, keys: Mapping[str, str]) -> Provider:
    configured = settings.providers.get(name, ProviderSettings())
    kind = configured.kind or next((kind for kind in KINDS if kind == name), None)
    if kind is None:
        raise UserError(
            f"A route names {name}, which is none of {', '.join(KINDS)}. Say which API it speaks: DIARY_LLM__PROVIDERS."
        )
    key = configured.api_key.get_secret_value() if configured.api_key else keys.get(kind, "")
    if not key and kind != "local":
        raise UserError(
            f"A route names {name}, and there is no key for it. "
            f"Set DIARY_{kind.upper()}_API_KEY, or take the route out."
        )
    limits = Limits(
        concurrency=configured.concurrency or _CONCURRENCY.get(kind, 8),
        requests_per_minute=configured.requests_per_minute,
        tokens_per_minute=configured.tokens_per_minute,
        context=configured.context or _CONTEXT.get(kind, 200_000),
        timeout=configured.timeout_seconds,
    )
    address = {"base_url": configured.base_url} if configured.base_url else {}
    return ADAPTERS[kind](
        name=name, api_key=key, limits=limits, prices=_prices(name, settings), free=kind == "local", **address
    )


def _prices(name: str, settings: LlmSettings) -> dict[str, Price]:
    prefix = f"{name}/"
    return {
        route.removeprefix(prefix): FixedPrice(Decimal(str(price.input)), Decimal(str(price.output)))
        for route, price in settings.prices.items()
        if route.startswith(prefix)
    }
