"""Commands that only read: `status`, `show`, `explain`, `report`, `forecast`, `export`, `week`, `search`."""

import sys
from dataclasses import asdict
from pathlib import Path
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
from diary_pipeline.cli.session import Days, Json, opened_to_read, parse_days, recording_named
from diary_pipeline.errors import UserError
from diary_pipeline.file_names import quoted, readable
from diary_pipeline.views.days import parse_day

RecordingArgument = Annotated[
    str,
    typer.Argument(metavar="RECORDING", help="A recording: its file, as `diary status` lists it, or its id."),
]
DAY_HELP = "YYYY-MM-DD, today, yesterday, or -1 for the day before today."


def show_status(
    limit: Annotated[int, typer.Option(min=1, help="So many of the newest recordings.")] = 200,
    before: Annotated[str | None, typer.Option(help="Those before this one: `next` of the answer before.")] = None,
    as_json: Json = False,
) -> None:
    """The newest recordings and those with trouble: day, state and, where something is wrong, the reason."""
    from diary_pipeline.views import status
    from diary_pipeline.views.passed_over import passed_over
    from diary_pipeline.views.status_page import status_page

    with opened_to_read() as diary:
        page, passed = status_page(diary, limit, before), passed_over(diary.settings)
        entries, pages = page.recordings, status.pages(diary, page.recordings)
        stale, notices = status.stale_totals(diary), status.notices(diary)
        empty = _first_steps(diary.settings.root, diary.settings.inbox_url)
    found: dict[str, Any] = {"recordings": entries, "stale": stale, "passed_over": passed, "notices": notices}
    found |= {"total": page.total, "next": page.next}
    found |= {"pages": pages} if pages else {}

    def for_people() -> None:
        print_recordings(entries, notices, empty)
        if page.next:
            print_text(f"{len(entries)} of {page.total} recordings. The next: `diary status --before {page.next}`.")
        print_pages(pages)
        print_stale(stale)
        print_passed_over(passed)

    emit(found, as_json, for_people)


def _first_steps(home: Path, inbox: str) -> str:
    """What to do in a diary without recordings, or whose catalog knows none of its documents."""
    if any(home.glob("transcripts/*")) or any(home.glob("days/*/*.md")):
        return f"The catalog of {readable(str(home))} knows no recording, but documents are there: `diary rebuild`."
    return (
        f"The diary in {readable(str(home))} is empty. Run `diary add FILE`, or copy memos into {readable(inbox)}; "
        "then run `diary process`."
    )


def show(
    day: Annotated[str, typer.Argument(help=f"The diary day: {DAY_HELP}")] = "today",
    author: Annotated[str, typer.Option(help="Whose page.")] = "me",
    as_json: Json = False,
) -> None:
    """Print a day's page."""
    from diary_pipeline.views.show import day_view

    with opened_to_read() as diary:
        view = day_view(diary, parse_day(day, diary.settings, author), author)
    emit(view, as_json, lambda: print_text(view["markdown"] or "No page yet: run `diary process`."))


def explain(recording: RecordingArgument, as_json: Json = False) -> None:
    """How a recording's note came to be: models asked, or not, and why; names spelt anew; and why it is private."""
    from diary_pipeline.llm import explain as explain_recording
    from diary_pipeline.views.names import spelt_names

    with opened_to_read() as diary:
        known = recording_named(diary, recording)
        attempts, names = explain_recording(diary.catalog, known.id), spelt_names(diary, known)
        evidence = diary.catalog.privacy.explain(known.id)
    answer = {"recording": known.id, "attempts": attempts, "privacy": evidence, "names": names}
    emit(answer, as_json, lambda: print_explanation(attempts, evidence, names))


def show_report(day: Days = None, as_json: Json = False) -> None:
    """How each language model did with each version of the prompt, and why notes have the speaker's own words."""
    from diary_pipeline.llm import report
    from diary_pipeline.views.own_words import own_words

    with opened_to_read() as diary:
        days = parse_days(day, diary.settings)
        lines = [asdict(line) for line in report(diary.catalog, days)]
        kept = own_words(diary, days)
    emit({"models": lines, "own_words": kept}, as_json, lambda: print_report(lines, kept))


def show_forecast(
    day: Days = None,
    redo: Annotated[bool, typer.Option("--redo", help="As if everything were to be done anew.")] = False,
    stale: Annotated[bool, typer.Option("--stale", help="With what is stale: `diary process --stale`.")] = False,
    as_json: Json = False,
) -> None:
    """What the pending work will take: hours of audio, hours of work, dollars."""
    from diary_pipeline.views.forecast import forecast

    with opened_to_read() as diary:
        days = parse_days(day, diary.settings)
        found = asdict(forecast(diary, days, "redo" if redo else "stale" if stale else "pending"))
    emit(found, as_json, lambda: print_lines(f"{name.replace('_', ' ')}: {value}" for name, value in found.items()))


def show_export(
    recording: RecordingArgument,
    form: Annotated[str, typer.Option("--format", help="One of vtt, srt, txt, json.")] = "txt",
    as_json: Json = False,
) -> None:
    """Print a recording's transcript as subtitles (vtt, srt), text or JSON."""
    from diary_pipeline.views.exports import FORMATS, export
    from diary_pipeline.views.show import transcript_of

    if form not in FORMATS:
        raise UserError(f"There is no format {quoted(form)}. Choose one of {', '.join(FORMATS)}.")
    with opened_to_read() as diary:
        found = recording_named(diary, recording)
        transcript = transcript_of(diary, found) if found.audio else None
        if newer := found.superseded_by:
            raise UserError(f"{quoted(recording)} is superseded by another version of its file. Export {newer}.")
    if transcript is None:
        raise UserError(f"There is no transcript of {quoted(found.source)}. `diary status` says how far it is.")
    text = export(transcript, form)
    emit({"recording": found.id, "format": form, "text": text}, as_json, lambda: sys.stdout.write(text))


def week(
    day: Annotated[str, typer.Argument(help=f"Any day of the week: {DAY_HELP}")] = "today",
    author: Annotated[str, typer.Option(help="Whose week.")] = "me",
    as_json: Json = False,
) -> None:
    """Print the review of a week: what was, what is to be done, who and what it was about."""
    from diary_pipeline.views.show import week_view

    with opened_to_read() as diary:
        view = week_view(diary, parse_day(day, diary.settings, author), author)
    emit(view, as_json, lambda: print_text(view["markdown"]))


def show_search(
    words: Annotated[
        list[str],
        typer.Argument(help='All of these words must occur in a sentence; "in quotation marks": in that order.'),
    ],
    author: Annotated[str | None, typer.Option(help="Only this author.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many hits.")] = 50,
    as_json: Json = False,
) -> None:
    """Find what was said, or written on a page, without regard to case and accents."""
    from diary_pipeline.views.search import search

    with opened_to_read() as diary:
        hits = search(diary, " ".join(words), author, limit)
    emit(
        {"hits": hits},
        as_json,
        lambda: print_lines(map(_hit_line, hits) if hits else ["Nothing found."]),
    )


def _hit_line(hit: dict[str, Any]) -> str:
    place = hit["source"] or "page"
    at = "" if hit["start"] is None else f" {hit['start']:.0f}s"
    return f"{hit['day']} {place}{at}  {hit['text']}"
