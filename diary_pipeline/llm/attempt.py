"""One call on one route: a place at the gate, money reserved, the call under its own deadline, the answer judged, the money settled.

Belongs here: what happens around a single request on the wire. Does not belong here: which route, and whether again.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from diary_pipeline.llm import cache as answers
from diary_pipeline.llm.breaker import Breaker, BreakerOptions
from diary_pipeline.llm.deadline import share
from diary_pipeline.llm.gate import Gate, TooBusyError
from diary_pipeline.llm.hedge import Latencies
from diary_pipeline.llm.judge import Judgement, judge
from diary_pipeline.llm.ledger import LedgerEntry, OverBudgetError, Reservation, Spent
from diary_pipeline.llm.ledger_queue import LedgerQueue
from diary_pipeline.llm.prices import estimate_tokens, fitting_tokens
from diary_pipeline.llm.prompt import first_turns, new_call, texts
from diary_pipeline.llm.provider import NANO, Call, Price, Provider, Reply, Route
from diary_pipeline.llm.pseudonyms import Pseudonyms
from diary_pipeline.llm.request import Accept, Attempt, Outcome, Rejected, Request
from diary_pipeline.net import failures
from diary_pipeline.net.failures import ProviderError, Usage
from diary_pipeline.observability.traces import Value, current, span

log = logging.getLogger("diary.llm")
Alert = Callable[[str, str], None]


def log_alert(provider: str, kind: str) -> None:
    """The alert that everybody gets: one line in the log."""
    mend = "check its API key" if kind == "auth" else "its account has no credit left"
    log.error(
        "a provider refuses all calls: %s; it is left alone meanwhile",
        mend,
        extra={"ctx": {"provider": provider, "kind": kind}},
    )


@dataclass
class Ask:
    """One request on its way: who judges it, until when, and what was tried.

    `on_wire`: since when each route's call has been out.
    """

    id: str
    request: Request[Any]
    accept: Accept[Any]
    until: float
    prompt_sha256: str
    hidden: Pseudonyms | None = None
    attempts: list[Attempt] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    on_wire: dict[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name under which its answer is kept."""
        return answers.key(self.request, self.hidden)

    def left(self) -> float:
        """Seconds until the deadline."""
        return self.until - time.monotonic()

    def entry(self, route: str, kind: str) -> LedgerEntry:
        """The ledger's row for this ask."""
        r = self.request
        return LedgerEntry(
            self.id, r.recording, r.purpose, r.author, r.day, r.run_id, kind, route, self.prompt_sha256, r.version
        )

    def hide_on(self, route: Route) -> Callable[[str], str]:
        """How names are hidden from *route*: not at all where it is local, or pseudonyms are off."""
        return self.hidden.hide if self.hidden is not None and not route.local else str

    def call_on(self, route: Route) -> Call:
        """The ask's first call on *route*."""
        hide = self.hide_on(route)
        system, turns = first_turns(self.request, hide(self.request.material))
        marks = self.hidden.told() if self.hidden is not None and not route.local else ""
        return new_call(self.request, route, hide(system) + marks, turns)

    def outcome(self, value: object = None, route: str | None = None) -> Outcome:
        """How it ended."""
        return Outcome(self.id, value, route, tuple(self.attempts), tuple(self.rejected))


@dataclass(frozen=True)
class Tried:
    """What one call gave: a judgement of its answer, or a failure; neither when it was not made."""

    judgement: Judgement | None = None
    failure: ProviderError | None = None
    raw: str = ""


@dataclass(frozen=True)
class _Sent:
    """A call that is paid for: on which route, as what, and for how many tokens of input at most."""

    route: Route
    price: Price
    kind: str
    reservation: Reservation
    tokens: int

    def about(self, ask: "Ask", call: Call) -> dict[str, Value]:
        """What its span says of it, whatever becomes of it."""
        return {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": self.route.provider.name,
            "gen_ai.request.model": call.model,
            "gen_ai.request.max_tokens": call.max_tokens,
            "diary.llm.ask": ask.id,
            "diary.llm.purpose": ask.request.purpose,
            "diary.llm.route": self.route.name,
            "diary.llm.kind": self.kind,
            "diary.llm.reserved": self.reservation.amount / NANO,
            "diary.recording": ask.request.recording,
            "diary.run": ask.request.run_id,
        }

    def bill(self, outcome: str, reason: str, usage: Usage | None, seconds: float, *, billed: bool) -> Spent:
        """What it cost: as reported; else, where it may have been billed, all that was reserved; else nothing."""
        if usage is not None:
            return Spent(outcome, reason, usage, "reported", self.price.cost(usage, batch=False), seconds)
        if billed:
            return Spent(outcome, reason, None, "assumed", self.reservation.amount, seconds)
        return Spent(outcome, reason, None, "none", 0, seconds)


class Caller:
    """Makes calls. Holds what is known of each provider: its gate, its breaker, how long its answers took."""

    def __init__(self, books: LedgerQueue, breaker: BreakerOptions, alert: Alert, latencies: Latencies) -> None:
        self._books, self._options, self._alert = books, breaker, alert
        self.latencies = latencies
        self._gates: dict[str, Gate] = {}
        self._breakers: dict[str, Breaker] = {}
        self._models: dict[str, Breaker] = {}
        self._preparing, self._prepared = asyncio.Lock(), set[str]()
        self._underestimates: dict[str, float] = {}

    def breaker(self, provider: Provider) -> Breaker:
        """The provider's breaker; it begins with what the last calls of all processes say: down, or that a person must act."""
        if provider.name not in self._breakers:
            self._breakers[provider.name] = Breaker(self._options)
            self._breakers[provider.name].heard(self._books.ledger.lately(provider.name, self._options.cooldown))
            if why := self._books.ledger.barred(provider.name, provider.account, self._options.attended):
                self._breakers[provider.name].open(self._options.attended, why)
        return self._breakers[provider.name]

    def _model(self, route: Route) -> Breaker:
        """The model's own breaker: a provider that lacks one model may have others."""
        return self._models.setdefault(route.name, Breaker(self._options))

    async def prepare(self, provider: Provider) -> None:
        """Import an SDK before the clock of its first call runs, and without holding up the loop."""
        async with self._preparing:
            if provider.name not in self._prepared:
                await asyncio.to_thread(provider.prepare)
                self._prepared.add(provider.name)

    def gate(self, provider: Provider) -> Gate:
        """The provider's gate."""
        if provider.name not in self._gates:
            self._gates[provider.name] = Gate(provider.name, provider.limits)
        return self._gates[provider.name]

    async def context(self, route: Route) -> int:
        """Tokens that the route holds. A server of one's own is asked, unless it is down."""
        if not route.local or self.breaker(route.provider).why:
            return route.provider.limits.context
        await self.prepare(route.provider)
        return await route.provider.context(route.model)

    def input_tokens(self, route: Route, call: Call) -> int:
        """An upper bound of the call's input; raised when a route was seen to count more than was estimated."""
        return round(estimate_tokens(*texts(call)) * self._underestimates.get(route.name, 1.0))

    def tokens_held(self, route: Route, call: Call) -> int:
        """Tokens that a call takes of the route's context, its answer included. A schema is no part of the prompt."""
        return round(fitting_tokens(*texts(call)[:-1]) * self._underestimates.get(route.name, 1.0)) + call.max_tokens

    async def skip(self, ask: Ask, route: str, kind: str, reason: str) -> None:
        """Record that a route was not asked."""
        ask.attempts.append(Attempt(route, kind, "skipped", reason))
        await self._books.note([(ask.entry(route, kind), Spent("skipped", reason))])

    async def call(self, ask: Ask, route: Route, call: Call, kind: str, behind: int) -> Tried:
        """Make one call, if breaker, gate and budgets allow, and judge its answer; *behind* routes wait for their turn after it."""
        price = route.provider.price(route.model)
        if price is None:
            await self.skip(ask, route.name, kind, "no price")
            return Tried()
        breaker = self.breaker(route.provider)
        for each in (self._model(route), breaker):
            if not each.allows():
                await self.skip(ask, route.name, kind, f"breaker open: {each.why}")
                return Tried()
        tokens, limit = self.input_tokens(route, call), route.provider.limits.timeout
        await self.prepare(route.provider)
        try:
            async with self.gate(route.provider).place(tokens + call.max_tokens, share(ask.left(), behind, limit)):
                amount = price.cost(Usage(tokens, call.max_tokens), batch=False)
                reservation = await self._books.reserve(ask.entry(route.name, kind), amount)
                return await self._made(
                    ask, _Sent(route, price, kind, reservation, tokens), call, share(ask.left(), behind, limit)
                )
        except (TooBusyError, OverBudgetError) as error:
            breaker.released()
            what = "budget" if isinstance(error, OverBudgetError) else "busy"
            await self.skip(ask, route.name, kind, f"{what}: {error}")
            return Tried()
        except asyncio.CancelledError:
            breaker.released()
            raise

    async def _made(self, ask: Ask, sent: _Sent, call: Call, seconds: float) -> Tried:
        with span(f"chat {call.model}", sent.about(ask, call), elsewhere=not sent.route.local):
            return await self._waited(ask, sent, call, seconds)

    async def _waited(self, ask: Ask, sent: _Sent, call: Call, seconds: float) -> Tried:
        started = ask.on_wire[sent.route.name] = time.monotonic()
        try:
            async with asyncio.timeout(max(seconds, 0)):
                reply = await sent.route.provider.generate(call)
        except asyncio.CancelledError:
            reserved = sent.reservation.amount
            current().add({"diary.llm.outcome": "cancelled", "diary.llm.cost": reserved / NANO})
            self._books.settle_later(
                sent.reservation, Spent("cancelled", "", None, "assumed", reserved, time.monotonic() - started)
            )
            ask.attempts.append(Attempt(sent.route.name, sent.kind, "cancelled", reserved=reserved, settled=reserved))
            raise
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises is told apart by `failures.of`
            return await self._failed(ask, sent, failures.of(error), time.monotonic() - started)
        return await self._answered(ask, sent, reply, time.monotonic() - started)

    async def _answered(self, ask: Ask, sent: _Sent, reply: Reply, seconds: float) -> Tried:
        route = sent.route
        self.breaker(route.provider).succeeded()
        self._model(route).succeeded()
        self.latencies.add(route.name, seconds)
        self._learn(sent, reply.usage)
        try:
            judgement = await asyncio.to_thread(
                judge, ask.request, ask.accept, reply.text, None if route.local else ask.hidden
            )
        except BaseException as error:
            outcome = (
                "cancelled" if isinstance(error, asyncio.CancelledError) else "fault"
            )  # overtaken by a hedge, or the caller's own bug
            self._books.settle_later(sent.reservation, sent.bill(outcome, "", reply.usage, seconds, billed=True))
            raise
        spent = sent.bill(judgement.kind or "ok", judgement.code, reply.usage, seconds, billed=True)
        await self._settled(ask, sent, replace(spent, score=judgement.verdict.score, omitted=judgement.verdict.omitted))
        if judgement.kind == "rejected":
            ask.rejected.append(Rejected(route.name, judgement.verdict.value, judgement.reasons))
        return Tried(judgement, raw=reply.text)

    async def _failed(self, ask: Ask, sent: _Sent, failure: ProviderError, seconds: float) -> Tried:
        route = sent.route
        self._learn(sent, failure.usage)
        detail = f"{failure.detail} {route.provider.account}" if failure.kind in ("auth", "quota") else failure.detail
        await self._settled(
            ask, sent, sent.bill(failure.kind, detail, failure.usage, seconds, billed=failure.maybe_billed)
        )
        self.failed(route, failure)
        return Tried(failure=failure)

    def failed(self, route: Route, failure: ProviderError) -> None:
        """Let the breakers know, and a person, when only a person can mend it."""
        if failure.kind == "not_found":
            self._model(route).open(self._options.cooldown if route.local else self._options.attended, "not_found")
        if self.breaker(route.provider).failed(failure, deadly=route.local):
            self._alert(route.provider.name, failure.kind)

    async def _settled(self, ask: Ask, sent: _Sent, spent: Spent) -> None:
        read, written = (spent.usage.input_tokens, spent.usage.output_tokens) if spent.usage else (None, None)
        reserved = sent.reservation.amount
        current().add(
            {
                "diary.llm.outcome": spent.outcome,
                "diary.llm.cost": spent.cost / NANO,
                "gen_ai.usage.input_tokens": read,
                "gen_ai.usage.output_tokens": written,
                "error.type": None if spent.outcome == "ok" else spent.outcome,
            }
        )
        ask.attempts.append(
            Attempt(sent.route.name, sent.kind, spent.outcome, spent.reason, read, written, reserved, spent.cost)
        )
        await self._books.settle(sent.reservation, spent)

    def _learn(self, sent: _Sent, usage: Usage | None) -> None:
        """Estimate more next time where a route counts more tokens than was thought."""
        if usage and usage.input_tokens > sent.tokens:
            known = self._underestimates.get(sent.route.name, 1.0)
            self._underestimates[sent.route.name] = known * usage.input_tokens / sent.tokens
