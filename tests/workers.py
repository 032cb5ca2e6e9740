"""The work of processes that die or stop, for tests: the pipeline over a home with a scripted engine.

`at` is POINT:N:SIGNAL: the process sends itself the signal when it passes that point for the N-th time (HANG: it stays
there and keeps renewing its claims; PARENT: it kills its parent). The points: `copied` (bytes in the store, not
committed), `transcribed` (the engine answered), the id of a recording (the engine answered for it), `window` (a minute
is decoded), `document` (a transcript is written, not committed), `note` (likewise), `page` (likewise), `facts` (what
the catalog knows is written to the store, not noted).
"""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, BinaryIO

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.cli import exit_at_signals
from diary_pipeline.diary import Diary
from diary_pipeline.schema import Privacy
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.testing import ScriptedEngine


class Trap:
    """Sends this process a signal when a point is passed for the n-th time.

    SIGSTOP is sent by the thread that renews claims, between two transactions: a stopped process that holds a lock
    would block all others.
    """

    def __init__(self, where: str | None) -> None:
        point, number, name = (where or "::").split(":")
        self.point, self.left, self.signal = point, int(number or 0), name
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0 and self.signal in ("HANG", "SIGSTOP"):
                self.reached.set()
                self.go_on.wait()
            elif self.left == 0 and self.signal == "PARENT":
                os.kill(os.getppid(), signal.SIGKILL)
            elif self.left == 0:
                os.kill(os.getpid(), getattr(signal, self.signal))

    def on_heartbeat(self) -> None:
        """Called between two renewals of claims."""
        if self.reached.is_set() and self.signal == "SIGSTOP" and not self.go_on.is_set():
            os.kill(os.getpid(), signal.SIGSTOP)
            self.go_on.set()


class WatchedStore(Store):
    """A store that reports each file it has written."""

    trap: Callable[[str], None]

    def copy_in(self, path: str, source: BinaryIO, privacy: Privacy, verify: Callable[[], None]) -> None:
        super().copy_in(path, source, privacy, verify)
        self.trap("copied")

    def write_new(self, path: str, data: bytes, privacy: Privacy) -> bool:
        made = super().write_new(path, data, privacy)
        self.trap("document" if path.startswith("transcripts/") else "note")
        return made

    def replace(self, path: str, data: bytes, privacy: Privacy) -> None:
        super().replace(path, data, privacy)
        self.trap("page" if path.startswith("days/") else "facts")

    def replace_if_still(self, path: str, before: bytes | None, data: bytes, privacy: Privacy) -> bool:
        made = super().replace_if_still(path, before, data, privacy)
        self.trap("page" if path.startswith("days/") else "facts")
        return made


def work(home: Path, **options: Any) -> None:
    """Do all pending work, once."""
    pipeline.process(opened(home, **options))


def work_until_stopped(home: Path, **options: Any) -> None:
    """Do all pending work like the command line: a signal to stop unwinds."""
    exit_at_signals()
    with opened(home, **options) as diary:
        pipeline.process(diary)


def work_on_request(pipe: Connection) -> None:
    """In a loop: open the diary that the pipe names, answer, wait for the signal to begin, do its work, answer."""
    while (request := pipe.recv()) is not None:
        diary = opened(request["home"], **request["options"])
        pipe.send("ready")
        pipe.recv()
        pipeline.process(diary)
        diary.close()
        pipe.send("done")


def _passed(trap: Trap, identity: str) -> None:
    trap("transcribed")
    trap(identity)


def opened(
    home: Path,
    *,
    catalog: str = "",
    calls: Path | None = None,
    run_id: str | None = None,
    lease: float = 120.0,
    at: str | None = None,
    child_at: str | None = None,
) -> Diary:
    """Open the diary of one process. *calls*: see `ScriptedEngine`; *lease* in seconds.

    *child_at* is the `at` of a child that tries suspects.
    """
    settings = Settings.load(home=home, catalog=catalog, lease_seconds=lease, timezone="UTC", settle_seconds=0)
    trap = Trap(at)
    engine = ScriptedEngine(
        lambda identity: [f"This is what {identity} says.", "And then it says goodbye."],
        calls=calls,
        hook=partial(_passed, trap),
        window_hook=lambda _: trap("window"),
    )
    store = WatchedStore(settings.store_url, settings.root, settings.store_timeout_seconds)
    store.trap = trap
    reopen = partial(opened, home, catalog=catalog, calls=calls, lease=lease, at=child_at)
    diary = replace(open_diary(settings, engine), store=store, run_id=run_id, reopen=reopen)
    return replace(diary, on_heartbeat=trap.on_heartbeat)
