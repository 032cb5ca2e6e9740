"""Parse a transcription server's answer into a `DecodedChunk`: the shapes of OpenAI, speaches and vLLM.

No word is lost because a figure or a time is missing, and a missing figure is never replaced by a good one.
"""

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from diary_pipeline.transcribe.coverage import Span
from diary_pipeline.transcribe.rows import DecodedChunk
from diary_pipeline.transcribe.stitch import Word

UNKNOWN = "und"
"""ISO 639 code of an undetermined language: some models do not report it."""

UNKNOWN_PROBABILITY = 0.6
"""Probability of a word whose server reports none: high enough not to be doubtful, too low to count as clear."""

SLOWEST_WORD_SECONDS = 1.0
"""Longest word when text without times is spread over the voice: text too short for its voice leaves a visible gap."""

LANGUAGES: Mapping[str, str] = dict(
    pair.split(":")
    for pair in (
        "af:afrikaans am:amharic ar:arabic as:assamese az:azerbaijani ba:bashkir be:belarusian bg:bulgarian "
        "bn:bengali bo:tibetan br:breton bs:bosnian ca:catalan cs:czech cy:welsh da:danish de:german el:greek "
        "en:english es:spanish et:estonian eu:basque fa:persian fi:finnish fo:faroese fr:french gl:galician "
        "gu:gujarati ha:hausa haw:hawaiian he:hebrew hi:hindi hr:croatian ht:haitian-creole hu:hungarian hy:armenian "
        "id:indonesian is:icelandic it:italian ja:japanese jw:javanese ka:georgian kk:kazakh km:khmer kn:kannada "
        "ko:korean la:latin lb:luxembourgish ln:lingala lo:lao lt:lithuanian lv:latvian mg:malagasy mi:maori "
        "mk:macedonian ml:malayalam mn:mongolian mr:marathi ms:malay mt:maltese my:myanmar ne:nepali nl:dutch "
        "nn:nynorsk no:norwegian oc:occitan pa:punjabi pl:polish ps:pashto pt:portuguese ro:romanian ru:russian "
        "sa:sanskrit sd:sindhi si:sinhala sk:slovak sl:slovenian sn:shona so:somali sq:albanian sr:serbian "
        "su:sundanese sv:swedish sw:swahili ta:tamil te:telugu tg:tajik th:thai tk:turkmen tl:tagalog tr:turkish "
        "tt:tatar uk:ukrainian ur:urdu uz:uzbek vi:vietnamese yi:yiddish yo:yoruba yue:cantonese zh:chinese"
    ).split()
)
"""Whisper's languages by code; OpenAI answers with the name, other servers with the code."""

_CODES = {name.replace("-", " "): code for code, name in LANGUAGES.items()}


class NotAnAnswerError(ValueError):
    """The server's answer is no transcription; the message names the faulty part and never quotes it."""


def parse_answer(answer: Any, seconds: float, voice: Sequence[Span], known_language: str | None) -> DecodedChunk:
    """Parse the answer for a chunk of so many *seconds* with *voice* in it.

    *known_language* is the language that was asked for, if any.

    Raises:
        NotAnAnswerError: it has no text, or its parts have the wrong shape.
    """
    if isinstance(answer, str):
        answer = {"text": answer}
    if not isinstance(answer, Mapping) or not isinstance(answer.get("text"), str):
        raise NotAnAnswerError("no text")
    text = " ".join(answer["text"].split())
    segments = list(_parts(answer, "segments", seconds))
    timed_words = list(_parts(answer, "words", seconds))
    likelihood = _mean(segments, "avg_logprob")
    probability = math.exp(min(0.0, likelihood)) if likelihood is not None else UNKNOWN_PROBABILITY
    if timed_words:
        words = _align_words(text, timed_words, probability)
    elif segments:
        words = [word for part in segments for word in _spread(str(part.get("text", "")), [_span(part)], probability)]
    else:
        words = _spread(text, voice or [(0.0, seconds)], probability, slowest=SLOWEST_WORD_SECONDS)
    stated_language = str(answer.get("language") or "").lower()
    return DecodedChunk(
        text=f" {text}" if text else "",
        words=tuple(replace(word, aligned=False) for word in words),
        language=known_language
        or _CODES.get(stated_language)
        or (stated_language if stated_language in LANGUAGES else UNKNOWN),
        likelihood=likelihood if likelihood is not None else 0.0,
        no_speech=_mean(segments, "no_speech_prob") or 0.0,
        compression=max([_compression(text), *(_number(part.get("compression_ratio")) or 0.0 for part in segments)]),
        tokens=len(words),
        decoded_by="endpoint",
        timed=bool(timed_words or segments),
    )


def with_times(decoded: DecodedChunk, words: Sequence[Word]) -> DecodedChunk:
    """An answer with the times of the same words, aligned on this machine. Its own figures stay: probabilities too."""
    timed = [
        {"word": word.text, "start": word.start, "end": word.end, "probability": UNKNOWN_PROBABILITY} for word in words
    ]
    return replace(decoded, words=tuple(_align_words(decoded.text.strip(), timed, UNKNOWN_PROBABILITY)), timed=True)


def _parts(answer: Mapping[str, Any], name: str, seconds: float) -> Iterator[dict[str, Any]]:
    """The answer's segments or words, with times clipped to the chunk and put in order."""
    parts = answer.get(name) or []
    if not isinstance(parts, list):
        raise NotAnAnswerError(f"{name} is no list")
    earliest = 0.0
    for part in parts:
        begin, end = (
            (_number(part.get(edge)) for edge in ("start", "end")) if isinstance(part, Mapping) else (None, None)
        )
        if begin is None or end is None:
            raise NotAnAnswerError(f"{name} without times")
        begin = min(max(begin, earliest), seconds)
        yield {**part, "start": begin, "end": min(max(begin, end), seconds)}
        earliest = begin


def _number(value: Any) -> float | None:
    return (
        float(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        else None
    )


def _span(part: Mapping[str, Any]) -> Span:
    return part["start"], part["end"]


def _mean(segments: Sequence[Mapping[str, Any]], name: str) -> float | None:
    """Mean of a figure over the segments that have it, weighted by their length."""
    given = [
        (part["end"] - part["start"] + 0.01, value)
        for part in segments
        if (value := _number(part.get(name))) is not None
    ]
    return sum(length * value for length, value in given) / sum(length for length, _ in given) if given else None


def _compression(text: str) -> float:
    """How much shorter the text packs, computed as upstream does."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 1.0


def _align_words(text: str, timed_words: Sequence[Mapping[str, Any]], probability: float) -> list[Word]:
    """The text's words with the server's times; its words may lack punctuation, and some may be missing."""
    given = [Word(str(p.get("word", "")), *_span(p), _number(p.get("probability")) or probability) for p in timed_words]
    if "".join("".join(word.text for word in given).split()) == "".join(text.split()):
        spaced = " " in "".join(word.text for word in given).strip()
        return (
            given
            if spaced
            else [Word(f" {w.text.strip()}" if " " in text else w.text, w.start, w.end, w.probability) for w in given]
        )
    tokens = text.split()
    if len(tokens) == 1 < len(given):
        return _align_letters(text, given)
    match = SequenceMatcher(
        None, [_normalised(token) for token in tokens], [_normalised(word.text) for word in given], autojunk=False
    )
    found: dict[int, Word] = {}
    for block in match.get_matching_blocks():
        found |= {block.a + n: given[block.b + n] for n in range(block.size)}
    return [_timed_word(n, token, found, given) for n, token in enumerate(tokens)]


def _timed_word(number: int, token: str, found: Mapping[int, Word], given: Sequence[Word]) -> Word:
    """A word of the text at its own time; one without a time gets the end of the word before it, with no length."""
    if mine := found.get(number):
        return Word(f" {token}", mine.start, mine.end, mine.probability)
    before = next((found[n].end for n in range(number - 1, -1, -1) if n in found), given[0].start)
    return Word(f" {token}", before, before, UNKNOWN_PROBABILITY)


def _align_letters(text: str, given: Sequence[Word]) -> list[Word]:
    """As `_align_words` for text without spaces: text between two timed words belongs to the first of them."""
    found: list[tuple[int, Word]] = []
    at = 0
    for word in given:
        begin = text.find(word.text.strip(), at)
        if begin >= 0:
            found.append((begin, word))
            at = begin + len(word.text.strip())
    if not found:
        return [Word(text, given[0].start, given[-1].end, UNKNOWN_PROBABILITY)]
    edges = [0, *(begin for begin, _ in found[1:]), len(text)]
    return [
        Word(text[edges[n] : edges[n + 1]], word.start, word.end, word.probability) for n, (_, word) in enumerate(found)
    ]


def _normalised(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())


def _spread(text: str, spans: Sequence[Span], probability: float, slowest: float = math.inf) -> list[Word]:
    """A text's words one after the other over *spans*, each as long as its share of the letters.

    *slowest*: seconds of a word at most.
    """
    tokens = text.split()
    room = sum(end - begin for begin, end in spans)
    letters = sum(len(token) for token in tokens)
    pace = min(room, len(tokens) * slowest) / letters if letters else 0.0
    words, at = [], 0.0
    for token in tokens:
        length = len(token) * pace
        words.append(Word(f" {token}", _position(at, spans), _position(at + length, spans), probability))
        at += length
    return words


def _position(seconds: float, spans: Sequence[Span]) -> float:
    """The time at which so many seconds of *spans* have passed."""
    for begin, end in spans:
        if seconds <= end - begin + 1e-6:
            return min(begin + seconds, end)
        seconds -= end - begin
    return spans[-1][1]
