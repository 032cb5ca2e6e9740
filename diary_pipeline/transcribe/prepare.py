"""Preparation: threads that decode audio, find speech and compute features ahead of the model, never further than a bounded queue.

What belongs here: threads and the queue between them and the model. What does not: what is done to audio (`speech`), batches.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

from diary_pipeline.transcribe.pieces import Piece, recall
from diary_pipeline.transcribe.recording import InFlight
from diary_pipeline.transcribe.rows import Decoder, Features
from diary_pipeline.transcribe.speech import Chunk


@dataclass(frozen=True)
class Prepared:
    """One chunk of a recording, ready for the model or remembered from an earlier run.

    Without a chunk it is the news that the recording has ended, perhaps badly.
    """

    recording: InFlight
    chunk: Chunk | None = None
    remembered: Piece | None = None
    features: "Features | None" = None
    error: Exception | None = None


class Preparation:
    """Prepares recordings in threads.

    Each recording is read by one thread, in order; leaving the context ends all of them.
    """

    def __init__(self, recordings: Iterator[InFlight], decoder: Callable[[], Decoder], threads: int, most: int) -> None:
        """Read *recordings* lazily and hold at most *most* chunks; *decoder* gives the model once there is something to hear."""
        self._recordings, self._decoder = recordings, decoder
        self._queue: queue.Queue[Prepared | Exception | None] = queue.Queue(most)
        self._turn, self._stop = threading.Lock(), threading.Event()
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
        """What is ready next; None when everything is over, or nothing came within so many seconds (`over` tells which).

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
    def over(self) -> bool:
        """Whether nothing more will come."""
        return not self._working

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                with self._turn:
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
                remembered = recall(recording.job, chunk) if chunk else None
            except Exception as error:  # noqa: BLE001 - whatever is wrong with this audio is this recording's error alone
                self._queue.put(Prepared(recording, error=error))
                return
            if chunk is None:
                break
            features = None if remembered else self._decoder().features(chunk)
            self._queue.put(Prepared(recording, chunk, remembered, features))
        self._queue.put(Prepared(recording))
