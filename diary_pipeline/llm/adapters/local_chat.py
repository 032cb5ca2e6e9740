"""Any OpenAI-compatible local server: Ollama, llama.cpp, vLLM.

Its answers are streamed, because a dropped stream frees the server's slot and a dropped plain call does not. Its models
and their real context are read before the first call: a server answers under any name, and some cut a prompt that is
too long without an error.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from diary_pipeline.errors import UserError
from diary_pipeline.llm.adapters.hosted import Hosted, counted, whole
from diary_pipeline.llm.provider import Call, Limits, Reply
from diary_pipeline.llm.schemas import lint, strict
from diary_pipeline.net.client import close_debug_logs, new_client
from diary_pipeline.net.failures import ProviderError, of

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

log = logging.getLogger("diary.llm")
BASE_URL = "http://127.0.0.1:11434/v1"
INSPECT_SECONDS = 3.0
TEMPLATE_TOKENS = 60  # of the chat template; 40 were measured
_BYTES_PER_TOKEN = 7  # no tokenizer needs fewer tokens for prose: a prompt of more does not fit
_BYTES_OF_PROMPTS = 5  # likewise for whole prompts, whose lines have ids: 3.8 were measured, 4.4 of English prose alone
_SAME_COUNT, _OTHER_LENGTH = 2, 0.1  # a cut prompt has as many tokens as the server holds, however long it was


def encode(call: Call) -> dict[str, Any]:
    """The arguments of POST /v1/chat/completions. Lengths stay in the schema: without them a small model runs on."""
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
        **({"extra_body": dict(call.thinking)} if call.thinking else {}),
    }


@dataclass
class LocalProvider(Hosted):
    """A `Provider`.

    `contexts`: the context of each model in tokens (0: not reported); None before the server was asked.
    """

    base_url: str = BASE_URL
    limits: Limits = field(default_factory=lambda: Limits(concurrency=1, context=4096))
    contexts: dict[str, int] | None = field(default=None, init=False)
    _read: dict[str, tuple[int, int]] = field(default_factory=dict, init=False)
    batch: None = field(default=None, init=False)

    @cached_property
    def http(self) -> "httpx2.AsyncClient":
        """The HTTP client, which goes to this server only."""
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
        text, reasoning, usage, stop, refused = "", "", None, None, False
        stream = cast("Any", await self.client.chat.completions.create(**encode(call)))
        try:
            async for chunk in stream:
                if chunk.usage:
                    usage = counted(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
                for choice in chunk.choices or ():
                    text += choice.delta.content or ""
                    reasoning += _reasoning(choice.delta)
                    refused = refused or bool(choice.delta.refusal)
                    stop = choice.finish_reason or stop
        finally:
            await stream.close()
        return self._checked(call, Reply(text, usage, call.model, reasoning), stop, refused=refused)

    def _checked(self, call: Call, reply: Reply, stop: str | None, *, refused: bool) -> Reply:
        usage = reply.usage
        if refused or stop == "content_filter":
            raise ProviderError("refused" if refused else "filtered", usage=usage)
        if stop == "length":
            raise ProviderError("truncated", usage=usage)
        if stop is None:
            raise ProviderError("bad_response", "the stream ended early", usage=usage, maybe_billed=usage is None)
        if usage and self._is_cut(call, usage.input_tokens):
            raise ProviderError("context", "the server cut the prompt", usage=usage)
        return whole(reply)

    def _is_cut(self, call: Call, tokens: int) -> bool:
        """Whether the server read fewer *tokens* than the prompt has, or as many as of another prompt's length."""
        length, (other, counted) = _bytes(call), self._read.get(call.model, (0, 0))
        same = abs(tokens - counted) <= _SAME_COUNT < tokens and abs(length - other) > _OTHER_LENGTH * length
        if length >= other:
            self._read[call.model] = (length, tokens)
        return tokens < length // _BYTES_OF_PROMPTS or same

    async def close(self) -> None:
        """See `Provider.close`."""
        if "http" in vars(self):
            await self.http.aclose()

    async def context(self, model: str) -> int:
        """See `Provider.context`."""
        try:
            context = (await self._known_contexts()).get(model.removesuffix(":latest"), 0)
        except Exception:  # noqa: BLE001 - the call will report that the server is down
            context = 0
        return context or self.limits.context

    async def _check(self, call: Call) -> None:
        """Raise a `ProviderError` if the server lacks the model, or its real context cannot hold the prompt."""
        contexts, model = await self._known_contexts(), call.model.removesuffix(":latest")  # Ollama's default tag
        if contexts and model not in contexts:
            self.contexts = None  # it may be loaded at the next call
            raise ProviderError("not_found", "the server has other models")
        context = contexts.get(model, 0)
        if context and _bytes(call) // _BYTES_PER_TOKEN + TEMPLATE_TOKENS > context:
            raise ProviderError("context", f"the server holds {context} tokens")

    async def _known_contexts(self) -> dict[str, int]:
        """The contexts that the server reports, read once; empty when it does not answer in time.

        Raises when it cannot be reached.
        """
        if self.contexts is None:
            try:
                async with asyncio.timeout(INSPECT_SECONDS):
                    self.contexts = await self._read_contexts()
            except Exception as error:
                if of(error).kind == "connection":
                    raise
                log.warning("the local server reports no models", extra={"ctx": {"provider": self.name}})
                self.contexts = {}
        return self.contexts

    async def _read_contexts(self) -> dict[str, int]:
        """The server's models, each with its context in tokens (0: not reported)."""
        answer = await self.http.get(f"{self.base_url}/models")
        if answer.status_code != 200:
            return {}
        models = {
            str(entry["id"]).removesuffix(":latest"): int(entry.get("max_model_len") or 0)
            for entry in answer.json()["data"]
        }
        slot = await self._slot_context()
        return {name: context or slot for name, context in models.items()}

    async def _slot_context(self) -> int:
        """Tokens of one slot of llama.cpp: the server's context divided by its slots; 0: another server."""
        answer = await self.http.get(f"{self.base_url.removesuffix('/v1')}/props")
        properties = answer.json() if answer.status_code == 200 else {}
        settings = properties.get("default_generation_settings") if isinstance(properties, Mapping) else None
        return int(settings.get("n_ctx") or 0) if isinstance(settings, Mapping) else 0


def _reasoning(delta: Any) -> str:
    """The thoughts in a part of a stream, by the names that servers give them."""
    written = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
    return written if isinstance(written, str) else ""


def _bytes(call: Call) -> int:
    return len(call.system.encode()) + sum(len(turn.text.encode()) for turn in call.turns)
