"""Whisper's JSON as cues: of openai-whisper, faster-whisper, WhisperX, whisper.cpp, OpenAI's verbose_json, our export.

What is of no use here is passed over: these programs write more with each version.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from diary_pipeline.errors import UserError
from diary_pipeline.schema import Segment
from diary_pipeline.transcribe.endpoint_answer import LANGUAGES, UNKNOWN_PROBABILITY
from diary_pipeline.transcribe.imported.cues import Caption
from diary_pipeline.transcribe.imported.stamped import seconds
from diary_pipeline.transcribe.language import primary_language
from diary_pipeline.transcribe.stitch import Word

_LISTS = ("segments", "lines", "utterances", "cues", "captions")
_STARTS = ("start", "startTime", "start_time", "begin")
_ENDS = ("end", "endTime", "end_time")
_SPEAKERS = ("speaker", "speakerDesignation", "speaker_name")
_CODES = {name.replace("-", " "): code for code, name in LANGUAGES.items()}


def language_code(stated: object) -> str | None:
    """The code of a language that is named by its code, with or without a region, or in English; else None."""
    if not isinstance(stated, str) or not stated.strip():
        return None
    plain = stated.strip().lower()
    return _CODES.get(plain) or (primary_language(plain) if re.fullmatch(r"[a-z]{2,3}([-_].*)?", plain) else None)


def language_of(value: object) -> str | None:
    """The language that a transcript names."""
    if not isinstance(value, Mapping):
        return None
    result = value.get("result")
    stated = value.get("language") or (result.get("language") if isinstance(result, Mapping) else None)
    return language_code(stated)


def own_segments(value: object) -> tuple[Segment, ...] | None:
    """The segments of an export of this diary, exactly as they were; None for anything else."""
    if not isinstance(value, Mapping) or not {"recording", "segments", "coverage"} <= value.keys():
        return None
    try:
        return tuple(Segment.model_validate(_timed(one)) for one in value["segments"])
    except (TypeError, ValueError):
        return None


def _timed(segment: Any) -> Any:
    """An exported segment without times has null in their place."""
    return {**segment, "start": segment["start"] or 0.0, "end": segment["end"] or 0.0}


def cues_of(value: object) -> list[Caption]:
    """The cues of a transcript in any of these shapes.

    Raises:
        UserError: it has no segments and no text, or a segment has no text.
    """
    if isinstance(value, Mapping) and isinstance(value.get("transcription"), list):
        return [_cpp(one, n) for n, one in enumerate(value["transcription"])]
    listed = value if isinstance(value, list) else _listed(value)
    if isinstance(listed, list) and listed:
        cues = [_cue(one, n) for n, one in enumerate(listed)]
        spoken = value.get("words") if isinstance(value, Mapping) else None
        return _with_words(cues, spoken) if isinstance(spoken, list) and not any(c.words for c in cues) else cues
    if isinstance(value, Mapping) and isinstance(value.get("text"), str) and value["text"].strip():
        return [Caption(line, ends=True) for line in value["text"].splitlines()]
    if isinstance(listed, list):
        return []  # nobody spoke
    raise UserError("It has no segments: a transcript as JSON has a list named segments, each with a text.")


def _listed(value: object) -> object:
    return next((value[key] for key in _LISTS if key in value), None) if isinstance(value, Mapping) else None


def _cue(one: object, number: int) -> Caption:
    if not isinstance(one, Mapping) or not isinstance(one.get("text"), str):
        raise UserError(f"Segment {number} has no text: each segment is an object with a text.")
    start, end = _moment(one, _STARTS), _moment(one, _ENDS)
    text, speaker = one["text"].strip(), next((one[key] for key in _SPEAKERS if one.get(key)), None)
    given = one.get("words")
    words = _words(text, given) if isinstance(given, list) and start is not None else ()
    name = speaker if isinstance(speaker, str) else ""
    if start is None or end is None:
        return Caption(text, speaker=name, ends=True)
    return Caption(text, start, max(start, end), name, words)


def _cpp(one: object, number: int) -> Caption:
    """A segment of whisper.cpp, which counts in milliseconds and writes tokens, not words."""
    offsets = one.get("offsets") if isinstance(one, Mapping) else None
    if not isinstance(one, Mapping) or not isinstance(offsets, Mapping):
        return _cue(one, number)
    start, end = _number(offsets.get("from")), _number(offsets.get("to"))
    seconds = {"start": None if start is None else start / 1000, "end": None if end is None else end / 1000}
    words = list(_joined(one.get("tokens")))
    return _cue({"text": one.get("text"), **seconds, "words": words}, number)


def _joined(tokens: object) -> Iterator[dict[str, Any]]:
    word: dict[str, Any] | None = None
    for token in tokens if isinstance(tokens, list) else ():
        text, offsets = (token.get("text"), token.get("offsets")) if isinstance(token, Mapping) else (None, None)
        if not isinstance(text, str) or not isinstance(offsets, Mapping) or re.fullmatch(r"\s*\[_.*\]\s*", text):
            continue
        end = (_number(offsets.get("to")) or 0.0) / 1000
        if word is None or text.startswith(" "):
            if word is not None:
                yield word
            start = (_number(offsets.get("from")) or 0.0) / 1000
            word = {"word": text, "start": start, "end": end, "probability": token.get("p")}
        else:
            word |= {"word": word["word"] + text, "end": end}
    if word is not None:
        yield word


def _words(text: str, given: Sequence[Any]) -> tuple[Word, ...]:
    """The words of *text* with their times; none where those that are given are not the text's words."""
    tokens, words = text.split(), [one for one in given if isinstance(one, Mapping)]
    stated = [str(one.get("word") or one.get("text") or "").strip() for one in words]
    if len(tokens) != len(stated) or not all(map(_is_same, tokens, stated)):
        return ()
    made = []
    for token, one in zip(tokens, words, strict=True):
        start, end = _number(one.get("start")), _number(one.get("end"))
        if start is None or end is None:
            return ()
        stated_probability = _number(one.get("probability", one.get("score")))
        sure = UNKNOWN_PROBABILITY if stated_probability is None else min(1.0, max(0.0, stated_probability))
        made.append(Word(f" {token}", start, max(start, end), sure))
    return tuple(made)


def _with_words(cues: list[Caption], spoken: Sequence[Any]) -> list[Caption]:
    """The cues with the words that OpenAI lists apart from them, where those are all of the cues' words in order."""
    at, made = 0, []
    for cue in cues:
        count = len(cue.text.split())
        words = _words(cue.text, spoken[at : at + count])
        if count and not words:
            return cues
        made.append(Caption(cue.text, cue.start, cue.end, cue.speaker, words))
        at += count
    return made


def _is_same(token: str, word: str) -> bool:
    return token == word or _letters(token) == _letters(word) != ""


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _moment(one: Mapping[str, Any], keys: Sequence[str]) -> float | None:
    """A time by the first of *keys* that is there: in seconds, or as a clock shows it."""
    value = next((one[key] for key in keys if key in one), None)
    if isinstance(value, str) and re.fullmatch(r"(?:\d+:){1,2}\d{1,2}(?:[.,]\d+)?", value.strip()):
        return seconds(value.strip())
    return _number(value)


def _number(value: object) -> float | None:
    """A time or probability; None for what is none, as NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < _LONGEST_SECONDS * 1000 else None


_LONGEST_SECONDS = 10**6
"""Nobody speaks for longer: eleven days."""
