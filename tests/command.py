"""The command line, run in a process of its own each time: exit status and both outputs."""

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.processes import run

DIARY = Path(sys.executable).with_name("diary")
"""The installed command, as a shell starts it."""


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout; fails when anything else stands there."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        assert self.out.count("\n") == 1
        return value


def diary(home: Path, *arguments: str | Path, **environment: str) -> Answer:
    """Run `diary` over *home* with tiny.en, in UTC, in the folder that the home lies in."""
    given = {"DIARY_HOME": str(home), "DIARY_WHISPER_MODEL": "tiny.en", "DIARY_TIMEZONE": "UTC"} | environment
    return typed(home.parent, *arguments, **given)


def typed(folder: Path, *arguments: str | Path, **environment: str) -> Answer:
    """Run `diary` with these arguments in that folder."""
    with tempfile.TemporaryDirectory() as kept:
        out, err = Path(kept, "out"), Path(kept, "err")
        code = run(_command, folder, [str(argument) for argument in arguments], environment, (out, err))
        return Answer(code, out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace"))


def _command(folder: Path, arguments: list[str], environment: dict[str, str], outputs: tuple[Path, Path]) -> None:
    os.chdir(folder)
    os.environ.update(environment)
    sys.argv = ["diary", *arguments]
    for number, output in enumerate(outputs, 1):
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT), number)
    from diary_pipeline.cli import main

    main()
