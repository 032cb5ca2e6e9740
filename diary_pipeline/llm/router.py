"""The router: privacy first, then the cache, then route after route until an answer is accepted, within one deadline.

Each single decision (which route may see the words, in which order, again or not, how long, for how much) is a module
of its own. When every route failed, the outcome lists the failures in order, and the caller uses its fallback.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from diary_pipeline.catalog import Catalog
from diary_pipeline.llm import cache, privacy
from diary_pipeline.llm.alerts import Alerts, log_alert
from diary_pipeline.llm.ask import Ask
from diary_pipeline.llm.batch_poller import BatchPoller
from diary_pipeline.llm.batch_rows import BatchRow, BatchRows
from diary_pipeline.llm.batch_submitter import BatchSubmitter
from diary_pipeline.llm.cache import Cache, CachedAnswer
from diary_pipeline.llm.caller import Caller
from diary_pipeline.llm.failover import Failover, cancel
from diary_pipeline.llm.hedge import Latencies
from diary_pipeline.llm.judge import judge
from diary_pipeline.llm.ledger import Ledger, Settlement
from diary_pipeline.llm.ledger_queue import LedgerQueue
from diary_pipeline.llm.obstacles import Alert
from diary_pipeline.llm.policy import Policy
from diary_pipeline.llm.prompt import texts
from diary_pipeline.llm.provider import ProviderAgain, Route
from diary_pipeline.llm.pseudonyms import Pseudonyms
from diary_pipeline.llm.request import Accept, AnswerVerdict, Attempt, Outcome, Rejected, Request
from diary_pipeline.llm.shadow import Shadows
from diary_pipeline.llm.sync_batches import SyncBatches
from diary_pipeline.llm.terms import Terms, terms_of
from diary_pipeline.net.failures import Usage
from diary_pipeline.net.loop import LoopThread
from diary_pipeline.schema import Privacy
from diary_pipeline.store import Store

_CHARACTERS = 4  # of a token, in most languages; for estimates only: what is reserved is an upper bound


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
        provider_again: ProviderAgain = lambda _, __: None,
    ) -> None:
        """*provider_again*: makes a provider that no route names any more, from its name and `Provider.origin`."""
        self.policy = policy or Policy()
        self.routes = tuple(route for route in routes if not route.shadow)
        self.ledger = Ledger(catalog.database, self.policy.budgets)
        self.cache, self._recordings = Cache(store), catalog.recordings
        self._ledger_queue = LedgerQueue(self.ledger)
        self._alerts = Alerts(alert)
        self._caller = Caller(self._ledger_queue, self.policy.breaker, self._alerts, Latencies(self.ledger.latencies))
        self._failover = Failover(self.routes, self.policy, self._caller)
        self._shadows = Shadows(tuple(route for route in routes if route.shadow), self._caller)
        self._loop, self._cancelled = LoopThread("diary-router"), False
        self._provider_again, self._former_routes = provider_again, dict[str, Route]()
        self.batches = self._new_batches(catalog)

    def _new_batches(self, catalog: Catalog) -> SyncBatches:
        routes = [route for route in self.routes if route.batch and not route.local]
        rows, queue, run = BatchRows(catalog.database), self._ledger_queue, self._loop.run
        submitter = BatchSubmitter(routes, self.policy.nightly_strategy, rows, queue, self._caller, self._cached)
        poller = BatchPoller(self._route_of_batch, rows, self._recordings, queue, self.cache, self._caller)
        new_ask = partial(self._new_ask, accept=reject_all)
        return SyncBatches(rows, submitter, poller, self._route_of_batch, new_ask, run)

    def _route_of_batch(self, row: BatchRow) -> Route | None:
        """The route that a batch went to. Where no setting names it any more, its provider is made again.

        None where that is not possible, because there is no key.
        """
        named = {route.name: route for route in (*self._shadows.routes, *self.routes)}
        if row.route not in named and row.route not in self._former_routes:
            name, _, model = row.route.partition("/")
            provider = self._provider_again(name, row.origin)
            if provider is None:
                return None
            self._former_routes[row.route] = Route(provider, model)
        return named.get(row.route) or self._former_routes[row.route]

    def largest_context(self, words: Privacy) -> int:
        """The most tokens of prompt and answer that a route holds which may see such words; 0 where none may.

        A local server is asked for its context once; the settings' value is used where it does not report one.
        """
        allowed, _ = privacy.split(self.routes, words, self.policy.allowed_hosts)
        return max(self._contexts(allowed), default=0)

    def spare_tokens(self, request: Request[Any]) -> int:
        """The most tokens that an allowed route has left beside the request; negative where it fits none."""
        allowed, _ = privacy.split(self.routes, request.privacy, self.policy.allowed_hosts)
        ask = self._new_ask(request, reject_all)
        held = (self._caller.tokens_held(route, ask.call_on(route)) for route in allowed)
        return max((context - tokens for context, tokens in zip(self._contexts(allowed), held, strict=True)), default=0)

    def _contexts(self, routes: Sequence[Route]) -> list[int]:
        async def ask_servers() -> list[int]:
            return [await self._caller.context(route) for route in routes]

        if any(route.local for route in routes):
            return self._loop.run(ask_servers())
        return [self._caller.known_context(route) for route in routes]

    @cached_property
    def terms(self) -> Terms:
        """On what terms the routes can be asked."""
        return terms_of(self.routes, self.policy, self.ledger)

    def estimate(self, request: Request[Any]) -> int | None:
        """The expected cost on the first allowed route, in billionths of a dollar; None: no price, 0: no route.

        An answer is expected to be as long as the material: `max_tokens` is an upper bound, which is only reserved.
        """
        allowed, _ = privacy.split(self.routes, request.privacy, self.policy.allowed_hosts)
        if not allowed:
            return 0
        ask, route = self._new_ask(request, reject_all), allowed[0]
        price = route.provider.price(route.model)
        read = sum(map(len, texts(ask.call_on(route)))) // _CHARACTERS
        written = min(request.max_tokens, len(request.material) // _CHARACTERS)
        return price.cost(Usage(read, written), batch=False) if price else None

    def ask(self, request: Request[Any], accept: Accept[Any]) -> Outcome:
        """Answer *request*; *accept* judges each answer, in another thread.

        Raises `TransientError` when the catalog cannot be used, `concurrent.futures.CancelledError` after `cancel`.
        """
        return self._loop.run(self.answer(request, accept))

    async def answer(self, request: Request[Any], accept: Accept[Any]) -> Outcome:
        """Like `ask`, on the router's own loop."""
        if self._cancelled:
            raise asyncio.CancelledError
        ask, cached = await asyncio.to_thread(self._look_up, request, accept)
        request = ask.request
        if cached is not None and (outcome := await self._answer_from_cache(ask, *cached)) is not None:
            return outcome
        if request.reuse == "any" and (outcome := await self._judge_refused(ask)) is not None:
            return outcome
        accepted = await self._failover.ask(ask)
        if accepted is None:
            await self._keep_refused(ask)
            self._alerts.alert(request.run_id, ask.outcome().obstacles)
            return ask.outcome()
        route, judgement = accepted
        answer = CachedAnswer(route.name, judgement.text)
        words = await asyncio.to_thread(privacy.tightest, self._recordings, request)
        await asyncio.to_thread(self.cache.put, request.recording, ask.cached_as(route.name), words, answer)
        self._shadows.send(ask, self.policy.allowed_hosts)
        return ask.outcome(judgement.verdict.value, route.name)

    async def _judge_refused(self, ask: Ask) -> Outcome | None:
        """Judge again what routes answered before and was refused; those still refused are not asked in this ask."""
        request = ask.request
        allowed, _ = privacy.split(self.routes, request.privacy, self.policy.allowed_hosts)
        for route in allowed:
            name = cache.refused_name(ask.question, route.name)
            found = await asyncio.to_thread(self.cache.get, request.recording, name, request.privacy)
            if found is None:
                continue
            ask.answered.add(route.name)
            if (outcome := await self._answer_from_cache(ask, name, found, drop=False)) is not None:
                return outcome
        return None

    async def _keep_refused(self, ask: Ask) -> None:
        request = ask.request
        words = await asyncio.to_thread(privacy.tightest, self._recordings, request)
        for route, text in {each.route: each.text for each in ask.rejected if each.text}.items():
            name, answer = cache.refused_name(ask.question, route), CachedAnswer(route, text)
            await asyncio.to_thread(self.cache.put, request.recording, name, words, answer)

    def close(self, *, wait: bool = True) -> None:
        """Wait for trial calls under way, at most until their own deadlines; then end the rest and close connections.

        Without *wait*, after `cancel`, or interrupted while it waits, it cancels them: a call that was sent is settled
        as assumed.
        """
        with contextlib.ExitStack() as stack:
            stack.callback(self._ledger_queue.close)
            if self._loop.started:
                stack.callback(self._loop.close)
                stack.callback(lambda: self._loop.run(self._close()))
                if wait and not self._cancelled:
                    self._loop.run(self._shadows.finish())

    def cancel(self) -> None:
        """End all asks, under way and later ones; their callers get a `concurrent.futures.CancelledError`."""
        self._cancelled = True
        self._loop.cancel()

    async def _close(self) -> None:
        await cancel([task for task in asyncio.all_tasks() if task is not asyncio.current_task()])
        for provider in {
            id(r.provider): r.provider for r in (*self.routes, *self._shadows.routes, *self._former_routes.values())
        }.values():
            await provider.close()

    def _new_ask(self, request: Request[Any], accept: Accept[Any]) -> Ask:
        request = replace(request, privacy=privacy.tightest(self._recordings, request))
        pseudonyms = None
        if self.policy.pseudonyms:
            pseudonyms = Pseudonyms.of(request.instructions + "\n" + request.material, request.names)
        until = time.monotonic() + request.deadline

        def may_be_sent(route: Route) -> bool:
            now = privacy.tightest(self._recordings, request)
            return privacy.permitted(route, now, self.policy.allowed_hosts)

        return Ask(secrets.token_hex(8), request, accept, until, cache.prompt_hash(request), may_be_sent, pseudonyms)

    def _look_up(self, request: Request[Any], accept: Accept[Any]) -> tuple[Ask, tuple[str, CachedAnswer] | None]:
        ask = self._new_ask(request, accept)
        return ask, self._cached(ask)

    def _cached(self, ask: Ask) -> tuple[str, CachedAnswer] | None:
        """An earlier answer that the ask may use, with its name in the cache."""
        request = ask.request
        allowed, _ = privacy.split(self.routes, request.privacy, self.policy.allowed_hosts)
        order = self._failover.in_order(ask, allowed) if request.reuse == "first" else allowed
        names = [route.name for route in order]
        return self.cache.find(request.recording, ask.question, request.privacy, names, request.reuse)

    async def _answer_from_cache(
        self, ask: Ask, place: str, cached: CachedAnswer, *, drop: bool = True
    ) -> Outcome | None:
        """The outcome with a cached answer; None, and with *drop* it is deleted, when it is not accepted."""
        request, route = ask.request, cached.route
        pseudonyms = ask.pseudonyms if cached.batched else None
        judgement = await asyncio.to_thread(judge, request, ask.accept, cached.text, pseudonyms)
        outcome, code = ("ok", "") if judgement.kind is None else (judgement.kind, judgement.code)
        settlement = Settlement(outcome, code, score=judgement.verdict.score, omitted=judgement.verdict.omitted)
        await self._ledger_queue.record([(ask.entry(route, "cache"), settlement)])
        ask.attempts.append(Attempt(route, "cache", outcome, code))
        if judgement.kind is not None:
            if drop:
                await asyncio.to_thread(self.cache.drop, request.recording, place, request.privacy)
            else:
                ask.rejected.append(Rejected(route, judgement.verdict.value, judgement.reasons))
            return None
        if cached.batched:  # judged for the first time: from now on it is like any other answer
            answer = CachedAnswer(route, judgement.text)
            await asyncio.to_thread(self.cache.put, request.recording, place, request.privacy, answer)
            self._shadows.send(ask, self.policy.allowed_hosts)
        return ask.outcome(judgement.verdict.value, route)


def reject_all(_: Any) -> AnswerVerdict:
    """The `accept` of asks whose answers are not judged: the ask that finds a batch's answer in the cache judges it."""
    return AnswerVerdict(reasons=("not judged",))
