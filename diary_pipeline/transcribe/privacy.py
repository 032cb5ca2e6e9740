"""The spoken wish for privacy: a memo that opens with one of the author's phrases."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from diary_pipeline.schema import Segment

OPENING_SECONDS = 10.0
PAUSE_SECONDS = 0.3
"""Silence after a phrase that ends it like a punctuation mark: nobody pauses so long inside "private school"."""

_FILLERS = frozenset(
    "um uh uhm er erm hm mm okay ok so well hi hello hey right now and dear diary good morning evening afternoon "
    "äh ähm also hallo guten tag abend euh bonjour hola".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 - both apostrophes are spoken ones
_FIRST_SEGMENTS, _LABEL_LETTERS = 5, 100
_NO_SPEECH = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*")
_LABEL = re.compile(
    r"[:\])}>|\N{EN DASH}\N{EM DASH}][\W_]*(?=\w)|(?:\d:\d\d|\d\.\d+s)\S*\s+"
    r"|^\W*\d+[.)]?\s+|^\W*(?:[^\W\d_a-z]{2,}\W+)+"
)
"""What may end a label before the first words: a colon, a bracket, a dash, a clock, a number, names in capitals."""
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


def opens_imported_privately(transcript: HasSegments, phrases: Sequence[str]) -> bool:
    """The same of a transcript of another program, which may have more before the first words that were spoken.

    Such are titles, marks like [Music], names of speakers, and clocks. So a phrase counts at the start of each of the
    first segments, also after such a label, in the ten seconds after the first words. When unsure, it is private.
    """
    return opens_privately(transcript, phrases) or any(
        opens_privately(_Opening(opening), phrases) for opening in _openings(transcript.segments)
    )


@dataclass(frozen=True)
class _Opening:
    segments: Sequence[Segment]


def _openings(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """The first segments, from each of them on, with and without what may be a label; the first words are at 0 s."""
    spoken = next((s.start for s in segments if s.end and _WORD.search(_NO_SPEECH.sub("", s.text))), 0.0)
    near = [_earlier(s, spoken) for s in segments if s.start < spoken + OPENING_SECONDS][:_FIRST_SEGMENTS]
    for number, first in enumerate(near):
        for start in {0, *(found.end() for found in _LABEL.finditer(first.text[:_LABEL_LETTERS]))}:
            words = first.words if start == 0 else ()
            yield [first.model_copy(update={"text": first.text[start:], "words": words}), *near[number + 1 :]]


def _earlier(segment: Segment, by: float) -> Segment:
    words = tuple(
        w.model_copy(update={"start": max(0.0, w.start - by), "end": max(0.0, w.end - by)}) for w in segment.words
    )
    return segment.model_copy(
        update={"start": max(0.0, segment.start - by), "end": max(0.0, segment.end - by), "words": words}
    )


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
