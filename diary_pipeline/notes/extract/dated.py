"""Events in German, French and Spanish: the whole sentence that names one coming day, and that day.

A sentence that may be past, denied, asked, conditional, doubtful or a duty gives no event.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from diary_pipeline.notes.extract.clean import clean
from diary_pipeline.notes.language.days import LANGUAGES, day_named
from diary_pipeline.notes.language.lexicon import languages
from diary_pipeline.notes.language.lexicon.notation import one_of
from diary_pipeline.notes.language.reading import read
from diary_pipeline.notes.language.sentence_ends import is_abbreviated
from diary_pipeline.schema import Event, Segment

_LEFT_ALONE = {
    "de": re.compile(
        rf"\b{one_of(languages.GERMAN_UNCERTAIN)}\b|"
        rf"\b{one_of(languages.GERMAN_PERFECT)}\b.*\b(?:\w*ge\w+(?:t|en)|\w+iert|ver\w+(?:t|en)|be\w+(?:t|en))\b"
    ),
    "fr": re.compile(
        rf"\b{one_of(languages.FRENCH_UNCERTAIN)}\b|\bn'|\bs'il|"
        rf"\b{one_of(languages.FRENCH_PERFECT)}\s(?:\w+\s)?(?!lieu\b|\w+di\b|\w*vous\b)\w+"
        rf"{one_of(languages.FRENCH_PARTICIPLE_ENDINGS)}\b|\w+(?:aient|ait)\b"
    ),
    "es": re.compile(
        rf"\b{one_of(languages.SPANISH_UNCERTAIN)}\b|"
        rf"\b{one_of(languages.SPANISH_PERFECT)}\s\w+(?:do|to|cho)\b|\b\w+(?:ó|aron|ieron)\b"
    ),
}
"""Words that deny, doubt, oblige, wish, or say what is past; a sentence with one gives no event."""


_SENTENCE_END = re.compile(r"(?<=[!?…])\s+|(?<=[^\d\W]\.)\s+")  # nor after the 3. of "am 3. Juni"


def dated(segments: Sequence[Segment], language: str, spoken_at: datetime | None) -> tuple[Event, ...]:
    """The sentences that name one day to come, in order; none in a language without a table of days."""
    if spoken_at is None or language not in LANGUAGES:
        return ()
    found = []
    for segment in segments:
        for sentence in _split(segment.text):
            text = plain(sentence, language)
            if "?" in sentence or _LEFT_ALONE[language].search(text) or not _says_what(text):
                continue
            if when := day_named(text, language, spoken_at):
                words = clean(sentence, language=language).strip(" ,.;:!¡…-")
                found.append(
                    Event(text=words[:1].upper() + words[1:], when=when, said=sentence.strip(), segments=(segment.id,))
                )
    return tuple(found)


def _split(text: str) -> list[str]:
    ends = [m for m in _SENTENCE_END.finditer(text) if not is_abbreviated(text, m.start() - 1)]
    return [text[a:b] for a, b in pairwise([0, *(m.end() for m in ends), len(text)])]


def plain(sentence: str, language: str) -> str:
    """The sentence in lower case, without marks, its numbers in digits."""
    tokens = read([("", sentence)], language).tokens
    shown = [
        t.key[1:] if t.kind in ("number", "date") and re.fullmatch(r"#\d+", t.key) else t.low
        for t in tokens
        if t.kind != "mark"
    ]
    return " ".join(shown)


def _says_what(text: str) -> bool:
    """Whether it says more than which day it is: "heute ist Montag", "es lunes"."""
    return len(text.split()) > 3
