"""Starts Dagster over a diary's home as three processes: code server, daemon and web interface (`make ui`).

What belongs here: what the three need before they start. What does not: their commands (Procfile).
See https://docs.dagster.io/deployment/oss/oss-deployment-architecture.
"""

import os
import sys
from pathlib import Path

from deploy.dagster.home import ROOT, environment, prepare
from diary_pipeline.bootstrap import code_versions, open_diary
from diary_pipeline.errors import DiaryError, type_and_place
from diary_pipeline.home import prepare as prepare_diary
from diary_pipeline.ports import reserve
from diary_pipeline.settings import Settings, unknown_variables


def main() -> None:
    """Prepare the home, print where things are, and replace this process by the process runner."""
    try:
        settings = prepare_diary(Settings.load())
        ports = reserve(settings)
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
    for unknown in unknown_variables(Settings):
        print(unknown, file=sys.stderr)
    numbers = {f"DIARY_{name.upper()}": str(port) for name, port in ports.items()}
    given = {**os.environ, **environment(settings.root), **numbers}
    given["PATH"] = f"{binaries}{os.pathsep}{given.get('PATH', '')}"
    print(f"Dagster:  http://127.0.0.1:{given['DIARY_UI_PORT']}")
    print(f"Inbox:    {settings.inbox_url}")
    print(f"Pages:    {settings.store_url}/days", flush=True)
    os.chdir(ROOT)
    os.execve(binaries / "honcho", ["honcho", "start", "--no-prefix", "-f", "Procfile"], given)  # noqa: S606 - it replaces this process


if __name__ == "__main__":
    main()
