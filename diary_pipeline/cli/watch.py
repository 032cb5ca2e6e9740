"""`diary process --watch`: run `diary process` whenever the inbox or the home's own texts change, and now and then.

Each run is a process of its own: its memory is free between runs, and its crash ends nothing but itself.
"""

import contextlib
import hashlib
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from diary_pipeline.errors import DiaryError
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.settings import SETTINGS_FILE, Settings
from diary_pipeline.views.days import today

log = logging.getLogger("diary.watch")

LOCAL_SECONDS, BUCKET_SECONDS = 2.0, 60.0
"""Between two looks at an inbox that is a folder, or a bucket."""
REST_SECONDS = 600.0
"""A run begins at least so often: for what waits for a provider, a batch or an edit of a page."""
END_SECONDS = 60.0
"""How long a run may take to give its work back when the watch ends."""


def watch(settings: Settings, options: list[str]) -> None:
    """Run `diary process` with these options until a signal ends this process; once a diary day with `--nightly`."""
    pause = BUCKET_SECONDS if "://" in settings.inbox_url else LOCAL_SECONDS
    done, day = "", today(settings)
    due = time.monotonic()
    while True:
        seen = _settled(settings, pause)
        if seen != done or time.monotonic() >= due:
            night = today(settings) != day
            day = today(settings)
            _run([*options, "--nightly"] if night else options)
            done, due = seen, time.monotonic() + REST_SECONDS
        time.sleep(pause)


def _settled(settings: Settings, pause: float) -> str:
    """What lies there, once it has not changed for as long as a file needs to count as complete."""
    wait = settings.settle_seconds + 0.2
    seen = look(settings)
    until = time.monotonic() + max(REST_SECONDS, wait)
    while time.monotonic() < until:
        time.sleep(min(wait, pause) if "://" not in settings.inbox_url else 0)
        if (again := look(settings)) == seen:
            return seen
        seen = again
    return seen


def look(settings: Settings) -> str:
    """A hash of all names, sizes and times in the inbox, and of the texts by which a person steers the diary."""
    digest = hashlib.sha256()
    try:
        for line in _lines(settings):
            digest.update(f"{line}\n".encode(errors="surrogateescape"))
    except (DiaryError, OSError) as error:
        log.warning("the inbox cannot be looked at", extra={"ctx": {"error": type(error).__name__}})
    return digest.hexdigest()


def _lines(settings: Settings) -> Iterator[str]:
    if "://" in settings.inbox_url:
        yield from (f"{file.path} {file.stamp}" for file in Inbox(settings.inbox_url).files())
    else:
        yield from _files(Path(settings.inbox_url))
    for name in (SETTINGS_FILE, "vocabulary.txt", "vocabulary", "prompts"):
        yield from _files(settings.root / name)


def _files(place: Path) -> Iterator[str]:
    for file in sorted([place, *place.rglob("*")]):
        with contextlib.suppress(OSError):  # gone meanwhile
            info = file.stat()
            if not file.is_dir():
                yield f"{file} {info.st_size} {info.st_mtime_ns} {info.st_ctime_ns}"


def _run(options: list[str]) -> None:
    """One run, to its end. When this process is to end, so is the run: it gives its work back first."""
    command = [sys.executable, "-P", "-m", "diary_pipeline.cli", "process", *options]
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
