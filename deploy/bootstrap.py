"""Makes `.venv/` hold exactly what `requirements.lock` names, and the project itself, editable.

It uses the standard library alone, and uv, pip or venv with ensurepip, whichever is there. It returns at once when
nothing has changed. An environment keeps the Python it was made with until `make clean`.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OWN_UV = VENV / ".uv"  # outside site-packages, where a sync would remove it
STAMP = VENV / ".lock-stamp"
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
OLDEST, TOO_NEW = (3, 11), (3, 15)


def main() -> int:
    """Bring the environment up to date; the exit status for the shell."""
    parser = argparse.ArgumentParser(description="Make .venv/ hold what requirements.lock names.")
    parser.add_argument(
        "--extra", action="append", default=[], metavar="NAME", help="an extra that is not in the lock, e.g. torch"
    )
    wanted = parser.parse_args().extra
    try:
        _check_python()
        _bring_up_to_date(wanted)
    except SetupError as error:
        sys.stderr.write(f"set-up: {error}\n")
        return 1
    return 0


class SetupError(Exception):
    """The environment cannot be made; the message says what to do."""


def _check_python() -> None:
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        mine = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(
            f"Python 3.11 to 3.14 is needed, and {sys.executable} is {mine}. "
            "Install one of them and name it: make setup PYTHON=python3.12"
        )


def _bring_up_to_date(wanted: "list[str]") -> None:
    digest = hashlib.sha256(LOCK.read_bytes() + PROJECT.read_bytes()).hexdigest()
    stamped, *installed = STAMP.read_text().split() if STAMP.exists() and PYTHON.exists() else [""]
    extras = sorted({*installed, *wanted})  # an extra once asked for stays: a sync would remove it
    if stamped == digest and extras == installed:
        return
    STAMP.unlink(missing_ok=True)  # a half-made environment must not look whole
    uv = _uv()
    if not PYTHON.exists():
        _run("making .venv", [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)])
    if stamped != digest:
        _pip(uv, "installing what requirements.lock names", "sync", "--require-hashes", str(LOCK))
        _pip(uv, "installing the project", "install", "--no-deps", "--editable", str(ROOT))
    if extras:
        _pip(
            uv,
            f"installing {', '.join(extras)}",
            "install",
            "--constraint",
            str(LOCK),
            "--editable",
            f"{ROOT}[{','.join(extras)}]",
        )
    STAMP.write_text("\n".join([digest, *extras]))


def _uv() -> str:
    """A uv that runs: the one on the PATH, or one that pip installs beside the environment."""
    own = OWN_UV / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(own)):
        if candidate and _works([candidate, "--version"]):  # a version manager's shim may be there and not run
            return candidate
    if _works([sys.executable, "-m", "pip", "--version"]):
        _make_venv("--without-pip")
        pip = [sys.executable, "-m", "pip"]
    else:
        _make_venv()
        pip = [str(PYTHON), "-m", "pip"]
    # --target works with every pip, also where a distribution has closed its own Python to installs
    _run(
        "installing uv",
        [*pip, "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target", str(OWN_UV), "uv"],
    )
    return str(own)


def _make_venv(*options: str) -> None:
    if PYTHON.exists():
        return
    command = [sys.executable, "-m", "venv", "--clear", *options, str(VENV)]
    if not _works(command):
        raise SetupError(
            f"this Python has neither uv, nor pip, nor a venv module that works ({' '.join(command)} failed).\n"
            "Install one of them, for instance: apt-get install python3-venv"
        )


def _pip(uv: str, what: str, command: str, *arguments: str) -> None:
    _run(what, [uv, "pip", command, "--quiet", "--python", str(PYTHON), *arguments])


def _run(what: str, command: "list[str]") -> None:
    sys.stderr.write(f"set-up: {what} ...\n")
    environment = {
        key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")
    }
    status = subprocess.run(  # noqa: S603 - our own arguments
        command, cwd=ROOT, env=environment, check=False
    ).returncode
    if status != 0:
        raise SetupError(
            f"{what} failed (exit status {status}): {' '.join(command)}\n"
            "Its output is above. Check the network and the package index's settings, then run the same command again."
        )


def _works(command: "list[str]") -> bool:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # noqa: S603 - our own arguments
    except OSError:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
