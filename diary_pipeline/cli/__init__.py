"""The command line `diary`. Each command asks the library and prints the answer."""


def main() -> None:
    """Entry point of the script `diary`: parse the arguments, run the command, exit with its code."""
    from diary_pipeline.cli.commands import run

    run()
