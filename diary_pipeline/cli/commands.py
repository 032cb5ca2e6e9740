"""`diary`: the command line. Each command asks the library and prints; `--json` prints one JSON object and nothing else on stdout.

Exit codes: 0 all went well; 1 some recordings failed, or the world was not ready; 2 the command cannot be met as given.
"""

import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.cli.output import (
    emit,
    err,
    out,
    print_attempts,
    print_checks,
    print_json,
    print_lines,
    print_recordings,
    print_report,
    print_summary,
)
from diary_pipeline.errors import DiaryError, UserError
from diary_pipeline.home import prepare, remember
from diary_pipeline.llm import explain as explain_recording
from diary_pipeline.llm import report
from diary_pipeline.observability.logs import set_up_logging
from diary_pipeline.recordings.add import AddOptions, put_into_inbox
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe import weights
from diary_pipeline.views import status
from diary_pipeline.views.doctor import examine
from diary_pipeline.views.exports import FORMATS, export
from diary_pipeline.views.forecast import forecast
from diary_pipeline.views.search import SEARCH_LIMIT, search
from diary_pipeline.views.show import day_view, transcript_of, week_view

OK, SOME_FAILED, USAGE = 0, 1, 2

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Voice memos in, a faithful diary page per day out.")
models = typer.Typer(
    no_args_is_help=False, invoke_without_command=True, help="Speech models: which there are, and which to trust."
)
app.add_typer(models, name="models")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout, nothing else.")]


def run() -> None:
    """Parse the arguments and run the command: errors that the diary raises on purpose become one line and an exit code."""
    try:
        app()
    except DiaryError as error:
        if "--json" in sys.argv:
            print_json({"error": {"kind": type(error).__name__, "message": str(error)}})
        else:
            err.print(str(error), style="red", markup=False)
        sys.exit(USAGE if isinstance(error, UserError) else SOME_FAILED)


@app.command()
def setup(
    model: Annotated[str | None, typer.Option(help="Use this speech model from now on.")] = None,
    as_json: Json = False,
) -> None:
    """Prepare the home: folders, catalog, and which speech model `auto` means on this machine (decided once)."""
    settings = _settings()
    if model:
        weights.locate(model, settings.root)
        prepare(settings.model_copy(update={"whisper_model": model}))
        remember(settings.root, "whisper_model", model)
        settings = settings.model_copy(update={"whisper_model": model})
    settings = prepare(settings)
    open_diary(settings).close()
    found = {
        "home": str(settings.root),
        "inbox": settings.inbox_url,
        "whisper_model": settings.whisper_model,
        "timezone": settings.timezone,
    }
    emit(found, as_json, lambda: print_lines(f"{name}: {value}" for name, value in found.items()))


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="Recordings to put into the inbox.", show_default=False)],
    author: Annotated[str, typer.Option(help="Whose memos they are.")] = "me",
    recorded_at: Annotated[
        str | None, typer.Option(help="When they were recorded (ISO 8601), if the files do not tell.")
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="They never leave this machine.")] = False,
    priority: Annotated[int, typer.Option(help="Higher is processed first.")] = 0,
    language: Annotated[str | None, typer.Option(help="The language they are in, such as en.")] = None,
    as_json: Json = False,
) -> None:
    """Copy recordings into the inbox and register them; `diary process` does the rest."""
    settings = _settings()
    wish = AddOptions(author=author, recorded_at=recorded_at, private=private, priority=priority, language=language)
    paths = put_into_inbox(settings, files, wish)
    diary = open_diary(settings)
    pipeline.discover(diary, settled=paths)
    added = [entry for entry in status.recordings(diary) if entry["path"] in paths]
    emit({"recordings": added}, as_json, lambda: print_recordings(added))
    raise typer.Exit(SOME_FAILED if any(entry["state"] == "quarantined" for entry in added) else OK)


@app.command()
def process(
    day: Annotated[
        list[str] | None, typer.Option(help="Only this diary day (YYYY-MM-DD); may be given several times.")
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what failed before.")] = False,
    nightly: Annotated[
        bool, typer.Option("--nightly", help="Nobody waits: the cheapest way, through half-price batches.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Do everything that is pending: take in, transcribe, write, compose. Safe beside Dagster."""
    diary = open_diary(prepare(_settings()))
    if retry:
        pipeline.retry(diary)
    days = [_day(text) for text in day] if day else None
    with Bar(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=err,
        disable=as_json or not err.is_terminal,
    ) as bar:
        task = bar.add_task("working", total=None)
        told = lambda identity: bar.update(task, description=f"transcribed {identity}", advance=1)  # noqa: E731
        summary = pipeline.process(diary, days, told, "nightly" if nightly else "interactive")
    counts = {"attempts": summary.attempts, "transcribed": summary.transcribed, "written": summary.written}
    counts |= {"days": len(summary.days), "failed": summary.failed}
    faults = [asdict(fault) for fault in summary.faults]
    emit({**counts, "pages": summary.days, "faults": faults}, as_json, lambda: print_summary(counts, faults))
    raise typer.Exit(SOME_FAILED if summary.failed else OK)


@app.command("status")
def show_status(as_json: Json = False) -> None:
    """Every recording: its day, its state and, where something is wrong, the reason."""
    entries = status.recordings(open_diary(_settings()))
    emit({"recordings": entries}, as_json, lambda: print_recordings(entries))


@app.command()
def show(
    day: Annotated[str, typer.Argument(help="The diary day, YYYY-MM-DD.")],
    author: Annotated[str, typer.Option(help="Whose page.")] = "me",
    as_json: Json = False,
) -> None:
    """Print a day's page."""
    view = day_view(open_diary(_settings()), _day(day), author)
    emit(
        view,
        as_json,
        lambda: out.print(view["markdown"] or "No page yet: run `diary process`.", markup=False, soft_wrap=True),
    )


@app.command()
def explain(
    recording: Annotated[str, typer.Argument(help="A recording's id, as `diary status --json` has it.")],
    as_json: Json = False,
) -> None:
    """How a recording's note came to be: every model that was asked, or not, and why."""
    diary = open_diary(_settings())
    if not diary.catalog.recordings.get([recording]):
        raise UserError(f"There is no recording {recording!r}. `diary status --json` lists them with their ids.")
    attempts = explain_recording(diary.catalog, recording)
    emit({"recording": recording, "attempts": attempts}, as_json, lambda: print_attempts(attempts))


@app.command("report")
def show_report(
    day: Annotated[
        list[str] | None, typer.Option(help="Only memos of this diary day (YYYY-MM-DD); may be given several times.")
    ] = None,
    as_json: Json = False,
) -> None:
    """How each language model did with each version of the prompt: evidence, omissions, fallbacks, tokens, dollars."""
    lines = [
        asdict(line) for line in report(open_diary(_settings()).catalog, [_day(text) for text in day] if day else None)
    ]
    emit({"models": lines}, as_json, lambda: print_report(lines))


@app.command("forecast")
def show_forecast(
    day: Annotated[
        list[str] | None, typer.Option(help="Only this diary day (YYYY-MM-DD); may be given several times.")
    ] = None,
    redo: Annotated[bool, typer.Option("--redo", help="As if everything were to be done anew.")] = False,
    as_json: Json = False,
) -> None:
    """What the pending work will take: hours of audio, hours of work, dollars."""
    found = asdict(forecast(open_diary(_settings()), [_day(text) for text in day] if day else None, redo=redo))
    emit(found, as_json, lambda: print_lines(f"{name.replace('_', ' ')}: {value}" for name, value in found.items()))


@app.command("export")
def show_export(
    recording: Annotated[str, typer.Argument(help="A recording's id, as `diary status --json` has it.")],
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "txt",
    as_json: Json = False,
) -> None:
    """Print a recording's transcript as subtitles (vtt, srt), text or JSON."""
    diary = open_diary(_settings())
    if form not in FORMATS:
        raise UserError(f"There is no format {form!r}. Choose one of {', '.join(FORMATS)}.")
    found = diary.catalog.recordings.get([recording])
    transcript = transcript_of(diary, found[0]) if found and found[0].audio else None
    if transcript is None:
        raise UserError(
            f"There is no transcript of {recording!r}. `diary status --json` lists recordings with their ids and states."
        )
    text = export(transcript, form)
    emit({"recording": recording, "format": form, "text": text}, as_json, lambda: sys.stdout.write(text))


@app.command()
def week(
    day: Annotated[str, typer.Argument(help="Any day of the week, YYYY-MM-DD.")],
    author: Annotated[str, typer.Option(help="Whose week.")] = "me",
    as_json: Json = False,
) -> None:
    """Print the review of a week: what was, what is to be done, who and what it was about."""
    view = week_view(open_diary(_settings()), _day(day), author)
    emit(view, as_json, lambda: out.print(view["markdown"], markup=False, soft_wrap=True))


@app.command("search")
def show_search(
    words: Annotated[list[str], typer.Argument(help="All of these words must occur in a sentence.")],
    author: Annotated[str | None, typer.Option(help="Only this author.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many hits.")] = SEARCH_LIMIT,
    as_json: Json = False,
) -> None:
    """Find what was said."""
    hits = search(open_diary(_settings()), " ".join(words), author, limit)
    emit(
        {"hits": hits},
        as_json,
        lambda: print_lines(f"{h['day']} {h['source']} {h['start']:.0f}s  {h['text']}" for h in hits),
    )


@models.callback()
def list_models(context: typer.Context, as_json: Json = False) -> None:
    """List the models that can be named, and where each would come from."""
    if context.invoked_subcommand is None:
        settings = _settings()
        known = [
            asdict(model) | {"used": model.name == settings.whisper_model}
            for model in weights.known_models(settings.root)
        ]
        emit(
            {"models": known},
            as_json,
            lambda: print_lines(f"{m['name']:18} {m['size'] / 1e6:7.0f} MB  {m['found']}" for m in known),
        )


@models.command("add")
def add_model(
    folder: Annotated[Path, typer.Argument(help="A folder with CTranslate2 Whisper weights.")],
    name: Annotated[str, typer.Argument(help="What to call it.")],
    as_json: Json = False,
) -> None:
    """Record a folder's digests and trust it from now on, as long as they match."""
    found = weights.record_folder(folder, name, _settings().root)
    told = {"name": found.name, "folder": str(found.folder), "digest": found.digest}
    emit(told, as_json, lambda: out.print(f"{found.name}: {found.folder}", markup=False))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check that everything a diary needs is there."""
    checks = examine(_settings())
    emit({"checks": [asdict(c) for c in checks]}, as_json, lambda: print_checks(checks))
    raise typer.Exit(OK if all(check.ok for check in checks) else SOME_FAILED)


def _settings() -> Settings:
    settings = Settings.load()
    set_up_logging(settings.log_level)
    return settings


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError as error:
        raise UserError(f"{text!r} is not a day. Write it like 2026-03-14.") from error
