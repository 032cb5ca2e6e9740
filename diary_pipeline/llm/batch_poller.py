"""Polls the open batches: collect those that ended, cancel those past their deadline, give up those that do not end.

An answer of a batch goes into the cache, where the ordinary ask finds and judges it; so a batch can only make an ask
cheaper. What failed, expired or was rejected is not in the cache, and is asked live.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from diary_pipeline.catalog import Recordings
from diary_pipeline.errors import TransientError
from diary_pipeline.llm.batch_rows import BatchRow, BatchRows, State, WaitingItem
from diary_pipeline.llm.batch_submitter import SUBMITTING_SECONDS
from diary_pipeline.llm.cache import Cache, CachedAnswer
from diary_pipeline.llm.caller import Caller
from diary_pipeline.llm.ledger import Reservation, Settlement, UsageSource
from diary_pipeline.llm.ledger_queue import LedgerQueue
from diary_pipeline.llm.provider import BatchApi, BatchHandle, BatchResult, Route
from diary_pipeline.llm.reserved_call import INCREDIBLE
from diary_pipeline.net import failures

log = logging.getLogger("diary.llm")
RouteOf = Callable[[BatchRow], Route | None]
POLL_SECONDS = 45.0  # for one batch; Dagster ends a sensor's evaluation after 60
CANCELLING_SECONDS = 900.0  # providers take up to ten minutes to end a cancelled batch


@dataclass(frozen=True)
class BatchProgress:
    """One batch after a poll."""

    batch: int
    route: str
    state: State
    answered: int = 0
    failed: int = 0


class BatchPoller:
    """Advances batches. Any process may poll what another one submitted.

    *route_of* gives a batch's route, also when the settings no longer name it: its diary text is to be deleted.
    """

    def __init__(
        self,
        route_of: RouteOf,
        rows: BatchRows,
        recordings: Recordings,
        ledger_queue: LedgerQueue,
        cache: Cache,
        caller: Caller,
    ) -> None:
        self._route_of = route_of
        self._rows, self._recordings = rows, recordings
        self._ledger_queue, self._cache, self._caller = ledger_queue, cache, caller

    async def poll(self) -> list[BatchProgress]:
        """Poll every open batch once. A failure of one does not stop the others."""
        progress, timed_out = [], set[str]()
        for row in self._rows.open():
            try:
                if row.route in timed_out:
                    raise TimeoutError  # a route that hangs is waited for once  # noqa: TRY301
                async with asyncio.timeout(self._timeout(row)):
                    progress.append(await self._advance(row))
            except TransientError:
                raise  # of the catalog or the store: nothing can be kept now
            except Exception as error:  # noqa: BLE001 - a provider may answer anything; past the deadline its notes are written live
                _log_failed_poll(row, error)
                timed_out |= {row.route} if isinstance(error, TimeoutError) else set()
                progress.append(await self._abandon_if_late(row))
        for row in self._rows.abandoned():
            if row.route not in timed_out:
                await self._delete_abandoned(row)
        return progress

    def _timeout(self, row: BatchRow) -> float:
        """Seconds for one poll of a batch."""
        route = self._route_of(row)
        return min(POLL_SECONDS, route.provider.limits.timeout) if route else POLL_SECONDS

    async def _delete_abandoned(self, row: BatchRow) -> None:
        """A batch that was given up may end all the same: then its diary text is deleted at the provider."""
        route = self._route_of(row)
        if route is None or route.provider.batch is None:
            return
        await self._caller.prepare(route.provider)
        try:
            async with asyncio.timeout(self._timeout(row)):
                gone = await _delete_unless_running(row, route, route.provider.batch)
        except Exception as error:  # noqa: BLE001 - the next poll tries again
            _log_failed_poll(row, error)
        else:
            if gone:
                self._rows.mark(row.id, "forgotten")

    async def _advance(self, row: BatchRow) -> BatchProgress:
        route = self._route_of(row)
        if route is None or route.provider.batch is None:
            log.error("a batch's provider cannot be reached", extra={"ctx": {"batch": row.id, "route": row.route}})
            return await self._abandon_if_late(row)
        await self._caller.prepare(route.provider)
        api, handle = route.provider.batch, row.handle
        if handle is None:
            if row.age < SUBMITTING_SECONDS:
                return BatchProgress(row.id, row.route, row.state)
            count = len(
                self._rows.unsettled(row.id)
            )  # fewer than were asked for, where a budget did not allow them all
            handle = await api.find(row.token, count, row.started_at - SUBMITTING_SECONDS)
        if handle is None:
            return await self._close(row, "lost", Settlement("lost", "never submitted"))
        if row.handle is None:
            self._rows.mark(row.id, "submitted", handle)
        state = await api.state(handle)
        if state == "lost":
            lost: State = "lost" if _same_account(row, route) else "abandoned"
            return await self._close(row, lost, Settlement("lost", "the provider has no such batch", source="assumed"))
        return await (self._collect(row, route, api, handle) if state == "ended" else self._continue(row, api, handle))

    async def _continue(self, row: BatchRow, api: BatchApi, handle: BatchHandle) -> BatchProgress:
        """A batch that still runs: cancelled at its deadline, given up when it does not end then.

        It is cancelled at once when a memo in it has become private: what is not begun is not read there, and the files
        are deleted as soon as it has ended.
        """
        if row.late > CANCELLING_SECONDS:
            return await self._abandon_if_late(row)
        unwanted = row.state == "cancelling" or row.late > 0 or self._has_private(row)
        state: State = "cancelling" if unwanted else "submitted"
        if state == "cancelling" and row.state != "cancelling":
            await api.cancel(handle)
            self._rows.mark(row.id, "cancelling", handle)
        return BatchProgress(row.id, row.route, state)

    async def _collect(self, row: BatchRow, route: Route, api: BatchApi, handle: BatchHandle) -> BatchProgress:
        """Cache each answer, settle each item, then delete everything at the provider.

        Safe to repeat after a crash at any point.
        """
        results = {result.item: result for result in await api.results(handle)}
        answered = failed = 0
        for item in self._rows.unsettled(row.id):
            result = results.get(item.item, BatchResult(item.item))
            used = result.reply is not None and not self._private([item.recording])
            if result.reply is not None and used:
                answer = CachedAnswer(route.name, result.reply.text, batched=True)
                self._cache.put(item.recording, item.item.partition("-")[2], "standard", answer)
            await self._settle(item, _settlement(route, item, result))
            answered, failed = answered + used, failed + (not used)
        await api.delete(handle)
        self._rows.mark(row.id, "done", handle)
        return BatchProgress(row.id, row.route, "done", answered, failed)

    async def _abandon_if_late(self, row: BatchRow) -> BatchProgress:
        """Give up a batch that did not end in time: its reservation stays spent, because it may be billed."""
        if row.late <= CANCELLING_SECONDS:
            return BatchProgress(row.id, row.route, row.state)
        settlement = Settlement("expired", "the batch did not end in time", source="assumed")
        return await self._close(row, "abandoned", settlement)

    async def _close(self, row: BatchRow, state: State, settlement: Settlement) -> BatchProgress:
        items = self._rows.unsettled(row.id)
        for item in items:
            await self._settle(item, replace(settlement, cost=item.reserved if settlement.source == "assumed" else 0))
        self._rows.mark(row.id, state)
        return BatchProgress(row.id, row.route, state, 0, len(items))

    def _has_private(self, row: BatchRow) -> bool:
        return self._private([item.recording for item in self._rows.unsettled(row.id)])

    def _private(self, recordings: Sequence[str]) -> bool:
        return any(recording.privacy == "local_only" for recording in self._recordings.get(recordings))

    async def _settle(self, item: WaitingItem, settlement: Settlement) -> None:
        await self._ledger_queue.settle(Reservation(item.call, item.reserved), settlement)


async def _delete_unless_running(row: BatchRow, route: Route, api: BatchApi) -> bool:
    """Delete a batch and its files; False while it runs, and where another account would have to delete it."""
    handle = row.handle or await api.find(row.token, row.items, row.started_at - SUBMITTING_SECONDS)
    state = await api.state(handle) if handle else "lost"
    if handle is None or state == "lost":
        return _same_account(row, route)
    if state == "ended":
        await api.delete(handle)
    return state == "ended"


def _same_account(row: BatchRow, route: Route) -> bool:
    """Whether the batch was submitted by the account that the settings have now; another one does not see it."""
    return row.origin.get("account", route.provider.account) == route.provider.account


def _settlement(route: Route, item: WaitingItem, result: BatchResult) -> Settlement:
    """An item's cost at the batch price. An error without usage was not billed."""
    if result.reply is None and result.error is None:
        return Settlement("expired", "not done by the batch")
    failure = failures.of(result.error) if result.error else None
    usage = failure.usage if failure else result.reply.usage if result.reply else None
    outcome, reason = (failure.kind, failure.detail) if failure else ("answered", "")
    price = route.provider.price(route.model)
    most = route.provider.limits.context
    if usage is not None and not (0 <= usage.cached_tokens <= usage.input_tokens <= most >= usage.output_tokens >= 0):
        return Settlement(outcome, f"{reason} {INCREDIBLE}".strip(), None, "assumed", item.reserved)
    if usage is not None and price is not None:
        return Settlement(outcome, reason, usage, "reported", price.cost(usage, batch=True))
    source: UsageSource = "none" if failure else "assumed"
    return Settlement(outcome, reason, None, source, 0 if failure else item.reserved)


def _log_failed_poll(row: BatchRow, error: Exception) -> None:
    failure = failures.of(error)
    context = {"batch": row.id, "route": row.route, "kind": failure.kind, "error": type(error).__name__}
    log.warning("a batch cannot be polled", extra={"ctx": context})
