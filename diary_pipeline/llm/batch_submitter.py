"""Submits asks to the providers' half-price batches. Words that must not leave the machine enter no batch."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from diary_pipeline.llm.ask import Ask
from diary_pipeline.llm.batch_rows import BatchRows
from diary_pipeline.llm.caller import Caller
from diary_pipeline.llm.ledger import OverBudgetError, Reservation, Settlement
from diary_pipeline.llm.ledger_queue import LedgerQueue
from diary_pipeline.llm.order import Strategy, arrange
from diary_pipeline.llm.provider import BatchItem, Route
from diary_pipeline.net import failures
from diary_pipeline.net.failures import Usage

MAX_CALLS = 1000  # in one batch, so that one that fails delays no more
SUBMITTING_SECONDS = 120.0  # after so long no process is still submitting: it died


_Reserved = tuple[Ask, Reservation]


@dataclass(frozen=True)
class Submitted:
    """The recordings that wait for a batch, and those that do not and are to be asked live."""

    waiting: tuple[str, ...] = ()
    live: tuple[str, ...] = ()


class BatchSubmitter:
    """Chooses a route for each ask, writes the batch down, reserves its money, submits it.

    *cached* gives an earlier answer that an ask may use.
    """

    def __init__(
        self,
        routes: Sequence[Route],
        strategy: Strategy,
        rows: BatchRows,
        ledger_queue: LedgerQueue,
        caller: Caller,
        cached: Callable[[Ask], object],
    ) -> None:
        self._routes, self._strategy, self._rows = routes, strategy, rows
        self._ledger_queue, self._caller, self._cached = ledger_queue, caller, cached

    async def submit(self, asks: Sequence[Ask], deadline: datetime) -> Submitted:
        """Submit the asks that may go through a batch. After *deadline* (aware) what is not answered is cancelled."""
        seen = set(self._rows.waits())
        by_route: dict[str, list[Ask]] = {}
        live = []
        for ask in asks:
            if ask.request.recording in seen:
                continue
            seen.add(ask.request.recording)
            route = None if ask.request.privacy != "standard" or self._cached(ask) else self._route(ask)
            if route is None:
                live.append(ask.request.recording)
            else:
                by_route.setdefault(route.name, []).append(ask)
        waiting: list[str] = []
        for route in self._routes:
            group = by_route.get(route.name, [])
            for start in range(0, len(group), MAX_CALLS):
                part = group[start : start + MAX_CALLS]
                submitted = await self._submit_batch(route, part, deadline)
                waiting += [ask.request.recording for ask in submitted]
                live += [ask.request.recording for ask in part if ask not in submitted]
        return Submitted(tuple(waiting), tuple(live))

    def _route(self, ask: Ask) -> Route | None:
        """The route whose batch is used; None when no route has a batch and a price, holds the prompt and is up."""

        def fits(route: Route) -> bool:
            if route.provider.batch is None or route.provider.price(route.model) is None:
                return False
            if self._caller.breaker(route.provider).reason in ("auth", "quota"):
                return False
            call = self._caller.tuned(ask, route)
            return self._caller.input_tokens(route, call) + call.max_tokens <= route.provider.limits.context

        fitting = [route for route in self._routes if fits(route)]
        order = arrange(fitting, self._strategy, lambda route: self._cost(ask, route), lambda _: None)
        return order[0] if order else None

    def _cost(self, ask: Ask, route: Route) -> int:
        """Billionths that a call is expected to cost, at the batch price."""
        call, price = self._caller.tuned(ask, route), route.provider.price(route.model)
        bound = Usage(self._caller.input_tokens(route, call), call.max_tokens)
        return self._caller.reserved_for(route, bound, price, batch=True) if price else 0

    async def _submit_batch(self, route: Route, asks: Sequence[Ask], deadline: datetime) -> list[Ask]:
        """Write one batch down, reserve its money, submit it.

        Returns the asks that are in it; those over budget are not, nor those that have become private meanwhile.
        """
        token = secrets.token_hex(6)
        batch = self._rows.begin(token, route, len(asks), asks[0].request.run_id, deadline)
        reserved = await self._reserve(route, batch, token, asks)
        await self._caller.prepare(route.provider)
        included = [item for item in reserved if await self._may_be_sent(route, item)]
        api = route.provider.batch
        if not included or api is None:
            self._rows.mark(batch, "failed")
            return []
        items = [
            BatchItem(f"{token}-{ask.cached_as(route.name)}", self._caller.tuned(ask, route)) for ask, _ in included
        ]
        try:
            async with asyncio.timeout(min(SUBMITTING_SECONDS, route.provider.limits.timeout)):
                handle = await api.submit(token, items)
        except Exception as error:  # noqa: BLE001 - classified by `failures.of`
            failure = failures.of(error)
            if failure.maybe_billed:  # it may be running: the next polls look for it by its token
                return [ask for ask, _ in included]
            await self._record_failure(route, batch, included, failure)
            return []
        self._rows.mark(batch, "submitted", handle)
        return [ask for ask, _ in included]

    async def _reserve(self, route: Route, batch: int, token: str, asks: Sequence[Ask]) -> list[_Reserved]:
        """The asks whose money could be reserved."""
        reserved: list[_Reserved] = []
        for ask in asks:
            item, entry = f"{token}-{ask.cached_as(route.name)}", ask.entry(route.name, "batch")
            amount = self._cost(ask, route)
            try:
                reserved.append((ask, await self._ledger_queue.reserve(entry, amount, batch=batch, item=item)))
            except OverBudgetError as error:
                await self._caller.skip(ask, route.name, "batch", f"budget: {error}", amount)
        return reserved

    async def _may_be_sent(self, route: Route, item: _Reserved) -> bool:
        """Whether the ask may still be submitted; if not, its reservation is given back."""
        ask, reservation = item
        if await asyncio.to_thread(ask.may_be_sent, route):
            return True
        await self._ledger_queue.settle(reservation, Settlement("skipped", "local_only"))
        return False

    async def _record_failure(
        self, route: Route, batch: int, reserved: list[_Reserved], failure: failures.ProviderError
    ) -> None:
        """The provider rejected the batch: nothing of it is spent."""
        for _, reservation in reserved:
            await self._ledger_queue.settle(reservation, Settlement(failure.kind, failure.detail))
        self._rows.mark(batch, "failed")
        self._caller.record_failure(route, failure, reserved[0][0].request.run_id)
