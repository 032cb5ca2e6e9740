"""File events of the inbox: which paths changed and are settled, without looking at all the others.

Folders of this machine have them. Of a network share only what this machine itself writes there is told, and of a
bucket nothing: there each tick's full look finds what is new.
"""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event

from diary_pipeline.file_names import as_file, as_stored

WAKE_MS = 200
"""How often the listening thread looks whether it is to end; the kernel wakes it for events."""

_BETWEEN_MS = 50
_AT_LEAST_SECONDS = 0.2


class InboxEvents:
    """What happened in the folder *root* since this was made. It is for one thread."""

    def __init__(self, root: Path, settle_seconds: float, stop: Event) -> None:
        """Begin to listen, until *stop* is set.

        Raises:
            OSError: the system gives no events for this folder.
        """
        self._root, self._settle, self._due = str(root), settle_seconds, dict[str, float]()
        self._changes = SimpleQueue[set[str] | OSError]()
        # The library swallows what a signal's handler raises in the thread that waits: that must not be the main one.
        threading.Thread(target=self._listen, args=(stop,), name="diary-events", daemon=True).start()
        if isinstance(begun := self._changes.get(), OSError):
            raise begun

    def settled(self, seconds: float) -> set[str] | None:
        """The paths of which nothing was told for so long that they are settled; none after *seconds*.

        None: a whole folder was changed, so all is to be looked at.
        """
        until = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            if due := {path for path, moment in self._due.items() if moment <= now}:
                for path in due:
                    del self._due[path]
                return None if any(map(self._may_be_folder, due)) else due
            if now >= until:
                return set()
            with contextlib.suppress(Empty):
                changed = self._changes.get(timeout=min(until, *self._due.values()) - now if self._due else until - now)
                if isinstance(changed, OSError):
                    return None  # from here on nothing is told
                self.again(changed)

    def again(self, paths: set[str]) -> None:
        """Tell these paths again, when they had time to settle."""
        self._due |= dict.fromkeys(paths, time.monotonic() + max(self._settle, _AT_LEAST_SECONDS))

    def _listen(self, stop: Event) -> None:
        from watchfiles import watch

        began = False
        try:
            for changes in watch(
                self._root,
                watch_filter=None,
                debounce=WAKE_MS,
                step=_BETWEEN_MS,
                rust_timeout=WAKE_MS,
                yield_on_timeout=True,
                stop_event=stop,
                ignore_permission_denied=True,
            ):
                if changes or not began:
                    self._changes.put({as_stored(os.path.relpath(path, self._root)) for _, path in changes})
                began = True
        except (RuntimeError, OSError) as error:  # the library makes the one of the system's other
            self._changes.put(OSError(str(error)))

    def _may_be_folder(self, path: str) -> bool:
        place = Path(self._root, as_file(path))
        return place.is_dir() or (not place.suffix and not place.exists())


@contextmanager
def inbox_events(url: str, settle_seconds: float) -> Iterator[InboxEvents | None]:
    """Listen to the inbox as long as the context lasts; None where there are no events."""
    stop = Event()
    try:
        yield None if "://" in url else _listening(Path(url), settle_seconds, stop)
    finally:
        stop.set()


def _listening(root: Path, settle_seconds: float, stop: Event) -> InboxEvents | None:
    try:
        root.mkdir(parents=True, exist_ok=True)
        return InboxEvents(root, settle_seconds, stop)
    except OSError:
        return None
