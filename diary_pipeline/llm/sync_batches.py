"""Batches for callers of any thread, outside the router's loop."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any

from diary_pipeline.llm.ask import Ask
from diary_pipeline.llm.batch_poller import BatchPoller, BatchProgress, RouteOf
from diary_pipeline.llm.batch_rows import BatchRows, BatchWait
from diary_pipeline.llm.batch_submitter import BatchSubmitter, Submitted
from diary_pipeline.llm.request import Request


class SyncBatches:
    """Half-price batches for work that can wait: submit requests, poll, then ask as usual."""

    def __init__(
        self,
        rows: BatchRows,
        submitter: BatchSubmitter,
        poller: BatchPoller,
        route_of: RouteOf,
        new_ask: Callable[[Request[Any]], Ask],
        run: Callable[[Coroutine[Any, Any, Any]], Any],
    ) -> None:
        self._rows, self._submitter, self._poller = rows, submitter, poller
        self._new_ask, self._run, self._route_of = new_ask, run, route_of

    def submit(self, requests: Sequence[Request[Any]], deadline: datetime) -> Submitted:
        """Submit the requests that may wait until *deadline* (aware); the others are to be asked live."""
        asks = [self._new_ask(request) for request in requests]
        submitted: Submitted = self._run(self._submitter.submit(asks, deadline))
        return submitted

    def poll(self) -> list[BatchProgress]:
        """Poll all open batches once; answers of those that ended are then found by `Router.ask`, without a call."""
        progress: list[BatchProgress] = self._run(self._poller.poll())
        return progress

    def waiting(self) -> frozenset[str]:
        """The recordings that wait for a batch: asking them live now would pay twice."""
        return frozenset(self.waits())

    def waits(self) -> Mapping[str, BatchWait]:
        """By recording, which batch it waits for and until when."""
        return self._rows.waits()

    def out_of_reach(self) -> list[str]:
        """The routes of batches whose diary text cannot be deleted at the provider: there is no key for it."""
        left = [*self._rows.open(), *self._rows.abandoned()]
        return sorted({row.route for row in left if self._route_of(row) is None})
