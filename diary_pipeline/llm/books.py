"""The ledger as the router's loop uses it: every write on one thread, so that calls never wait for each other's database locks."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from diary_pipeline.llm.ledger import Entry, Ledger, Reservation, Spent

T = TypeVar("T")


class Books:
    """Runs the ledger's methods without blocking the loop, and loses no reservation when an ask is cancelled meanwhile."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._thread = ThreadPoolExecutor(1, "diary-ledger")

    async def reserve(self, entry: Entry, amount: int) -> Reservation:
        """See `Ledger.reserve`."""
        future = self._thread.submit(self.ledger.reserve, entry, amount)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            future.add_done_callback(self._undo)
            raise

    async def settle(self, reservation: Reservation, spent: Spent) -> None:
        """See `Ledger.settle`; a cancelled caller's is written all the same."""
        await asyncio.shield(asyncio.wrap_future(self._thread.submit(self.ledger.settle, reservation, spent)))

    def settle_later(self, reservation: Reservation, spent: Spent) -> None:
        """Settle without waiting: for calls that are being cancelled."""
        self._thread.submit(self.ledger.settle, reservation, spent)

    async def do(self, work: Callable[[], T]) -> T:
        """Run anything of the ledger's, or beside it, on its thread."""
        return await asyncio.wrap_future(self._thread.submit(work))

    def close(self) -> None:
        """Wait until everything is written."""
        self._thread.shutdown(wait=True)

    def _undo(self, future: "Future[Reservation]") -> None:
        if not future.cancelled() and future.exception() is None:
            self.ledger.settle(future.result(), Spent("cancelled"))  # on the ledger's thread, which has just finished the reservation
