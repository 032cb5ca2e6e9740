"""The process that a bench runs in: its environment, CPU seconds and memory."""

import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from diary_pipeline.transcribe.environment import ALLOCATOR_VARIABLES, LIBRARY_VARIABLES

QUICK = bool(os.environ.get("QUICK"))


def tuned(more: Mapping[str, str] | None = None) -> None:
    """Restart this program with the variables of the allocator and the libraries, unless it has them."""
    wanted = {**ALLOCATOR_VARIABLES, **LIBRARY_VARIABLES, **(more or {})}
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **wanted})  # noqa: S606 - itself


class Stopwatch:
    """CPU seconds of all threads of this process, user and system."""

    seconds = 0.0
    wall = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure what happens inside."""
    watch = Stopwatch()
    cpu, wall = time.process_time(), time.monotonic()
    yield watch
    watch.seconds, watch.wall = time.process_time() - cpu, time.monotonic() - wall


def peak_mib() -> float:
    """The most memory that this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
