"""How many calls a provider gets at once and per minute. Waiting for a slot counts towards the ask's deadline."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from diary_pipeline.llm.provider import Limits

if TYPE_CHECKING:
    from limits import RateLimitItemPerMinute


class TooBusyError(Exception):
    """No slot became free before the caller's timeout."""


class ProviderLimiter:
    """One provider's slots.

    Requests and tokens of the last minute are counted by the `limits` library, in this process.
    """

    def __init__(self, name: str, limits: Limits) -> None:
        from limits import RateLimitItemPerMinute
        from limits.aio.storage import MemoryStorage
        from limits.aio.strategies import MovingWindowRateLimiter

        self._name = name
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._requests = RateLimitItemPerMinute(limits.requests_per_minute) if limits.requests_per_minute else None
        self._tokens = RateLimitItemPerMinute(limits.tokens_per_minute) if limits.tokens_per_minute else None
        self._window = MovingWindowRateLimiter(MemoryStorage())

    @asynccontextmanager
    async def slot(self, tokens: int, seconds: float) -> AsyncIterator[None]:
        """A slot for one call of about so many tokens.

        Raises `TooBusyError` when none is free within so many *seconds*.
        """
        until = time.monotonic() + seconds
        try:
            async with asyncio.timeout(seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise TooBusyError("concurrency") from None
        try:
            await self._acquire(self._requests, "requests", 1, until)
            await self._acquire(self._tokens, "tokens", tokens, until)
            yield
        finally:
            self._slots.release()

    async def _acquire(self, item: "RateLimitItemPerMinute | None", what: str, cost: int, until: float) -> None:
        if item is None:
            return
        cost = min(cost, item.amount)  # a prompt larger than a minute's allowance takes the whole minute
        while not await self._window.hit(item, self._name, what, cost=cost):
            window = await self._window.get_window_stats(item, self._name, what)
            wait = max(0.05, window.reset_time - time.time())
            if time.monotonic() + wait > until:
                raise TooBusyError(what)
            await asyncio.sleep(min(wait, 1.0))
