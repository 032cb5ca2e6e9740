"""The port of a provider of language models: generate, batch, price and limits.

Its implementations are in `adapters/`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from diary_pipeline.llm.thinking import Thinking
from diary_pipeline.net.failures import Usage

NANO = 1_000_000_000  # money is counted in billionths of a dollar


@dataclass(frozen=True)
class Turn:
    """One turn of the conversation after the system prompt."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Call:
    """One call to one model. `schema` is the JSON schema of the answer, `max_tokens` bounds the answer and its cost.

    `thinking` are fields of the request by which the model is asked to think least.
    """

    model: str
    system: str
    turns: tuple[Turn, ...]
    schema: Mapping[str, Any]
    schema_name: str
    max_tokens: int
    thinking: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """A model's whole answer. `usage` None: the server reported none.

    `reasoning` is what it wrote into a field for its thoughts, where servers put answers by mistake.
    """

    text: str
    usage: Usage | None
    model: str
    reasoning: str = ""


@dataclass(frozen=True)
class Limits:
    """Calls at once, requests and tokens per minute; 0: no limit.

    `context` is in tokens, for prompt and answer together; `timeout` is the most seconds that one call may take.
    """

    concurrency: int = 8
    requests_per_minute: int = 0
    tokens_per_minute: int = 0
    context: int = 200_000
    timeout: float = 120.0


class Price(Protocol):
    """What a model's tokens cost."""

    def cost(self, usage: Usage, *, batch: bool) -> int:
        """Billionths of a dollar, rounded up."""
        ...


BatchState = Literal["running", "ended", "lost"]


@dataclass(frozen=True)
class BatchItem:
    """One call of a batch, and the name that the router gives it."""

    item: str
    call: Call


@dataclass(frozen=True)
class BatchHandle:
    """The provider's name of a batch, and its files that are to be deleted."""

    id: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class BatchResult:
    """The result of one call of a batch: a reply, or an error (a `ProviderError`)."""

    item: str
    reply: Reply | None = None
    error: Exception | None = None


class BatchApi(Protocol):
    """A provider's half-price batches. Every method may raise what `failures.of` classifies."""

    async def submit(self, token: str, items: Sequence[BatchItem]) -> BatchHandle:
        """Submit the calls under *token*, a name by which `find` recognises them after a crash."""
        ...

    async def find(self, token: str, count: int, since: float) -> BatchHandle | None:
        """The batch that was submitted under *token* since that time (seconds since 1970), if the provider has it."""
        ...

    async def state(self, handle: BatchHandle) -> BatchState:
        """Its state; `lost` when the provider does not know it."""
        ...

    async def results(self, handle: BatchHandle) -> list[BatchResult]:
        """The results of a batch that has ended; calls that are missing were not made."""
        ...

    async def cancel(self, handle: BatchHandle) -> None:
        """Cancel it; calls that have finished are still delivered, and billed."""
        ...

    async def delete(self, handle: BatchHandle) -> None:
        """Delete the batch and its files at the provider."""
        ...


class Provider(Protocol):
    """A service that runs language models."""

    @property
    def name(self) -> str:
        """Its name in settings and records."""
        ...

    @property
    def host(self) -> str:
        """The only host that its requests go to."""
        ...

    @property
    def limits(self) -> Limits:
        """How much it may be asked."""
        ...

    @property
    def batch(self) -> BatchApi | None:
        """Its batch API, if it has one."""
        ...

    @property
    def account(self) -> str:
        """A short hash of its address and key: a new key is a new account."""
        ...

    @property
    def origin(self) -> Mapping[str, str]:
        """What is kept with a batch, so that its files can be deleted when its route is gone: kind, address, account.

        The key itself is not in it.
        """
        ...

    def prepare(self) -> None:
        """Import and create what the first call needs; may take seconds, and is called from a thread."""
        ...

    def price(self, model: str) -> Price | None:
        """The price of *model*; None when it is not known, and then the model is not asked."""
        ...

    def thinking(self, model: str) -> Thinking:
        """How *model* is asked to think least, and the room that its thoughts need."""
        ...

    async def context(self, model: str) -> int:
        """Tokens that the model holds, prompt and answer together: as its server reports, else as the limits say."""
        ...

    async def generate(self, call: Call) -> Reply:
        """Answer one call with one request. Raises a `ProviderError`, or anything that `failures.of` classifies."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


ProviderAgain = Callable[[str, Mapping[str, str]], Provider | None]
"""Makes a provider from its name and `Provider.origin`; None where there is no key that may be sent there."""


@dataclass(frozen=True)
class Route:
    """A model at a provider. `shadow` is the share of asks that it answers on trial, without being used."""

    provider: Provider
    model: str
    local: bool = False
    shadow: float = 0.0
    batch: bool = True
    name: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"{self.provider.name}/{self.model}")
