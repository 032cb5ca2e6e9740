"""The work of a process that leases a device several times, and logs when it had which."""

import json
import os
import threading
import time
from pathlib import Path

from diary_pipeline.settings import Settings
from diary_pipeline.transcribe.devices import leased_device

HELD_SECONDS = 0.15


def hold(home: Path, file: Path, times: int) -> None:
    """Hold, let go, hold again; each time is two lines in *file*."""
    for _ in range(times):
        with leased_device(Settings.load(home=home)):
            for word in ("begin", "end"):
                line = {
                    "word": word,
                    "device": os.environ["CUDA_VISIBLE_DEVICES"],
                    "pid": os.getpid(),
                    "at": time.monotonic(),
                }
                with file.open("a") as out:
                    out.write(json.dumps(line) + "\n")
                threading.Event().wait(HELD_SECONDS)
