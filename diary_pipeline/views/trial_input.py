"""Transcripts and answers as people write them for a trial: files, lists of them, and lines of JSON."""

import difflib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from diary_pipeline.errors import UserError
from diary_pipeline.notes.language.detection import with_language
from diary_pipeline.recordings.dating import parse_moment
from diary_pipeline.schema import Provenance, Segment, Transcript
from diary_pipeline.transcribe.imported import decoded, read_file
from diary_pipeline.transcribe.imported.formats import form_of, of_json, parse_json
from diary_pipeline.transcribe.imported.json_shapes import language_code

TRANSCRIPT_KEYS = ("language", "recorded_at", "segments", "recording", "seconds", "coverage", "text", "model")
SEGMENT_KEYS = ("id", "text", "start", "end", "confidence", "language", "doubt", "words")
ANSWER_KEYS = (
    "title", "statements", "todos", "events", "people", "places", "topics", "mood", "highlights",
    "also_said", "unsupported", "writer", "recording", "provenance", "schema",
)  # fmt: skip
"""The keys of a note; the last ones are those of the diary itself, not a model's, and are passed over."""

_WHISPERS = frozenset(("seek", "tokens", "avg_logprob", "no_speech_prob", "temperature", "speaker", "offsets"))
_NOT_OURS = frozenset(("task", "duration", "transcription", "result", "systeminfo", "word_segments", "words"))


@dataclass(frozen=True)
class TrialTranscript:
    """A transcript to try. *ids* are those that it was given with, by the ids "s01", "s02", ... that it has here."""

    transcript: Transcript
    recorded_at: datetime | None
    ids: Mapping[str, str]

    def stated(self, language: str | None = None, recorded_at: str | None = None) -> "TrialTranscript":
        """The transcript with what a person says of it besides, in the place of what it says itself.

        Raises:
            UserError: the language is no code, or the time cannot be read.
        """
        code, changed = language_code(language), self
        if language is not None and code is None:
            raise UserError("--language is no code of a language. Write one like en, or leave it out.")
        if code:
            segments = tuple(one.model_copy(update={"language": None}) for one in self.transcript.segments)
            named = self.transcript.model_copy(update={"language": code, "segments": segments})
            changed = replace(self, transcript=named)
        return replace(changed, recorded_at=parse_stated(recorded_at, "--recorded-at")) if recorded_at else changed

    def given(self, name: str) -> str:
        """The id as it was given; one that the transcript lacks as it is."""
        return self.ids.get(name) or name.translate(_AS_DIGITS)

    def cited(self, name: str) -> str:
        """The id here of a segment that an answer cites: by its exact id, else as the pipeline reads it ("3", "S3")."""
        exact = {given: own for own, given in self.ids.items()}
        if found := exact.get(name):
            return found
        alike = [own for own, given in self.ids.items() if _plain(given) == _plain(name)]
        return alike[0] if len(alike) == 1 else name.translate(_NO_DIGITS)


_NO_DIGITS = {ord("0") + n: chr(0x1F100 + n) for n in range(10)}
_AS_DIGITS = {ord(sign): chr(digit) for digit, sign in _NO_DIGITS.items()}
"""The check finds a segment by the digits of its id; one that the transcript lacks must be found by none."""


def _plain(name: str) -> str:
    bare = name.strip("[]() ").lower()
    digits = "".join(letter for letter in bare if letter.isdigit())
    return str(int(digits)) if digits else bare


def several(data: bytes, suffix: str = "") -> list[Any] | None:
    """The values of a JSON list of objects, or of lines of JSON; None for one object or another format."""
    text = decoded(data)
    if form_of(text, suffix) != "json" and suffix.lower() not in (".jsonl", ".ndjson"):
        return None
    try:
        value = json.loads(text)
    except RecursionError:
        return None
    except ValueError:
        written = [line for line in text.split("\n") if line.strip()]
        objects = [parse_line(line) for line in written]
        return objects if len(written) > 1 and any(one is not None for one in objects) and _is_lines(written) else None
    is_segments = isinstance(value, list) and all(isinstance(one, dict) and "start" in one for one in value)
    return value if isinstance(value, list) and (not is_segments or not value) else None


def _is_lines(written: Sequence[str]) -> bool:
    """Whether each line is an object by itself, and not a part of one that is spread over lines."""
    return all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in written)


def parse_line(line: str) -> Any:
    """The value of one line of JSON; None where it is none."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def parse_answer(data: bytes) -> Any:
    """The value of an answer's file. Raises `UserError` where it is not JSON."""
    return parse_json(decoded(data))


def parse_transcript(data: bytes, suffix: str = "") -> TrialTranscript:
    """The transcript in a file's *data*: JSON, subtitles or plain text.

    Raises:
        UserError: it is none; the message says what is wrong.
    """
    text = decoded(data)
    if form_of(text, suffix) == "json":
        return transcript_of(parse_json(text))
    found = read_file(data, suffix)
    if not found.segments:
        raise UserError("It has no segments: the file holds no words.")
    return _made(found.segments, found.language, None, [segment.id for segment in found.segments])


def transcript_of(value: object) -> TrialTranscript:
    """The transcript that a JSON value is: `{language, recorded_at, segments: [{id, text}]}`, an export, or Whisper's.

    Raises:
        UserError: it is none; the message says what is wrong.
    """
    if not isinstance(value, Mapping) or _is_of_whisper(value):
        found = of_json(value)
        return _made(found.segments, found.language, None, [segment.id for segment in found.segments])
    if trouble := unknown_key(value, TRANSCRIPT_KEYS, "The transcript"):
        raise UserError(trouble)
    listed = value.get("segments")
    if not isinstance(listed, list):
        raise UserError("It has no segments: a transcript has a list named segments, each with an id and a text.")
    segments, ids = list[Segment](), list[str]()
    for number, one in enumerate(listed, 1):
        text, name = _segment(one, number)
        ids.append(name if name is not None else f"s{number:02d}")
        segments.append(Segment(id="", start=_seconds(one, "start"), end=_seconds(one, "end"), text=text))
    if twice := next((name for name in ids if ids.count(name) > 1), None):
        raise UserError(f"Two segments have the id {twice!r}. Give each its own.")
    return _made(segments, _language(value), _moment(value), ids)


def _is_of_whisper(value: Mapping[str, Any]) -> bool:
    listed = value.get("segments")
    if not isinstance(listed, list):
        return bool(_NOT_OURS & value.keys()) or set(value) == {"text"}
    return bool(_NOT_OURS & value.keys()) or any(isinstance(one, Mapping) and _WHISPERS & one.keys() for one in listed)


def _segment(one: object, number: int) -> tuple[str, str | None]:
    if not isinstance(one, Mapping):
        raise UserError(f"Segment {number} is no object: each segment has an id and a text.")
    if trouble := unknown_key(one, SEGMENT_KEYS, f"Segment {number}"):
        raise UserError(trouble)
    if not isinstance(one.get("text"), str):
        raise UserError(f"Segment {number} has no text: write its text in double quotes.")
    name = one.get("id")
    if name is not None and (isinstance(name, bool) or not isinstance(name, str | int) or not str(name).strip()):
        raise UserError(f"Segment {number} has an id that is no text. Write one like s{number:02d}.")
    return one["text"], None if name is None else str(name).strip()


def _seconds(one: Mapping[str, Any], key: str) -> float:
    value = one.get(key)
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise UserError(f"A segment has a {key} that is no time: write seconds, like 12.5, or leave it out.")
    return float(value)


def _language(value: Mapping[str, Any]) -> str | None:
    stated = value.get("language")
    code = language_code(stated)
    if stated is not None and code is None:
        raise UserError("The transcript's language is no code. Write one like en, or leave it out.")
    return code


def _moment(value: Mapping[str, Any]) -> datetime | None:
    stated = value.get("recorded_at")
    if stated is None:
        return None
    if not isinstance(stated, str):
        raise UserError("The transcript's recorded_at is no text. Write one like 2026-03-14T08:12:00+00:00.")
    return parse_stated(stated, "The transcript's recorded_at")


def parse_stated(stated: str, whose: str) -> datetime:
    """A moment as a person writes it, in UTC without an offset; of a day alone, its noon.

    Raises:
        UserError: it cannot be read; *whose* it is, is said.
    """
    try:
        return parse_moment(f"{stated.strip()}T12:00" if _is_day(stated) else stated, UTC)
    except ValueError as error:
        raise UserError(f"{whose}: {error}") from None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def _made(
    segments: Sequence[Segment], language: str | None, recorded_at: datetime | None, ids: Sequence[str]
) -> TrialTranscript:
    """With ids of the form that every transcript of the pipeline has."""
    width = 2 if len(segments) <= 99 else 3
    own = [f"s{number:0{width}d}" for number in range(1, len(segments) + 1)]
    named = tuple(s.model_copy(update={"id": name}) for s, name in zip(segments, own, strict=True))
    made = Provenance(stage="transcribe", fingerprint="", made_by="imported", created_at=datetime.now(UTC))
    seconds = max((segment.end for segment in named), default=0.0)
    transcript = Transcript(recording="", language=language, seconds=seconds, segments=named, provenance=made)
    return TrialTranscript(with_language(transcript), recorded_at, dict(zip(own, ids, strict=True)))


def unknown_key(value: Mapping[str, Any], known: Collection[str], whose: str) -> str | None:
    """What is wrong with a key that means nothing here, with the one that was meant; None where all are known."""
    for key in value:
        if key not in known:
            near = difflib.get_close_matches(str(key).lower(), known, 1, 0.6)
            meant = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
            return f"{whose} has a key {key!r} that means nothing here. {meant}"
    return None
