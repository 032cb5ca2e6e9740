"""Measure speech without words and words without speech, in seconds.

`review` and `recording` decide what is done about it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from diary_pipeline.schema import Coverage
from diary_pipeline.transcribe.stitch import Word

Span = tuple[float, float]

UNCOVERED_SECONDS = 1.5
"""A stretch of speech this long without a word counts as dropped; 28 good transcripts had none."""

WORD_SECONDS, LETTER_SECONDS = 0.7, 0.08
"""The longest a word may last: this, plus so much for each of its letters.

An alignment assigns all sound to some word, so words that were left out show as one that lasts too long. None of 9,000
words of good answers did.
"""


@dataclass(frozen=True)
class Gap:
    """A stretch between two words (or a word and an edge) and the seconds of voice in it."""

    begin: float
    end: float
    voice: float
    edge: bool


def audit(words: Sequence[Word], voice: Sequence[Span], seconds: float) -> Coverage:
    """How a recording's words and voice cover each other, in seconds of the original audio."""
    left = list(gaps(covered_spans(words, voice), voice, seconds))
    total = sum(end - begin for begin, end in voice)
    without_voice = sum(max(0.0, word.end - word.start - overlap((word.start, word.end), voice)) for word in words)
    return Coverage(
        voice_seconds=round(total, 2),
        covered_seconds=round(total - sum(gap.voice for gap in left), 2),
        without_voice=round(without_voice, 2),
        uncovered=tuple((round(gap.begin, 2), round(gap.end, 2)) for gap in left if gap.voice >= UNCOVERED_SECONDS),
    )


def wordless(words: Sequence[Word], voice: Sequence[Span], seconds: float) -> tuple[tuple[float, float, float], ...]:
    """Begin, end and seconds of voice of each stretch of *voice* without *words*, from its first voice to its last."""
    found = []
    for gap in gaps(covered_spans(words, voice), voice, seconds):
        inside = [(max(begin, gap.begin), min(end, gap.end)) for begin, end in voice]
        spoken = [(begin, end) for begin, end in inside if begin < end]
        if gap.voice >= UNCOVERED_SECONDS:
            found.append((round(spoken[0][0], 2), round(spoken[-1][1], 2), round(gap.voice, 2)))
    return tuple(found)


def gaps(words: Iterable[Span], voice: Sequence[Span], end: float) -> Iterator[Gap]:
    """Every stretch without words from 0 to `end` that has voice in it, in order."""
    at, first = 0.0, True
    for begin, stop in [*sorted(words), (end, end)]:
        last = begin >= end
        if begin > at:
            spoken = overlap((at, begin), voice)
            if spoken > 0:
                yield Gap(at, begin, spoken, edge=first or last)
        at, first = max(at, stop), False


def covered_spans(words: Iterable[Word], voice: Sequence[Span]) -> list[Span]:
    """Where words are, without those that last too long for the voice they cover; words and voice use the same clock.

    Only our own alignment stretches words. Times from a server may be a guess, so they are kept as they are.
    """
    return [
        (word.start, word.end)
        for word in words
        if not word.aligned or overlap((word.start, word.end), voice) <= _max_seconds(word)
    ]


def _max_seconds(word: Word) -> float:
    return WORD_SECONDS + LETTER_SECONDS * len(word.text.strip())


def overlap(span: Span, others: Sequence[Span]) -> float:
    """Seconds that a span shares with any of the others, which are in order and do not overlap each other."""
    first = max(0, bisect_left(others, span) - 1)
    last = bisect_left(others, (span[1], span[1]))
    return sum(max(0.0, min(span[1], end) - max(span[0], begin)) for begin, end in others[first:last])
