"""OpenAI, by its Responses API and its Batch API.

Nothing is stored there (`store` is off) beyond what a batch needs.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from diary_pipeline.llm.adapters.hosted import Hosted, counted, deleted, known, rows, whole
from diary_pipeline.llm.provider import BatchHandle, BatchItem, BatchResult, BatchState, Call, Reply
from diary_pipeline.llm.schemas import strict
from diary_pipeline.net.client import close_debug_logs, new_client
from diary_pipeline.net.failures import ProviderError, of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

BASE_URL = "https://api.openai.com/v1"
_RUNNING = {"validating", "in_progress", "finalizing", "cancelling"}


def encode(call: Call) -> dict[str, Any]:
    """The body of POST /v1/responses."""
    schema = strict(dict(call.schema), bounds=False)
    return {
        "model": call.model,
        "instructions": call.system,
        "input": [{"role": turn.role, "content": turn.text} for turn in call.turns],
        "store": False,
        "max_output_tokens": call.max_tokens,
        "text": {"format": {"type": "json_schema", "name": call.schema_name, "strict": True, "schema": schema}},
        **call.thinking,
    }


def decode(data: Mapping[str, Any]) -> Reply:
    """The reply in a response's body. Raises a `ProviderError` that keeps the usage."""
    found = data.get("usage") or {}
    cached = (found.get("input_tokens_details") or {}).get("cached_tokens")
    usage = counted(found.get("input_tokens"), found.get("output_tokens"), cached)
    parts = [part for item in data["output"] if item["type"] == "message" for part in item["content"]]
    why = (data.get("incomplete_details") or {}).get("reason")
    if why == "content_filter":
        raise ProviderError("filtered", usage=usage)
    if any(part["type"] == "refusal" for part in parts):
        raise ProviderError("refused", usage=usage)
    if why is not None or data.get("status") == "incomplete":
        raise ProviderError("truncated", usage=usage)
    if data.get("status") in ("failed", "cancelled"):
        raise ProviderError("server", "response failed", usage=usage, maybe_billed=usage is None)
    text = "".join(part["text"] for part in parts if part["type"] == "output_text")
    thoughts = [item for item in data["output"] if item["type"] == "reasoning"]
    reasoning = "".join(
        part.get("text") or "" for item in thoughts for part in (item.get("content") or item.get("summary") or ())
    )
    return whole(Reply(text, usage, str(data.get("model", "")), reasoning))


@dataclass
class OpenAIProvider(Hosted):
    """A `Provider`."""

    base_url: str = BASE_URL
    table: str = "openai"

    @cached_property
    def client(self) -> "AsyncOpenAI":
        """The SDK's client, made when it is first needed."""
        from openai import AsyncOpenAI

        close_debug_logs("openai", "httpx2", "httpcore2")
        return AsyncOpenAI(
            api_key=self.api_key, base_url=self.base_url, max_retries=0, http_client=new_client(self.base_url)
        )

    @property
    def batch(self) -> "OpenAIBatches":
        """See `Provider.batch`."""
        return OpenAIBatches(self)

    def prepare(self) -> None:
        """See `Provider.prepare`."""
        _ = self.client

    async def generate(self, call: Call) -> Reply:
        """See `Provider.generate`.

        The raw body is read: the SDK's parsed answer loses the usage when it does not parse.
        """
        raw = await self.client.responses.with_raw_response.create(**encode(call))
        return decode(json.loads(raw.http_response.content))

    async def close(self) -> None:
        """See `Provider.close`."""
        if "client" in vars(self):
            await self.client.close()


@dataclass
class OpenAIBatches:
    """A `BatchApi`: a batch over an uploaded file of requests gives a file of answers and one of errors."""

    provider: OpenAIProvider

    async def submit(self, token: str, items: Sequence[BatchItem]) -> BatchHandle:
        """See `BatchApi.submit`."""
        rows = [{"custom_id": i.item, "method": "POST", "url": "/v1/responses", "body": encode(i.call)} for i in items]
        lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
        client = self.provider.client
        file = await client.files.create(file=(f"{token}.jsonl", lines), purpose="batch")
        try:
            batch = await client.batches.create(
                input_file_id=file.id,
                endpoint="/v1/responses",
                completion_window="24h",
                metadata={"diary_batch": token},
            )
        except Exception as error:
            if not of(error).maybe_billed:
                await client.files.delete(file.id)
            raise
        return BatchHandle(batch.id, (file.id,))

    async def find(self, token: str, count: int, since: float) -> BatchHandle | None:
        """See `BatchApi.find`."""
        async for batch in self.provider.client.batches.list(limit=100):
            if (batch.metadata or {}).get("diary_batch") == token:
                return BatchHandle(batch.id, (batch.input_file_id,))
            if batch.created_at < since:
                break
        files = self.provider.client.files.list(purpose="batch", limit=1000)
        async for file in files:  # the input of a batch that was never created
            if file.filename == f"{token}.jsonl":
                await self.provider.client.files.delete(file.id)
        return None

    async def state(self, handle: BatchHandle) -> BatchState:
        """See `BatchApi.state`."""
        batch = await known(self.provider.client.batches.retrieve(handle.id))
        return "lost" if batch is None else "running" if batch.status in _RUNNING else "ended"

    async def results(self, handle: BatchHandle) -> list[BatchResult]:
        """See `BatchApi.results`."""
        batch = await self.provider.client.batches.retrieve(handle.id)
        found: list[BatchResult] = []
        for file in filter(None, (batch.output_file_id, batch.error_file_id)):
            content = await self.provider.client.files.content(file)
            found += rows(content.content, decode)
        return found

    async def cancel(self, handle: BatchHandle) -> None:
        """See `BatchApi.cancel`."""
        await self.provider.client.batches.cancel(handle.id)

    async def delete(self, handle: BatchHandle) -> None:
        """See `BatchApi.delete`: all its files; a batch itself cannot be deleted and holds no text."""
        client = self.provider.client
        batch = await client.batches.retrieve(handle.id)
        for file in filter(None, (*handle.files, batch.output_file_id, batch.error_file_id)):
            await deleted(client.files.delete(file))
