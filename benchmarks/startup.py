"""CPU seconds from start to end of commands that only read; the peer is `python -c "import sqlalchemy, pydantic"`.

`make bench NAME=startup` prints the best of ten for each, on a home with twelve memos.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from diary_pipeline.library import OpenDiary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from tests.memos import day_names, memos

RUNS = 10
PEER = ["-c", "import sqlalchemy, pydantic_settings, typer"]
COMMANDS = {
    "peer": PEER,
    "--help": ["-m", "diary_pipeline.cli", "--help"],
    "status": ["-m", "diary_pipeline.cli", "status"],
}


def cpu_seconds(command: list[str], environment: dict[str, str]) -> float:
    """CPU seconds of one run, of the process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print one line per command."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        memos(home / "inbox", day_names("2026-03-14", 12))
        settings = Settings.load(home=home, timezone="UTC", settle_seconds=0, whisper_model="tiny.en")
        with OpenDiary(settings, ScriptedEngine(lambda identity: [f"This is {identity}."])) as diary:
            diary.process()
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"DIARY_HOME": str(home), "DIARY_TIMEZONE": "UTC", "DIARY_WHISPER_MODEL": "tiny.en"}
        best = {
            name: min(cpu_seconds([sys.executable, *arguments], environment) for _ in range(RUNS))
            for name, arguments in COMMANDS.items()
        }
    for name, seconds in best.items():
        sys.stdout.write(f"{name}: {seconds:.2f} CPU-s, {seconds / best['peer']:.2f}x of the peer\n")


if __name__ == "__main__":
    main()
