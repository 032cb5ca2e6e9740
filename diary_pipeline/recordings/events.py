"""File events of the inbox: which paths changed and are settled, without looking at all the others.

Folders of this machine have them. Of a network share only what this machine itself writes there is told, and of a
bucket nothing: there each tick's full look finds what is new.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from diary_pipeline.file_names import as_stored

if TYPE_CHECKING:
    from watchfiles import Change

WAKE_MS = 200
"""How often a waiting thread looks whether it has waited long enough; the kernel wakes it for events."""

_BETWEEN_MS = 50


class InboxEvents:
    """What happened in the folder *root* since this was made. It is for one thread."""

    def __init__(self, root: Path, settle_seconds: float, stop: Event) -> None:
        """Begin to listen.

        Raises:
            OSError: the system gives no events for this folder.
        """
        from watchfiles import watch

        self._root, self._settle, self._due = str(root), settle_seconds, dict[str, float]()
        try:
            self._changes = watch(
                root,
                watch_filter=None,
                debounce=WAKE_MS,
                step=_BETWEEN_MS,
                rust_timeout=WAKE_MS,
                yield_on_timeout=True,
                stop_event=stop,
                raise_interrupt=False,
                ignore_permission_denied=True,
            )
            self._note(next(self._changes))
        except RuntimeError as error:  # what the library makes of the system's errors
            raise OSError(str(error)) from error

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
            self._note(next(self._changes))

    def again(self, paths: set[str]) -> None:
        """Tell these paths again, when they had time to settle."""
        self._due |= dict.fromkeys(paths, time.monotonic() + max(self._settle, WAKE_MS / 1000))

    def _note(self, changes: "set[tuple[Change, str]]") -> None:
        self.again({as_stored(os.path.relpath(path, self._root)) for _, path in changes})

    def _may_be_folder(self, path: str) -> bool:
        place = Path(self._root, path)
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
