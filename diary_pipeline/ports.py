"""Loopback ports of Dagster's processes: each home has its own, and two homes never share one.

A port is reserved by a lock on a file in a folder of this user, in which the home's name stands. The lock lasts as long
as the process that took it, and whatever replaces that. The home keeps the numbers in `dagster/ports.json`.
"""

import fcntl
import json
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.file_names import readable
from diary_pipeline.settings import Settings

FIRST = {"ui_port": 3000, "code_port": 4266}
_TRIED = 500


@dataclass(frozen=True)
class PortState:
    """One port of this home: its number (0: not chosen yet), who else has it, and whether this home uses it now."""

    name: str
    port: int
    in_use: bool = False
    holder: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why this home cannot use it."""
        if self.holder is None:
            return None
        return (
            f"Port {self.port} is used by {self.holder}. End it, or set DIARY_{self.name.upper()} to another one "
            "(0: the home chooses)."
        )


def reserve(settings: Settings) -> dict[str, int]:
    """Reserve this home's ports until this process ends, and remember them; by the settings' names.

    Raises:
        UserError: Dagster runs over this home already, or a port that the settings name is in use.
        TransientError: no port is free, or the reservations cannot be written.
    """
    try:
        return _reserve(settings)
    except OSError as error:
        raise TransientError(
            f"Ports cannot be reserved: {error.strerror}: {error.filename}. Let the diary's user write there."
        ) from error


def _reserve(settings: Settings) -> dict[str, int]:
    _hold_home(settings.root)
    found: dict[str, int] = {}
    for name, first in FIRST.items():
        wanted = _set_port(settings, name)
        candidates = [wanted] if wanted else _candidates(settings.root, name)
        port = next((one for one in candidates if one not in found.values() and _take(one, settings.root)), None)
        if port is None and wanted:
            clash = f"Port {wanted} cannot be both ports of one home. Set DIARY_{name.upper()} to another one."
            raise UserError(_state(settings.root, name, wanted).trouble or clash)
        if port is None:
            raise TransientError(f"No port from {first} on is free. Set DIARY_{name.upper()} to one that is.")
        found[name] = port
    _ports_file(settings.root).write_text(json.dumps(found), encoding="utf-8")
    return found


def port_states(settings: Settings) -> list[PortState]:
    """This home's ports as they are now; nothing is reserved."""
    kept = _kept(settings.root)
    ports = {name: _set_port(settings, name) or kept.get(name, 0) for name in FIRST}
    return [_state(settings.root, name, port) if port else PortState(name, 0) for name, port in ports.items()]


def _set_port(settings: Settings, name: str) -> int:
    return int(getattr(settings, name))


def _candidates(home: Path, name: str) -> Iterator[int]:
    if kept := _kept(home).get(name):
        yield kept
    for port in range(FIRST[name], FIRST[name] + _TRIED):
        if _owner(port) in (None, home):  # another home's stays its own while that one rests
            yield port


def _hold_home(home: Path) -> None:
    """Lock the home's own file of ports, so that Dagster runs over it once."""
    (home / "dagster").mkdir(parents=True, exist_ok=True)
    if not _locked(home / "dagster" / "ui.lock"):
        port = _kept(home).get("ui_port", FIRST["ui_port"])
        raise UserError(
            f"Dagster runs over {readable(str(home))} already: http://127.0.0.1:{port}. "
            "End it first, or set DIARY_HOME to another home."
        )


def _take(port: int, home: Path) -> bool:
    """Reserve *port*; False where another home has it or something listens there."""
    file = _reservations() / str(port)
    if not _is_free(port) or not _locked(file):
        return False
    file.write_text(str(home), encoding="utf-8", errors="surrogateescape")
    return True


def _locked(file: Path) -> bool:
    """Lock *file* for the life of this process and of what replaces it."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return False
    os.set_inheritable(handle, True)  # noqa: FBT003 - the system's own signature
    return True


def _is_locked(file: Path) -> bool:
    try:
        handle = os.open(file, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _state(home: Path, name: str, port: int) -> PortState:
    file, owner = _reservations() / str(port), _owner(port)
    if owner is not None and owner != home:
        return PortState(name, port, holder=f"the diary in {readable(str(owner))}")
    if _is_locked(file):
        return PortState(name, port, in_use=True)
    return PortState(name, port, holder=None if _is_free(port) else "another program")


def _owner(port: int) -> Path | None:
    """The home that a port was reserved for last, if that home still has it."""
    with suppress(OSError, ValueError):
        home = Path((_reservations() / str(port)).read_text("utf-8", "surrogateescape"))
        return home if port in _kept(home).values() else None
    return None


def _kept(home: Path) -> dict[str, int]:
    try:
        found = json.loads(_ports_file(home).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: found[name] for name in FIRST if isinstance(found, dict) and isinstance(found.get(name), int)}


def _ports_file(home: Path) -> Path:
    return home / "dagster" / "ports.json"


def _reservations() -> Path:
    """The folder of this user's reservations; another user's ports are only seen to be in use."""
    folder = Path(tempfile.gettempdir()) / f"diary-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise TransientError(f"{folder} belongs to another user. Remove it, or set TMPDIR to a folder of yours.")
    return folder


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
