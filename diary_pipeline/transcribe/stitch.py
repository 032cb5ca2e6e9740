"""Join the words of a recording's chunks into sentences (`Segment`s) with times of the original audio."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diary_pipeline.schema import Doubt, Segment, SpokenWord

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
    """A decoded word with its leading space and punctuation; times in seconds, probability from 0 to 1.

    `doubt`: why its chunk is not reliable, if so. `aligned` False: its times are not from our own alignment.
    `within`: it lies anywhere in this chunk, and its own times are a guess.
    """

    text: str
    start: float
    end: float
    probability: float
    language: str | None = None
    doubt: Doubt | None = None
    aligned: bool = True
    within: tuple[float, float] | None = None

    @property
    def between(self) -> tuple[float, float]:
        """Where it surely is: its own times, or its chunk's."""
        return self.within or (self.start, self.end)


def segments(words: Sequence[Word], seconds: float, language: str | None = None) -> tuple[Segment, ...]:
    """Make sentences of all words of a recording that lasted `seconds` and is mainly in `language`.

    The segments' texts joined are the words' texts (white space aside). Times are rounded to 0.01 s and lie within the
    recording; where a word's own are not known, those of its chunk are taken, and no word has any.
    """
    sentences = list(_sentences([word for word in words if word.text.strip()]))
    width = 2 if len(sentences) <= 99 else 3
    made: list[Segment] = []
    for number, sentence in enumerate(sentences, 1):
        earliest = made[-1].start if made else 0.0
        start = min(max(round(sentence[0].between[0], 2), earliest), round(seconds, 2))
        end = min(max(round(sentence[-1].between[1], 2), start), round(seconds, 2))
        approximate = any(word.within for word in sentence)
        confidence = round(sum(word.probability for word in sentence) / len(sentence), 3)
        text = " ".join("".join(word.text for word in sentence).split())
        other_language = sentence[0].language if sentence[0].language != language else None
        made.append(
            Segment(
                id=f"s{number:0{width}d}",
                start=start,
                end=end,
                text=text,
                confidence=confidence,
                language=other_language,
                doubt=next((word.doubt for word in sentence if word.doubt), None),
                words=() if approximate else _spoken(sentence, start, end),
                approximate=approximate,
            )
        )
    return tuple(made)


def _spoken(sentence: Sequence[Word], start: float, end: float) -> tuple[SpokenWord, ...]:
    """The words of a segment with their times, in order and within it."""
    spoken: list[SpokenWord] = []
    earliest = start
    for word in sentence:
        begin = min(max(round(word.start, 2), earliest), end)
        stop = min(max(round(word.end, 2), begin), end)
        spoken.append(SpokenWord(text=word.text.strip(), start=begin, end=stop, confidence=round(word.probability, 3)))
        earliest = begin
    return tuple(spoken)


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
    """Whether a segment ends between two words."""
    guessed = last.within is not None and last.within == following.within
    if (following.start - last.end >= PAUSE_SECONDS and not guessed) or following.language != last.language:
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
