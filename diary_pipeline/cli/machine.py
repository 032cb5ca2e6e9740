"""Commands about this machine: `setup`, `models`, `doctor`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from diary_pipeline.cli.output import emit, err, print_checks, print_lines, print_models
from diary_pipeline.cli.parsing import Command
from diary_pipeline.cli.session import OK, SOME_FAILED, Json, load_settings, opened
from diary_pipeline.errors import UserError


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print_lines([f"diary-pipeline {version('diary-pipeline')}"])
        raise typer.Exit


models = typer.Typer(
    no_args_is_help=False,
    invoke_without_command=True,
    help="Speech models: which there are, and which to trust.",
)


def of_the_program(
    _version: Annotated[
        bool,
        typer.Option("--version", "-V", help="Print the version, and end.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Voice memos in, a faithful diary page per day out."""


def setup(
    model: Annotated[str | None, typer.Option(help="Use this speech model from now on.")] = None,
    as_json: Json = False,
) -> None:
    """Prepare the home: folders, catalog, and which speech model `auto` means on this machine (decided once)."""
    from diary_pipeline.home import prepare, remember
    from diary_pipeline.transcribe import fallen_back, weights

    settings = load_settings()
    if model:
        weights.locate(model, settings.root)
        fallen_back.forget_fallback(settings.root)
        prepare(settings.model_copy(update={"whisper_model": model}))
        remember(settings.root, "whisper_model", model)
        settings = settings.model_copy(update={"whisper_model": model})
    settings = prepare(settings)
    opened(settings).close()
    found = {
        "home": str(settings.root),
        "inbox": settings.inbox_url,
        "whisper_model": settings.whisper_model,
        "timezone": settings.timezone,
    }
    notice = fallen_back.fallback_notice(settings.whisper_model, settings.root)
    emit(found | {"notice": notice}, as_json, lambda: print_lines(f"{name}: {value}" for name, value in found.items()))
    if notice:
        err().print(f"Attention: {notice}", markup=False, soft_wrap=True, style="bold")


@models.callback()
def list_models(context: typer.Context, as_json: Json = False) -> None:
    """List the models that can be named, and where each would come from."""
    if context.invoked_subcommand is not None:
        return
    from diary_pipeline.transcribe import weights

    settings = load_settings()
    used = weights.name_of(settings.whisper_model, settings.root)
    known = [asdict(model) | {"used": model.name == used} for model in weights.known_models(settings.root)]
    emit({"models": known}, as_json, lambda: print_models(known, settings.whisper_model))


@models.command("add", cls=Command)
def add_model(
    folder: Annotated[Path, typer.Argument(help="A folder with CTranslate2 Whisper weights.")],
    name: Annotated[str, typer.Argument(help="What to call it.")],
    as_json: Json = False,
) -> None:
    """Record a folder's digests and trust it from now on, as long as they match."""
    from diary_pipeline.transcribe import weights

    found = weights.record_folder(folder, name, load_settings().root)
    added = {"name": found.name, "folder": str(found.folder), "digest": found.digest}
    emit(added, as_json, lambda: print_lines([f"{found.name}: {found.folder}"]))


def doctor(as_json: Json = False) -> None:
    """Check that everything a diary needs is there."""
    from diary_pipeline.views.doctor import examine, unusable_settings

    try:
        checks = examine(load_settings())
    except UserError as error:
        checks = unusable_settings(error)
    emit({"checks": [asdict(c) for c in checks]}, as_json, lambda: print_checks(checks))
    raise typer.Exit(OK if all(check.ok for check in checks) else SOME_FAILED)
