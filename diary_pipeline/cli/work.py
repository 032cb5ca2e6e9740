"""Commands that change the diary: `add`, `process`, `redo`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from diary_pipeline.cli.output import emit, err, print_recordings
from diary_pipeline.cli.session import OK, SOME_FAILED, Days, Json, load_settings, opened, parse_days
from diary_pipeline.errors import UserError
from diary_pipeline.file_names import one_line, quoted
from diary_pipeline.schema import Mode, RedoStage

if TYPE_CHECKING:
    from diary_pipeline.diary import Diary
    from diary_pipeline.settings import Settings
    from diary_pipeline.summary import Summary


def add(  # noqa: PLR0913, PLR0917 - one for each option of the command
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings to put into the inbox.", show_default=False)
    ] = None,
    transcript: Annotated[
        list[Path] | None,
        typer.Option("--transcript", help="A transcript that you have already (vtt, srt, txt, Whisper's json)."),
    ] = None,
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

    Of a recording that was added before, what is said now is added to what was said then. A transcript is used in the
    place of speech recognition; without a recording beside it, it is a memo without audio.
    """
    from diary_pipeline.adding import put, register
    from diary_pipeline.recordings.add import AddOptions
    from diary_pipeline.views import status

    settings = load_settings()
    options = AddOptions(author=author, recorded_at=recorded_at, private=private, priority=priority, language=language)
    paths = put(settings, files or [], options, transcript or [])
    with opened(settings) as diary:
        register(diary, paths)
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
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on: do what is pending whenever something changes, until Ctrl-C.")
    ] = False,
    ids_only: Annotated[
        bool, typer.Option("--ids-only", hidden=True, help="Name no file and quote no page: for a log.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Do everything that is pending: ingest, transcribe, write, compose. Safe beside Dagster."""
    _set_library_variables()
    settings = load_settings()
    days = parse_days(day, settings)
    if watch:
        if days or retry or nightly or as_json:
            raise UserError("--watch goes with --stale alone; it decides by itself when the night is.")
        _watch(settings, ["--stale"] if stale else [])

    def work(diary: "Diary", progress: Callable[[str], None]) -> "Summary":
        from diary_pipeline import pipeline

        if retry:
            pipeline.retry(diary)
        mode: Mode = "nightly" if nightly else "interactive"
        return pipeline.process(diary, days, progress, mode, "stale" if stale else "pending")

    _run(work, as_json, settings, ids_only=ids_only)


def _watch(settings: "Settings", options: list[str]) -> None:
    """Never returns; Ctrl-C ends it in silence."""
    from diary_pipeline.cli.watch import watch
    from diary_pipeline.home import prepare

    with suppress(KeyboardInterrupt):
        watch(prepare(settings), options)
    raise typer.Exit(OK)


def redo(
    what: Annotated[
        str, typer.Argument(help="A file, as `diary status` lists it, a recording's id, or a day.", show_default=False)
    ],
    from_stage: Annotated[
        str, typer.Option("--from", help="The first stage to redo: transcribe, write or compose.")
    ] = "write",
    as_json: Json = False,
) -> None:
    """Do a recording's or a day's work anew, and compose its pages; models are asked again, old documents are kept."""
    _set_library_variables()
    if from_stage not in get_args(RedoStage):
        raise UserError(
            f"There is no stage {quoted(from_stage)} to redo from. Write one of {', '.join(get_args(RedoStage))}."
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


def _run(
    work: Callable[["Diary", Callable[[str], None]], "Summary"],
    as_json: bool,
    settings: "Settings | None" = None,
    *,
    ids_only: bool = False,
) -> None:
    """Let *work* change the diary, with its progress on the terminal; print what it did, and exit by it."""
    from diary_pipeline.cli.processed import Processed, print_processed
    from diary_pipeline.home import prepare
    from diary_pipeline.views.refresh import refresh

    with opened(prepare(settings or load_settings())) as diary:
        with _progress(diary, as_json) as transcribed:
            summary = work(diary, transcribed)
            refresh(diary)
        counts = {"attempts": summary.attempts, "transcribed": summary.transcribed, "written": summary.written}
        counts |= {"days": len(summary.days), "failed": summary.failed, "conflicts": summary.conflicts}
        processed = None if as_json else Processed.of(diary, summary, counts)
    found = {**counts, "pages": summary.days, "faults": [asdict(fault) for fault in summary.faults]}

    def for_people() -> None:
        if processed:
            print_processed(processed, ids_only=ids_only)

    emit(found | {"notices": summary.notices}, as_json, for_people)
    raise typer.Exit(SOME_FAILED if summary.failed else OK)


@contextmanager
def _progress(diary: "Diary", as_json: bool) -> Iterator[Callable[[str], None]]:
    """What a run calls with the id of each memo that is transcribed; at a terminal it is named there."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn("line"), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    with Progress(*columns, console=err(), disable=as_json or not err().is_terminal, transient=True) as bar:
        task = bar.add_task("working", total=None)

        def transcribed(identity: str) -> None:
            (known,) = diary.catalog.recordings.get([identity])
            bar.update(task, description=f"transcribed {one_line(known.source)}", advance=1)

        yield transcribed
