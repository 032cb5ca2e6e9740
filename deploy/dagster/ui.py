"""Starts Dagster over a diary's home as three processes: code server, daemon and web interface (`make ui`).

What belongs here: what the three need before they start. What does not: their commands (Procfile).
See https://docs.dagster.io/deployment/oss/oss-deployment-architecture.
"""

import os
import sys
from pathlib import Path

from deploy.dagster.home import ROOT, environment, prepare
from diary_pipeline.errors import DiaryError
from diary_pipeline.home import prepare as prepare_diary
from diary_pipeline.settings import Settings

PORTS = {"DIARY_UI_PORT": "3000", "DIARY_CODE_PORT": "4266"}


def main() -> None:
    """Prepare the home, print where things are, and replace this process by the process runner."""
    try:
        settings = prepare_diary(Settings.load())
    except DiaryError as error:
        sys.exit(str(error))
    prepare(settings.root)
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
