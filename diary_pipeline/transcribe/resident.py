"""The model in this process's memory: loaded once however many engines ask for it, measured, and given back.

What belongs here: loading, how long it took, who uses it now, unloading. What does not: which model, and decoding (`whisper`); what a
batch needs (`memory`). A process that stays while nobody is heard is one that goes on to write notes: the heartbeat of that work asks
`unload_idle`, so there is no thread for it.
"""

import ctypes
import gc
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from diary_pipeline.transcribe.memory import now_mib, peak_mib

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

log = logging.getLogger("diary.transcribe")


@dataclass(frozen=True)
class Wanted:
    """Which model, and how it is to run. `digest` is part of it: other bytes in the same folder are another model."""

    folder: str
    digest: str
    device: str
    compute_type: str
    threads: int


@dataclass(frozen=True)
class Loaded:
    """A model and the seconds that loading it took."""

    wanted: Wanted
    model: "WhisperModel"
    seconds: float

    @property
    def about(self) -> dict[str, Any]:
        """What provenance tells of it."""
        return {"device": self.wanted.device, "compute_type": self.wanted.compute_type, "load_seconds": self.seconds}


def _load(wanted: Wanted) -> "WhisperModel":
    from faster_whisper import WhisperModel

    return WhisperModel(
        wanted.folder, device=wanted.device, compute_type=wanted.compute_type, cpu_threads=wanted.threads
    )


class Resident:
    """The one model that this process holds. Safe to use from several threads."""

    def __init__(
        self, load: Callable[[Wanted], Any] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """*load* and *clock* are the real ones unless a test brings its own."""
        self._load, self._clock = load or _load, clock
        self._lock = threading.RLock()
        self._loaded: Loaded | None = None
        self._users, self._last = 0, clock()
        self._before = 0

    def get(self, wanted: Wanted) -> Loaded:
        """The model, loaded if it is not the one that is there."""
        with self._lock:
            if self._loaded is None or self._loaded.wanted != wanted:
                self._loaded = None  # before the next one is loaded: there may be no room for both
                self._before = now_mib()
                started = time.monotonic()
                model = self._load(wanted)
                self._loaded = Loaded(wanted, model, round(time.monotonic() - started, 3))
                context = {"device": wanted.device, "seconds": self._loaded.seconds, "peak_mib": peak_mib()}
                log.info("model loaded", extra={"ctx": context})
            self._last = self._clock()
            return self._loaded

    @property
    def before_mib(self) -> int:
        """What this process takes without a model: the heap keeps what batches took, so it is measured before one is loaded."""
        return self._before if self._loaded else now_mib()

    @contextmanager
    def used(self) -> Iterator[None]:
        """While the context lasts, the model is not idle."""
        with self._lock:
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                self._last = self._clock()

    def unload(self) -> None:
        """Give the model's memory back, to the system too; it is loaded again when it is needed."""
        with self._lock:
            if self._loaded is None:
                return
            self._loaded = None
        gc.collect()
        if sys.platform == "linux":
            trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc alone has it, and alone needs it
            if trim is not None:
                trim(0)
        log.info("model unloaded")

    def unload_idle(self, seconds: float) -> bool:
        """Unload if nobody used the model for so many *seconds* (0: never); says whether it did."""
        if seconds <= 0 or not self._lock.acquire(blocking=False):
            return False  # somebody is loading it: whoever asks here has leases to renew and must not wait for that
        try:
            idle = self._loaded is not None and not self._users and self._clock() - self._last >= seconds
        finally:
            self._lock.release()
        if not idle:
            return False
        self.unload()
        return True


RESIDENT = Resident()
"""This process's."""
