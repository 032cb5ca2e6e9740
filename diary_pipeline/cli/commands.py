"""All commands in one parser, and how errors end a command.

Exit codes: 0 all went well; 1 some recordings failed, or the world was not ready; 2 the command cannot be used as
given. A command's module imports only what is light; the rest is imported in the command that needs it, so that
`diary --help` and `diary status` start quickly.
"""

import sys

import typer

from diary_pipeline.cli import machine, privacy, read, work
from diary_pipeline.cli.output import print_json
from diary_pipeline.cli.session import SOME_FAILED, USAGE
from diary_pipeline.errors import DiaryError, UserError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Voice memos in, a faithful diary page per day out.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(machine.setup)
app.command()(work.add)
app.command()(work.process)
app.command("status")(read.show_status)
app.command()(read.show)
app.command()(read.explain)
app.command()(privacy.privacy)
app.command("report")(read.show_report)
app.command("forecast")(read.show_forecast)
app.command("export")(read.show_export)
app.command()(read.week)
app.command("search")(read.show_search)
app.add_typer(machine.models, name="models")
app.command()(machine.doctor)


def run() -> None:
    """Parse the arguments and run the command. A `DiaryError` becomes a line (or JSON object) and an exit code."""
    try:
        app()
    except DiaryError as error:
        if "--json" in sys.argv:
            print_json({"error": {"kind": type(error).__name__, "message": str(error)}})
        else:
            from diary_pipeline.cli.output import err

            err().print(str(error), style="red", markup=False)
        sys.exit(USAGE if isinstance(error, UserError) else SOME_FAILED)
