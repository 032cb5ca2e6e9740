"""Commands about authors: whose memos the folders of the inbox hold."""

from typing import Annotated, Any

import typer

from diary_pipeline.cli.output import emit, print_lines
from diary_pipeline.cli.parsing import Command
from diary_pipeline.cli.session import Json, load_settings, opened, opened_to_read

authors = typer.Typer(
    no_args_is_help=False,
    invoke_without_command=True,
    help="Who keeps this diary, and whose memos the folders of the inbox hold.",
)


@authors.callback()
def list_authors(context: typer.Context, as_json: Json = False) -> None:
    """List the authors, the folders that are no author's, and the folders of which you must say whose they are."""
    if context.invoked_subcommand is None:
        _show(as_json)


@authors.command("add", cls=Command)
def add_author(
    name: Annotated[str, typer.Argument(help="The author, as their page and their folder are named.")],
    as_json: Json = False,
) -> None:
    """Say that somebody is an author: a folder of the inbox with this name is theirs."""
    from diary_pipeline.recordings.authors import add_author as remember_author

    remember_author(load_settings(), name)
    _show(as_json, look=True)


@authors.command("folder", cls=Command)
def add_folder(
    folder: Annotated[str, typer.Argument(help="A folder of the inbox that is no person.")],
    author: Annotated[str, typer.Option(help="Whose memos it holds.")] = "me",
    as_json: Json = False,
) -> None:
    """Say that a folder of the inbox is no author: its memos are yours, or those of `--author`."""
    from diary_pipeline.recordings.authors import add_author as remember_author
    from diary_pipeline.recordings.authors import add_folder as remember_folder

    settings = load_settings()
    if author != "me":
        remember_author(settings, author)
    remember_folder(settings, folder, author)
    _show(as_json, look=True)


def _show(as_json: bool, *, look: bool = False) -> None:
    """Print what is known; with *look*, look at the inbox before, so that what was held for this is no more."""
    from diary_pipeline import pipeline
    from diary_pipeline.recordings.authors import AUTHORS_FILE
    from diary_pipeline.views.authors import authors as known_authors

    with opened() if look else opened_to_read() as diary:
        if look:
            pipeline.discover(diary)
        found = known_authors(diary)
    after = (
        [f"Run `diary process` next. To take it back, correct {diary.settings.root / AUTHORS_FILE}."] if look else []
    )
    emit(found, as_json, lambda: print_lines([*_lines(found), *after]))


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [f"{one['name']}: {one['recordings']} recordings" for one in found["authors"]]
    lines += [f"inbox/{one['folder']} is no author's: its memos are {one['author']}'s" for one in found["folders"]]
    return [*lines, *found["questions"]]
