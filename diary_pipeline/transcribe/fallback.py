"""Fallback between devices: a batch that does not fit is cut in two, and where not even one row fits the CPU takes over.

What belongs here: what to do when a device runs out of memory or is lost. What does not: loading models, decoding (`whisper`).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from diary_pipeline.transcribe.rows import Decoder, Features, Heard, Row
from diary_pipeline.transcribe.speech import Chunk

log = logging.getLogger("diary.transcribe")


class FallbackDecoder:
    """A decoder that steps down instead of failing: smaller batches on its device, then a decoder on the CPU. Every step is recorded."""

    def __init__(self, first: Decoder, on_cpu: Callable[[], Decoder] | None) -> None:
        """*on_cpu* makes the decoder to fall back to; None: *first* runs on the CPU already."""
        self._decoder, self._on_cpu = first, on_cpu
        self._most: int | None = None
        self._steps: dict[str, Any] = {}

    @property
    def languages(self) -> frozenset[str]:
        """See `rows.Decoder.languages`."""
        return self._decoder.languages

    @property
    def about(self) -> Mapping[str, Any]:
        """What it runs on now, and how it came to that."""
        return {**self._decoder.about, **self._steps}

    def features(self, chunk: Chunk) -> Features:
        """See `rows.Decoder.features`."""
        return self._decoder.features(chunk)

    def decode(self, rows: Sequence[Row]) -> Sequence[Heard]:
        """Decode what fits at once, and the rest after it."""
        size = min(len(rows), self._most or len(rows))
        try:
            return [heard for start in range(0, len(rows), size) for heard in self._decoder.decode(rows[start : start + size])]
        except (RuntimeError, MemoryError) as error:
            if not _out_of_memory(error) or not self._step_down(size):
                raise
        return self.decode(rows)

    def _step_down(self, size: int) -> bool:
        """Make the next attempt cheaper; False when there is nothing cheaper."""
        if size > 1:
            self._most = size // 2
            self._steps["batch_size_after_out_of_memory"] = self._most
        elif self._on_cpu is not None:
            self._decoder, self._on_cpu, self._most = self._on_cpu(), None, None
            self._steps["fallback"] = "cpu, because the device ran out of memory with a single chunk"
        else:
            return False
        log.warning("out of memory", extra={"ctx": dict(self._steps)})
        return True


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower()
