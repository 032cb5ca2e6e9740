"""Leases of devices between the processes of a host: one lock file a device, held by the process that uses it, freed by the kernel.

A lease is a `flock`. Whoever dies, however it dies, gives its device back, and there is no table to repair. Waiting is by priority:
a process with a higher one goes first. Run by its path with the standard library alone, this file waits for a device, names it in
CUDA_VISIBLE_DEVICES, and becomes the command behind `--`, which so holds the lease itself:

    python lease.py FOLDER DEVICES PRIORITY PARENT -- COMMAND...

What belongs here: who may use which device. What does not: what is done with it.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CPU = "cpu"
"""The device of a machine that has no other: leased as one, because two models side by side halve each other's speed."""

ENVIRONMENT = "DIARY_LEASED_DEVICE"
"""Names the device that this process holds already: its launcher took the lease."""

_LOOK_SECONDS = 0.05
_PR_SET_PDEATHSIG = 1


@contextmanager
def leased(folder: Path, devices: Sequence[str], priority: int = 0) -> Iterator[str]:
    """Wait for one of *devices* and hold it for as long as the context lasts; gives its name."""
    if mine := os.environ.get(ENVIRONMENT):
        yield mine
        return
    device, handle = acquire(folder, devices, priority)
    try:
        yield device
    finally:
        os.close(handle)


def acquire(folder: Path, devices: Sequence[str], priority: int = 0) -> tuple[str, int]:
    """Wait for one of *devices* (none: the CPU); its name, and the open lock file that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    names = list(devices) or [CPU]
    turn = folder / f"waiting.{os.getpid()}.{priority}"
    with _held(turn):
        while True:
            if not _somebody_goes_first(folder, turn, priority):
                for name in names:
                    if (handle := _try(folder / f"device-{name}.lock")) is not None:
                        _sign(handle)
                        return name, handle
            time.sleep(_LOOK_SECONDS)


def _try(path: Path) -> int | None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _sign(handle: int) -> None:
    """Write who holds the device into its lock file, for people who look."""
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())


@contextmanager
def _held(turn: Path) -> Iterator[None]:
    """Stand in the queue: the file is locked for as long as its process waits."""
    handle = _try(turn)
    try:
        yield
    finally:
        turn.unlink(missing_ok=True)
        if handle is not None:
            os.close(handle)


def _somebody_goes_first(folder: Path, mine: Path, priority: int) -> bool:
    others = (other for other in folder.glob("waiting.*") if other != mine)
    return any(int(other.name.rsplit(".", 1)[1]) > priority and _is_alive(other) for other in others)


def _is_alive(turn: Path) -> bool:
    """Whether the process that stands there still does; what a dead one left is cleared away."""
    try:
        handle = os.open(turn, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        turn.unlink(missing_ok=True)
        return False
    finally:
        os.close(handle)


def main(arguments: Sequence[str]) -> None:
    """Wait for a device, then become the command; end with the parent, before and after."""
    folder, devices, priority, parent = arguments[:4]
    command = arguments[arguments.index("--") + 1 :]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        sys.exit("the run that asked for this step has ended")
    if devices != "-":
        device, handle = acquire(Path(folder), [name for name in devices.split(",") if name], int(priority))
        os.set_inheritable(handle, True)  # noqa: FBT003 - the system's own signature
        os.environ[ENVIRONMENT] = device
        os.environ["CUDA_VISIBLE_DEVICES"] = "" if device == CPU else device
    else:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    with contextlib.suppress(FileNotFoundError):
        os.execvp(command[0], list(command))  # noqa: S606 - the launcher's own command
    sys.exit(f"{command[0]} is not there")


if __name__ == "__main__":
    main(sys.argv[1:])
