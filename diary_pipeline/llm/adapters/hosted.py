"""What all adapters share: name, limits, prices, and how their batches' files are read and deleted."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from diary_pipeline.llm.prices import FREE, table_price
from diary_pipeline.llm.provider import BatchResult, Limits, Price, Reply
from diary_pipeline.llm.thinking import Thinking, thinking_of
from diary_pipeline.net.failures import ProviderError, Usage, classify, of

Answer = TypeVar("Answer")


@dataclass
class Hosted:
    """Options of an adapter. `prices` are those of the settings, by model; `free` is for local servers."""

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

    @property
    def origin(self) -> Mapping[str, str]:
        """See `Provider.origin`."""
        return {"kind": self.table, "base_url": self.base_url, "account": self.account}

    def thinking(self, model: str) -> Thinking:
        """See `Provider.thinking`."""
        return thinking_of(self.table or "local", model)

    async def context(self, model: str) -> int:
        """See `Provider.context`."""
        return self.limits.context

    def price(self, model: str) -> Price | None:
        """See `Provider.price`."""
        if model in self.prices:
            return self.prices[model]
        return FREE if self.free else table_price(self.table, model)


def counted(read: Any, written: Any, cached: Any = 0) -> Usage | None:
    """A usage as a provider reports it; None where it reports no whole numbers."""
    if any(not isinstance(one, int) or isinstance(one, bool) for one in (read, written)):
        return None
    return Usage(read, written, cached if isinstance(cached, int) else 0)


def whole(reply: Reply) -> Reply:
    """The reply. Raises a `ProviderError` where the model wrote nothing at all."""
    if not reply.text.strip() and not reply.reasoning.strip():
        raise ProviderError("empty", usage=reply.usage)
    return reply


def result(item: str, read: Callable[[], Reply]) -> BatchResult:
    """One row of a batch's results; a bad row does not affect the others."""
    try:
        return BatchResult(item, reply=read())
    except Exception as error:  # noqa: BLE001 - classified by `failures.of`
        return BatchResult(item, error=of(error))


def rows(lines: bytes, decode: Callable[[Mapping[str, Any]], Reply]) -> list[BatchResult]:
    """The results in a file of a batch's answers or errors, as OpenAI and Mistral have it: one JSON object a line."""

    def reply(row: Mapping[str, Any]) -> Reply:
        response = row.get("response")
        if not response:
            raise ProviderError("server", str((row.get("error") or {}).get("code", ""))[:60])
        if response.get("status_code", 200) >= 300:
            raise classify(response["status_code"], {}, response.get("body"))
        return decode(response["body"])

    found = [json.loads(line) for line in lines.splitlines() if line.strip()]
    return [result(str(row["custom_id"]), partial(reply, row)) for row in found]


async def deleted(deletion: Awaitable[object]) -> None:
    """Wait for a deletion; what no longer exists was deleted before a crash."""
    try:
        await deletion
    except Exception as error:
        if of(error).kind != "not_found":
            raise


async def known(question: Awaitable[Answer]) -> Answer | None:
    """The provider's answer to a request about a batch; None when it has no such batch."""
    try:
        return await question
    except Exception as error:
        if of(error).kind == "not_found":
            return None
        raise
