"""Commands that change the diary: `add`, `process`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from diary_pipeline.cli.output import emit, err, print_recordings, print_summary
from diary_pipeline.cli.session import OK, SOME_FAILED, Days, Json, load_settings, opened, parse_days


def add(
    files: Annotated[list[Path], typer.Argument(help="Recordings to put into the inbox.", show_default=False)],
    author: Annotated[str, typer.Option(help="Whose memos they are.")] = "me",
    recorded_at: Annotated[
        str | None, typer.Option(help="When they were recorded (ISO 8601), if the files do not say.")
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="They never leave this machine.")] = False,
    priority: Annotated[int, typer.Option(help="Higher is processed first.")] = 0,
    language: Annotated[str | None, typer.Option(help="The language they are in, such as en.")] = None,
    as_json: Json = False,
) -> None:
    """Copy recordings into the inbox and register them; `diary process` does the rest."""
    from diary_pipeline import pipeline
    from diary_pipeline.recordings.add import AddOptions, put_into_inbox
    from diary_pipeline.views import status

    settings = load_settings()
    options = AddOptions(author=author, recorded_at=recorded_at, private=private, priority=priority, language=language)
    paths = put_into_inbox(settings, files, options)
    with opened(settings) as diary:
        pipeline.discover(diary, settled=paths)
        added = [entry for entry in status.recordings(diary) if entry["path"] in paths]
    emit({"recordings": added}, as_json, lambda: print_recordings(added))
    raise typer.Exit(SOME_FAILED if any(entry["state"] == "quarantined" for entry in added) else OK)


def process(
    day: Days = None,
    retry: Annotated[bool, typer.Option("--retry", help="Retry what failed before.")] = False,
    nightly: Annotated[
        bool, typer.Option("--nightly", help="Nobody waits: the cheapest way, through half-price batches.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Do everything that is pending: ingest, transcribe, write, compose. Safe beside Dagster."""
    from diary_pipeline.transcribe.environment import set_library_variables

    set_library_variables()  # before anything loads numpy
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from diary_pipeline import pipeline
    from diary_pipeline.home import prepare

    days = parse_days(day)
    with opened(prepare(load_settings())) as diary:
        if retry:
            pipeline.retry(diary)
        columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        with Progress(*columns, console=err(), disable=as_json or not err().is_terminal) as bar:
            task = bar.add_task("working", total=None)

            def transcribed(identity: str) -> None:
                bar.update(task, description=f"transcribed {identity}", advance=1)

            summary = pipeline.process(diary, days, transcribed, "nightly" if nightly else "interactive")
    counts = {"attempts": summary.attempts, "transcribed": summary.transcribed, "written": summary.written}
    counts |= {"days": len(summary.days), "failed": summary.failed}
    counts |= {"conflicts": summary.conflicts}
    faults = [asdict(fault) for fault in summary.faults]
    found = {**counts, "pages": summary.days, "faults": faults, "notices": summary.notices}
    emit(found, as_json, lambda: print_summary(counts, faults, summary.notices))
    raise typer.Exit(SOME_FAILED if summary.failed else OK)
