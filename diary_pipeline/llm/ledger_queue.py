"""The ledger as the router's loop uses it: one thread writes, and what waits together is committed together.

A commit is a wait for the disk. Sixteen answers that arrive at once would wait sixteen times one after the other; like this they wait once.
Each entry has a savepoint of its own, so that a refused one takes no other along.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Connection

from diary_pipeline.llm.ledger import Ledger, LedgerEntry, Reservation, Spent

Work = Callable[[Connection], Any]


class LedgerQueue:
    """Runs the ledger's methods without blocking the loop, and loses no reservation when an ask is cancelled meanwhile."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._queue: SimpleQueue[tuple[Future[Any], Work] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

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

    async def settle(self, reservation: Reservation, spent: Spent) -> None:
        """See `Ledger.settle`; a cancelled caller's is written all the same."""
        future = self._submit(lambda connection: self.ledger.settle_on(connection, reservation.id, spent))
        await asyncio.shield(asyncio.wrap_future(future))

    def settle_later(self, reservation: Reservation, spent: Spent) -> None:
        """Settle without waiting: for calls that are being cancelled."""
        self._submit(lambda connection: self.ledger.settle_on(connection, reservation.id, spent))

    async def note(self, entries: Sequence[tuple[LedgerEntry, Spent]]) -> None:
        """See `Ledger.note`."""
        future = self._submit(lambda connection: self.ledger.note_on(connection, entries))
        await asyncio.shield(asyncio.wrap_future(future))

    def close(self) -> None:
        """Wait until everything is written."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _submit(self, work: Work) -> "Future[Any]":
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="diary-ledger", daemon=True)
            self._thread.start()
        future: Future[Any] = Future()
        self._queue.put((future, work))
        return future

    def _run(self) -> None:
        over = False
        while not over or not self._queue.empty():  # cancelled reservations are undone after the last commit
            jobs = [self._queue.get()]
            while not self._queue.empty():
                jobs.append(self._queue.get())
            over = over or None in jobs
            self._commit([job for job in jobs if job is not None and job[0].set_running_or_notify_cancel()])

    def _commit(self, jobs: Sequence[tuple["Future[Any]", Work]]) -> None:
        """Write all in one transaction; nobody hears of success before it is on the disk."""
        if not jobs:
            return
        try:
            with self.ledger.database.writing() as connection:
                results = [_one(connection, work) for _, work in jobs]
        except BaseException as error:  # noqa: BLE001 - each waits for its own answer
            for future, _ in jobs:
                future.set_exception(error)
            return
        for (future, _), (value, refused) in zip(jobs, results, strict=True):
            if refused is None:
                future.set_result(value)
            else:
                future.set_exception(refused)

    def _undo(self, future: "Future[Reservation]") -> None:
        if not future.cancelled() and future.exception() is None:
            self.settle_later(future.result(), Spent("cancelled"))


def _one(connection: Connection, work: Work) -> tuple[Any, Exception | None]:
    """One job's value, or why it was refused and undone."""
    point = connection.begin_nested()
    try:
        value = work(connection)
    except Exception as error:  # noqa: BLE001 - handed to whoever waits for it
        point.rollback()
        return None, error
    point.commit()
    return value, None
