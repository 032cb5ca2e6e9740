"""The model in this process's memory: loaded once for all engines, measured, and unloaded when idle.

`whisper` chooses the model, `memory` computes what a batch needs. There is no thread for unloading: the heartbeat of
the work that follows transcription calls `unload_idle`.
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

from diary_pipeline.transcribe.memory import current_mib, peak_mib

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

log = logging.getLogger("diary.transcribe")


@dataclass(frozen=True)
class ModelSpec:
    """Which model to load and how to run it. Other bytes in the same folder (`digest`) are another model."""

    folder: str
    digest: str
    device: str
    compute_type: str
    threads: int


@dataclass(frozen=True)
class LoadedModel:
    """A model and the seconds that loading it took."""

    spec: ModelSpec
    model: "WhisperModel"
    seconds: float

    @property
    def about(self) -> dict[str, Any]:
        """What is recorded about it in provenance."""
        return {"device": self.spec.device, "compute_type": self.spec.compute_type, "load_seconds": self.seconds}


def _load(spec: ModelSpec) -> "WhisperModel":
    from faster_whisper import WhisperModel

    return WhisperModel(spec.folder, device=spec.device, compute_type=spec.compute_type, cpu_threads=spec.threads)


class ResidentModel:
    """The one model that this process holds. Thread-safe."""

    def __init__(
        self, load: Callable[[ModelSpec], Any] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """*load* and *clock* are replaced in tests only."""
        self._load, self._clock = load or _load, clock
        self._lock = threading.RLock()
        self._loaded: LoadedModel | None = None
        self._users, self._last = 0, clock()
        self._baseline_mib = 0

    def get(self, spec: ModelSpec) -> LoadedModel:
        """The model, loaded if another one or none is in memory."""
        with self._lock:
            if self._loaded is None or self._loaded.spec != spec:
                self._loaded = None  # before the next one is loaded: there may be no room for both
                self._baseline_mib = current_mib()
                started = time.monotonic()
                model = self._load(spec)
                self._loaded = LoadedModel(spec, model, round(time.monotonic() - started, 3))
                context = {"device": spec.device, "seconds": self._loaded.seconds, "peak_mib": peak_mib()}
                log.info("model loaded", extra={"ctx": context})
            self._last = self._clock()
            return self._loaded

    @property
    def baseline_mib(self) -> int:
        """What this process takes without a model; measured before loading, since the heap keeps what batches took."""
        return self._baseline_mib if self._loaded else current_mib()

    @contextmanager
    def in_use(self) -> Iterator[None]:
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
        """Free the model's memory and return it to the system. The model is loaded again when it is needed."""
        with self._lock:
            if self._loaded is None:
                return
            self._loaded = None
        gc.collect()
        if sys.platform == "linux":
            trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc only
            if trim is not None:
                trim(0)
        log.info("model unloaded")

    def unload_idle(self, seconds: float) -> bool:
        """Unload the model if it was not used for so many *seconds* (0: never); returns whether it did."""
        if seconds <= 0 or not self._lock.acquire(blocking=False):
            return False  # it is being loaded; the caller renews leases and must not wait for that
        try:
            idle = self._loaded is not None and not self._users and self._clock() - self._last >= seconds
        finally:
            self._lock.release()
        if not idle:
            return False
        self.unload()
        return True


RESIDENT = ResidentModel()
"""The model of this process."""

ALIGNING = ResidentModel()
"""A small model that aligns the text of a transcription server, beside the other."""
