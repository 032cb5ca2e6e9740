"""Shadow traffic: a model on trial gets a share of the asks; its answers are judged and recorded, and never used.

It obeys privacy, breakers, concurrency limits and budgets like any route, and runs after the caller has its answer. No
failure of it reaches the caller.
"""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Collection
from dataclasses import replace

from diary_pipeline.llm.ask import Ask
from diary_pipeline.llm.caller import Caller
from diary_pipeline.llm.privacy import permitted
from diary_pipeline.llm.provider import Route

SETTLING_SECONDS = 10.0  # to judge and settle an answer that arrived at its deadline


class Shadows:
    """Routes on trial."""

    def __init__(self, routes: tuple[Route, ...], caller: Caller) -> None:
        self.routes, self._caller = routes, caller
        self._running: dict[asyncio.Task[None], float] = {}  # and until when each may take (monotonic)

    def send(self, ask: Ask, allowed: Collection[str]) -> None:
        """Give the ask to every shadow whose share holds its recording."""
        for route in self.routes:
            if permitted(route, ask.request.privacy, allowed) and in_share(ask.request.recording, route):
                trial = replace(ask, until=time.monotonic() + ask.request.deadline, attempts=[], rejected=[])
                task = asyncio.create_task(self._ask(trial, route))
                self._running[task] = trial.until
                task.add_done_callback(lambda done: self._running.pop(done, None))

    async def finish(self) -> None:
        """Wait for the calls under way, at most until their own deadlines: their answers are paid for."""
        if self._running:
            left = max(self._running.values()) - time.monotonic()
            await asyncio.wait(self._running, timeout=max(left, 0.0) + SETTLING_SECONDS)

    async def _ask(self, trial: Ask, route: Route) -> None:
        with contextlib.suppress(Exception):
            await self._caller.call(trial, route, self._caller.tuned(trial, route), "shadow", 0)


def in_share(recording: str, route: Route) -> bool:
    """Whether the route's share holds this recording; a rerun decides the same."""
    number = int(hashlib.sha256(f"{route.name} {recording}".encode()).hexdigest()[:8], 16)
    return number / 0xFFFFFFFF < route.shadow
