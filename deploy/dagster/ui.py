"""Starts Dagster over a diary's home as three processes: code server, daemon and web interface (`make ui`).

What belongs here: what the three need before they start. What does not: their commands (Procfile).
See https://docs.dagster.io/deployment/oss/oss-deployment-architecture.
"""

import os
import socket
import sys
from pathlib import Path

from deploy.dagster.home import ROOT, environment, prepare
from diary_pipeline.bootstrap import code_versions, open_diary
from diary_pipeline.errors import DiaryError, UserError, type_and_place
from diary_pipeline.home import prepare as prepare_diary
from diary_pipeline.settings import Settings

PORTS = {"DIARY_UI_PORT": "3000", "DIARY_CODE_PORT": "4266"}


def _check_ports() -> None:
    for name, usual in PORTS.items():
        port = os.environ.get(name, usual)
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
            raise UserError(f"{name} is no port. Write a number like {usual}.")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(port)))
            except OSError as error:
                raise UserError(f"Port {port} is in use. End what uses it, or set {name} to another one.") from error


def main() -> None:
    """Prepare the home, print where things are, and replace this process by the process runner."""
    try:
        settings = prepare_diary(Settings.load())
        _check_ports()
        open_diary(settings).close()
        code_versions(settings)  # what the code server begins with: a model or a style that is not there ends it
    except DiaryError as error:
        sys.exit(str(error))
    try:
        prepare(settings.root)
    except OSError as error:
        sys.exit(
            f"Dagster's files in {settings.root} cannot be written: {error.strerror}. Set DIARY_HOME to another one."
        )
    except Exception as error:  # noqa: BLE001 - Dagster's own errors are of many kinds
        place = type_and_place(error)
        sys.exit(
            f"Dagster cannot use {settings.root / 'dagster'} ({place}). Correct dagster.yaml there or move it away."
        )
    binaries = Path(sys.executable).parent
    given = {**PORTS, **os.environ, **environment(settings.root)}
    given["PATH"] = f"{binaries}{os.pathsep}{given.get('PATH', '')}"
    print(f"Dagster:  http://127.0.0.1:{given['DIARY_UI_PORT']}")
    print(f"Inbox:    {settings.inbox_url}")
    print(f"Pages:    {settings.store_url}/days", flush=True)
    os.chdir(ROOT)
    os.execve(binaries / "honcho", ["honcho", "start", "--no-prefix", "-f", "Procfile"], given)  # noqa: S606 - it replaces this process


if __name__ == "__main__":
    main()
