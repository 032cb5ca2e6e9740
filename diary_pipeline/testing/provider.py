"""A fake of a provider of language models, which answers from a script. Wire formats are not involved."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from diary_pipeline.llm.prices import FREE
from diary_pipeline.llm.provider import Call, Limits, Price, Reply
from diary_pipeline.llm.thinking import Thinking
from diary_pipeline.net.failures import Usage

Answer = str | Mapping[str, Any] | Exception


@dataclass
class ScriptedProvider:
    """A `Provider` that answers each call by `script`: JSON text, an object, or an exception to raise.

    `calls` keeps the calls. Tokens are a quarter of the characters. `latency` is in seconds.
    """

    script: Callable[[Call], Answer]
    name: str = "scripted"
    host: str = "127.0.0.1"
    limits: Limits = field(default_factory=Limits)
    cost: Price | None = FREE
    latency: float = 0.0
    account: str = "scripted"
    batch: None = None
    origin: Mapping[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    def price(self, model: str) -> Price | None:
        """See `Provider.price`."""
        return self.cost

    def prepare(self) -> None:
        """See `Provider.prepare`."""

    def thinking(self, model: str) -> Thinking:
        """See `Provider.thinking`."""
        return Thinking()

    async def context(self, model: str) -> int:
        """See `Provider.context`."""
        return self.limits.context

    async def generate(self, call: Call) -> Reply:
        """See `Provider.generate`."""
        self.calls.append(call)
        await asyncio.sleep(self.latency)
        answer = self.script(call)
        if isinstance(answer, Exception):
            raise answer
        text = answer if isinstance(answer, str) else json.dumps(answer)
        asked = len(call.system) + sum(len(turn.text) for turn in call.turns)
        return Reply(text, Usage(asked // 4, len(text) // 4), call.model)

    async def close(self) -> None:
        """See `Provider.close`."""
