"""Sentences of a transcript with the moments that they name; the input of all finders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from diary_pipeline.notes.language.corrections import corrected
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_PAST, FUTURE_CUES, HAS_FORMS
from diary_pipeline.notes.language.lexicon.conjunctions import SENTENCE_BORDERS
from diary_pipeline.notes.language.lexicon.pronouns import SUBJECT_PRONOUNS
from diary_pipeline.notes.language.lexicon.verbs import PAST_FORMS
from diary_pipeline.notes.language.reading import Reading, read
from diary_pipeline.notes.language.when import SpokenMoment, moments
from diary_pipeline.schema import Segment


@dataclass(frozen=True)
class Sentence:
    """One sentence.

    *text*: of its segments, corrections applied; *original*: as spoken. Token places refer to *text*.
    """

    text: str
    original: str
    cited: tuple[str, ...]
    reading: Reading
    first: int
    end: int
    spoken_at: datetime | None

    def said(self, start: int, end: int) -> str:
        """The words from token *start* up to *end*, as the segment has them."""
        tokens = self.reading.tokens[start:end]
        while tokens and tokens[-1].kind == "mark":
            tokens = tokens[:-1]
        return self.text[tokens[0].start : tokens[-1].end] if tokens else ""

    def verbatim(self, said: str) -> str:
        """*said* if it was said in these words; the whole original if a correction changed it."""
        return said if said in self.original else self.original

    def lows(self) -> list[str]:
        """The sentence's words, lower case."""
        return [t.low for t in self.reading.tokens[self.first : self.end]]

    def clause(self, at: int) -> tuple[int, int]:
        """The clause around token *at*, between marks or joining words."""
        start, end = at, at
        while start > self.first and not self._border(start - 1):
            start -= 1
        while end < self.end and not self._border(end):
            end += 1
        return start, end

    def _border(self, at: int) -> bool:
        token = self.reading.tokens[at]
        if token.kind == "mark":
            return not (
                0 < at < len(self.reading.tokens) - 1
                and _dateish(self.reading, at - 1)
                and _dateish(self.reading, at + 1)
            )
        return token.low in SENTENCE_BORDERS or (
            token.low == "and" and at + 1 < self.end and self.reading.tokens[at + 1].low in SUBJECT_PRONOUNS
        )

    def moments(self, start: int, end: int) -> list[SpokenMoment]:
        """The moments named from *start* up to *end*, without those that were taken back."""
        found = moments(self.reading.tokens[start:end], self.spoken_at, past=self.past(start, end))
        shifted = [_shifted(moment, start) for moment in found]
        return [m for m in shifted if not self.reading.retracted & set(range(m.first, m.end))]

    def past(self, start: int, end: int) -> bool:
        """Whether the clause is past."""
        lows = [t.low.split()[0] for t in self.reading.tokens[start:end]]
        if _NOT_PAST & set(lows) and not _SURELY_PAST & set(lows):
            return False
        owned = {
            n for n, low in enumerate(lows) if low == "got" and n and lows[n - 1] in HAS_FORMS
        }  # who has got something has it now
        others = [low for n, low in enumerate(lows) if n not in owned]
        return any(low in PAST_FORMS or (low.endswith("ed") and low not in ("need", "wed")) for low in others)


_NOT_PAST = FUTURE_CUES | {"must", "should"}
_SURELY_PAST = BE_PAST | {"had", "did"}


def _dateish(reading: Reading, at: int) -> bool:
    token = reading.tokens[at]
    return token.kind in ("date", "time") or token.low in ("the", "at")


def _shifted(moment: SpokenMoment, by: int) -> SpokenMoment:
    from dataclasses import replace

    return replace(moment, first=moment.first + by, end=moment.end + by)


def sentences(
    groups: Sequence[Sequence[Segment]], language: str | None, names: frozenset[str], spoken_at: datetime | None
) -> list[Sentence]:
    """All sentences, in order. *groups*: segments, grouped with those that correct them."""
    made: list[Sentence] = []
    for group in groups:
        original, cited = " ".join(segment.text for segment in group), tuple(segment.id for segment in group)
        text = corrected(original, read([("", original)], language, names).tokens)
        reading = read([(cited[0], text)], language, names)
        start = 0
        for at, token in enumerate(reading.tokens):
            if token.kind == "mark" and token.low[0] in ".!?…":
                made.append(Sentence(text, original, cited, reading, start, at + 1, spoken_at))
                start = at + 1
        if start < len(reading.tokens):
            made.append(Sentence(text, original, cited, reading, start, len(reading.tokens), spoken_at))
    return made
