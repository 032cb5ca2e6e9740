"""The installed command `diary`, started as a person's shell would start it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIARY = Path(sys.executable).with_name("diary")


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
    """Run `diary` over *home* with tiny.en, in UTC."""
    given = (
        os.environ | {"DIARY_HOME": str(home), "DIARY_WHISPER_MODEL": "tiny.en", "DIARY_TIMEZONE": "UTC"} | environment
    )
    done = subprocess.run(
        [DIARY, *arguments], cwd=home.parent, env=given, capture_output=True, text=True, check=False, timeout=120
    )
    return Answer(done.returncode, done.stdout, done.stderr)
