"""Mistral, by its chat API with a strict JSON schema, and its batch jobs."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from diary_pipeline.llm.adapters.hosted import Hosted, counted, deleted, known, rows, whole
from diary_pipeline.llm.provider import BatchHandle, BatchItem, BatchResult, BatchState, Call, Reply
from diary_pipeline.llm.schemas import strict
from diary_pipeline.net.client import close_debug_logs, new_client, trusted_certificates
from diary_pipeline.net.failures import ProviderError, of

if TYPE_CHECKING:
    import httpx2
    from mistralai.client import Mistral

BASE_URL = "https://api.mistral.ai"
_RUNNING = {"QUEUED", "RUNNING", "CANCELLATION_REQUESTED"}


def encode(call: Call) -> dict[str, Any]:
    """The body of POST /v1/chat/completions, as JSON has it (the SDK's own types call `schema` `schema_definition`)."""
    schema = strict(dict(call.schema), bounds=False)
    turns = [{"role": turn.role, "content": turn.text} for turn in call.turns]
    return {
        "model": call.model,
        "messages": [{"role": "system", "content": call.system}, *turns],
        "max_tokens": call.max_tokens,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": call.schema_name, "schema": schema, "strict": True},
        },
        **call.thinking,
    }


def decode(data: Mapping[str, Any]) -> Reply:
    """The reply in a completion's body. Raises a `ProviderError` that keeps the usage."""
    found = data.get("usage") or {}
    cached = (found.get("prompt_tokens_details") or {}).get("cached_tokens")
    usage = counted(found.get("prompt_tokens"), found.get("completion_tokens") or 0, cached)
    if not data["choices"]:
        raise ProviderError("empty", usage=usage)
    choice = data["choices"][0]
    stop, content = choice.get("finish_reason"), choice["message"].get("content") or ""
    if stop in ("content_filter", "refusal") or choice["message"].get("refusal"):
        raise ProviderError("filtered" if stop == "content_filter" else "refused", usage=usage)
    if stop in ("length", "model_length"):
        raise ProviderError("truncated", usage=usage)
    if stop == "error":
        raise ProviderError("server", "finish_reason error", usage=usage)
    parts: list[dict[str, Any]] = [{"type": "text", "text": content}] if isinstance(content, str) else content
    text = "".join(part.get("text") or "" for part in parts if part.get("type") == "text")
    thoughts = [one for part in parts if part.get("type") == "thinking" for one in part.get("thinking") or ()]
    return whole(Reply(text, usage, str(data.get("model", "")), "".join(one.get("text") or "" for one in thoughts)))


@dataclass
class MistralProvider(Hosted):
    """A `Provider`."""

    base_url: str = BASE_URL
    table: str = "mistral"

    @cached_property
    def http(self) -> "httpx2.AsyncClient":
        """The HTTP client, which goes to this host only."""
        return new_client(self.base_url)

    @cached_property
    def client(self) -> "Mistral":
        """The SDK's client.

        Its telemetry, which MISTRAL_SDK_TELEMETRY switches on, would send prompts to another host: it stays off.
        """
        import httpx2
        from mistralai.client import Mistral

        close_debug_logs("mistralai", "httpx2", "httpcore2")
        client = Mistral(
            api_key=self.api_key,
            server_url=self.base_url,
            client=httpx2.Client(  # never used; the SDK would make one that trusts the environment
                verify=trusted_certificates(), trust_env=False, follow_redirects=False
            ),
            async_client=self.http,
            retry_config=None,
            debug_logger=logging.getLogger("mistralai"),
        )
        client.sdk_configuration.telemetry = False  # type: ignore[attr-defined]
        return client

    @property
    def batch(self) -> "MistralBatches":
        """See `Provider.batch`."""
        return MistralBatches(self)

    def prepare(self) -> None:
        """See `Provider.prepare`."""
        _ = self.client

    async def generate(self, call: Call) -> Reply:
        """See `Provider.generate`."""
        answer = await self.client.chat.complete_async(**cast("Any", encode(call)), timeout_ms=600_000)
        return decode(answer.model_dump(warnings=False))  # unknown values cannot be dumped as JSON

    async def close(self) -> None:
        """See `Provider.close`."""
        if "http" in vars(self):
            await self.http.aclose()


@dataclass
class MistralBatches:
    """A `BatchApi`: a job over an uploaded file of requests gives a file of answers and one of errors."""

    provider: MistralProvider

    async def submit(self, token: str, items: Sequence[BatchItem]) -> BatchHandle:
        """See `BatchApi.submit`."""
        bodies = [
            {"custom_id": i.item, "body": {k: v for k, v in encode(i.call).items() if k != "model"}} for i in items
        ]
        lines = "".join(json.dumps(body) + "\n" for body in bodies).encode()
        client = self.provider.client
        file = await client.files.upload_async(file={"file_name": f"{token}.jsonl", "content": lines}, purpose="batch")
        try:
            job = await client.batch.jobs.create_async(
                endpoint="/v1/chat/completions",
                input_files=[file.id],
                model=items[0].call.model,
                metadata={"diary_batch": token},
                timeout_hours=24,
            )
        except Exception as error:
            if not of(error).maybe_billed:
                await client.files.delete_async(file_id=file.id)
            raise
        return BatchHandle(job.id, (file.id,))

    async def find(self, token: str, count: int, since: float) -> BatchHandle | None:
        """See `BatchApi.find`."""
        page = await self.provider.client.batch.jobs.list_async(page_size=100, metadata={"diary_batch": token})
        for job in page.data or ():
            if (job.metadata or {}).get("diary_batch") == token:
                return BatchHandle(job.id, tuple(job.input_files))
        files = await self.provider.client.files.list_async(search=token, page_size=100)
        for file in files.data:  # the input of a batch that was never created
            if file.filename == f"{token}.jsonl":
                await self.provider.client.files.delete_async(file_id=file.id)
        return None

    async def state(self, handle: BatchHandle) -> BatchState:
        """See `BatchApi.state`."""
        job = await known(self.provider.client.batch.jobs.get_async(job_id=handle.id))
        return "lost" if job is None else "running" if job.status in _RUNNING else "ended"

    async def results(self, handle: BatchHandle) -> list[BatchResult]:
        """See `BatchApi.results`."""
        job = await self.provider.client.batch.jobs.get_async(job_id=handle.id)
        found: list[BatchResult] = []
        for file in filter(None, (job.output_file, job.error_file)):
            content = await self.provider.client.files.download_async(file_id=str(file))
            found += rows(await content.aread(), decode)
        return found

    async def cancel(self, handle: BatchHandle) -> None:
        """See `BatchApi.cancel`."""
        await self.provider.client.batch.jobs.cancel_async(job_id=handle.id)

    async def delete(self, handle: BatchHandle) -> None:
        """See `BatchApi.delete`: the files first; then the job, which holds no text."""
        client = self.provider.client
        job = await client.batch.jobs.get_async(job_id=handle.id)
        for file in filter(None, (*handle.files, job.output_file, job.error_file)):
            await deleted(client.files.delete_async(file_id=str(file)))
