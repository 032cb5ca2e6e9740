"""Suspects are tried alone in a child process: the parent side.

A subject over which a process died may kill the next one too, or the power was cut. The child finds out: it does the
work of one claim at a time, which the parent holds and renews. `suspect_child` is the child's side.
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

CRASHES_ALLOWED = 2
"""A subject whose child died so often has failed. Once may be chance: the kernel kills when memory is short."""

LIVES_ON_SECONDS = 1.0
"""So long the parent waits before it blames a subject: whoever kills all processes kills the parent within it."""

_POLITE = frozenset({-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})
_START = "import sys; sys.path[:] = {path!r}; from diary_pipeline.suspect_child import main; main({handle})"


class NoChildError(Exception):
    """No child can do this work: what it needs cannot be sent to it, or it did not start."""


class ChildStoppedError(Exception):
    """The child was asked to stop, which says nothing about the subject."""


class ChildDiedError(Exception):
    """The child died over the subject, and this process lives to see it. Its message says how."""


@dataclass
class SuspectChild:
    """One child for the suspects of one stage, started for the first of them and again after a death.

    *reopen* opens the diary in the child. Both it and *options* (the arguments of `suspect_child.do`) are pickled.
    *free_memory* is called before the start: there may be no room for the speech model twice.
    """

    reopen: Callable[[], Any] | None
    options: Mapping[str, Any]
    free_memory: Callable[[], object]
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)
    _pipe: "Connection[Any, Any] | None" = field(default=None, init=False, repr=False)

    def ask(self, claim: object) -> Any:
        """Let the child do the work of *claim*; its answer is a report, or an error that concerns the whole stage.

        Raises:
            NoChildError: there is no child for this work.
            ChildStoppedError: the child was stopped.
            ChildDiedError: the child died.
        """
        pipe = self._pipe
        if pipe is None or self._process is None or self._process.poll() is not None:
            pipe = self._start()  # a child that died since its last answer has died of no subject
        try:
            pipe.send(claim)
            return pipe.recv()
        except (EOFError, OSError):
            code = self._end()
        if code in _POLITE:
            raise ChildStoppedError from None
        time.sleep(LIVES_ON_SECONDS)
        raise ChildDiedError(f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}") from None

    def close(self) -> None:
        """End the child, if there is one."""
        if self._process is not None:
            self._end()

    def _start(self) -> "Connection[Any, Any]":
        self.close()
        if self.reopen is None:
            raise NoChildError
        try:
            opener = pickle.dumps((self.reopen, dict(self.options)))
        except Exception as error:
            self.reopen = None
            raise NoChildError from error  # pickle raises whatever the objects raise
        self.free_memory()
        self._pipe, theirs = Pipe()
        with contextlib.closing(theirs):
            code = _START.format(path=sys.path, handle=theirs.fileno())
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-c", code], stdin=subprocess.DEVNULL, stdout=2, pass_fds=[theirs.fileno()]
            )
        try:
            self._pipe.send_bytes(pickle.dumps(os.getpid()))
            self._pipe.send_bytes(opener)
            self._pipe.recv()
        except (EOFError, OSError) as error:
            self._end()
            self.reopen = None
            raise NoChildError from error
        return self._pipe

    def _end(self) -> int:
        """Kill the child unless it is dead, and forget it; how it ended, as `subprocess` says it."""
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if pipe is not None:
            pipe.close()
        if process is None:
            return 0
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(LIVES_ON_SECONDS)  # its end of the pipe closes a moment before it is dead
        process.kill()
        return process.wait()
