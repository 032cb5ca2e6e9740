"""Commands that change the diary: `add`, `process`, `redo`."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from diary_pipeline.cli.output import emit, err, print_recordings, print_summary
from diary_pipeline.cli.session import OK, SOME_FAILED, Days, Json, load_settings, opened, parse_days
from diary_pipeline.errors import UserError
from diary_pipeline.schema import Mode, RedoStage

if TYPE_CHECKING:
    from diary_pipeline.diary import Diary
    from diary_pipeline.summary import Summary


def add(
    files: Annotated[list[Path], typer.Argument(help="Recordings to put into the inbox.", show_default=False)],
    author: Annotated[str | None, typer.Option(help="Whose memos they are; without it, `me`.")] = None,
    recorded_at: Annotated[
        str | None, typer.Option(help="When they were recorded (ISO 8601), if the files do not say.")
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="They never leave this machine.")] = False,
    priority: Annotated[int, typer.Option(help="Higher is processed first.")] = 0,
    language: Annotated[str | None, typer.Option(help="The language they are in, such as en.")] = None,
    as_json: Json = False,
) -> None:
    """Copy recordings into the inbox and register them; `diary process` does the rest.

    Of a recording that was added before, what is said now is added to what was said then.
    """
    from diary_pipeline import pipeline
    from diary_pipeline.recordings.add import AddOptions, put_into_inbox
    from diary_pipeline.views import status

    settings = load_settings()
    options = AddOptions(author=author, recorded_at=recorded_at, private=private, priority=priority, language=language)
    paths = put_into_inbox(settings, files, options)
    with opened(settings) as diary:
        pipeline.discover(diary, settled=paths)
        names = [one.id for one in diary.catalog.recordings.known_at(paths).values()]
        added = status.described(diary, diary.catalog.recordings.get(names))
    emit({"recordings": added}, as_json, lambda: print_recordings(added))
    raise typer.Exit(SOME_FAILED if any(entry["state"] == "quarantined" for entry in added) else OK)


def process(
    day: Days = None,
    retry: Annotated[bool, typer.Option("--retry", help="Retry what failed before.")] = False,
    nightly: Annotated[
        bool, typer.Option("--nightly", help="Nobody waits: the cheapest way, through half-price batches.")
    ] = False,
    stale: Annotated[
        bool, typer.Option("--stale", help="Redo also what another model, prompt or version of the program has made.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Do everything that is pending: ingest, transcribe, write, compose. Safe beside Dagster."""
    _set_library_variables()
    days = parse_days(day)

    def work(diary: "Diary", progress: Callable[[str], None]) -> "Summary":
        from diary_pipeline import pipeline

        if retry:
            pipeline.retry(diary)
        mode: Mode = "nightly" if nightly else "interactive"
        return pipeline.process(diary, days, progress, mode, "stale" if stale else "pending")

    _run(work, as_json)


def redo(
    what: Annotated[str, typer.Argument(help="A recording's id, a file of the inbox, or a day.", show_default=False)],
    from_stage: Annotated[
        str, typer.Option("--from", help="The first stage to redo: transcribe, write or compose.")
    ] = "write",
    as_json: Json = False,
) -> None:
    """Do a recording's or a day's work anew, and compose its pages; models are asked again, old documents are kept."""
    _set_library_variables()
    if from_stage not in get_args(RedoStage):
        raise UserError(
            f"There is no stage {from_stage!r} to redo from. Write one of {', '.join(get_args(RedoStage))}."
        )

    def work(diary: "Diary", progress: Callable[[str], None]) -> "Summary":
        from diary_pipeline.redo import redo as redo_recordings
        from diary_pipeline.views.selection import recordings_named

        names = [recording.id for recording in recordings_named(diary, what)]
        return redo_recordings(diary, names, cast("RedoStage", from_stage), progress)

    _run(work, as_json)


def _set_library_variables() -> None:
    """Before anything loads numpy."""
    from diary_pipeline.transcribe.environment import set_library_variables

    set_library_variables()


def _run(work: Callable[["Diary", Callable[[str], None]], "Summary"], as_json: bool) -> None:
    """Let *work* change the diary, with its progress on the terminal; print its figures, and exit by them."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from diary_pipeline.home import prepare

    with opened(prepare(load_settings())) as diary:
        columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        with Progress(*columns, console=err(), disable=as_json or not err().is_terminal) as bar:
            task = bar.add_task("working", total=None)

            def transcribed(identity: str) -> None:
                bar.update(task, description=f"transcribed {identity}", advance=1)

            summary = work(diary, transcribed)
    counts = {"attempts": summary.attempts, "transcribed": summary.transcribed, "written": summary.written}
    counts |= {"days": len(summary.days), "failed": summary.failed}
    counts |= {"conflicts": summary.conflicts}
    faults = [asdict(fault) for fault in summary.faults]
    found = {**counts, "pages": summary.days, "faults": faults, "notices": summary.notices}
    emit(found, as_json, lambda: print_summary(counts, faults, summary.notices))
    raise typer.Exit(SOME_FAILED if summary.failed else OK)
