"""Libraries are configured before they are loaded: no spinning threads, no reports of use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.dagster.home import environment
from diary_pipeline.transcribe.environment import ALLOCATOR_VARIABLES, LIBRARY_VARIABLES

ROOT = Path(__file__).resolve().parent.parent

CONSTRUCT = """
from pathlib import Path
from diary_pipeline.transcribe.weights import Weights
from diary_pipeline.transcribe.whisper import WhisperEngine
engine = WhisperEngine(Weights("any", Path(), ""))
"""
TRANSCRIBE = CONSTRUCT + "list(engine.transcribe([]))\n"
COMMAND = """
import contextlib, sys
from diary_pipeline.cli import main
sys.argv[1:] = ["process", "--day", "never"]
with contextlib.suppress(SystemExit):
    main()
"""
REPORT = f"import os, sys; print({{n: os.environ.get(n) for n in {sorted(LIBRARY_VARIABLES)}}}, 'numpy' in sys.modules)"


def printed(program: str) -> str:
    """The last line that a new process prints, started without any of the variables."""
    kept = {name: value for name, value in os.environ.items() if name not in LIBRARY_VARIABLES}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("program", [TRANSCRIBE, COMMAND], ids=["library", "command line"])
def test_the_variables_are_set_before_any_library_that_reads_them_is_loaded(program: str) -> None:
    expected = {name: LIBRARY_VARIABLES[name] for name in sorted(LIBRARY_VARIABLES)}
    assert printed(program + REPORT) == f"{expected} False"


def test_neither_an_import_nor_a_constructor_changes_the_environment() -> None:
    assert printed(CONSTRUCT + REPORT) == f"{dict.fromkeys(sorted(LIBRARY_VARIABLES))} False"


def test_numpy_starts_no_threads_of_its_own_in_a_process_that_transcribes() -> None:
    count = "import os, numpy; print(len(os.listdir('/proc/self/task')))"
    assert printed(TRANSCRIBE + count) == "1"
    if (os.cpu_count() or 1) > 1:
        assert int(printed(count)) > 1, "without the variables it does, so the test can fail"


def test_every_process_of_dagster_gets_the_variables(tmp_path: Path) -> None:
    assert environment(tmp_path).items() >= {**ALLOCATOR_VARIABLES, **LIBRARY_VARIABLES}.items()
