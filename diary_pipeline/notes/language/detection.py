"""In which language a text is, where nobody has said so. A wrong guess loses words, so a doubtful one is none."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from diary_pipeline.notes.language.lexicon.function_words import FUNCTION_WORDS
from diary_pipeline.notes.language.lexicon.languages import LISTED_LANGUAGES
from diary_pipeline.notes.language.word_list import frequency
from diary_pipeline.schema import Segment, Transcript

UNKNOWN = "und"
"""The code of a language that could not be determined, as ISO 639-2 has it. No rule applies to it."""

_FEWEST = 2
_SHARE = 0.3
"""So much of a text are words of this kind in its own language; in another one there are few that look like them."""
_FEWEST_WEIGHT, _LEAD = 1.2, 1.3
_COMMON = 1000
"""Words that occur at least so often are common in their language."""
_LISTED_SHARE, _LISTED_LEAD = 0.6, 1.5
_READ_WORDS = 400


def with_language(transcript: Transcript) -> Transcript:
    """The transcript with a language: its own, else the one that its words surely are in, else `UNKNOWN`.

    Segments that surely are in another language have that one.
    """
    if transcript.language is not None:
        return transcript
    found = language_of(" ".join(segment.text for segment in transcript.segments))
    segments = tuple(_with_own(segment, found) for segment in transcript.segments)
    return transcript.model_copy(update={"language": found, "segments": segments})


def language_of(text: str) -> str:
    """The code of the language that *text* surely is in, or `UNKNOWN`."""
    words = _words(text)
    return _by_function_words(words) or _by_common_words(words) or UNKNOWN


def _with_own(segment: Segment, language: str) -> Segment:
    own = None if segment.language else _by_function_words(_words(segment.text))
    return segment.model_copy(update={"language": own}) if own not in (None, language) else segment


def _words(text: str) -> Sequence[str]:
    return re.findall(r"[^\W\d_]+", text.lower())[:_READ_WORDS]


def _by_function_words(words: Sequence[str]) -> str | None:
    many = sum(any(word in known for known in FUNCTION_WORDS.values()) for word in words)
    if many < max(_FEWEST, _SHARE * len(words)):
        return None
    return _leader({code: _weight(words, code) for code in FUNCTION_WORDS}, _FEWEST_WEIGHT, _LEAD)


def _by_common_words(words: Sequence[str]) -> str | None:
    """By all words, for notes of a few of them: "Buy milk"."""
    if len(words) < _FEWEST:
        return None
    common = {code: sum(frequency(word, code) >= _COMMON for word in words) for code in sorted(LISTED_LANGUAGES)}
    weights = {code: count + _weight(words, code) for code, count in common.items()}
    found = _leader(weights, max(_FEWEST, _LISTED_SHARE * len(words)), _LISTED_LEAD)
    return found if found and common[found] >= _LISTED_SHARE * len(words) else None


def _weight(words: Sequence[str], code: str) -> float:
    """How many of *words* are function words of a language; one that several languages have counts less."""
    return sum(1 / _LANGUAGES_OF[word] for word in words if word in FUNCTION_WORDS[code])


def _leader(weights: Mapping[str, float], fewest: float, lead: float) -> str | None:
    best, second = sorted(weights, key=lambda code: -weights[code])[:2]
    return best if weights[best] >= fewest and weights[best] >= lead * weights[second] else None


_LANGUAGES_OF = Counter(word for known in FUNCTION_WORDS.values() for word in known)
