"""Bytes of a transcript file become segments, whatever program wrote it."""

import codecs
import json
import re
from typing import Any

from diary_pipeline.errors import UserError
from diary_pipeline.transcribe.imported import json_shapes, subtitles
from diary_pipeline.transcribe.imported.cues import Caption, ImportedTranscript, to_segments, without_repeats
from diary_pipeline.transcribe.imported.stamped import stamped_cues

FORMATS = ("vtt", "srt", "txt", "json")
MOST_BYTES = 32 * 2**20
"""Of a transcript: hours of speech with a time for each word have less."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16, its lines ended by line feeds.

    Raises:
        UserError: it is too large, or no text in these encodings. The name of the file is the caller's to add.
    """
    if len(data) > MOST_BYTES:
        raise UserError(f"It is larger than {MOST_BYTES // 2**20} MB, and so no transcript of one memo. Split it.")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), _unmarked(data))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError(
            f"It is not UTF-8 text: byte {error.start} cannot be read. "
            "Save it as UTF-8, for example with `iconv -f LATIN1 -t UTF-8`."
        ) from None
    if "\0" in text:
        raise UserError("It is no text: it holds zero bytes. Name a transcript, not audio.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unmarked(data: bytes) -> str:
    """UTF-16 without its mark shows by its zeros, as Latin letters have them."""
    start = data[:64]
    if len(start) >= 4 and len(start) % 2 == 0:
        if all(start[1::2][n] == 0 for n in range(2)) and 0 not in start[::2]:
            return "utf-16-le"
        if all(start[::2][n] == 0 for n in range(2)) and 0 not in start[1::2]:
            return "utf-16-be"
    return "utf-8"


def form_of(text: str, suffix: str = "") -> str:
    """Which of `FORMATS` a text is in: by the file's *suffix* where it has one of these, else by what it holds."""
    if suffix.lower().lstrip(".") in FORMATS:
        return suffix.lower().lstrip(".")
    if text.startswith("WEBVTT"):
        return "vtt"
    if text.lstrip()[:1] in ("{", "["):
        return "json"
    return "srt" if subtitles.is_subtitles(text) else "txt"


def parse_json(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        UserError: it is not JSON.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"It is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise UserError("It is not the JSON of a transcript: its lists are too deep.") from None


def read_file(data: bytes, suffix: str) -> ImportedTranscript:
    """Parse the *data* of a file whose name ends in *suffix*.

    Raises:
        UserError: it is no transcript; the message says what is wrong, without its text and without its name.
    """
    text = decoded(data)
    form = form_of(text, suffix)
    if form == "json":
        return of_json(parse_json(text))
    if form == "txt":
        stamped = stamped_cues(text)
        return ImportedTranscript(form, None, to_segments(lines(text) if stamped is None else stamped))
    cues = subtitles.cues_of(text)
    if not cues and _has_words(text, form):
        raise UserError("It has no cues: a line like 00:00:01.000 --> 00:00:04.000 stands before the text of each.")
    language = json_shapes.language_code(subtitles.language_of(text))
    return ImportedTranscript(form, language, to_segments(without_repeats(cues)))


def spoken_text(data: bytes, suffix: str) -> str:
    """What is said in the *data* of such a file.

    Raises:
        UserError: as `read_file`.
    """
    return " ".join(segment.text for segment in read_file(data, suffix).segments)


def of_json(value: Any) -> ImportedTranscript:
    """The transcript that a JSON value is.

    Raises:
        UserError: it is none.
    """
    own = json_shapes.own_segments(value)
    found = to_segments(json_shapes.cues_of(value)) if own is None else own
    return ImportedTranscript("json", json_shapes.language_of(value), found)


def lines(text: str) -> list[Caption]:
    """Plain text as cues: a line each, as exports have it; a line that goes on in small letters is one with the next.

    No time is made up.
    """
    written = [" ".join(line.split()) for line in text.split("\n")]
    following = [*written[1:], ""]
    return [
        Caption(line, ends=not after or not after[:1].islower())
        for line, after in zip(written, following, strict=True)
        if line
    ]


def _has_words(text: str, form: str) -> bool:
    rest = re.sub(r"^WEBVTT.*", "", text) if form == "vtt" else text
    return bool(rest.strip())
