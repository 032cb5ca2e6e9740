"""Route after route until an answer is accepted: repair, retry, fallback and hedging."""

import asyncio
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from diary_pipeline.llm import privacy
from diary_pipeline.llm.ask import Ask
from diary_pipeline.llm.caller import Caller
from diary_pipeline.llm.deadline import MIN_CALL_SECONDS
from diary_pipeline.llm.judge import Judgement
from diary_pipeline.llm.order import arrange
from diary_pipeline.llm.policy import Policy
from diary_pipeline.llm.prompt import repair_turns
from diary_pipeline.llm.provider import Route
from diary_pipeline.net.failures import Usage

_REPAIRED = ("schema", "rejected", "placeholder", "oversized")


class Failover:
    """Asks the routes of one router."""

    def __init__(self, routes: Sequence[Route], policy: Policy, caller: Caller) -> None:
        self._routes, self._policy, self._caller = routes, policy, caller

    async def ask(self, ask: Ask) -> tuple[Route, Judgement] | None:
        """The first accepted answer and its route; None when no route gave one.

        An interactive ask hedges a slow route.
        """
        waiting, running = deque(await self._plan(ask)), dict[asyncio.Task[Judgement | None], Route]()
        newest: Route | None
        late, newest = False, None
        self._caller.latencies.count_ask()
        try:
            while waiting or running:
                if waiting and (late or not running):
                    newest, kind = waiting.popleft(), "hedge" if running else "live"
                    running[asyncio.create_task(self._ask_route(ask, newest, kind, len(waiting)))] = newest
                timeout = self._seconds_until_late(ask, newest) if newest and waiting else None
                done, _ = await asyncio.wait(running, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
                late = False
                if not done and newest is not None and self._is_late(ask, newest):
                    late = self._caller.latencies.acquire_hedge()
                    newest = None
                for task in done:
                    route, judgement = running.pop(task), task.result()
                    if judgement is not None:
                        return route, judgement
        finally:
            await cancel(running)
        return None

    async def _plan(self, ask: Ask) -> list[Route]:
        """The routes to ask, in order; those that may not see or cannot hold the words are recorded as skipped."""
        allowed, forbidden = privacy.split(self._routes, ask.request.privacy, self._policy.allowed_hosts)
        for route in forbidden:
            await self._caller.skip(ask, route.name, "live", "local_only")
        fitting = []
        for route in (route for route in allowed if route.name not in ask.answered):
            if self._caller.tokens_held(route, ask.call_on(route)) <= await self._caller.context(route):
                fitting.append(route)
            else:
                await self._caller.skip(ask, route.name, "live", "context")
        return self.in_order(ask, fitting)

    def in_order(self, ask: Ask, routes: Sequence[Route]) -> list[Route]:
        """The routes in the order in which the policy asks them."""
        nightly = ask.request.mode == "nightly"
        strategy = self._policy.nightly_strategy if nightly else self._policy.strategy
        median = self._caller.latencies.median
        return arrange(routes, strategy, lambda route: self._cost(ask, route), lambda route: median(route.name))

    def _cost(self, ask: Ask, route: Route) -> int | None:
        call, price = self._caller.tuned(ask, route), route.provider.price(route.model)
        usage = Usage(self._caller.input_tokens(route, call), call.max_tokens)
        return price.cost(usage, batch=False) if price else None

    def _seconds_until_late(self, ask: Ask, route: Route) -> float | None:
        """Seconds until the route's call is to be hedged; None where nothing is hedged."""
        hedge_after = self._caller.latencies.hedge_after(route.name)
        if hedge_after is None or not self._policy.hedging or ask.request.mode != "interactive":
            return None
        now = time.monotonic()
        return max(0.0, ask.sent_at.get(route.name, now) + hedge_after - now) + 0.01

    def _is_late(self, ask: Ask, route: Route) -> bool:
        sent_at, hedge_after = ask.sent_at.get(route.name), self._caller.latencies.hedge_after(route.name)
        return sent_at is not None and hedge_after is not None and time.monotonic() - sent_at >= hedge_after

    async def _ask_route(self, ask: Ask, route: Route, kind: str, routes_left: int) -> Judgement | None:
        """One route's calls: the first, one in a better form, a repair, another try after a transient failure."""
        context, tried, repaired = await self._caller.context(route), 0, False
        call = self._caller.tuned(ask, route, context)
        while True:
            if ask.seconds_left() < MIN_CALL_SECONDS:
                await self._caller.skip(ask, route.name, kind, "deadline")
                return None
            result = await self._caller.call(ask, route, call, kind, routes_left)
            tried += 1
            if result.judgement is not None and result.judgement.kind is None:
                return result.judgement
            if result.failure is not None:
                if (tuned := self._caller.tuned_again(ask, route, call, result.failure, context)) is not None:
                    call, kind = tuned, "retry"
                    continue
                wait = self._policy.retries.wait(result.failure, tried, ask.seconds_left())
                if wait is None:
                    return None
                await asyncio.sleep(wait)
                kind = "retry"
            elif result.judgement is not None and result.judgement.kind in _REPAIRED and not repaired:
                repaired, kind = True, "repair"
                reasons = tuple(map(ask.hide_names(route), result.judgement.reasons))
                call = replace(call, turns=(*call.turns, *repair_turns(ask.request, result.raw, reasons)))
            else:
                return None


async def cancel(running: Collection["asyncio.Task[Any]"]) -> None:
    """Cancel tasks, and wait until they have ended."""
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
