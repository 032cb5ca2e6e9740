"""The command that changes a recording's privacy class: `privacy`."""

from typing import Annotated, Literal, get_args

import typer

from diary_pipeline.cli.output import emit, print_lines
from diary_pipeline.cli.read import RecordingArgument
from diary_pipeline.cli.session import Json, opened_to_read, recording_named
from diary_pipeline.errors import UserError
from diary_pipeline.file_names import one_line, quoted

Class = Literal["standard", "local_only"]


def privacy(
    recording: RecordingArgument,
    to: Annotated[str, typer.Argument(help="standard or local_only.", metavar="CLASS")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it becomes standard.")] = False,
    as_json: Json = False,
) -> None:
    """Keep a recording on this machine (local_only), or say that it may leave it after all (standard)."""
    from diary_pipeline import pipeline
    from diary_pipeline.views.refresh import refresh

    if to not in get_args(Class):
        raise UserError(f"There is no privacy class {quoted(to)}. Write standard or local_only.")
    if to == "standard" and not yes:
        if as_json:
            raise UserError("Nothing is asked with --json. Add --yes to make a private recording standard.")
        with opened_to_read() as diary:
            named = recording_named(diary, recording)
        what = f"{quoted(named.source)} ({named.id})"
        question = f"May {what} leave this machine from now on, its words to models and its files to the store?"
        typer.confirm(question, abort=True, err=True)
    with opened_to_read() as diary:
        known = recording_named(diary, recording)
        changed = pipeline.set_privacy(diary, known.id, "standard" if to == "standard" else "local_only")
        refresh(diary)
    answer = {"recording": known.id, "privacy": to, "changed": changed}
    name = one_line(known.source)
    others = [f"{one}: {to}" for one in changed if one != known.id]
    first = f"{name} ({known.id}): {to}" if known.id in changed else f"{name} ({known.id}) was {to}."
    emit(answer, as_json, lambda: print_lines([first, *others]))
