"""The spoken wish for privacy: a memo that opens with one of the author's phrases."""

import re
from collections.abc import Sequence
from typing import Protocol

from diary_pipeline.schema import Segment

OPENING_SECONDS = 10.0
_FILLERS = frozenset(
    "um uh er erm okay ok so well hi hello hey right now and dear diary good morning evening afternoon".split()
)


class HasSegments(Protocol):
    """A transcript or a result."""

    @property
    def segments(self) -> Sequence[Segment]:
        """Its sentences, in order."""


def opens_privately(transcript: HasSegments, phrases: Sequence[str]) -> bool:
    """Whether one of *phrases* opens the memo, in its first ten seconds of audio and as its first words.

    Fillers and greetings may come before it. A phrase of a single word counts only if it is a sentence of its own.
    """
    opening = [segment.text for segment in transcript.segments if segment.start < OPENING_SECONDS]
    text = " ".join(opening)
    words = _words(text)
    start = next((n for n, word in enumerate(words) if word not in _FILLERS), len(words))
    for phrase in phrases:
        wanted = _words(phrase)
        if not wanted or words[start : start + len(wanted)] != wanted:
            continue
        if len(wanted) > 1 or any(
            _words(sentence)[-1:] == wanted and len(_without_fillers(sentence)) == 1
            for sentence in _sentences(text)[:3]
        ):
            return True
    return False


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower())  # noqa: RUF001 - both apostrophes are spoken ones


def _without_fillers(sentence: str) -> list[str]:
    return [word for word in _words(sentence) if word not in _FILLERS]


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?…])\s+", text) if part.strip()]
