"""The spoken wish for privacy: a memo that opens with one of the author's phrases."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from diary_pipeline.schema import Segment, Transcript

OPENING_SECONDS = 10.0
PAUSE_SECONDS = 0.3
"""Silence after a phrase that ends it like a punctuation mark: nobody pauses so long inside "private school"."""

_FILLERS = frozenset(
    "um uh uhm er erm hm mm okay ok so well hi hello hey right now and dear diary good morning evening afternoon "
    "äh ähm also hallo guten tag abend euh bonjour hola".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 - both apostrophes are spoken ones
_HYPHENS = ("-", "\N{HYPHEN}", "\N{NON-BREAKING HYPHEN}")


class HasSegments(Protocol):
    """A transcript or a result."""

    @property
    def segments(self) -> Sequence[Segment]:
        """Its sentences, in order."""


@dataclass(frozen=True)
class _Spoken:
    """One word of the opening; `ends`: a mark or a pause comes after it."""

    word: str
    ends: bool


def opens_privately(transcript: HasSegments, phrases: Sequence[str]) -> bool:
    """Whether one of *phrases* opens the memo, in its first ten seconds of audio and as its first words.

    Fillers and greetings may come before it. A phrase of a single word counts only before a mark or a pause: "Private,
    I am ..." but not "Private schools ...".
    """
    spoken = list(_opening(transcript))
    start = next((n for n, each in enumerate(spoken) if each.word not in _FILLERS), len(spoken))
    for phrase in phrases:
        wanted = _words(phrase)
        found = spoken[start : start + len(wanted)]
        if wanted and [each.word for each in found] == wanted and (len(wanted) > 1 or found[-1].ends):
            return True
    return False


def without_speaker(transcript: Transcript) -> Transcript:
    """The transcript without the name of who speaks first: "Anna: Private note, ..."."""
    if not transcript.segments or ": " not in transcript.segments[0].text[:60]:
        return transcript
    first, *rest = transcript.segments
    bare = first.model_copy(update={"text": first.text.partition(": ")[2], "words": ()})
    return transcript.model_copy(update={"segments": (bare, *rest)})


def _opening(transcript: HasSegments) -> Iterator[_Spoken]:
    """The words of the first seconds. What stands and how long it is silent between two words decides `ends`."""
    pieces = [piece for piece in _pieces(transcript) if piece[0].strip()]
    last, between, silent_since = "", "", 0.0
    for text, start, end in pieces:
        between += " "
        at = 0
        for found in _WORD.finditer(text):
            between += text[at : found.start()]
            if last:
                yield _Spoken(last, _is_mark(between) or (not at and start - silent_since >= PAUSE_SECONDS))
            last, between, at = found[0].lower(), "", found.end()
        between += text[at:]
        silent_since = end if at else silent_since
    if last:
        yield _Spoken(last, ends=True)


def _pieces(transcript: HasSegments) -> Iterator[tuple[str, float, float]]:
    """Text with its times: words where they are known, else whole segments."""
    for segment in transcript.segments:
        if segment.start < OPENING_SECONDS:
            if segment.words:
                yield from ((word.text, word.start, word.end) for word in segment.words)
            else:
                yield segment.text, segment.start, segment.end


def _is_mark(between: str) -> bool:
    """Whether punctuation of any kind stands there; a hyphen inside a word is none."""
    return bool(between.strip()) and between not in _HYPHENS


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
