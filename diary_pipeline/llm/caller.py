"""One call on one route: acquire a slot, reserve money, send the call with its own deadline, judge the answer, settle.

Which route is called, and whether again, is decided in `router.py`.
"""

import asyncio
import logging
import sys
import time
from dataclasses import dataclass, replace

from diary_pipeline.llm.alerts import Alerts
from diary_pipeline.llm.ask import Ask
from diary_pipeline.llm.breaker import Breaker, BreakerOptions
from diary_pipeline.llm.deadline import MIN_CALL_SECONDS, call_seconds
from diary_pipeline.llm.expected import Expected
from diary_pipeline.llm.hedge import Latencies
from diary_pipeline.llm.judge import Judgement, judge
from diary_pipeline.llm.ledger import OverBudgetError, Settlement
from diary_pipeline.llm.ledger_queue import LedgerQueue
from diary_pipeline.llm.limiter import ProviderLimiter, TooBusyError
from diary_pipeline.llm.obstacles import AT_ONCE, Obstacle
from diary_pipeline.llm.prices import estimate_tokens, fitting_tokens, size
from diary_pipeline.llm.prompt import texts
from diary_pipeline.llm.provider import NANO, Call, Price, Provider, Reply, Route
from diary_pipeline.llm.request import Attempt, Rejected
from diary_pipeline.llm.reserved_call import ReservedCall
from diary_pipeline.llm.tuning import Tuning
from diary_pipeline.net import failures
from diary_pipeline.net.failures import ProviderError, Usage
from diary_pipeline.observability.traces import current, span

log = logging.getLogger("diary.llm")


@dataclass(frozen=True)
class CallResult:
    """What one call gave: a judgement of its answer, or a failure; neither when it was not made.

    `raw` is the answer's text.
    """

    judgement: Judgement | None = None
    failure: ProviderError | None = None
    raw: str = ""


class Caller:
    """Makes calls; holds each provider's limiter and breaker, and the latencies of its answers."""

    def __init__(
        self, ledger_queue: LedgerQueue, breaker: BreakerOptions, alerts: Alerts, latencies: Latencies
    ) -> None:
        self._ledger_queue, self._options, self._alerts = ledger_queue, breaker, alerts
        self.latencies = latencies
        self._limiters: dict[str, ProviderLimiter] = {}
        self._breakers: dict[str, Breaker] = {}
        self._model_breakers: dict[str, Breaker] = {}
        self._preparing, self._prepared = asyncio.Lock(), set[str]()
        self._underestimates: dict[str, float] = {}
        self._holds: dict[str, int] = {}
        self._held: dict[str, int] = {}
        self._tuning = Tuning(ledger_queue.ledger.cut_off)
        self._expected = Expected(ledger_queue.ledger.usages)

    def breaker(self, provider: Provider) -> Breaker:
        """The provider's breaker; a new one starts from the last calls of all processes."""
        if provider.name not in self._breakers:
            ledger, breaker = self._ledger_queue.ledger, Breaker(self._options)
            self._breakers[provider.name] = breaker
            breaker.replay(ledger.recent_outcomes(provider.name, self._options.cooldown))
            if block := ledger.account_block(provider.name, provider.account, self._options.operator_cooldown):
                breaker.open(self._options.operator_cooldown, block)
        return self._breakers[provider.name]

    def _model_breaker(self, route: Route) -> Breaker:
        """The model's own breaker: a provider that lacks one model may have others."""
        return self._model_breakers.setdefault(route.name, Breaker(self._options))

    async def prepare(self, provider: Provider) -> None:
        """Import the provider's SDK before its first call is timed, without blocking the loop."""
        async with self._preparing:
            if provider.name not in self._prepared:
                await asyncio.to_thread(provider.prepare)
                self._prepared.add(provider.name)

    def limiter(self, provider: Provider) -> ProviderLimiter:
        """The provider's limiter."""
        if provider.name not in self._limiters:
            self._limiters[provider.name] = ProviderLimiter(provider.name, provider.limits)
        return self._limiters[provider.name]

    async def context(self, route: Route) -> int:
        """Tokens that the route holds; a local server is asked, unless its breaker is open."""
        if not route.local or self.breaker(route.provider).reason:
            return self.known_context(route)
        await self.prepare(route.provider)
        return min(await route.provider.context(route.model), self._holds.get(route.name, sys.maxsize))

    def known_context(self, route: Route) -> int:
        """Tokens that the route holds by the settings, or by what it refused or cut."""
        return min(route.provider.limits.context, self._holds.get(route.name, sys.maxsize))

    def _learn_context(self, route: Route, call: Call, failure: ProviderError) -> None:
        """The route holds less than was thought: what it counted of a prompt that it cut, else less than the call.

        As much as it has answered it holds: a refusal that is not about size closes no route.
        """
        cut = failure.usage.input_tokens if failure.usage else self.tokens_held(route, call) * 3 // 4
        least = max(cut, self._held.get(route.name, 1))
        self._holds[route.name] = min(least, self._holds.get(route.name, sys.maxsize))

    def input_tokens(self, route: Route, call: Call) -> int:
        """An upper bound of the call's input; raised when a route was seen to count more than was estimated."""
        return round(estimate_tokens(*texts(call)) * self._underestimates.get(route.name, 1.0))

    def tokens_held(self, route: Route, call: Call) -> int:
        """Tokens that a call takes of the route's context, its answer included. A schema is no part of the prompt."""
        return round(fitting_tokens(*texts(call)[:-1]) * self._underestimates.get(route.name, 1.0)) + call.max_tokens

    def tuned(self, ask: Ask, route: Route, context: int | None = None) -> Call:
        """The ask's first call on *route*, as the route is to be asked; *context*: tokens that it holds."""
        call = ask.call_on(route)
        return self._tuning.tuned(route, call, self._room(route, call, context))

    def tuned_again(self, ask: Ask, route: Route, call: Call, failure: ProviderError, context: int) -> Call | None:
        """The call that may succeed where *call* failed for its form; None where asking so again does not help."""
        return self._tuning.again(route, call, failure, ask.call_on(route), self._room(route, call, context))

    def _room(self, route: Route, call: Call, context: int | None) -> int:
        """Tokens that the route has left for an answer."""
        held = self.tokens_held(route, call) - call.max_tokens
        return max(call.max_tokens, (context or route.provider.limits.context) - held)

    def reserved_for(self, route: Route, bound: Usage, price: Price, *, batch: bool) -> int:
        """Billionths to reserve for a call that takes *bound* at most: what its route took before."""
        return price.cost(self._expected.usage(route.name, bound), batch=batch)

    async def skip(self, ask: Ask, route: str, kind: str, reason: str, needed: int = 0) -> None:
        """Record that a route was not called; *needed* is what a budget did not allow."""
        attempt = Attempt(route, kind, "skipped", reason, needed=needed)
        ask.attempts.append(attempt)
        if (obstacle := attempt.obstacle) is not None and obstacle.cause in AT_ONCE:
            self._alerts.alert(ask.request.run_id, [obstacle])
        await self._ledger_queue.record([(ask.entry(route, kind), Settlement("skipped", reason))])

    async def call(self, ask: Ask, route: Route, call: Call, kind: str, routes_left: int) -> CallResult:
        """Make one call, if breaker, limiter and budgets allow, and judge its answer; *routes_left* routes remain."""
        price = route.provider.price(route.model)
        if price is None:
            await self.skip(ask, route.name, kind, "no price")
            return CallResult()
        breaker = self.breaker(route.provider)
        for each in (self._model_breaker(route), breaker):
            if not each.allows():
                await self.skip(ask, route.name, kind, f"breaker open: {each.reason}")
                return CallResult()
        tokens, limit = self.input_tokens(route, call), route.provider.limits.timeout
        bound = Usage(tokens, call.max_tokens)

        def amounts() -> tuple[int, int]:
            guess = self._expected.guess(route.name, bound)
            return self.reserved_for(route, bound, price, batch=False), price.cost(guess, batch=False)

        await self.prepare(route.provider)
        try:
            timeout = call_seconds(ask.seconds_left(), routes_left, limit)
            async with self.limiter(route.provider).slot(tokens + call.max_tokens, timeout):
                if not route.local and not await asyncio.to_thread(ask.may_be_sent, route):
                    breaker.release_probe()
                    await self.skip(ask, route.name, kind, "local_only")
                    return CallResult()
                entry, left = ask.entry(route.name, kind), call_seconds(ask.seconds_left(), routes_left, limit)
                reservation = await self._ledger_queue.reserve_within(entry, amounts, left - MIN_CALL_SECONDS)
                reserved = ReservedCall(route, price, kind, reservation, bound, sum(map(size, texts(call))))
                with span(f"chat {call.model}", reserved.span_attributes(ask, call), remote=not route.local):
                    return await self._send(ask, reserved, call, call_seconds(ask.seconds_left(), routes_left, limit))
        except (TooBusyError, OverBudgetError) as error:
            breaker.release_probe()
            over = isinstance(error, OverBudgetError)
            needed = amounts()[1] if over else 0
            await self.skip(ask, route.name, kind, f"{'budget' if over else 'busy'}: {error}", needed)
            return CallResult()
        except asyncio.CancelledError:
            breaker.release_probe()
            raise

    async def _send(self, ask: Ask, reserved: ReservedCall, call: Call, seconds: float) -> CallResult:
        started = ask.sent_at[reserved.route.name] = time.monotonic()
        try:
            async with asyncio.timeout(max(seconds, 0)):
                reply = await reserved.route.provider.generate(call)
        except asyncio.CancelledError:
            self._settle_cancelled(ask, reserved, time.monotonic() - started)
            raise
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises is classified by `failures.of`
            failure = failures.of(error)
            if failure.kind == "context":
                self._learn_context(reserved.route, call, failure)
            return await self._settle_failure(ask, reserved, failure, time.monotonic() - started)
        name, held = reserved.route.name, self.tokens_held(reserved.route, call)
        self._held[name] = max(held, self._held.get(name, 1))
        return await self._settle_answer(ask, reserved, reply, time.monotonic() - started)

    async def _settle_answer(self, ask: Ask, reserved: ReservedCall, reply: Reply, seconds: float) -> CallResult:
        route = reserved.route
        self.breaker(route.provider).record_success()
        self._model_breaker(route).record_success()
        self.latencies.add(route.name, seconds)
        self._learn(reserved, reply.usage)
        pseudonyms = None if route.local else ask.pseudonyms
        try:
            judgement = await asyncio.to_thread(judge, ask.request, ask.accept, reply.text, pseudonyms, reply.reasoning)
        except (
            BaseException
        ) as error:  # cancelled by a faster hedge or an interrupt; else a fault of the caller's `accept`
            outcome = "cancelled" if isinstance(error, asyncio.CancelledError) else "fault"
            settlement = reserved.settlement(outcome, "", reply.usage, seconds, billed=True)
            self._ledger_queue.settle_later(reserved.reservation, settlement)
            raise
        verdict = judgement.verdict
        settlement = reserved.settlement(judgement.kind or "ok", judgement.code, reply.usage, seconds, billed=True)
        await self._settle(ask, reserved, replace(settlement, score=verdict.score, omitted=verdict.omitted))
        if judgement.kind in ("rejected", "oversized"):
            ask.rejected.append(Rejected(route.name, verdict.value, judgement.reasons, judgement.text))
        return CallResult(judgement, raw=reply.text or reply.reasoning)

    async def _settle_failure(
        self, ask: Ask, reserved: ReservedCall, failure: ProviderError, seconds: float
    ) -> CallResult:
        route = reserved.route
        self._learn(reserved, failure.usage)
        detail = f"{failure.detail} {route.provider.account}" if failure.kind in ("auth", "quota") else failure.detail
        billed = failure.maybe_billed
        await self._settle(
            ask, reserved, reserved.settlement(failure.kind, detail, failure.usage, seconds, billed=billed)
        )
        self.record_failure(route, failure, ask.request.run_id)
        return CallResult(failure=failure)

    def _settle_cancelled(self, ask: Ask, reserved: ReservedCall, seconds: float) -> None:
        """The provider may bill it: all that was reserved is spent."""
        route, amount = reserved.route.name, reserved.reservation.amount
        current().add({"diary.llm.outcome": "cancelled", "diary.llm.cost": amount / NANO})
        settlement = Settlement("cancelled", "", None, "assumed", amount, seconds)
        self._ledger_queue.settle_later(reserved.reservation, settlement)
        ask.attempts.append(Attempt(route, reserved.kind, "cancelled", reserved=amount, settled=amount))

    def record_failure(self, route: Route, failure: ProviderError, run_id: str | None) -> None:
        """Count the failure in the breakers; alert of what only a person can remedy."""
        if failure.kind == "not_found":
            cooldown = self._options.cooldown if route.local else self._options.operator_cooldown
            self._model_breaker(route).open(cooldown, "not_found")
        self.breaker(route.provider).record_failure(failure, timeout_opens=route.local)
        if failure.kind in AT_ONCE:
            self._alerts.alert(run_id, [Obstacle(route.name, failure.kind)])

    async def _settle(self, ask: Ask, reserved: ReservedCall, settlement: Settlement) -> None:
        usage, amount = settlement.usage, reserved.reservation.amount
        read, written = (usage.input_tokens, usage.output_tokens) if usage else (None, None)
        current().add(
            {
                "diary.llm.outcome": settlement.outcome,
                "diary.llm.cost": settlement.cost / NANO,
                "gen_ai.usage.input_tokens": read,
                "gen_ai.usage.output_tokens": written,
                "error.type": None if settlement.outcome == "ok" else settlement.outcome,
            }
        )
        route, kind, outcome = reserved.route.name, reserved.kind, settlement.outcome
        ask.attempts.append(Attempt(route, kind, outcome, settlement.reason, read, written, amount, settlement.cost))
        await self._ledger_queue.settle(reserved.reservation, settlement)

    def _learn(self, reserved: ReservedCall, usage: Usage | None) -> None:
        """Expect what the route took, and estimate more where it counts more tokens than were estimated."""
        name, tokens = reserved.route.name, reserved.bound.input_tokens
        if usage is None:
            return
        if not reserved.credible(usage):
            context = {"route": name, "input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
            log.warning("a route reports a usage that its call cannot have had", extra={"ctx": context})
            return
        self._expected.add(name, usage, tokens)
        if usage.input_tokens > tokens:
            self._underestimates[name] = self._underestimates.get(name, 1.0) * usage.input_tokens / tokens
