"""Anthropic, by its Messages API and its Message Batches."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, cast

from diary_pipeline.llm.adapters.hosted import Hosted, counted, deleted, known, result, whole
from diary_pipeline.llm.provider import BatchHandle, BatchItem, BatchResult, BatchState, Call, Reply
from diary_pipeline.llm.schemas import strict
from diary_pipeline.net.client import close_debug_logs, new_client
from diary_pipeline.net.failures import ProviderError, Usage

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

BASE_URL = "https://api.anthropic.com"


def encode(call: Call) -> dict[str, Any]:
    """The body of POST /v1/messages.

    `max_tokens` is always named: left out, the SDK would ask for the model's maximum.
    """
    schema = strict(dict(call.schema), bounds=False)
    return {
        "model": call.model,
        "system": call.system,
        "messages": [{"role": turn.role, "content": turn.text} for turn in call.turns],
        "max_tokens": call.max_tokens,
        "output_config": {"format": {"type": "json_schema", "schema": schema}},
        **call.thinking,
    }


def decode(data: Mapping[str, Any]) -> Reply:
    """The reply in a message's body. Raises a `ProviderError` that keeps the usage."""
    found = data.get("usage") or {}
    usage = counted(found.get("input_tokens"), found.get("output_tokens"), found.get("cache_read_input_tokens"))
    if usage is not None:  # its input tokens are those beside the cache's
        written = found.get("cache_creation_input_tokens") or 0
        usage = Usage(usage.input_tokens + usage.cached_tokens + written, usage.output_tokens, usage.cached_tokens)
    text = "".join(block["text"] for block in data["content"] if block["type"] == "text")
    stop = data.get("stop_reason")
    if stop == "refusal":
        raise ProviderError("refused", usage=usage)
    if stop in ("max_tokens", "model_context_window_exceeded"):
        raise ProviderError("truncated", usage=usage)
    reasoning = "".join(block.get("thinking") or "" for block in data["content"] if block["type"] == "thinking")
    return whole(Reply(text, usage, str(data.get("model", "")), reasoning))


@dataclass
class AnthropicProvider(Hosted):
    """A `Provider`."""

    base_url: str = BASE_URL
    table: str = "anthropic"

    @cached_property
    def client(self) -> "AsyncAnthropic":
        """The SDK's client, made when it is first needed."""
        from anthropic import AsyncAnthropic

        close_debug_logs("anthropic", "httpx2", "httpcore2")
        return AsyncAnthropic(
            api_key=self.api_key,
            base_url=self.base_url,
            max_retries=0,
            http_client=new_client(self.base_url),
            open_telemetry={"traces": False, "propagation": False},  # its spans could hold prompts
        )

    @property
    def batch(self) -> "AnthropicBatches":
        """See `Provider.batch`."""
        return AnthropicBatches(self)

    def prepare(self) -> None:
        """See `Provider.prepare`."""
        _ = self.client

    async def generate(self, call: Call) -> Reply:
        """See `Provider.generate`. The long read timeout allows any `max_tokens` without the SDK's streaming."""
        raw = await self.client.messages.with_raw_response.create(**encode(call), timeout=self.client.timeout)
        return decode(json.loads(raw.http_response.content))

    async def close(self) -> None:
        """See `Provider.close`."""
        if "client" in vars(self):
            await self.client.close()


@dataclass
class AnthropicBatches:
    """A `BatchApi`.

    A batch has no name that the client chooses, so after a crash it is found by its items' names, once it has ended.
    """

    provider: AnthropicProvider

    async def submit(self, token: str, items: Sequence[BatchItem]) -> BatchHandle:
        """See `BatchApi.submit`."""
        requests = [{"custom_id": i.item, "params": encode(i.call)} for i in items]
        batch = await self.provider.client.messages.batches.create(requests=cast("Any", requests))
        return BatchHandle(batch.id)

    async def find(self, token: str, count: int, since: float) -> BatchHandle | None:
        """See `BatchApi.find`.

        While batches of the same size run, one of them may be the wanted one: it raises `overloaded`.
        """
        unknown = False
        async for batch in self.provider.client.messages.batches.list(limit=100):
            if batch.created_at.timestamp() < since:
                break
            counts = batch.request_counts
            if counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired != count:
                continue
            if batch.processing_status != "ended":
                unknown = True
                continue
            handle = BatchHandle(batch.id)
            if any(row.item.startswith(token) for row in await self.results(handle)):
                return handle
        if unknown:
            raise ProviderError("overloaded", "a batch that may be the wanted one still runs")
        return None

    async def state(self, handle: BatchHandle) -> BatchState:
        """See `BatchApi.state`."""
        batch = await known(self.provider.client.messages.batches.retrieve(handle.id))
        return "lost" if batch is None else "ended" if batch.processing_status == "ended" else "running"

    async def results(self, handle: BatchHandle) -> list[BatchResult]:
        """See `BatchApi.results`."""
        decoder = await self.provider.client.messages.batches.results(handle.id)
        return [result(row.custom_id, partial(_reply, row.result.model_dump(mode="json"))) async for row in decoder]

    async def cancel(self, handle: BatchHandle) -> None:
        """See `BatchApi.cancel`."""
        await self.provider.client.messages.batches.cancel(handle.id)

    async def delete(self, handle: BatchHandle) -> None:
        """See `BatchApi.delete`."""
        await deleted(self.provider.client.messages.batches.delete(handle.id))


def _reply(outcome: Mapping[str, Any]) -> Reply:
    if outcome["type"] != "succeeded":
        kind = ((outcome.get("error") or {}).get("error") or {}).get("type", outcome["type"])
        raise ProviderError("bad_request" if kind == "invalid_request_error" else "server", str(kind)[:60])
    return decode(outcome["message"])
