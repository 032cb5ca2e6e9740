"""The port that every provider of a language model keeps: generate, batch, price and limits.

Belongs here: what goes in and out of one call, whoever answers it. Does not belong here: retries, budgets, fallback (the router's), and
what any one provider's wire looks like (`adapters/`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from diary_pipeline.net.failures import Usage

NANO = 1_000_000_000  # money is counted in billionths of a dollar


@dataclass(frozen=True)
class Turn:
    """One turn of the conversation that follows the system's instructions."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Call:
    """One question to one model.

    `schema` is the JSON schema that the answer must have, `max_tokens` bounds it and its cost.
    """

    model: str
    system: str
    turns: tuple[Turn, ...]
    schema: Mapping[str, Any]
    schema_name: str
    max_tokens: int


@dataclass(frozen=True)
class Reply:
    """A model's whole answer. No usage means that the server reported none."""

    text: str
    usage: Usage | None
    model: str


@dataclass(frozen=True)
class Limits:
    """What a provider may be asked at once and per minute; 0: no limit.

    `context` is in tokens, for prompt and answer together; `timeout` is the seconds that one call may take at most.
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
    """One call of a batch, under a name of ours."""

    item: str
    call: Call


@dataclass(frozen=True)
class BatchHandle:
    """What the provider calls a batch, and which of its files are ours to delete."""

    id: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class BatchResult:
    """What became of one call of a batch: a reply, or the error (a `ProviderError`)."""

    item: str
    reply: Reply | None = None
    error: Exception | None = None


class BatchApi(Protocol):
    """A provider's half-price queue. Every method may raise what `failures.of` understands."""

    async def submit(self, token: str, items: Sequence[BatchItem]) -> BatchHandle:
        """Hand the calls over under *token*, a name by which `find` recognises them after a crash."""
        ...

    async def find(self, token: str, count: int, since: float) -> BatchHandle | None:
        """The batch that was handed over under *token* since that time (seconds since 1970), if the provider has it."""
        ...

    async def state(self, handle: BatchHandle) -> BatchState:
        """Whether it still runs; `lost` when the provider does not know it."""
        ...

    async def results(self, handle: BatchHandle) -> list[BatchResult]:
        """What became of each call of a batch that has ended; calls that are missing were not done."""
        ...

    async def cancel(self, handle: BatchHandle) -> None:
        """Ask for its end; what is finished already is still delivered, and billed."""
        ...

    async def forget(self, handle: BatchHandle) -> None:
        """Delete the batch and its files at the provider."""
        ...


class Provider(Protocol):
    """Somebody who runs language models."""

    @property
    def name(self) -> str:
        """The name it goes by in settings and records."""
        ...

    @property
    def host(self) -> str:
        """Where its requests go, and nowhere else."""
        ...

    @property
    def limits(self) -> Limits:
        """What may be asked of it."""
        ...

    @property
    def batch(self) -> BatchApi | None:
        """Its batch API, if it has one."""
        ...

    @property
    def account(self) -> str:
        """A short name for its key, which does not tell it: a new key is a new account."""
        ...

    def prepare(self) -> None:
        """Import and make what the first call needs; may take seconds, and is called from a thread."""
        ...

    def price(self, model: str) -> Price | None:
        """What *model* costs here; None when nobody knows, and then it is not asked."""
        ...

    async def context(self, model: str) -> int:
        """Tokens that the model holds, prompt and answer together: what a server says of itself where it does, else the limits'."""
        ...

    async def generate(self, call: Call) -> Reply:
        """Answer one call with one request. Raises a `ProviderError`, or anything that `failures.of` understands."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


@dataclass(frozen=True)
class Route:
    """One way to an answer: a model at a provider. `shadow` is the share of asks that it answers without being used."""

    provider: Provider
    model: str
    local: bool = False
    shadow: float = 0.0
    batch: bool = True
    name: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"{self.provider.name}/{self.model}")
