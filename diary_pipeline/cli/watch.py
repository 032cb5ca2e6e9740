"""`diary process --watch`: run `diary process` whenever the inbox or the home's own texts change, and now and then.

Each run is a process of its own: its memory is free between runs, and its crash ends nothing but itself. Off a terminal
its output goes to a log, such as the journal of systemd: it has ids and counts, no name of a file and no diary text.
"""

import contextlib
import hashlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator

from diary_pipeline.errors import DiaryError
from diary_pipeline.recordings.authors import AUTHORS_FILE
from diary_pipeline.recordings.events import InboxEvents, inbox_events
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.recordings.stamps import stamp_of
from diary_pipeline.settings import SETTINGS_FILE, Settings
from diary_pipeline.views.days import today

log = logging.getLogger("diary.watch")

TEXTS_SECONDS = 2.0
"""Between two looks at the few texts by which a person steers the diary."""
LOOK_SECONDS = 60.0
"""Between two looks at the whole inbox: file events tell of a folder of this machine, but of no share and no bucket."""
REST_SECONDS = 600.0
"""A run begins at least so often: for what waits for a provider, a batch or an edit of a page."""
END_SECONDS = 60.0
"""How long a run may take to give its work back when the watch ends."""


def watch(settings: Settings, options: list[str]) -> None:
    """Run `diary process` with these options until a signal ends this process; once a diary day with `--nightly`."""
    day = today(settings)
    with inbox_events(settings.inbox_url, settings.settle_seconds) as events:
        while True:
            night = today(settings) != day
            day = today(settings)
            seen = _Seen(settings)
            _run([*options, "--nightly"] if night else options)
            due = time.monotonic() + REST_SECONDS
            while time.monotonic() < due and not seen.has_changed(events):
                pass


class _Seen:
    """What lay there before a run began."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._inbox, self._texts = settings, look_at_inbox(settings), _hash(_texts(settings))
        self._due = time.monotonic() + LOOK_SECONDS

    def has_changed(self, events: InboxEvents | None) -> bool:
        """Whether something is other than it was; waits for that, a moment at most."""
        if events is None:
            time.sleep(TEXTS_SECONDS)
        elif (paths := events.settled(TEXTS_SECONDS)) is None or paths:
            return True
        if _hash(_texts(self._settings)) != self._texts:
            return True
        if time.monotonic() < self._due:
            return False
        self._due = time.monotonic() + LOOK_SECONDS
        return look_at_inbox(self._settings) != self._inbox


def look_at_inbox(settings: Settings) -> str:
    """A hash of all names, sizes and times in the inbox."""
    try:
        return _hash(_lines(settings))
    except (DiaryError, OSError) as error:
        log.warning("the inbox cannot be looked at", extra={"ctx": {"error": type(error).__name__}})
        return ""


def _hash(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(f"{line}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _lines(settings: Settings) -> Iterator[str]:
    if "://" in settings.inbox_url:
        yield from (f"{file.path} {file.stamp}" for file in Inbox(settings.inbox_url).files())
    else:
        yield from _files(settings.inbox_url)


def _texts(settings: Settings) -> Iterator[str]:
    """The texts by which a person steers the diary."""
    for name in (SETTINGS_FILE, AUTHORS_FILE, "vocabulary.txt"):
        yield from _stamp(str(settings.root / name))
    for name in ("vocabulary", "prompts"):
        yield from _files(str(settings.root / name))


def _files(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield from _stamp(f"{place}/{name}")


def _stamp(file: str) -> Iterator[str]:
    with contextlib.suppress(OSError):  # gone meanwhile
        yield f"{file} {stamp_of(os.stat(file))}"  # noqa: PTH116 - there may be very many


def _run(options: list[str]) -> None:
    """One run, to its end. When this process is to end, so is the run: it gives its work back first."""
    command = [sys.executable, "-P", "-m", "diary_pipeline.cli", "process", *options]
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        command.append("--ids-only")
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - this program
    try:
        code = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(END_SECONDS)
            process.kill()
    if code:
        log.warning("a run ended with faults", extra={"ctx": {"status": code}})
