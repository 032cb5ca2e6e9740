"""Commands that only read: `status`, `show`, `explain`, `report`, `forecast`, `export`, `week`, `search`."""

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer

from diary_pipeline.cli.output import (
    emit,
    print_explanation,
    print_lines,
    print_pages,
    print_passed_over,
    print_recordings,
    print_report,
    print_stale,
    print_text,
)
from diary_pipeline.cli.session import Days, Json, opened, parse_days, recording_named
from diary_pipeline.errors import UserError
from diary_pipeline.views.days import parse_day

IdArgument = Annotated[str, typer.Argument(help="A recording's id, as `diary status --json` has it.")]


def show_status(
    limit: Annotated[int, typer.Option(min=1, help="So many of the newest recordings.")] = 200,
    before: Annotated[str | None, typer.Option(help="Those before this one: `next` of the answer before.")] = None,
    as_json: Json = False,
) -> None:
    """The newest recordings and those with trouble: day, state and, where something is wrong, the reason."""
    from diary_pipeline.views import status
    from diary_pipeline.views.passed_over import passed_over
    from diary_pipeline.views.status_page import status_page

    with opened() as diary:
        page, passed = status_page(diary, limit, before), passed_over(diary.settings)
        entries, pages = page.recordings, status.pages(diary, page.recordings)
        stale, notices = status.stale_totals(diary), status.notices(diary)
    found: dict[str, Any] = {"recordings": entries, "stale": stale, "passed_over": passed, "notices": notices}
    found |= {"total": page.total, "next": page.next}
    found |= {"pages": pages} if pages else {}

    def for_people() -> None:
        print_recordings(entries, notices)
        if page.next:
            print_text(f"{len(entries)} of {page.total} recordings. The next: `diary status --before {page.next}`.")
        print_pages(pages)
        print_stale(stale)
        print_passed_over(passed)

    emit(found, as_json, for_people)


def show(
    day: Annotated[str, typer.Argument(help="The diary day, YYYY-MM-DD.")],
    author: Annotated[str, typer.Option(help="Whose page.")] = "me",
    as_json: Json = False,
) -> None:
    """Print a day's page."""
    from diary_pipeline.views.show import day_view

    with opened() as diary:
        view = day_view(diary, parse_day(day), author)
    emit(view, as_json, lambda: print_text(view["markdown"] or "No page yet: run `diary process`."))


def explain(recording: IdArgument, as_json: Json = False) -> None:
    """How a recording's note came to be: models asked, or not, and why; names spelt anew; and why it is private."""
    from diary_pipeline.llm import explain as explain_recording
    from diary_pipeline.views.names import spelt_names

    with opened() as diary:
        known = recording_named(diary, recording)
        attempts, names = explain_recording(diary.catalog, recording), spelt_names(diary, known)
        evidence = diary.catalog.privacy.explain(recording)
    answer = {"recording": recording, "attempts": attempts, "privacy": evidence, "names": names}
    emit(answer, as_json, lambda: print_explanation(attempts, evidence, names))


def show_report(day: Days = None, as_json: Json = False) -> None:
    """How each language model did with each version of the prompt: evidence, omissions, fallbacks, tokens, dollars."""
    from diary_pipeline.llm import report

    with opened() as diary:
        lines = [asdict(line) for line in report(diary.catalog, parse_days(day))]
    emit({"models": lines}, as_json, lambda: print_report(lines))


def show_forecast(
    day: Days = None,
    redo: Annotated[bool, typer.Option("--redo", help="As if everything were to be done anew.")] = False,
    stale: Annotated[bool, typer.Option("--stale", help="With what is stale: `diary process --stale`.")] = False,
    as_json: Json = False,
) -> None:
    """What the pending work will take: hours of audio, hours of work, dollars."""
    from diary_pipeline.views.forecast import forecast

    with opened() as diary:
        found = asdict(forecast(diary, parse_days(day), "redo" if redo else "stale" if stale else "pending"))
    emit(found, as_json, lambda: print_lines(f"{name.replace('_', ' ')}: {value}" for name, value in found.items()))


def show_export(
    recording: IdArgument,
    form: Annotated[str, typer.Option("--format", help="One of vtt, srt, txt, json.")] = "txt",
    as_json: Json = False,
) -> None:
    """Print a recording's transcript as subtitles (vtt, srt), text or JSON."""
    from diary_pipeline.views.exports import FORMATS, export
    from diary_pipeline.views.show import transcript_of

    if form not in FORMATS:
        raise UserError(f"There is no format {form!r}. Choose one of {', '.join(FORMATS)}.")
    with opened() as diary:
        found = diary.catalog.recordings.get([recording])
        transcript = transcript_of(diary, found[0]) if found and found[0].audio else None
        if found and (newer := found[0].superseded_by):
            raise UserError(f"{recording!r} is superseded by another version of its file. Export {newer!r}.")
    if transcript is None:
        raise UserError(
            f"There is no transcript of {recording!r}. "
            "`diary status --json` lists recordings with their ids and states."
        )
    text = export(transcript, form)
    emit({"recording": recording, "format": form, "text": text}, as_json, lambda: sys.stdout.write(text))


def week(
    day: Annotated[str, typer.Argument(help="Any day of the week, YYYY-MM-DD.")],
    author: Annotated[str, typer.Option(help="Whose week.")] = "me",
    as_json: Json = False,
) -> None:
    """Print the review of a week: what was, what is to be done, who and what it was about."""
    from diary_pipeline.views.show import week_view

    with opened() as diary:
        view = week_view(diary, parse_day(day), author)
    emit(view, as_json, lambda: print_text(view["markdown"]))


def show_search(
    words: Annotated[list[str], typer.Argument(help="All of these words must occur in a sentence.")],
    author: Annotated[str | None, typer.Option(help="Only this author.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many hits.")] = 50,
    as_json: Json = False,
) -> None:
    """Find what was said."""
    from diary_pipeline.views.search import search

    with opened() as diary:
        hits = search(diary, " ".join(words), author, limit)
    emit(
        {"hits": hits},
        as_json,
        lambda: print_lines(f"{h['day']} {h['source']} {h['start']:.0f}s  {h['text']}" for h in hits),
    )
