"""Batches for callers of any thread, who know nothing of the router's loop."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any

from diary_pipeline.llm.attempt import Ask
from diary_pipeline.llm.batch_rows import Wait
from diary_pipeline.llm.batches import Batches, BatchProgress, Submitted
from diary_pipeline.llm.request import Request


class SyncBatches:
    """`Batches` for callers of any thread."""

    def __init__(
        self, batches: Batches, new_ask: Callable[[Request[Any]], Ask], run: Callable[[Coroutine[Any, Any, Any]], Any]
    ) -> None:
        self._batches, self._new_ask, self._run = batches, new_ask, run

    def submit(self, requests: Sequence[Request[Any]], deadline: datetime) -> Submitted:
        """Hand over the requests that may wait until *deadline* (aware); the others are to be asked live."""
        submitted: Submitted = self._run(
            self._batches.submit([self._new_ask(request) for request in requests], deadline)
        )
        return submitted

    def poll(self) -> list[BatchProgress]:
        """Look at all open batches once; answers of those that ended are then found by `Router.ask`, at no call."""
        progress: list[BatchProgress] = self._run(self._batches.poll())
        return progress

    def waiting(self) -> frozenset[str]:
        """The recordings that wait for a batch: asking them live now would pay twice."""
        return self._batches.waiting()

    def waits(self) -> Mapping[str, Wait]:
        """By recording, which batch it waits for and until when."""
        return self._batches.waits()
