"""Commands for a look before trusting, which store nothing: `try`, `judge`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from diary_pipeline.cli.output import emit, err, print_json, print_lines
from diary_pipeline.cli.session import OK, USAGE, Json
from diary_pipeline.errors import UserError
from diary_pipeline.file_names import printable

if TYPE_CHECKING:
    from diary_pipeline.notes.style import Style
    from diary_pipeline.views.trial_input import TrialTranscript

Found = TypeVar("Found")

Transcripts = Annotated[
    str, typer.Argument(metavar="TRANSCRIPT", help="JSON, WebVTT, SubRip or text; also many as JSON; - for stdin.")
]
StyleOption = Annotated[
    str, typer.Option("--style", help="The note style: verbatim, journal, summary, or a Markdown file of your own.")
]


def try_transcript(
    transcript: Transcripts,
    style: StyleOption = "verbatim",
    language: Annotated[
        str | None, typer.Option(help="The language it is in, such as en, where the transcript does not say.")
    ] = None,
    recorded_at: Annotated[
        str | None, typer.Option(help='When it was spoken (ISO 8601), by which "tomorrow" is read.')
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the note of a transcript in the speaker's own words. Nothing is stored; no home is needed.

    A list or lines of JSON are several transcripts, and give a line each.
    """
    from diary_pipeline.views.trial import try_note

    chosen, (given, many) = _style(style), _transcripts(transcript)

    def note(one: Callable[[], "TrialTranscript"]) -> dict[str, Any]:
        return {"note": try_note(one().stated(language, recorded_at), chosen)}

    _answer([partial(note, one) for one in given], many, as_json, _print_note)


def judge(
    transcript: Transcripts,
    answers: Annotated[
        list[str],
        typer.Argument(metavar="ANSWER...", help="A model's answer: JSON; a list or lines of JSON; - for stdin."),
    ],
    style: StyleOption = "verbatim",
    as_json: Json = False,
) -> None:
    """Print what of a model's answer is accepted, as the diary judges it. Nothing is stored; no home is needed.

    Several answers, files or lists or lines of JSON, give a line each: all about one transcript, or each about its own.
    """
    from diary_pipeline.views.trial import judge_answer

    if (transcript == "-" and "-" in answers) or answers.count("-") > 1:
        raise UserError("Standard input can be read once: name a file for the transcript or for the answer.")
    chosen, (given, many) = _style(style), _transcripts(transcript)
    found, several = _answers(answers)
    if many and len(given) != len(found):
        raise UserError(
            f"There are {len(given)} transcripts and {len(found)} answers. "
            "Give one transcript, or as many as there are answers, in the same order."
        )
    pairs = zip(given if many else given * len(found), found, strict=True)

    def verdicts(one: Callable[[], "TrialTranscript"], answer: Callable[[], Any]) -> dict[str, Any]:
        return judge_answer(one(), answer(), chosen)

    _answer([partial(verdicts, *pair) for pair in pairs], many or several, as_json, _print_verdicts)


def _style(name: str) -> "Style":
    """A shipped style by its name, or one in a file."""
    from diary_pipeline.notes.style import load_style, parse_style, shipped_styles

    if not name.endswith(".md"):
        if name not in shipped_styles():
            known = ", ".join(shipped_styles())
            raise UserError(f"There is no note style {name!r}. Choose one of {known}, or name a Markdown file.")
        return load_style(name, Path())
    return parse_style(Path(name).stem, _named(name, _read(name).decode))


def _transcripts(name: str) -> "tuple[list[Callable[[], TrialTranscript]], bool]":
    """What gives each transcript of a file, and whether there are several."""
    from diary_pipeline.views.trial_input import parse_transcript, several, transcript_of

    data, suffix = _read(name), Path(name).suffix
    values = _named(name, partial(several, data, suffix))
    if values is None:
        return [partial(_named, name, partial(parse_transcript, data, suffix))], False
    numbered = enumerate(values, 1)
    return [partial(_named, f"{name}, transcript {n}", partial(transcript_of, value)) for n, value in numbered], True


def _answers(names: Sequence[str]) -> tuple[list[Callable[[], Any]], bool]:
    """What gives each answer of the files, and whether there may be several."""
    from diary_pipeline.views.trial_input import parse_answer, several

    found, many = list[Callable[[], Any]](), len(names) > 1
    for name in names:
        data = _read(name)
        values = _named(name, partial(several, data, ".json"))
        if values is None:
            found.append(partial(_named, name, partial(parse_answer, data)))
        else:
            found += [partial(_itself, value) for value in values]
            many = True
    return found, many


def _itself(value: Any) -> Any:
    return value


def _read(name: str) -> bytes:
    """The bytes of a file, or of standard input; of a huge one as many as show that it is."""
    from diary_pipeline.transcribe.imported import MOST_BYTES

    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with Path(name).open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no name of a file"
        raise UserError(f"{name} cannot be read: {why}.") from None


def _named(name: str, work: Callable[[], Found]) -> Found:
    """Do *work*; what is wrong is said with the file's name."""
    try:
        return work()
    except UnicodeDecodeError:
        raise UserError(f"{name}: It is not UTF-8 text. Save it as UTF-8.") from None
    except UserError as error:
        raise UserError(f"{'Standard input' if name == '-' else name}: {error}") from None


def _answer(
    work: Sequence[Callable[[], dict[str, Any]]], many: bool, as_json: bool, show: Callable[[dict[str, Any]], None]
) -> None:
    """Print each answer. Of several, one that cannot be used is an error in its place, and the others go on."""
    if not many:
        for one in work:
            found = one()
            emit(found, as_json, partial(show, found))
        return
    code = OK
    for number, found in enumerate(_each(work), 1):
        if "error" in found:
            code = USAGE
        if as_json:
            print_json(found)
        elif "error" in found:
            err().print(printable(f"{number}: {found['error']['message']}"), markup=False, soft_wrap=True)
        else:
            print_lines([f"{number}:"])
            show(found)
    raise typer.Exit(code)


def _each(work: Sequence[Callable[[], dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    for one in work:
        try:
            yield one()
        except UserError as error:
            yield {"error": {"kind": type(error).__name__, "message": str(error)}}


def _print_note(found: dict[str, Any]) -> None:
    note = found["note"]
    print_lines([note["title"] or "Nothing was said.", ""])
    print_lines(f"{one['text']} [{', '.join(one['segments'])}]" for one in note["statements"])
    print_lines(f"to do: {one['text']}{_day(one['due'])}" for one in note["todos"])
    print_lines(f"event: {one['text']}{_day(one['when'])}" for one in note["events"])
    print_lines(f"{key}: {', '.join(note[key])}" for key in ("people", "places", "topics") if note[key])


def _day(stated: str | None) -> str:
    return f" ({stated})" if stated else ""


def _print_verdicts(found: dict[str, Any]) -> None:
    for part in found["parts"]:
        verdict = "accepted" if part["accepted"] else "rejected"
        reasons = f" ({', '.join(part['reasons'])})" if part["reasons"] else ""
        print_lines([f"{verdict} {part['kind']}: {part['text']}{reasons}"])
    print_lines(f"also said: {one['text']}" for one in found["also_said"])
    if found["missing_segments"]:
        missing = ", ".join(found["missing_segments"])
        err().print(printable(f"The transcript has no segment {missing}."), markup=False, soft_wrap=True)
