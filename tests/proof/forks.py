"""Processes of the diary that start in milliseconds: a server has imported what they need and forks one for each job.

    python -m tests.proof.forks MODULE...

imports the modules, reads jobs from stdin, one JSON object a line, and writes {"job": N, "status": S} when the N-th
job's process has ended: its exit status, or minus the signal that ended it. A job says which module's `main()` is run
with which arguments and environment, where its output goes, and when it is killed with SIGKILL: after so many seconds,
wherever it is then, or before the N-th of its `STEPS`, which no load of the machine moves.

What does not belong here: what the processes do.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STEPS = frozenset("fsync link unlink rename mkdir write execute commit rollback".split())
"""C functions by name (and `os.replace`): they change something that outlives the process, or end a transaction."""


class Forks:
    """The side that asks. Any number of processes may run at once."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process, self._jobs, self._ended = process, 0, dict[int, int]()

    def begin(
        self,
        module: str,
        argv: Sequence[str],
        *,
        out: Path,
        environment: Mapping[str, str] | None = None,
        kill_after: float | None = None,
        kill_at: int | None = None,
    ) -> int:
        """Start a process and return at once with the job's number. *out* gets its stdout, OUT.err its stderr."""
        self._jobs += 1
        job: dict[str, Any] = {"job": self._jobs, "module": module, "argv": list(argv), "out": str(out)}
        job |= {"environment": dict(environment or {}), "kill_after": kill_after, "kill_at": kill_at}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return self._jobs

    def ended(self, job: int) -> int:
        """Wait until the job's process has ended; its exit status, or minus the signal."""
        assert self._process.stdout is not None
        while job not in self._ended:
            answer = json.loads(self._process.stdout.readline())
            self._ended[answer["job"]] = answer["status"]
        return self._ended.pop(job)


@contextmanager
def forks(*modules: str) -> Iterator[Forks]:
    """A server for as long as the context lasts."""
    command = [sys.executable, "-m", "tests.proof.forks", *modules]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Forks(process)


def main(modules: Sequence[str]) -> None:
    """Serve jobs until stdin ends, each in the hands of a process that waits for its end."""
    for module in modules:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in iter(sys.stdin.readline, ""):
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            job = json.loads(line)
            os.write(1, json.dumps({"job": job["job"], "status": _run(job)}).encode() + b"\n")
            os._exit(0)


def _run(job: dict[str, Any]) -> int:
    alive, held = os.pipe()  # the child alone keeps the other end, which closes with it, whatever ends it
    child = os.fork()
    if child == 0:
        os.close(alive)
        _become(job)
    os.close(held)
    if not select.select([alive], [], [], job["kill_after"])[0]:
        os.kill(child, signal.SIGKILL)  # nobody has waited for it yet, so the number is still its own
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _become(job: dict[str, Any]) -> None:
    """Be the process of the job; never returns."""
    status = 1
    try:
        for name, stream in (("/dev/null", 0), (job["out"], 1), (f"{job['out']}.err", 2)):
            handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
            os.dup2(handle, stream)
            os.close(handle)
        os.environ |= job["environment"]
        sys.argv = [job["module"], *job["argv"]]
        if job["kill_at"]:
            _die_at(job["kill_at"])
        importlib.import_module(job["module"]).main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 - it is the process's own end
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _die_at(step: int) -> None:
    left = step

    def count(_: Any, event: str, called: Any) -> None:
        nonlocal left
        if event == "c_call" and (called.__name__ in STEPS or called is os.replace):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(count)
    sys.setprofile(count)


if __name__ == "__main__":
    main(sys.argv[1:])
