"""The files that let systemd or launchd keep `diary process --watch` running for one home, also after a reboot."""

import hashlib
import os
import plistlib
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.file_names import readable

Kind = Literal["systemd", "launchd"]
_SECONDS = 30
_STOPPED = 143
"""Exit status after SIGTERM."""


@dataclass(frozen=True)
class Unit:
    """One home's service on this machine: its name, its file, and what it runs with which variables."""

    kind: Kind
    name: str
    file: Path
    command: tuple[str, ...]
    variables: Mapping[str, str]

    def text(self) -> bytes:
        """What stands in the file."""
        return _systemd(self).encode() if self.kind == "systemd" else _launchd(self)

    @property
    def start(self) -> list[list[str]]:
        """The commands that start it now, and at every start of the machine."""
        if self.kind == "systemd":
            return [["systemctl", "--user", "daemon-reload"], ["systemctl", "--user", "enable", "--now", self.name]]
        return [["launchctl", "bootstrap", f"gui/{os.getuid()}", str(self.file)]]

    @property
    def stop(self) -> list[list[str]]:
        """The commands that end it for good."""
        if self.kind == "systemd":
            return [["systemctl", "--user", "disable", "--now", self.name]]
        return [["launchctl", "bootout", f"gui/{os.getuid()}/{self.name}"]]

    @property
    def ask(self) -> list[str]:
        """The command that succeeds while it runs."""
        if self.kind == "systemd":
            return ["systemctl", "--user", "is-active", "--quiet", self.name]
        return ["launchctl", "print", f"gui/{os.getuid()}/{self.name}"]


def unit_of(home: Path, kind: Kind | None = None) -> Unit:
    """The unit for *home*; nothing is written.

    Raises:
        UserError: this machine has neither systemd nor launchd, or the home's name cannot stand in a unit.
    """
    found = kind or _kind()
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in f"{home}{sys.executable}"):
        raise UserError(f"The home {readable(str(home))!r} cannot stand in a service's file. Rename it.")
    slug = re.sub(r"[^a-z0-9]+", "-", home.name.lower()).strip("-")[:30] or "home"
    mark = hashlib.sha256(str(home).encode()).hexdigest()[:8]
    if found == "systemd":
        name = f"diary-{slug}-{mark}.service"
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        file = base / "systemd" / "user" / name
    else:
        name = f"diary-pipeline.{slug}.{mark}"
        file = Path.home() / "Library" / "LaunchAgents" / f"{name}.plist"
    command = (sys.executable, "-P", "-m", "diary_pipeline.cli", "process", "--watch")
    return Unit(found, name, file, command, {"DIARY_HOME": str(home), "PYTHONUNBUFFERED": "1"})


def write(unit: Unit) -> None:
    """Write the unit's file whole, or not at all.

    Raises:
        TransientError: it cannot be written.
    """
    from diary_pipeline.atomic_write import write_atomically

    try:
        write_atomically(unit.file, unit.text(), replace=True)
    except OSError as error:
        raise TransientError(
            f"The service's file {unit.file} cannot be written: {error.strerror}. Let your user write there."
        ) from error


def remove(unit: Unit) -> bool:
    """Remove the unit's file, and systemd's link to it; False where there was none."""
    link = unit.file.parent / "default.target.wants" / unit.name
    there = unit.file.exists()
    for file in (unit.file, link) if unit.kind == "systemd" else (unit.file,):
        file.unlink(missing_ok=True)
    return there


def succeed(commands: Sequence[Sequence[str]]) -> bool:
    """Run commands of the service manager in turn; False as soon as one is not there or fails."""
    return all(_succeeds(command) for command in commands)


def _succeeds(command: Sequence[str]) -> bool:
    program = shutil.which(command[0])
    if program is None:
        return False
    try:
        done = subprocess.run(  # noqa: S603 - the service manager's own tool
            [program, *command[1:]], capture_output=True, check=False, timeout=_SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _kind() -> Kind:
    if sys.platform == "darwin":
        return "launchd"
    if shutil.which("systemctl"):
        return "systemd"
    raise UserError(
        "This machine has neither systemd nor launchd. Let whatever starts programs here run `diary process --watch`."
    )


def _systemd(unit: Unit) -> str:
    variables = "\n".join(f"Environment={_word(f'{name}={value}')}" for name, value in unit.variables.items())
    home = unit.variables["DIARY_HOME"].replace("%", "%%")
    return f"""[Unit]
Description=The diary in {home}
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=:{" ".join(map(_word, unit.command))}
{variables}
Restart=always
RestartSec=30
SuccessExitStatus={_STOPPED}
TimeoutStopSec=90
Nice=10

[Install]
WantedBy=default.target
"""


def _word(text: str) -> str:
    r"""One word of a systemd line: between quotation marks, with `"`, `\` and `%` escaped.

    The colon before a command line keeps dollar signs as they are.
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _launchd(unit: Unit) -> bytes:
    log = str(Path.home() / "Library" / "Logs" / f"{unit.name}.log")
    return plistlib.dumps(
        {
            "Label": unit.name,
            "ProgramArguments": list(unit.command),
            "EnvironmentVariables": dict(unit.variables),
            "RunAtLoad": True,
            "KeepAlive": True,
            "ThrottleInterval": 30,
            "ProcessType": "Background",
            "StandardOutPath": log,
            "StandardErrorPath": log,
        }
    )
