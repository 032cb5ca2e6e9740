"""Long recordings: what was heard in each chunk is kept, for a run after a crash and for a recording that begins alike; and progress.

What belongs here: the store's side of `engine.Memory`, and progress in the log. What does not: chunks and words (`pieces`).
"""

import json
import logging
import shutil
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from diary_pipeline.store import Store

log = logging.getLogger("diary.transcribe")

LONG_SECONDS = 600.0
"""A recording this long remembers its chunks: less than a minute of decoding is not worth files."""

TELL_PERCENT = 5
MARK_SECONDS = 5.0
"""The engine's rate is measured over no less: its batches take up to some seconds each."""

IN_USE_SECONDS = 3600.0
"""Chunks written within the last hour may belong to a recording that is still being heard: room is made among older ones."""


class StoredChunks:
    """The chunks of one recording under one fingerprint, as small documents of the home: `chunks/ID/FINGERPRINT/SOUND.json`.

    They lie in the home even where the store is a bucket: whether the memo opens with a wish for privacy is known only
    at its end. A chunk that sounds exactly like one of another recording is taken from there: a file that was recorded
    on, or cut, is another recording.
    """

    def __init__(self, store: Store, recording: str, fingerprint: str) -> None:
        self._store, self._fingerprint = store, fingerprint
        self._folder = f"chunks/{recording}/{fingerprint}"

    def load(self, key: str) -> dict[str, Any] | None:
        """See `engine.Memory.load`. Half a file is no file."""
        for folder in (self._folder, *self._others):
            data = self._store.read(f"{folder}/{key}.json", "local_only")
            try:
                heard: dict[str, Any] | None = json.loads(data) if data else None
            except ValueError:
                continue
            if heard is not None:
                if folder != self._folder:
                    self.save(key, heard)
                return heard
        return None

    def save(self, key: str, heard: Mapping[str, Any]) -> None:
        """See `engine.Memory.save`."""
        self._store.write_new(
            f"{self._folder}/{key}.json", json.dumps(heard, ensure_ascii=False).encode(), "local_only"
        )

    def settle(self, most_mb: float) -> None:
        """The transcript stands: make room, so that the chunks of all recordings stay within *most_mb* megabytes; 0: forget these."""
        if not most_mb:
            return _remove(self._root / self._folder.partition("/")[2])
        left = most_mb * 1_000_000
        for written, folder in sorted(((_written(folder), folder) for folder in self._root.glob("*/*")), reverse=True):
            left -= sum(file.stat().st_size for file in folder.glob("*.json"))
            if left < 0 and (written < time.time() - IN_USE_SECONDS or folder.match(self._folder)):
                _remove(folder)
        return None

    @property
    def _root(self) -> Path:
        return Path(str(self._store.at("chunks", "local_only")))

    @cached_property
    def _others(self) -> list[str]:
        """Folders of other recordings that were heard in the same way."""
        folders = (
            f"chunks/{folder.parent.name}/{folder.name}" for folder in sorted(self._root.glob(f"*/{self._fingerprint}"))
        )
        return [folder for folder in folders if folder != self._folder]


def _written(folder: Path) -> float:
    return max((file.stat().st_mtime for file in folder.glob("*.json")), default=0.0)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if folder.parent.is_dir() and not any(folder.parent.iterdir()):
        folder.parent.rmdir()


class ProgressMeter:
    """Tells how far a recording is and when it should be done: *tell* each time (share, seconds left), the log every five percent.

    The time left follows from the engine's own rate since its first chunks were done: those that an earlier run heard
    come at once and say nothing about it. Chunks are done in batches, so the rate is measured between ends of batches.
    """

    def __init__(
        self,
        recording: str,
        seconds: float,
        tell: Callable[[float, float | None], None] = lambda _, __: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._recording, self._seconds, self._tell, self._clock = recording, seconds, tell, clock
        self._told = 0
        self._furthest = 0.0
        self._last: float | None = None  # when the latest chunk was done
        self._marks: list[
            tuple[float, float]
        ] = []  # the first and the latest (moment, seconds heard) between which the rate is measured
        self._marked = 0.0

    def __call__(self, heard: float) -> None:
        """*heard*: seconds of the recording up to the end of a chunk that is done."""
        self._mark(self._clock())
        self._furthest = max(self._furthest, heard)
        share = min(1.0, self._furthest / self._seconds) if self._seconds else 1.0
        left = self._left(share)
        self._tell(share, left)
        if share * 100 < self._told + TELL_PERCENT:
            return
        self._told = int(share * 100)
        eta = None if left is None else round(left)
        log.info(
            "transcribing", extra={"ctx": {"recording": self._recording, "percent": self._told, "eta_seconds": eta}}
        )

    def _mark(self, now: float) -> None:
        """Before a chunk counts: where everything stood when the one before was done, if that is worth a mark."""
        if self._last is None:
            self._marked = now
        elif now - self._marked >= MARK_SECONDS:
            self._marks[1:] = [(self._last, self._furthest)]
            self._marked = now
        self._last = now

    def _left(self, share: float) -> float | None:
        if share >= 1:
            return 0.0
        if len(self._marks) < 2:
            return None
        (begin, before), (end, after) = self._marks
        return (self._seconds - self._furthest) * (end - begin) / (after - before) if after > before else None
