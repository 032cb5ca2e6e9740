"""The command line `diary`. Each command asks the library and prints the answer."""

import signal
import sys


def main() -> None:
    """Entry point of the script `diary`: parse the arguments, run the command, exit with its code."""
    from diary_pipeline.cli.commands import run

    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # unwinds, so that claims are given back
    run()
