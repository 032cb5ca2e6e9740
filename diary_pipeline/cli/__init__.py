"""The command line `diary`. Each command asks the library and prints the answer."""

import atexit
import gc
import io
import os
import signal
import sys


def main() -> None:
    """Entry point of the script `diary`: parse the arguments, run the command, exit with its code."""
    atexit.register(gc.freeze)  # else the interpreter searches all that was imported for garbage while it ends: 0.1 s
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # none is used; to look for them takes 20 ms
    from diary_pipeline.cli.commands import run

    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # whoever started this has closed it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - open until the end
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know every letter of a name
    exit_at_signals()
    run()


def exit_at_signals() -> None:
    """Unwind at SIGTERM and SIGHUP, so that claims are given back. Another signal does not interrupt that."""
    stops = (signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, _: object) -> None:
        for one in stops:
            signal.signal(one, signal.SIG_IGN)
        sys.exit(128 + number)

    for one in stops:
        signal.signal(one, stop)
