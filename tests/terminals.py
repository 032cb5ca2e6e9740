"""The command line at a real terminal of a given width, with one stream for both outputs as a person sees it."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

_STEERING = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def at_terminal(home: Path, *arguments: str, columns: int = 120, **environment: str) -> tuple[int, str]:
    """Run `diary` over *home* with tiny.en, in UTC; its exit status, and what stands on the screen, raw."""
    given = {"DIARY_HOME": str(home), "DIARY_WHISPER_MODEL": "tiny.en", "DIARY_TIMEZONE": "UTC"}
    given |= {"COLUMNS": str(columns), "TERM": "xterm"} | environment
    master, slave = os.openpty()
    seen: list[bytes] = []
    reader = threading.Thread(target=_read, args=(master, seen))
    reader.start()
    command = [sys.executable, "-m", "diary_pipeline.cli", *arguments]
    process = subprocess.Popen(
        command, cwd=home.parent, env=os.environ | given, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave
    )
    os.close(slave)
    code = process.wait(120)
    reader.join(30)
    os.close(master)
    return code, b"".join(seen).decode("utf-8", "replace").replace("\r\n", "\n")


def plain(screen: str) -> str:
    """What a person reads: without colours and what was overwritten."""
    return "\n".join(line.rpartition("\r")[2] for line in _STEERING.sub("", screen).split("\n"))


def _read(master: int, seen: list[bytes]) -> None:
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # the last one that had the terminal open has closed it
            return
        if not piece:
            return
        seen.append(piece)
