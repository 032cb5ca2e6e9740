"""All commands in one parser, and how errors end a command.

Exit codes: 0 all went well; 1 some recordings failed, or the world was not ready; 2 the command cannot be used as
given. A command's module imports only what is light; the rest is imported in the command that needs it, so that
`diary --help` and `diary status` start quickly.
"""

import errno
import os
import sys
from typing import NoReturn

import typer

from diary_pipeline.cli import authors, machine, privacy, query, read, rebuild, service, trial, work
from diary_pipeline.cli.output import print_json
from diary_pipeline.cli.parsing import Command
from diary_pipeline.cli.session import SOME_FAILED, USAGE
from diary_pipeline.errors import DiaryError, UserError, type_and_place
from diary_pipeline.file_names import printable

_REPORT_IT = "Try again; if it comes again, `diary doctor` may find the cause, else report it as a defect."
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Voice memos in, a faithful diary page per day out.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.callback()(machine.of_the_program)
app.command(cls=Command)(machine.setup)
app.command(cls=Command)(work.add)
app.command(cls=Command)(work.process)
app.command(cls=Command)(work.redo)
app.command("status", cls=Command)(read.show_status)
app.command(cls=Command)(read.show)
app.command(cls=Command)(read.explain)
app.command(cls=Command)(privacy.privacy)
app.command("report", cls=Command)(read.show_report)
app.command("forecast", cls=Command)(read.show_forecast)
app.command("export", cls=Command)(read.show_export)
app.command(cls=Command)(read.week)
app.command("search", cls=Command)(read.show_search)
app.command(cls=Command)(query.query)
app.command("try", cls=Command)(trial.try_transcript)
app.command(cls=Command)(trial.judge)
app.add_typer(authors.authors, name="authors")
app.add_typer(machine.models, name="models")
app.command(cls=Command)(machine.doctor)
app.add_typer(service.service, name="service")
app.command("rebuild", cls=Command)(rebuild.rebuild)


def run() -> None:
    """Parse the arguments and run the command. An error becomes a line (or JSON object) and an exit code.

    Of an error that nobody foresaw the type and place are printed: its message may quote the diary.
    """
    try:
        app()
    except DiaryError as error:
        _end(error, str(error), USAGE if isinstance(error, UserError) else SOME_FAILED)
    except OSError as error:
        _end(error, _of_the_system(error), SOME_FAILED)
    except Exception as error:  # noqa: BLE001 - a traceback helps nobody, and it may quote the diary
        _end(error, f"An unexpected {type_and_place(error)}. Nothing is lost. {_REPORT_IT}", SOME_FAILED)


def _of_the_system(error: OSError) -> str:
    """What the system did not do. A file's name may be no text, but is no part of the diary."""
    file = f" {error.filename}" if isinstance(error.filename, str) else ""
    what = f"{error.strerror or type(error).__name__}:{file or ' the system did not say which file'}"
    remedy = "make room on its disk" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "let the diary's user use it"
    return f"{what}. Nothing is lost; {remedy}, then try again. `diary doctor` looks for what is missing."


def _end(error: Exception, message: str, code: int) -> NoReturn:
    """Print why the command ends, and end it. Where nothing can be printed, the exit code must do."""
    try:
        if "--json" in sys.argv:
            print_json({"error": {"kind": type(error).__name__, "message": message}})
        else:
            from diary_pipeline.cli.output import err

            err().print(printable(message), style="red", markup=False, soft_wrap=True)
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the interpreter's last flush fails too
    sys.exit(code)
