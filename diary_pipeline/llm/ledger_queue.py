"""The ledger for the router's event loop: one thread writes, and jobs that wait together are committed together.

A commit waits for the disk; sixteen answers that arrive at once wait once instead of sixteen times. Each job has a
savepoint of its own, so that one over budget does not roll back the others.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Connection

from diary_pipeline.llm.ledger import Ledger, LedgerEntry, OverBudgetError, Reservation, Settlement

_LOOK_SECONDS = 0.5
Amounts = Callable[[], tuple[int, int]]
LedgerJob = Callable[[Connection], Any]


class LedgerQueue:
    """Runs the ledger's methods without blocking the loop; a reservation whose ask was cancelled is undone.

    `settlement` is set when the next call has been settled.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._queue: SimpleQueue[tuple[Future[Any], LedgerJob] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self.settlement = asyncio.Event()

    async def reserve(
        self, entry: LedgerEntry, amount: int, *, batch: int | None = None, item: str | None = None
    ) -> Reservation:
        """See `Ledger.reserve`."""
        future = self._submit(
            lambda connection: self.ledger.reserve_on(connection, entry, amount, batch=batch, item=item)
        )
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            future.add_done_callback(self._undo)
            raise

    async def reserve_within(self, entry: LedgerEntry, amounts: Amounts, seconds: float) -> Reservation:
        """Like `reserve`; waits so many *seconds* for money that is only reserved by other calls.

        *amounts* gives what to reserve, and the least that one call alone may reserve. The calls of other processes are
        looked at twice a second.
        """
        until = time.monotonic() + seconds
        while True:
            settlement, (amount, least) = self.settlement, amounts()
            try:
                return await self.reserve(entry, amount)
            except OverBudgetError as error:
                if not error.held:
                    return await self.reserve(entry, least)
                left = until - time.monotonic()
                if error.left + error.held < least or left <= 0:
                    raise
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(settlement.wait(), min(left, _LOOK_SECONDS))

    async def settle(self, reservation: Reservation, settlement: Settlement) -> None:
        """See `Ledger.settle`; it is written even if the caller is cancelled."""
        future = self._submit(lambda connection: self.ledger.settle_on(connection, reservation.id, settlement))
        try:
            await asyncio.shield(asyncio.wrap_future(future))
        finally:
            past, self.settlement = self.settlement, asyncio.Event()
            past.set()

    def settle_later(self, reservation: Reservation, settlement: Settlement) -> None:
        """Settle without waiting, for calls that are being cancelled."""
        self._submit(lambda connection: self.ledger.settle_on(connection, reservation.id, settlement))

    async def record(self, entries: Sequence[tuple[LedgerEntry, Settlement]]) -> None:
        """See `Ledger.record`."""
        future = self._submit(lambda connection: self.ledger.record_on(connection, entries))
        await asyncio.shield(asyncio.wrap_future(future))

    def close(self) -> None:
        """Wait until all jobs are written, and end the thread."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _submit(self, job: LedgerJob) -> "Future[Any]":
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="diary-ledger", daemon=True)
            self._thread.start()
        future: Future[Any] = Future()
        self._queue.put((future, job))
        return future

    def _run(self) -> None:
        closing = False
        while not closing or not self._queue.empty():  # a reservation cancelled in the last commit is undone after it
            jobs = [self._queue.get()]
            while not self._queue.empty():
                jobs.append(self._queue.get())
            closing = closing or None in jobs
            self._commit([job for job in jobs if job is not None and job[0].set_running_or_notify_cancel()])

    def _commit(self, jobs: Sequence[tuple["Future[Any]", LedgerJob]]) -> None:
        """Write all jobs in one transaction; their futures get their results after the commit."""
        if not jobs:
            return
        try:
            with self.ledger.database.writing() as connection:
                results = [_run_job(connection, job) for _, job in jobs]
        except BaseException as error:  # noqa: BLE001 - every waiting caller gets it
            for future, _ in jobs:
                future.set_exception(error)
            return
        for (future, _), (value, failure) in zip(jobs, results, strict=True):
            if failure is None:
                future.set_result(value)
            else:
                future.set_exception(failure)

    def _undo(self, future: "Future[Reservation]") -> None:
        if not future.cancelled() and future.exception() is None:
            self.settle_later(future.result(), Settlement("cancelled"))


def _run_job(connection: Connection, job: LedgerJob) -> tuple[Any, Exception | None]:
    """One job's value, or the exception for which it was rolled back."""
    point = connection.begin_nested()
    try:
        value = job(connection)
    except Exception as error:  # noqa: BLE001 - the waiting caller gets it
        point.rollback()
        return None, error
    point.commit()
    return value, None
