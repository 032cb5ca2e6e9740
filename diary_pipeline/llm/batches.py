"""Half-price batches for work that can wait: hand over, look again later, take what came, let the rest be asked at once.

An answer of a batch goes into the cache, where the ordinary ask finds it and judges it; so a batch can only make an ask cheaper, never
lose it. What failed, expired or was refused is not in the cache, and is asked live. Words that must not leave the machine enter no batch.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from diary_pipeline.catalog import Catalog
from diary_pipeline.errors import TransientError
from diary_pipeline.llm.attempt import Ask, Caller
from diary_pipeline.llm.batch_rows import BatchRow, BatchRows, State, Wait, WaitingItem
from diary_pipeline.llm.cache import Cache, Cached
from diary_pipeline.llm.ledger import Known, OverBudgetError, Reservation, Spent
from diary_pipeline.llm.ledger_queue import LedgerQueue
from diary_pipeline.llm.order import Strategy, arrange
from diary_pipeline.llm.provider import BatchApi, BatchHandle, BatchItem, BatchResult, Route
from diary_pipeline.net import failures
from diary_pipeline.net.failures import Usage
from diary_pipeline.schema import Privacy

log = logging.getLogger("diary.llm")
AT_ONCE = 1000  # calls in one batch; one that goes wrong takes no more along
SUBMITTING_SECONDS = 120.0  # after so long nobody is still handing it over: its process died
LOOK_SECONDS = 45.0  # for one batch; Dagster ends a sensor's look after 60
ENDING_SECONDS = 900.0  # providers take up to ten minutes to end a cancelled batch


@dataclass(frozen=True)
class Submitted:
    """What was handed over: the recordings that wait for a batch, and those that do not and are to be asked live."""

    waiting: tuple[str, ...] = ()
    live: tuple[str, ...] = ()


@dataclass(frozen=True)
class BatchProgress:
    """One batch after a look at it."""

    batch: int
    route: str
    state: State
    answered: int = 0
    failed: int = 0


class Batches:
    """Hands work to the providers' batch APIs and brings it back. Any process may poll what another one submitted."""

    def __init__(
        self,
        routes: Sequence[Route],
        strategy: Strategy,
        catalog: Catalog,
        books: LedgerQueue,
        cache: Cache,
        caller: Caller,
    ) -> None:
        self._routes = [route for route in routes if route.batch and not route.local]
        self._strategy, self._rows, self._recordings = strategy, BatchRows(catalog.database), catalog.recordings
        self._books, self._cache, self._caller = books, cache, caller

    async def submit(self, asks: Sequence[Ask], deadline: datetime) -> Submitted:
        """Hand over what may be handed over. After *deadline* (aware) whatever is not answered is cancelled."""
        busy = self.waiting()
        groups: dict[str, list[Ask]] = {}
        live = []
        for ask in asks:
            route = None if ask.request.privacy != "standard" or self._is_cached(ask) else self._route(ask)
            if ask.request.recording in busy:
                continue
            busy |= {ask.request.recording}
            if route is None:
                live.append(ask.request.recording)
            else:
                groups.setdefault(route.name, []).append(ask)
        waiting: list[str] = []
        for route in self._routes:
            group = groups.get(route.name, [])
            for start in range(0, len(group), AT_ONCE):
                part = group[start : start + AT_ONCE]
                taken = await self._hand_over(route, part, deadline)
                waiting += [ask.request.recording for ask in taken]
                live += [ask.request.recording for ask in part if ask not in taken]
        return Submitted(tuple(waiting), tuple(live))

    async def poll(self) -> list[BatchProgress]:
        """Look at every open batch: collect what ended, cancel what is late.

        Trouble with one, whatever it is, leaves the others be.
        """
        found, silent = [], set[str]()
        for row in self._rows.open():
            try:
                if row.route in silent:
                    raise TimeoutError  # one that hangs is waited for once  # noqa: TRY301
                async with asyncio.timeout(self._patience(row)):
                    found.append(await self._advance(row, self._named(row.route)))
            except TransientError:
                raise  # the catalog's or the store's: nothing can be kept now
            except Exception as error:  # noqa: BLE001 - a provider may answer anything; when its time is over, its notes are written live
                _troubled(row, error)
                silent |= {row.route} if isinstance(error, TimeoutError) else set()
                found.append(
                    await self._given_up(row)
                    if row.late > ENDING_SECONDS
                    else BatchProgress(row.id, row.route, row.state)
                )
        for row in self._rows.abandoned():
            if row.route not in silent:
                await self._tidy(row)
        return found

    def _patience(self, row: BatchRow) -> float:
        """Seconds for one look at a batch."""
        route = self._named(row.route)
        return min(LOOK_SECONDS, route.provider.limits.timeout) if route else LOOK_SECONDS

    async def _tidy(self, row: BatchRow) -> None:
        """A batch that was given up may end all the same: then what it holds of the diary is deleted at the provider."""
        route = self._named(row.route)
        if route is None or route.provider.batch is None or row.handle is None:
            return
        await self._caller.prepare(route.provider)
        try:
            async with asyncio.timeout(self._patience(row)):
                if await route.provider.batch.state(row.handle) == "running":
                    return
                await route.provider.batch.forget(row.handle)
        except Exception as error:  # noqa: BLE001 - the next look tries again
            _troubled(row, error)
        else:
            self._rows.mark(row.id, "forgotten")

    def _named(self, name: str) -> Route | None:
        return next((route for route in self._routes if route.name == name), None)

    def waiting(self) -> frozenset[str]:
        """The recordings whose answer a batch may still bring: not to be asked live."""
        return frozenset(self.waits())

    def waits(self) -> Mapping[str, Wait]:
        """By recording, what it waits for."""
        return self._rows.waits()

    def _is_cached(self, ask: Ask) -> bool:
        return self._cache.get(ask.request.recording, ask.key, ask.request.privacy) is not None

    def _route(self, ask: Ask) -> Route | None:
        """The route whose batch is taken; None when there is none that has a price, holds the prompt and is up."""

        def fits(route: Route) -> bool:
            call = ask.call_on(route)
            known = route.provider.batch is not None and route.provider.price(route.model) is not None
            up = self._caller.breaker(route.provider).why not in ("auth", "quota")
            return (
                known
                and up
                and self._caller.input_tokens(route, call) + call.max_tokens <= route.provider.limits.context
            )

        fitting = [route for route in self._routes if fits(route)]
        order = arrange(fitting, self._strategy, lambda route: self._cost(ask, route)[1], lambda _: None)
        return order[0] if order else None

    def _cost(self, ask: Ask, route: Route) -> tuple[int, int]:
        call, price = ask.call_on(route), route.provider.price(route.model)
        tokens = self._caller.input_tokens(route, call)
        return tokens, price.cost(Usage(tokens, call.max_tokens), batch=True) if price else 0

    async def _hand_over(self, route: Route, asks: Sequence[Ask], deadline: datetime) -> list[Ask]:
        """Write the batch down, reserve its money, hand it over. The asks that it took; those over budget are left."""
        token = secrets.token_hex(6)
        batch = self._rows.begin(token, route.name, len(asks), asks[0].request.run_id, deadline)
        taken, items, reserved = [], [], []
        for ask in asks:
            item = f"{token}-{ask.key}"
            try:
                entry = ask.entry(route.name, "batch")
                reserved.append(await self._books.reserve(entry, self._cost(ask, route)[1], batch=batch, item=item))
            except OverBudgetError as error:
                await self._caller.skip(ask, route.name, "batch", f"budget: {error}")
                continue
            taken.append(ask)
            items.append(BatchItem(item, ask.call_on(route)))
        api = route.provider.batch
        if not items or api is None:
            self._rows.mark(batch, "failed")
            return []
        await self._caller.prepare(route.provider)
        try:
            async with asyncio.timeout(min(SUBMITTING_SECONDS, route.provider.limits.timeout)):
                handle = await api.submit(token, items)
        except Exception as error:  # noqa: BLE001 - told apart by `failures.of`
            return await self._not_taken(route, batch, taken, reserved, failures.of(error))
        self._rows.mark(batch, "submitted", handle)
        return taken

    async def _not_taken(
        self, route: Route, batch: int, taken: list[Ask], reserved: list[Reservation], failure: failures.ProviderError
    ) -> list[Ask]:
        """A batch that was refused is over; one whose answer was lost may be running, and is looked for by the next polls."""
        if failure.maybe_billed:
            return taken
        for reservation in reserved:
            await self._books.settle(reservation, Spent(failure.kind, failure.detail))
        self._rows.mark(batch, "failed")
        self._caller.failed(route, failure)
        return []

    async def _advance(self, row: BatchRow, route: Route | None) -> BatchProgress:
        if route is None or route.provider.batch is None:
            log.error(
                "the route of a batch is no longer in the settings",
                extra={"ctx": {"batch": row.id, "route": row.route}},
            )
            return (
                await self._given_up(row) if row.late > ENDING_SECONDS else BatchProgress(row.id, row.route, row.state)
            )
        await self._caller.prepare(route.provider)
        api, handle = route.provider.batch, row.handle
        if handle is None:
            if row.age < SUBMITTING_SECONDS:
                return BatchProgress(row.id, row.route, row.state)
            count = len(self._rows.waiting(row.id))  # fewer than were meant, where a budget did not allow them all
            handle = await api.find(row.token, count, row.started_at - SUBMITTING_SECONDS)
        if handle is None:
            return await self._over(row, "lost", Spent("lost", "never handed over"))
        if row.handle is None:
            self._rows.mark(row.id, "submitted", handle)
        state = await api.state(handle)
        if state == "lost":
            return await self._over(row, "lost", Spent("lost", "the provider has no such batch", known="assumed"))
        return await (self._collect(row, route, api, handle) if state == "ended" else self._running(row, api, handle))

    async def _running(self, row: BatchRow, api: BatchApi, handle: BatchHandle) -> BatchProgress:
        if row.late > ENDING_SECONDS:
            return await self._given_up(row)
        state: State = "cancelling" if row.late > 0 else "submitted"
        if state == "cancelling" and row.state != "cancelling":
            await api.cancel(handle)
            self._rows.mark(row.id, "cancelling", handle)
        return BatchProgress(row.id, row.route, state)

    async def _collect(self, row: BatchRow, route: Route, api: BatchApi, handle: BatchHandle) -> BatchProgress:
        """Keep each answer, settle each item, then delete everything at the provider.

        Safe to repeat after a crash at any point.
        """
        results = {result.item: result for result in await api.results(handle)}
        answered = failed = 0
        for item in self._rows.waiting(row.id):
            result = results.get(item.item, BatchResult(item.item))
            if result.reply is not None:
                privacy = self._privacy(item.recording)  # it may have been tightened meanwhile
                self._cache.put(
                    item.recording,
                    item.item.partition("-")[2],
                    privacy,
                    Cached(route.name, result.reply.text, batched=True),
                )
            await self._settle(item, self._bill(route, item, result))
            answered, failed = answered + (result.reply is not None), failed + (result.reply is None)
        await api.forget(handle)
        self._rows.mark(row.id, "done", handle)
        return BatchProgress(row.id, row.route, "done", answered, failed)

    def _bill(self, route: Route, item: WaitingItem, result: BatchResult) -> Spent:
        """An item's bill at the batch's price. What failed without a word of usage was not billed."""
        if result.reply is None and result.error is None:
            return Spent("expired", "not done by the batch")
        failure = failures.of(result.error) if result.error else None
        usage = failure.usage if failure else result.reply.usage if result.reply else None
        outcome, reason = (failure.kind, failure.detail) if failure else ("answered", "")
        price = route.provider.price(route.model)
        if usage is not None and price is not None:
            return Spent(outcome, reason, usage, "reported", price.cost(usage, batch=True))
        known: Known = "none" if failure else "assumed"
        return Spent(outcome, reason, None, known, 0 if failure else item.reserved)

    async def _given_up(self, row: BatchRow) -> BatchProgress:
        """It did not end in time: its notes are written live, and its whole reservation stays spent, because it may be billed."""
        return await self._over(row, "abandoned", Spent("expired", "the batch did not end in time", known="assumed"))

    async def _over(self, row: BatchRow, state: State, spent: Spent) -> BatchProgress:
        items = self._rows.waiting(row.id)
        for item in items:
            await self._settle(item, replace(spent, cost=item.reserved if spent.known == "assumed" else 0))
        self._rows.mark(row.id, state)
        return BatchProgress(row.id, row.route, state, 0, len(items))

    def _privacy(self, recording: str) -> Privacy:
        known = self._recordings.get([recording])
        return known[0].privacy if known else "standard"

    async def _settle(self, item: WaitingItem, spent: Spent) -> None:
        await self._books.settle(Reservation(item.call, item.reserved), spent)


def _troubled(row: BatchRow, error: Exception) -> None:
    failure = failures.of(error)
    known = {"batch": row.id, "route": row.route, "kind": failure.kind, "error": type(error).__name__}
    log.warning("a batch cannot be looked at", extra={"ctx": known})
