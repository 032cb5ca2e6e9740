"""Any OpenAI-compatible server of one's own: Ollama, llama.cpp, vLLM.

Its answers are streamed, because a dropped stream frees the server's slot and a dropped plain call does not. Its name for the model and
its real context are asked before the first call: a server answers under any name, and some cut a prompt that is too long without a word.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from diary_pipeline.errors import UserError
from diary_pipeline.llm.adapters.hosted import Hosted
from diary_pipeline.llm.provider import Call, Limits, Reply
from diary_pipeline.llm.schemas import lint, strict
from diary_pipeline.net.client import close_debug_logs, new_client
from diary_pipeline.net.failures import ProviderError, Usage, of

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

log = logging.getLogger("diary.llm")
BASE_URL = "http://127.0.0.1:11434/v1"
INSPECT_SECONDS = 3.0
TEMPLATE_TOKENS = 60  # the chat template's own; 40 were seen
_BYTES_PER_TOKEN = 7  # no tokenizer packs prose tighter: a server that reports fewer tokens has cut the prompt


def encode(call: Call) -> dict[str, Any]:
    """The body of POST /v1/chat/completions.

    Lengths stay in the schema: a grammar without them lets a small model run on.
    """
    schema = strict(dict(call.schema), bounds=True)
    turns = [{"role": turn.role, "content": turn.text} for turn in call.turns]
    return {
        "model": call.model,
        "messages": [{"role": "system", "content": call.system}, *turns],
        "max_tokens": call.max_tokens,
        "temperature": 0,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": call.schema_name, "schema": schema, "strict": True},
        },
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@dataclass
class LocalProvider(Hosted):
    """A `Provider`. `seen` is what the server said of itself: models, and the tokens of one slot, where it tells."""

    base_url: str = BASE_URL
    limits: Limits = field(default_factory=lambda: Limits(concurrency=1, context=4096))
    seen: dict[str, int] | None = field(default=None, init=False)
    batch: None = field(default=None, init=False)

    @cached_property
    def http(self) -> "httpx2.AsyncClient":
        """The client that goes to this server alone."""
        return new_client(self.base_url)

    @cached_property
    def client(self) -> "AsyncOpenAI":
        """The SDK's client, made when it is first needed."""
        from openai import AsyncOpenAI

        close_debug_logs("openai", "httpx2", "httpcore2")
        return AsyncOpenAI(
            api_key=self.api_key or "local", base_url=self.base_url, max_retries=0, http_client=self.http
        )

    def prepare(self) -> None:
        """See `Provider.prepare`."""
        _ = self.client

    async def generate(self, call: Call) -> Reply:
        """See `Provider.generate`."""
        try:
            lint(dict(call.schema))
        except UserError as error:
            log.warning("%s", error)
            raise ProviderError("bad_request", "schema") from error
        await self._check(call)
        text, usage, stop, refused = "", None, None, False
        stream = cast("Any", await self.client.chat.completions.create(**encode(call)))
        try:
            async for chunk in stream:
                if chunk.usage:
                    usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
                for choice in chunk.choices or ():
                    text += choice.delta.content or ""
                    refused = refused or bool(choice.delta.refusal)
                    stop = choice.finish_reason or stop
        finally:
            await stream.close()
        return self._judged(call, Reply(text, usage, call.model), stop, refused=refused)

    def _judged(self, call: Call, reply: Reply, stop: str | None, *, refused: bool) -> Reply:
        usage = reply.usage
        if refused or stop == "content_filter":
            raise ProviderError("refused" if refused else "filtered", usage=usage)
        if stop == "length":
            raise ProviderError("truncated", usage=usage)
        if stop is None:
            raise ProviderError("bad_response", "the stream ended early", usage=usage, maybe_billed=usage is None)
        if usage and usage.input_tokens < _bytes(call) // _BYTES_PER_TOKEN:
            raise ProviderError("context", "the server cut the prompt", usage=usage)
        if not reply.text.strip():
            raise ProviderError("empty", usage=usage)
        return reply

    async def close(self) -> None:
        """See `Provider.close`."""
        if "http" in vars(self):
            await self.http.aclose()

    async def context(self, model: str) -> int:
        """See `Provider.context`."""
        try:
            told = (await self._look()).get(model.removesuffix(":latest"), 0)
        except Exception:  # noqa: BLE001 - a server that is down is found out by the call
            told = 0
        return told or self.limits.context

    async def _check(self, call: Call) -> None:
        """Refuse a model that the server does not have, and a prompt that its real context cannot hold."""
        seen, model = await self._look(), call.model.removesuffix(":latest")  # Ollama's way to say nothing
        if seen and model not in seen:
            self.seen = None  # it may be loaded by the next time
            raise ProviderError("not_found", "the server has other models")
        known = seen.get(model, 0)
        if known and _bytes(call) // _BYTES_PER_TOKEN + TEMPLATE_TOKENS > known:
            raise ProviderError("context", f"the server holds {known} tokens")

    async def _look(self) -> dict[str, int]:
        """What the server says of itself, asked once; nothing, when it does not say it in time.

        Raises when it cannot be reached.
        """
        if self.seen is None:
            try:
                async with asyncio.timeout(INSPECT_SECONDS):
                    self.seen = await self._inspect()
            except Exception as error:
                if of(error).kind == "connection":
                    raise
                log.warning("the local server says nothing about itself", extra={"ctx": {"provider": self.name}})
                self.seen = {}
        return self.seen

    async def _inspect(self) -> dict[str, int]:
        """What the server offers: its models' names, each with its context in tokens (0: it does not tell)."""
        answer = await self.http.get(f"{self.base_url}/models")
        if answer.status_code != 200:
            return {}
        models = {
            str(entry["id"]).removesuffix(":latest"): int(entry.get("max_model_len") or 0)
            for entry in answer.json()["data"]
        }
        slot = await self._slot()
        return {name: context or slot for name, context in models.items()}

    async def _slot(self) -> int:
        """llama.cpp: the context of one slot, which is the server's divided by its slots."""
        answer = await self.http.get(f"{self.base_url.removesuffix('/v1')}/props")
        told = answer.json() if answer.status_code == 200 else {}
        settings = told.get("default_generation_settings") if isinstance(told, Mapping) else None
        return int(settings.get("n_ctx") or 0) if isinstance(settings, Mapping) else 0


def _bytes(call: Call) -> int:
    return len(call.system.encode()) + sum(len(turn.text.encode()) for turn in call.turns)
