"""The command line `diary`. Each command asks the library and prints the answer."""

from diary_pipeline.transcribe.environment import set_library_variables


def main() -> None:
    """Entry point of the script `diary`: parse the arguments, run the command, exit with its code."""
    set_library_variables()
    from diary_pipeline.cli.commands import run

    run()
