"""The command line `diary`. Each command asks the library and prints the answer."""

import os
import signal
import sys


def main() -> None:
    """Entry point of the script `diary`: parse the arguments, run the command, exit with its code."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # none is used; to look for them takes 20 ms
    from diary_pipeline.cli.commands import run

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
