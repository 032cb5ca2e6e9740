"""Stitch: the words of a recording's chunks become sentences with times of the original audio. Nothing is lost on the way.

What belongs here: where a sentence ends, and how words become `Segment`s. What does not: models, audio, batches.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diary_pipeline.schema import Segment

PAUSE_SECONDS = 1.2
"""A silence this long ends a segment even without punctuation."""

_END = re.compile(r"[.?!…。？！][\"'”’)\]»]*$")  # noqa: RUF001 - full-width marks end sentences in Japanese and Chinese
_WIDE_END = re.compile(r"[。？！][\"'”’)\]»」]*$")  # noqa: RUF001 - and no space follows them
_ABBREVIATION = re.compile(
    r"^[\"'(\[]*(mr|mrs|ms|mx|dr|prof|st|sr|jr|rev|gen|col|capt|lt|sgt|hon|vs|etc|approx|dept|no|fig|e\.g|i\.e|bzw|z\.b|nr|sra?|mme|mlle|[a-z])\.$",
    re.IGNORECASE,
)
_PRONOUN_END = re.compile(r"^[\"'(\[]*I\.$")


@dataclass(frozen=True)
class Word:
    """A word as decoded, with its leading space and its punctuation; times in seconds, probability from 0 to 1."""

    text: str
    start: float
    end: float
    probability: float


def segments(words: Sequence[Word], seconds: float) -> tuple[Segment, ...]:
    """Make sentences of all words of one recording that lasted `seconds`.

    Joined, the segments' texts are the words' texts (white space aside). Times are rounded to 0.01 s and lie within the recording.
    """
    sentences = list(_sentences([word for word in words if word.text.strip()]))
    width = 2 if len(sentences) <= 99 else 3
    made: list[Segment] = []
    for number, sentence in enumerate(sentences, 1):
        earliest = made[-1].start if made else 0.0
        start = min(max(round(sentence[0].start, 2), earliest), round(seconds, 2))
        end = min(max(round(sentence[-1].end, 2), start), round(seconds, 2))
        confidence = round(sum(word.probability for word in sentence) / len(sentence), 3)
        text = " ".join("".join(word.text for word in sentence).split())
        made.append(Segment(id=f"s{number:0{width}d}", start=start, end=end, text=text, confidence=confidence))
    return tuple(made)


def _sentences(words: Sequence[Word]) -> Iterator[list[Word]]:
    sentence: list[Word] = []
    for word in words:
        if sentence and _ends(sentence[-1], word):
            yield sentence
            sentence = []
        sentence.append(word)
    if sentence:
        yield sentence


def _ends(last: Word, following: Word) -> bool:
    """Say whether a segment ends between two words."""
    if following.start - last.end >= PAUSE_SECONDS:
        return True
    text, after = last.text.strip(), following.text
    if _WIDE_END.search(text):
        return True
    if not _END.search(text) or not after[0].isspace():
        return False
    begins = after.lstrip(" \"'“‘(¿¡[")[:1]  # noqa: RUF001 - typographic quotes open sentences too
    if begins.islower():
        return False
    if _ABBREVIATION.match(text) and not _PRONOUN_END.match(text):
        return False
    # "3. 5" is one number that was written apart; "at 7. Then" is two sentences.
    return not (begins.isdigit() and re.search(r"\d\.$", text))
