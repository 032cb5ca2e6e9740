"""A worker process for tests of crashes and exclusion: runs the pipeline over a home with a scripted engine, and can die or stop.

    python -m tests.workers HOME [--catalog URL] [--calls FILE] [--run-id ID] [--lease S] [--barrier FILE] [--at POINT:N:SIGNAL]

POINT is where to send the signal to itself, the N-th time it comes by (HANG: to stop there and go on renewing its claims): `copied`
(bytes in the store, not committed), `transcribed` (the engine answered), `window` (it heard a minute), `document` (a transcript is written,
not committed), `note` (likewise), `page` (likewise).
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.schema import Privacy
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.testing import ScriptedEngine


class Trap:
    """Sends this process a signal the n-th time that a point comes by."""

    def __init__(self, where: str | None) -> None:
        point, number, name = (where or "::").split(":")
        self.point, self.left, self.signal = point, int(number or 0), name

    def __call__(self, point: str) -> None:
        if point == self.point:
            self.left -= 1
            if self.left == 0 and self.signal == "HANG":
                threading.Event().wait()
            elif self.left == 0:
                os.kill(os.getpid(), getattr(signal, self.signal))


class WatchedStore(Store):
    """A store that says when something lies in it."""

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
        self.trap("page")


def main() -> None:
    arguments = _arguments()
    settings = Settings.load(
        home=arguments.home, catalog=arguments.catalog, lease_seconds=arguments.lease, timezone="UTC", settle_seconds=0
    )
    trap = Trap(arguments.at)
    engine = ScriptedEngine(
        lambda identity: [f"This is what {identity} says.", "And then it says goodbye."],
        calls=arguments.calls,
        hook=lambda _: trap("transcribed"),
        window_hook=lambda _: trap("window"),
    )
    diary = open_diary(settings, engine)
    store = WatchedStore(settings.store_url, settings.root, settings.store_timeout_seconds)
    store.trap = trap
    diary = replace(diary, store=store, run_id=arguments.run_id)
    if arguments.barrier:
        print("ready", flush=True)
        sys.stdin.readline()
    pipeline.process(diary)


def _arguments() -> Any:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--catalog", default="")
    parser.add_argument("--calls", type=Path)
    parser.add_argument("--run-id")
    parser.add_argument("--lease", type=float, default=120.0)
    parser.add_argument("--barrier", action="store_true")
    parser.add_argument("--at")
    return parser.parse_args()


if __name__ == "__main__":
    main()
