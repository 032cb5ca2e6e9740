"""Leases of devices between the processes of a host: one lock file per device, locked by the process that uses it.

A lease is a `flock`, so the kernel frees the device when its process ends in any way. A process with a higher priority
goes first. Run by its path with the standard library alone, this file waits for a device, names it in
CUDA_VISIBLE_DEVICES, and replaces itself by the command behind `--`, which then holds the lease:

    python lease.py FOLDER DEVICES PRIORITY PARENT -- COMMAND...
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
"""The device of a machine without a GPU. It is leased too, because two models side by side halve each other's speed."""

DEVICE_VARIABLE = "DIARY_LEASED_DEVICE"
"""Names the device that this process already holds because its launcher leased it."""

_POLL_SECONDS = 0.05
_PR_SET_PDEATHSIG = 1


@contextmanager
def leased(folder: Path, devices: Sequence[str], priority: int = 0) -> Iterator[str]:
    """Hold one of *devices* while the context lasts, after waiting for it; yields its name."""
    if given := os.environ.get(DEVICE_VARIABLE):
        yield given
        return
    device, handle = acquire(folder, devices, priority)
    try:
        yield device
    finally:
        os.close(handle)


def acquire(folder: Path, devices: Sequence[str], priority: int = 0) -> tuple[str, int]:
    """Wait for one of *devices* (none: the CPU). Returns its name and the open lock file that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    names = list(devices) or [CPU]
    ticket = folder / f"waiting.{os.getpid()}.{priority}"
    with queued(ticket):
        while True:
            if not higher_priority_waits(folder, ticket, priority):
                for name in names:
                    if (handle := _try_lock(folder / f"device-{name}.lock")) is not None:
                        _write_pid(handle)
                        return name, handle
            time.sleep(_POLL_SECONDS)


def _try_lock(path: Path) -> int | None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _write_pid(handle: int) -> None:
    """Write the holder's process id into the lock file, for people who read it."""
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())


@contextmanager
def queued(ticket: Path) -> Iterator[None]:
    """Keep this process's queue file locked while it waits."""
    handle = _lock_ticket(ticket)
    try:
        yield
    finally:
        ticket.unlink(missing_ok=True)
        os.close(handle)


def _lock_ticket(ticket: Path) -> int:
    """Create and lock a queue file, once more where a look between the two took it for a dead process's."""
    while True:
        handle = os.open(ticket, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if _is_at(handle, ticket):
            return handle
        os.close(handle)


def higher_priority_waits(folder: Path, mine: Path, priority: int) -> bool:
    """Whether a live process waits whose priority is higher; *mine* is this process's own queue file."""
    others = (other for other in folder.glob("waiting.*") if other != mine)
    return any(int(other.name.rsplit(".", 1)[1]) > priority and _is_alive(other) for other in others)


def _is_alive(ticket: Path) -> bool:
    """Whether the process of a queue file still runs; the file of a dead one is removed."""
    try:
        handle = os.open(ticket, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        if not _is_at(handle, ticket):
            return _is_alive(ticket)  # the file that was opened is gone; another one may have its name
        ticket.unlink(missing_ok=True)
        return False
    finally:
        os.close(handle)


def _is_at(handle: int, path: Path) -> bool:
    """Whether the open file is the one that *path* leads to."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def main(arguments: Sequence[str]) -> None:
    """Wait for a device, then become the command; end when the parent does, before and after."""
    folder, devices, priority, parent = arguments[:4]
    command = arguments[arguments.index("--") + 1 :]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        sys.exit("the run that asked for this step has ended")
    if devices != "-":
        device, handle = acquire(Path(folder), [name for name in devices.split(",") if name], int(priority))
        os.set_inheritable(handle, True)  # noqa: FBT003 - the system's own signature
        os.environ[DEVICE_VARIABLE] = device
        os.environ["CUDA_VISIBLE_DEVICES"] = "" if device == CPU else device
    else:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    with contextlib.suppress(FileNotFoundError):
        os.execvp(command[0], list(command))  # noqa: S606 - the launcher's own command
    sys.exit(f"{command[0]} is not there")


if __name__ == "__main__":
    main(sys.argv[1:])
