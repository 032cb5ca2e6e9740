"""Commands that keep the diary running on this machine: `service install`, `uninstall`, `status`."""

import os
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from diary_pipeline.cli.output import emit, print_lines
from diary_pipeline.cli.parsing import Command
from diary_pipeline.cli.session import OK, SOME_FAILED, Json, load_settings
from diary_pipeline.errors import UserError
from diary_pipeline.file_names import quoted

if TYPE_CHECKING:
    from diary_pipeline.cli.units import Unit

service = typer.Typer(
    no_args_is_help=True, help="Keep `diary process --watch` running for this home, also after a reboot."
)
Manager = Annotated[str | None, typer.Option("--kind", help="systemd or launchd; without it, this machine's own.")]
_KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MISTRAL_API_KEY")


@service.command("install", cls=Command)
def install(kind: Manager = None, as_json: Json = False) -> None:
    """Write a systemd user unit or a launchd agent for this home, and start it where that can be done from here."""
    from diary_pipeline.cli import units
    from diary_pipeline.home import is_set_up

    settings = load_settings()
    if not is_set_up(settings):
        raise UserError(f"{settings.root} was never set up as a diary. Run `diary setup` first.")
    unit = _unit(kind)
    units.write(unit)
    started = units.succeed(unit.start)
    todo = [] if started else unit.start
    todo = [*todo, ["loginctl", "enable-linger"]] if unit.kind == "systemd" else todo
    ignored = sorted(name for name in os.environ if _is_setting(name))

    def for_people() -> None:
        runs = "It runs now, and after every reboot." if started else "It could not be started from here."
        print_lines([f"Wrote {unit.file}: {shlex.join(unit.command)}", runs])
        if todo:
            print_lines(["Run, so that it starts with the machine and not only when you log in:", *_indented(todo)])
        if ignored:
            names = ", ".join(ignored)
            print_lines([f"It does not see what only this shell has: {names}. Write that into settings.toml."])

    emit(_about(unit, started, todo) | {"ignored": ignored}, as_json, for_people)


@service.command("uninstall", cls=Command)
def uninstall(kind: Manager = None, as_json: Json = False) -> None:
    """End this home's service and remove its file. The diary itself stays."""
    from diary_pipeline.cli import units

    unit = _unit(kind)
    stopped = unit.file.exists() and units.succeed(unit.stop)
    was_there = units.remove(unit)
    todo = [] if stopped or not was_there else unit.stop
    first = f"Removed {unit.file}." if was_there else f"There is no service for this home: {unit.file} is not there."
    rest = ["If it still runs, end it:", *_indented(todo)] if todo else []
    emit(_about(unit, None, todo) | {"removed": was_there}, as_json, lambda: print_lines([first, *rest]))


@service.command("status", cls=Command)
def show_service(kind: Manager = None, as_json: Json = False) -> None:
    """Whether this home's service is installed, and whether it runs. Exit status 1 when it does not."""
    from diary_pipeline.cli import units

    unit = _unit(kind)
    active = unit.file.exists() and units.succeed([unit.ask])
    todo = [["diary", "service", "install"]] if not unit.file.exists() else [] if active else unit.start
    installed = f"installed: {unit.file}" if unit.file.exists() else f"not installed: {unit.file} is not there"
    state = [installed, "runs" if active else "does not run", *_indented(todo)]
    emit(_about(unit, active, todo), as_json, lambda: print_lines(state))
    raise typer.Exit(OK if active else SOME_FAILED)


def _unit(kind: str | None) -> "Unit":
    from diary_pipeline.cli import units

    known = next((one for one in get_args(units.Kind) if one == kind), None)
    if kind is not None and known is None:
        raise UserError(f"There is no service manager {quoted(kind)}. Write systemd or launchd.")
    return units.unit_of(load_settings().root, known)


def _about(unit: "Unit", active: bool | None, todo: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {
        "kind": unit.kind,
        "name": unit.name,
        "file": str(unit.file),
        "installed": unit.file.exists(),
        "active": active,
        "command": list(unit.command),
        "todo": [shlex.join(command) for command in todo],
    }


def _indented(commands: Sequence[Sequence[str]]) -> list[str]:
    return [f"  {shlex.join(command)}" for command in commands]


def _is_setting(name: str) -> bool:
    return (name.upper().startswith("DIARY_") and name.upper() != "DIARY_HOME") or name in _KEYS
