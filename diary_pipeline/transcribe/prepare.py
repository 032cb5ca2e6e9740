"""Preparation: threads that decode audio, find speech and compute features ahead of the model, into a bounded queue."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

from diary_pipeline.transcribe.pieces import Piece, load_piece
from diary_pipeline.transcribe.recording import InFlight
from diary_pipeline.transcribe.rows import Decoder, Features
from diary_pipeline.transcribe.speech import Chunk


@dataclass(frozen=True)
class Prepared:
    """One chunk of a recording, ready for the model or stored by an earlier run.

    Without a chunk it reports that the recording has ended, by `error` if there is one.
    """

    recording: InFlight
    chunk: Chunk | None = None
    stored: Piece | None = None
    features: "Features | None" = None
    error: Exception | None = None


class Preparation:
    """Prepares recordings in threads.

    Each recording is read by one thread, in order; leaving the context ends all threads.
    """

    def __init__(self, recordings: Iterator[InFlight], decoder: Callable[[], Decoder], threads: int, most: int) -> None:
        """Read *recordings* lazily and queue at most *most* chunks; *decoder* is called once there is speech."""
        self._recordings, self._decoder = recordings, decoder
        self._queue: queue.Queue[Prepared | Exception | None] = queue.Queue(most)
        self._source_lock, self._stop = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._work, name=f"prepare-{n}", daemon=True) for n in range(threads)]
        self._working = threads

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        while any(thread.is_alive() for thread in self._threads):
            try:
                self._queue.get(timeout=0.02)  # a thread may be waiting for room
            except queue.Empty:
                continue

    def get(self, seconds: float | None = None) -> Prepared | None:
        """The next item; None when all are done (see `finished`), or when none came within so many seconds.

        Raises what concerns all recordings: the source of jobs failed, or there is no model.
        """
        while self._working:
            try:
                item = self._queue.get(timeout=seconds) if seconds is None or seconds > 0 else self._queue.get_nowait()
            except queue.Empty:
                return None
            if isinstance(item, Exception):
                raise item
            if item is not None:
                return item
            self._working -= 1
        return None

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return not self._working

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                with self._source_lock:
                    recording = next(self._recordings, None)
                if recording is None:
                    break
                self._prepare(recording)
        except Exception as error:  # noqa: BLE001 - raised where the results are read
            self._queue.put(error)
        self._queue.put(None)

    def _prepare(self, recording: InFlight) -> None:
        chunks = recording.speech.chunks()
        while not self._stop.is_set() and recording.error is None:
            try:
                chunk = next(chunks, None)
                stored = load_piece(recording.job, chunk) if chunk else None
            except Exception as error:  # noqa: BLE001 - whatever is wrong with this audio is this recording's error alone
                self._queue.put(Prepared(recording, error=error))
                return
            if chunk is None:
                break
            features = None if stored else self._decoder().features(chunk)
            self._queue.put(Prepared(recording, chunk, stored, features))
        self._queue.put(Prepared(recording))
