"""Long recordings: decoded chunks are stored, and progress is reported.

`StoredChunks` is the store's side of `engine.ChunkStore`: a run after a crash, and a recording that begins like another
one, decode only chunks that are new.
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
"""A recording this long stores its chunks; a shorter one takes less than a minute to decode again."""

LOG_PERCENT = 5
RATE_SECONDS = 5.0
"""The engine's rate is measured over at least this long, because a batch takes up to some seconds."""

IN_USE_SECONDS = 3600.0
"""Chunks written within this time may belong to a recording that is being transcribed, so they are kept."""


class StoredChunks:
    """The chunks of one recording under one fingerprint, as JSON files of the home: `chunks/ID/FINGERPRINT/KEY.json`.

    They are in the home even where the store is a bucket: a spoken wish for privacy is known only at the end. A chunk
    with the same sound as one of another recording is copied from there: a file that was extended or cut is another
    recording.
    """

    def __init__(self, store: Store, recording: str, fingerprint: str) -> None:
        self._store, self._fingerprint = store, fingerprint
        self._folder = f"chunks/{recording}/{fingerprint}"

    def load(self, key: str) -> dict[str, Any] | None:
        """See `engine.ChunkStore.load`. A file that is not JSON counts as missing."""
        for folder in (self._folder, *self._others):
            data = self._store.read(f"{folder}/{key}.json", "local_only")
            try:
                decoded: dict[str, Any] | None = json.loads(data) if data else None
            except ValueError:
                continue
            if decoded is not None:
                if folder != self._folder:
                    self.save(key, decoded)
                return decoded
        return None

    def save(self, key: str, decoded: Mapping[str, Any]) -> None:
        """See `engine.ChunkStore.save`."""
        self._store.write_new(
            f"{self._folder}/{key}.json", json.dumps(decoded, ensure_ascii=False).encode(), "local_only"
        )

    def trim(self, max_mb: float) -> None:
        """Keep the chunks of all recordings within *max_mb* megabytes; 0: delete those of this recording.

        Called when the transcript is committed.
        """
        if not max_mb:
            return _remove(self._root / self._folder.partition("/")[2])
        left = max_mb * 1_000_000
        for written, folder in sorted(((_modified(folder), folder) for folder in self._root.glob("*/*")), reverse=True):
            left -= sum(file.stat().st_size for file in folder.glob("*.json"))
            if left < 0 and (written < time.time() - IN_USE_SECONDS or folder.match(self._folder)):
                _remove(folder)
        return None

    @property
    def _root(self) -> Path:
        return Path(str(self._store.at("chunks", "local_only")))

    @cached_property
    def _others(self) -> list[str]:
        """Folders of other recordings with the same fingerprint."""
        folders = (
            f"chunks/{folder.parent.name}/{folder.name}" for folder in sorted(self._root.glob(f"*/{self._fingerprint}"))
        )
        return [folder for folder in folders if folder != self._folder]


def _modified(folder: Path) -> float:
    return max((file.stat().st_mtime for file in folder.glob("*.json")), default=0.0)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if folder.parent.is_dir() and not any(folder.parent.iterdir()):
        folder.parent.rmdir()


class ProgressMeter:
    """Reports a recording's progress: *report* gets (share done, seconds left) each time, the log a line every 5 %.

    The time left follows from the engine's own rate. Stored chunks come at once and do not count. Chunks are done in
    batches, so the rate is measured between the ends of batches.
    """

    def __init__(
        self,
        recording: str,
        seconds: float,
        report: Callable[[float, float | None], None] = lambda _, __: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._recording, self._seconds, self._report, self._clock = recording, seconds, report, clock
        self._logged_percent = 0
        self._done_seconds = 0.0
        self._last: float | None = None  # when the latest chunk was done
        self._marks: list[tuple[float, float]] = []  # first and latest (moment, seconds done) of the measured rate
        self._marked = 0.0

    def __call__(self, decoded: float) -> None:
        """*decoded*: seconds of the recording up to the end of a chunk that is done."""
        self._mark(self._clock())
        self._done_seconds = max(self._done_seconds, decoded)
        share = min(1.0, self._done_seconds / self._seconds) if self._seconds else 1.0
        left = self._seconds_left(share)
        self._report(share, left)
        if share * 100 < self._logged_percent + LOG_PERCENT:
            return
        self._logged_percent = int(share * 100)
        eta = None if left is None else round(left)
        log.info(
            "transcribing",
            extra={"ctx": {"recording": self._recording, "percent": self._logged_percent, "eta_seconds": eta}},
        )

    def _mark(self, now: float) -> None:
        """Before a chunk counts: remember the state when the one before was done, if enough time has passed."""
        if self._last is None:
            self._marked = now
        elif now - self._marked >= RATE_SECONDS:
            self._marks[1:] = [(self._last, self._done_seconds)]
            self._marked = now
        self._last = now

    def _seconds_left(self, share: float) -> float | None:
        if share >= 1:
            return 0.0
        if len(self._marks) < 2:
            return None
        (begin, before), (end, after) = self._marks
        return (self._seconds - self._done_seconds) * (end - begin) / (after - before) if after > before else None
