"""The batch and file APIs of OpenAI, Anthropic and Mistral, as far as the diary uses them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Batches:
    """Nothing is batched yet."""

    jobs: dict[str, Any] = field(default_factory=dict)

    async def handle(self, exchange: Any, provider: str, path: str, answer: Callable[[dict[str, Any]], str]) -> bool:
        return False
