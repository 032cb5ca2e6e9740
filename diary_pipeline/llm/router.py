"""The router: privacy first, then the cache, then route after route until an answer is accepted, within one deadline.

Belongs here: the order of things. Each single decision (which route may see the words, in which order, again or not, how long, for how
much) is a module of its own. When every route failed, the outcome says so in order, and the caller falls to its last resort.
"""

import asyncio
import contextlib
import secrets
import time
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from diary_pipeline.catalog import Catalog
from diary_pipeline.llm import cache as answers
from diary_pipeline.llm import privacy
from diary_pipeline.llm.attempt import Alert, Ask, Caller, log_alert
from diary_pipeline.llm.batches import Batches
from diary_pipeline.llm.breaker import BreakerOptions
from diary_pipeline.llm.budget import Budgets
from diary_pipeline.llm.cache import Cache, Cached
from diary_pipeline.llm.deadline import SHORTEST
from diary_pipeline.llm.hedge import Latencies
from diary_pipeline.llm.judge import Judgement, judge
from diary_pipeline.llm.ledger import Ledger, Spent
from diary_pipeline.llm.ledger_queue import LedgerQueue
from diary_pipeline.llm.order import Strategy, arrange
from diary_pipeline.llm.prompt import repair_turns, texts
from diary_pipeline.llm.provider import Route
from diary_pipeline.llm.pseudonyms import Pseudonyms
from diary_pipeline.llm.request import Accept, AnswerVerdict, Attempt, Outcome, Request
from diary_pipeline.llm.retry import Retries
from diary_pipeline.llm.shadow import Shadows
from diary_pipeline.llm.sync_batches import SyncBatches
from diary_pipeline.net.failures import Usage
from diary_pipeline.net.loop import LoopThread
from diary_pipeline.schema import Privacy
from diary_pipeline.store import Store

_LETTERS = 4  # letters of a token, as most languages have it; only for estimates: what is reserved is an upper bound
_REPAIRED = ("schema", "rejected", "placeholder")


@dataclass(frozen=True)
class Policy:
    """How the router decides.

    `allowed_hosts` are trusted like this machine; `pseudonyms` hides names from all others.
    """

    strategy: Strategy = "ordered"
    nightly_strategy: Strategy = "cheapest"
    allowed_hosts: frozenset[str] = frozenset()
    pseudonyms: bool = False
    hedging: bool = True
    retries: Retries = field(default_factory=Retries)
    breaker: BreakerOptions = field(default_factory=BreakerOptions)
    budgets: Budgets = field(default_factory=Budgets)


class Router:
    """Answers requests by the best route that policy allows.

    Thread-safe: many threads may `ask` at once, and share all limits.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        catalog: Catalog,
        store: Store,
        policy: Policy | None = None,
        alert: Alert = log_alert,
    ) -> None:
        self.policy = policy or Policy()
        self.routes = tuple(route for route in routes if not route.shadow)
        self.ledger = Ledger(catalog.database, self.policy.budgets)
        self.cache, self._recordings = Cache(store), catalog.recordings
        self._books = LedgerQueue(self.ledger)
        self._caller = Caller(self._books, self.policy.breaker, alert, Latencies(self.ledger.latencies))
        self._shadows = Shadows(tuple(route for route in routes if route.shadow), self._caller)
        self._loop, self._cancelled = LoopThread("diary-router"), False
        batches = Batches(self.routes, self.policy.nightly_strategy, catalog, self._books, self.cache, self._caller)
        self.batches = SyncBatches(batches, lambda request: self._new_ask(request, reject_all), self._loop.run)

    def room(self, words: Privacy) -> int:
        """Tokens of prompt and answer that the roomiest route holds which may see such words; 0 where none may.

        A server of one's own is asked what it really holds, once; what it does not tell, the settings say.
        """
        allowed, _ = privacy.split(self.routes, words, self.policy.allowed_hosts)
        return max(self._contexts(allowed), default=0)

    def spare(self, request: Request[Any]) -> int:
        """Tokens that would be left in the roomiest route that may see the request's words; negative where it does not fit."""
        allowed, _ = privacy.split(self.routes, request.privacy, self.policy.allowed_hosts)
        ask = self._new_ask(request, reject_all)
        needs = (self._caller.tokens_held(route, ask.call_on(route)) for route in allowed)
        return max(
            (context - tokens for context, tokens in zip(self._contexts(allowed), needs, strict=True)), default=0
        )

    def _contexts(self, routes: Sequence[Route]) -> list[int]:
        async def told() -> list[int]:
            return [await self._caller.context(route) for route in routes]

        return (
            self._loop.run(told())
            if any(route.local for route in routes)
            else [r.provider.limits.context for r in routes]
        )

    def estimate(self, request: Request[Any]) -> int | None:
        """Billionths of a dollar that the first allowed route is foreseen to take; None without a price, 0 where no route is allowed.

        An answer is foreseen to be as long as what it is about: the whole of `max_tokens` is only ever reserved.
        """
        allowed, _ = privacy.split(self.routes, request.privacy, self.policy.allowed_hosts)
        if not allowed:
            return 0
        ask, route = self._new_ask(request, reject_all), allowed[0]
        price = route.provider.price(route.model)
        asked, told = (sum(map(len, parts)) // _LETTERS for parts in (texts(ask.call_on(route)), [request.material]))
        return price.cost(Usage(asked, min(request.max_tokens, told)), batch=False) if price else None

    def ask(self, request: Request[Any], accept: Accept[Any]) -> Outcome:
        """Answer *request*; *accept* judges each answer, in another thread.

        Raises `TransientError` when the catalog cannot be used.
        """
        return self._loop.run(self.answer(request, accept))

    async def answer(self, request: Request[Any], accept: Accept[Any]) -> Outcome:
        """Like `ask`, on the router's own loop."""
        if self._cancelled:
            raise asyncio.CancelledError
        ask, found = await asyncio.to_thread(self._looked_up, request, accept)
        request = ask.request
        if found is not None and (known := await self._known(ask, found)) is not None:
            return known
        routes = await self._plan(ask)
        won = await self._walk(ask, routes)
        if won is None:
            return ask.outcome()
        route, judgement = won
        kept = Cached(route.name, judgement.text)
        await asyncio.to_thread(self.cache.put, request.recording, ask.key, request.privacy, kept)
        self._shadows.send(ask, self.policy.allowed_hosts)
        return ask.outcome(judgement.verdict.value, route.name)

    def close(self, *, wait: bool = True) -> None:
        """Wait for trial calls under way, at most until their own deadlines; then end what still runs and close the connections.

        Without *wait*, or interrupted while it waits, it cancels them: a call that was sent is settled as assumed.
        """
        with contextlib.ExitStack() as stack:
            stack.callback(self._books.close)
            if self._loop.started:
                stack.callback(self._loop.close)
                stack.callback(lambda: self._loop.run(self._close()))
                if wait:
                    self._loop.run(self._shadows.finish())

    def cancel(self) -> None:
        """End all asks, those to come too; their callers get a `concurrent.futures.CancelledError`."""
        self._cancelled = True
        self._loop.cancel()

    async def _close(self) -> None:
        await _cancel([task for task in asyncio.all_tasks() if task is not asyncio.current_task()])
        for provider in {id(r.provider): r.provider for r in (*self.routes, *self._shadows.routes)}.values():
            await provider.close()

    def _new_ask(self, request: Request[Any], accept: Accept[Any]) -> Ask:
        request = replace(request, privacy=privacy.tightest(self._recordings, request))
        hidden = (
            Pseudonyms.of(request.instructions + "\n" + request.material, request.names)
            if self.policy.pseudonyms
            else None
        )
        until = time.monotonic() + request.deadline
        return Ask(secrets.token_hex(8), request, accept, until, answers.prompt_hash(request), hidden)

    def _looked_up(self, request: Request[Any], accept: Accept[Any]) -> tuple[Ask, Cached | None]:
        ask = self._new_ask(request, accept)
        return ask, self.cache.get(ask.request.recording, ask.key, ask.request.privacy)

    async def _known(self, ask: Ask, found: Cached) -> Outcome | None:
        """The outcome that an answer of the cache makes; None, and it is forgotten, when it is no longer accepted."""
        request = ask.request
        route, hidden = found.route, ask.hidden if found.batched else None
        judgement = await asyncio.to_thread(judge, request, ask.accept, found.text, hidden)
        outcome, code = ("ok", "") if judgement.kind is None else (judgement.kind, judgement.code)
        told = Spent(outcome, code, score=judgement.verdict.score, omitted=judgement.verdict.omitted)
        await self._books.note([(ask.entry(route, "cache"), told)])
        ask.attempts.append(Attempt(route, "cache", outcome, code))
        if judgement.kind is not None:
            await asyncio.to_thread(self.cache.drop, request.recording, ask.key, request.privacy)
            return None
        if found.batched:  # seen for the first time: from now on it is like any other answer
            await asyncio.to_thread(
                self.cache.put, request.recording, ask.key, request.privacy, Cached(route, judgement.text)
            )
            self._shadows.send(ask, self.policy.allowed_hosts)
        return ask.outcome(judgement.verdict.value, route)

    async def _plan(self, ask: Ask) -> list[Route]:
        """The routes to ask, in order; those that may not see the words, or cannot hold them, are recorded and left out."""
        allowed, refused = privacy.split(self.routes, ask.request.privacy, self.policy.allowed_hosts)
        for route in refused:
            await self._caller.skip(ask, route.name, "live", "local_only")
        fitting = []
        for route in allowed:
            if self._caller.tokens_held(route, ask.call_on(route)) <= await self._caller.context(route):
                fitting.append(route)
            else:
                await self._caller.skip(ask, route.name, "live", "context")
        nightly = ask.request.mode == "nightly"
        strategy = self.policy.nightly_strategy if nightly else self.policy.strategy
        return arrange(
            fitting,
            strategy,
            lambda route: self._estimate(ask, route),
            lambda route: self._caller.latencies.median(route.name),
        )

    def _estimate(self, ask: Ask, route: Route) -> int | None:
        call, price = ask.call_on(route), route.provider.price(route.model)
        return (
            price.cost(Usage(self._caller.input_tokens(route, call), call.max_tokens), batch=False) if price else None
        )

    async def _walk(self, ask: Ask, routes: Sequence[Route]) -> tuple[Route, Judgement] | None:
        """Ask route after route; where somebody waits, a slow one is overtaken by the next.

        The first accepted answer wins.
        """
        waiting, running = deque(routes), dict[asyncio.Task[Judgement | None], Route]()
        newest: Route | None
        late, newest = False, None
        self._caller.latencies.count()
        try:
            while waiting or running:
                if waiting and (late or not running):
                    newest, kind = waiting.popleft(), "hedge" if running else "live"
                    running[asyncio.create_task(self._on_route(ask, newest, kind, len(waiting)))] = newest
                due = self._overdue_in(ask, newest) if newest and waiting else None
                done, _ = await asyncio.wait(running, timeout=due, return_when=asyncio.FIRST_COMPLETED)
                late = False
                if not done and newest is not None and self._is_late(ask, newest):
                    late = self._caller.latencies.spend()
                    newest = None
                for task in done:
                    route, judgement = running.pop(task), task.result()
                    if judgement is not None:
                        return route, judgement
        finally:
            await _cancel(running)
        return None

    def _overdue_in(self, ask: Ask, route: Route) -> float | None:
        """Seconds until the route's call is later than it should be; None where nothing is hedged."""
        patience = self._caller.latencies.patience(route.name)
        if patience is None or not self.policy.hedging or ask.request.mode != "interactive":
            return None
        return max(0.0, ask.on_wire.get(route.name, time.monotonic()) + patience - time.monotonic()) + 0.01

    def _is_late(self, ask: Ask, route: Route) -> bool:
        since, patience = ask.on_wire.get(route.name), self._caller.latencies.patience(route.name)
        return since is not None and patience is not None and time.monotonic() - since >= patience

    async def _on_route(self, ask: Ask, route: Route, kind: str, behind: int) -> Judgement | None:
        """One route's calls: the first, a repair of a false answer, another try after a passing failure."""
        call, tried, repaired = ask.call_on(route), 0, False
        while True:
            if ask.left() < SHORTEST:
                await self._caller.skip(ask, route.name, kind, "deadline")
                return None
            result = await self._caller.call(ask, route, call, kind, behind)
            tried += 1
            if result.judgement is not None and result.judgement.kind is None:
                return result.judgement
            if result.failure is not None:
                wait = self.policy.retries.wait(result.failure, tried, ask.left())
                if wait is None:
                    return None
                await asyncio.sleep(wait)
                kind = "retry"
            elif result.judgement is not None and result.judgement.kind in _REPAIRED and not repaired:
                repaired, kind = True, "repair"
                reasons = tuple(map(ask.hide_on(route), result.judgement.reasons))
                call = replace(call, turns=(*call.turns, *repair_turns(ask.request, result.raw, reasons)))
            else:
                return None


def reject_all(_: Any) -> AnswerVerdict:
    """Nobody judges an answer when it leaves a batch: the ask that finds it in the cache does."""
    return AnswerVerdict(reasons=("not judged",))


async def _cancel(running: Collection["asyncio.Task[Any]"]) -> None:
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
