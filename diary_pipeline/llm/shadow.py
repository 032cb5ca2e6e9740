"""Shadow traffic: a model on trial gets a share of the questions; its answers are judged and recorded, and never used.

It obeys privacy, breakers, gates and budgets like any route, runs after the caller has its answer, and a failure of it is nobody's.
"""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Collection
from dataclasses import replace

from diary_pipeline.llm.attempt import Ask, Caller
from diary_pipeline.llm.privacy import permitted
from diary_pipeline.llm.provider import Route

CLOSING_SECONDS = 10.0


class Shadows:
    """Routes on trial."""

    def __init__(self, routes: tuple[Route, ...], caller: Caller) -> None:
        self.routes, self._caller = routes, caller
        self._running: set[asyncio.Task[None]] = set()

    def send(self, ask: Ask, allowed: Collection[str]) -> None:
        """Give the ask to every shadow whose share it falls into; which ones is decided by the recording, so that a rerun repeats it."""
        for route in self.routes:
            if permitted(route, ask.request.privacy, allowed) and falls_into(ask.request.recording, route):
                task = asyncio.create_task(self._ask(ask, route))
                self._running.add(task)
                task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Let what runs finish for a moment, then end it."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=CLOSING_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _ask(self, ask: Ask, route: Route) -> None:
        own = replace(ask, until=time.monotonic() + ask.request.deadline, attempts=[], rejected=[])
        with contextlib.suppress(Exception):  # the trial's trouble must not be the diary's
            await self._caller.call(own, route, ask.call_on(route), "shadow", 0)


def falls_into(recording: str, route: Route) -> bool:
    """Whether the route's share holds this recording."""
    number = int(hashlib.sha256(f"{route.name} {recording}".encode()).hexdigest()[:8], 16)
    return number / 0xFFFFFFFF < route.shadow
