"""An event loop on a thread of its own, started on first use, for connections and limits that many threads share.

Calls run on a loop because they can be cancelled there; in a worker thread they would run, and be billed, to their end.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """Runs coroutines for callers of any thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._running: set[Future[Any]] = set()

    @property
    def started(self) -> bool:
        """Whether the loop runs."""
        return self._loop is not None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The coroutine's result; an interrupted caller (Ctrl-C) cancels it."""
        loop = self._started()
        with self._lock:
            future = asyncio.run_coroutine_threadsafe(work, loop)
            self._running.add(future)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise
        finally:
            with self._lock:
                self._running.discard(future)

    def cancel(self) -> None:
        """Cancel what other threads run; they get a `concurrent.futures.CancelledError`."""
        with self._lock:
            running = list(self._running)
        for future in running:
            future.cancel()

    def close(self) -> None:
        """Stop the loop and its thread."""
        if self._loop is None or self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name=self._name, daemon=True)
                self._thread.start()
            return self._loop
