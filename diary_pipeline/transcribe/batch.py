"""Decode chunks of different recordings together; yield each recording's result when its last chunk is done.

`prepare` supplies the chunks, `recording` and `review` check the answers.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import TypeVar

from diary_pipeline.observability.traces import span
from diary_pipeline.transcribe.engine import Job, Result
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.prepare import Preparation, Prepared
from diary_pipeline.transcribe.recording import InFlight
from diary_pipeline.transcribe.rows import FULL_FRAMES, DecodedChunk, Decoder, Row, RowOwner

Value = TypeVar("Value")

MAX_TIMES_PASSED_OVER = 24
"""Batches that may pass over a row before it leads one itself."""


def run(jobs: Iterable[Job], options: Options, plan: Plan, new_decoder: Callable[[], Decoder]) -> Generator[Result]:
    """Transcribe the jobs and yield each result as soon as its last chunk is decoded.

    `new_decoder` is called when the first chunk with speech is ready, so silence loads no model. What it raises is
    raised here, because it concerns all jobs.
    """
    decoder = once(new_decoder)
    recordings = (InFlight(job, options) for job in jobs)
    with Preparation(recordings, decoder, plan.preparation_threads, 2 * plan.batch_size) as prepared:
        yield from _Batches(plan, prepared, decoder).results()


def once(make: Callable[[], Value]) -> Callable[[], Value]:
    """Call *make* once, in the first caller's thread; later and concurrent callers get the same value."""
    lock = threading.Lock()
    values: list[Value] = []

    def cached() -> Value:
        with lock:
            if not values:
                values.append(make())
            return values[0]

    return cached


class _Batches:
    """The rows that wait and the loop that decodes them. Used by one thread."""

    def __init__(self, plan: Plan, prepared: Preparation, decoder: Callable[[], Decoder]) -> None:
        self._plan, self._prepared, self._decoder = plan, prepared, decoder
        self._pending: dict[Row, int] = {}  # in order of arrival, with how many batches have passed each row over
        self._owners: dict[RowOwner, InFlight] = {}

    def results(self) -> Iterator[Result]:
        while not self._prepared.finished or self._pending:
            yield from self._gather()
            if not self._pending:
                continue
            batch = self._next_batch()
            for row in batch:
                del self._pending[row]
            for row in self._pending:
                self._pending[row] += 1
            yield from self._decode(batch)

    def _gather(self) -> Iterator[Result]:
        """Receive prepared chunks until there is a batch worth decoding."""
        enough = self._plan.batch_size * self._plan.look_ahead
        while not self._prepared.finished and len(self._pending) < enough:
            item = self._prepared.get(0.0 if self._full() else None)
            if item is None:
                return
            yield from self._receive(item)

    def _receive(self, item: Prepared) -> Iterator[Result]:
        recording = item.recording
        if recording.reported:
            return  # it has failed already; chunks prepared since then are dropped
        if item.error is not None:
            recording.fail(item.error)
        elif item.chunk is not None:
            if not recording.chunks:
                recording.configure(self._decoder())
                self._owners[recording] = recording
            if item.stored is not None:
                self._enqueue(recording.reuse(item.stored, item.chunk, self._decoder().features))
            elif item.features is not None:
                recording.add_open_row()
                self._pending[recording.row(item.chunk, item.features)] = 0
        else:
            recording.exhausted = True
            if recording.chunks:
                self._enqueue(recording.decide(self._decoder().features))
        yield from self._result_if_ready(recording)

    def _decode(self, batch: Sequence[Row]) -> Iterator[Result]:
        decoder = self._decoder()
        owners = [self._owners[row.recording] for row in batch]
        for row, recording, answer in zip(batch, owners, _traced(decoder, batch), strict=True):
            recording.details |= decoder.about
            if isinstance(answer, Exception):
                recording.fail(answer)
                continue
            row.attempts.append(answer)
            self._enqueue(recording.process_answer(row, decoder.features))
        for recording in dict.fromkeys(owners):
            yield from self._result_if_ready(recording)

    def _enqueue(self, rows: Iterable[Row]) -> None:
        self._pending |= dict.fromkeys(rows, 0)

    def _result_if_ready(self, recording: InFlight) -> Iterator[Result]:
        """Yield a recording's result if it is complete; rows that still wait after an error are dropped."""
        if recording.ready:
            recording.reported = True
            self._owners.pop(recording, None)
            self._pending = {row: age for row, age in self._pending.items() if row.recording is not recording}
            yield recording.result()

    def _groups(self) -> list[list[Row]]:
        """Rows by kind, the kind of the oldest row first, in order of arrival."""
        groups: dict[object, list[Row]] = {}
        for row in self._pending:
            groups.setdefault(row.kind, []).append(row)
        return list(groups.values())

    def _full(self) -> bool:
        return any(len(group) >= self._size(group) for group in self._groups())

    def _size(self, group: Sequence[Row]) -> int:
        """Rows per batch: twice as many where each is at most half as long, for the same memory."""
        return self._plan.batch_size * min(2, FULL_FRAMES // group[0].frames)

    def _next_batch(self) -> list[Row]:
        """The first full batch; else, or if it has waited too long, that of the oldest row."""
        groups = self._groups()
        oldest = groups[0]
        full = next((group for group in groups if len(group) >= self._size(group)), oldest)
        chosen = oldest if self._pending[oldest[0]] >= MAX_TIMES_PASSED_OVER else full
        head = chosen[0].known_language
        ordered = sorted(chosen, key=lambda row: row.known_language != head)
        return ordered[: self._size(chosen)]


def _traced(decoder: Decoder, rows: Sequence[Row]) -> Sequence[DecodedChunk | Exception]:
    about = {
        "diary.engine.rows": len(rows),
        "diary.engine.recordings": len({row.recording for row in rows}),
        "diary.engine.frames": rows[0].frames,
        "diary.engine.speech.seconds": round(sum(row.chunk.seconds for row in rows), 2),
    }
    with span("diary.engine.batch", about) as batch_span:
        answers = _decoded(decoder, rows)
        batch_span.add({"diary.engine.failed": sum(isinstance(answer, Exception) for answer in answers)})
    return answers


def _decoded(decoder: Decoder, rows: Sequence[Row]) -> Sequence[DecodedChunk | Exception]:
    """Decode a batch; if that fails, decode row by row, so that only the row at fault fails."""
    try:
        return decoder.decode(rows)
    except Exception as error:  # noqa: BLE001 - becomes the result of the one row that causes it
        if len(rows) == 1:
            return [error]
        return [answer for row in rows for answer in _decoded(decoder, [row])]
