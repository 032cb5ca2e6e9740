"""Processes of a test, forked from a server that has imported the library, so that each starts in milliseconds.

The imports of a command line take more than a second of CPU. What such a process calls lies in a module that can be
imported by name; it gets its arguments and the environment of the test, and can be killed.
"""

import atexit
import contextlib
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONTEXT = multiprocessing.get_context("forkserver")
PRELOADED = [
    "tests.workers",
    "tests.nights",
    "tests.leasing",
    "diary_pipeline.views.doctor",
    "diary_pipeline.views.forecast",
    "diary_pipeline.views.exports",
    "diary_pipeline.views.day_tables",
    "typer",
    "rich.progress",
    "rich.table",
    "alembic.command",
    "faster_whisper",
    "onnxruntime",
]
"""All that a process needs, except what reads its environment on import: the command line's consoles."""


@atexit.register
def _kill_all() -> None:
    """A stopped process would not end with the terminating signal that `multiprocessing` sends."""
    for process in multiprocessing.active_children():
        process.kill()


def start(work: Callable[..., object], *arguments: Any, **named: Any) -> ForkServerProcess:
    """Start a process that does *work*. It does not outlive this one."""
    CONTEXT.set_forkserver_preload(PRELOADED)
    with contextlib.chdir(ROOT):  # where the server finds what it is to import
        forkserver.ensure_running()
    process = CONTEXT.Process(target=_as_here, args=(dict(os.environ), work, arguments, named), daemon=True)
    process.start()
    return process


def ended(process: ForkServerProcess, seconds: float) -> int:
    """Wait for its exit code, or minus the signal that ended it. Fails if it still runs after so many *seconds*."""
    process.join(seconds)
    assert process.exitcode is not None, f"process {process.pid} still runs after {seconds:g} s"
    return process.exitcode


def run(work: Callable[..., object], *arguments: Any, seconds: float = 120, **named: Any) -> int:
    """Do *work* in a process; its exit code as in `ended`."""
    return ended(start(work, *arguments, **named), seconds)


def _as_here(
    environment: dict[str, str], work: Callable[..., object], arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    work(*arguments, **named)
