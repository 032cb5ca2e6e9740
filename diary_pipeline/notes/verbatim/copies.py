"""Whether a text is whole spoken sentences, but for edits of a closed list.

The edits: sounds, words and phrases said twice, broken-off words, openers ("so", "well"), marks, capitals, and what the
speaker replaced at once ("at three, no, at four"). Nothing else may be missing, and nothing added.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.evidence.symbols import quotation_marks
from diary_pipeline.notes.extract.clean import joined_numbers
from diary_pipeline.notes.language.corrections import corrected
from diary_pipeline.notes.language.lexicon.clause_edges import ASIDES, LEADS, NO_STUTTER, SOUNDS
from diary_pipeline.notes.language.lexicon.notation import one_of
from diary_pipeline.notes.language.lexicon.stopwords import STOPWORDS
from diary_pipeline.notes.language.reading import read
from diary_pipeline.notes.verbatim.spoken import (
    ASKING,
    SpokenSentence,
    bare_words,
    placed_words,
    split,
    spoken_sentences,
)

_ASIDE = re.compile(rf"(?<=,)\s*(?:{one_of(ASIDES)})(?=\s*,)", re.IGNORECASE)
_BROKEN = re.compile(r"\b(?P<part>[^\W\d_]+)[-–—](?=\s+(?:\S+\s+){0,2}(?P=part)\w)", re.IGNORECASE)  # noqa: RUF001
_LONGEST_REPEAT, _LONG, _SHORT_WORD = 5, 20, 4
_ENDS = {".", "?"}


@dataclass(frozen=True)
class _Word:
    """A word or an end of a sentence; *needed*: a copy must have it."""

    low: str
    needed: bool


@dataclass
class SpokenSentences:
    """The sentences of a transcript, for looking up copies of them."""

    spoken: SpokenSource
    sentences: tuple[SpokenSentence, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.sentences = spoken_sentences(self.spoken)
        self._ways = [self._ways_of(sentence.text) for sentence in self.sentences]

    def copied(self, text: str, cited: Sequence[str] | None = None) -> range | None:
        """The sentences of which *text* is a copy, those of the *cited* segments; None if it is none."""
        stated = _stated(text)
        words = sum(word not in _ENDS for word in stated)
        for first in range(len(self.sentences)) if words else ():
            if first and self.sentences[first - 1].open:
                continue
            found = self._copied_from(first, text, stated, words)
            if found is not None and (cited is None or set(cited) & set(self.segments(found))):
                return found
        return None

    def _copied_from(self, first: int, text: str, stated: Sequence[str], words: int) -> range | None:
        size = 0
        for last in range(first, len(self.sentences)):
            size += len(self._ways[last][0])
            if size >= words and not self.sentences[last].open and self._is_copy(range(first, last + 1), text, stated):
                return range(first, last + 1)
            if size > 3 * words + _LONG:
                break
        return None

    def segments(self, sentences: Sequence[int]) -> tuple[str, ...]:
        """The segments of these sentences."""
        return tuple(dict.fromkeys(name for n in sentences for name in self.sentences[n].segments))

    def text(self, sentences: Sequence[int]) -> str:
        """The words of these sentences."""
        return " ".join(self.sentences[n].text for n in sentences)

    def whole(self, at: int) -> range:
        """The sentence with those in which it goes on, and those that go on in it."""
        first = last = at
        while first and self.sentences[first - 1].open:
            first -= 1
        while self.sentences[last].open:
            last += 1
        return range(first, last + 1)

    def _is_copy(self, run: range, text: str, stated: Sequence[str]) -> bool:
        if not (_follows(stated, self._expected(run)) or self._follows_correction(stated, run)):
            return False
        said, parts = self.text(run), [self.sentences[n].text for n in run]
        if quotation_marks(said) != quotation_marks(text):
            return False
        if self._english and joined_numbers(text) not in map(joined_numbers, (said, _corrected(said))):
            return False
        return not _lost_capitals(parts, text, english=self._english)

    def _follows_correction(self, stated: Sequence[str], run: range) -> bool:
        """Whether it is what remains where one sentence corrects another: "at four" of "At three. No, four."."""
        if not (self._english and any(self.sentences[n].open for n in run)):
            return False
        said = self.text(run)
        left = _corrected(said)
        pieces = [[[*_flagged(piece, "en"), _Word(_end(piece), needed=True)]] for piece in split(left)]
        return left != said and _follows(stated, pieces)

    @cached_property
    def _english(self) -> bool:
        return self.spoken.language in (None, "en")

    def _expected(self, run: range) -> Iterator[list[list[_Word]]]:
        """For each sentence of the run the ways in which it may be written, with its end."""
        for n in run:
            sentence, inside = self.sentences[n], n != run.stop - 1
            if sentence.marked:
                end = [[_Word(_end(sentence.text), needed=True)]]
            else:
                end = [[_Word(".", needed=not inside)], [_Word("?", needed=not inside)]]
            yield [[*way, *mark] for way in self._ways[n] for mark in end]

    def _ways_of(self, text: str) -> list[list[_Word]]:
        language = self.spoken.language or "en"
        texts = [text, _corrected(text)] if self._english else [text]
        return [_flagged(way, language) for way in dict.fromkeys(texts)]


@lru_cache(maxsize=512)
def _corrected(text: str) -> str:
    return corrected(text, read([("", text)]).tokens)


def _stated(text: str) -> list[str]:
    """The words of a copy, with the ends of its sentences."""
    made: list[str] = []
    for piece in split(text):
        made += [*bare_words(piece), _end(piece)]
    return made


def _end(sentence: str) -> str:
    """The mark that ends a sentence, where it asks or says."""
    return "?" if set(sentence[-3:]) & ASKING else "."


def _follows(stated: Sequence[str], expected: Iterable[Sequence[Sequence[_Word]]]) -> bool:
    """Whether *stated* is the expected words, sentence by sentence, without some that are not needed."""
    places = {0}
    for ways in expected:
        places = {end for way in ways for end in _ends_of(stated, places, way)}
        if not places:
            return False
    return len(stated) in places


def _ends_of(stated: Sequence[str], places: set[int], way: Sequence[_Word]) -> set[int]:
    for word in way:
        kept = {at + 1 for at in places if at < len(stated) and stated[at] == word.low}
        places = kept if word.needed else kept | places
        if not places:
            break
    return places


def _flagged(text: str, language: str) -> list[_Word]:
    """The words of a spoken sentence, each with whether it is needed."""
    placed = list(placed_words(text))
    words = [word for word, _ in placed]
    spare = {n for n, word in enumerate(words) if word in SOUNDS.get(language, SOUNDS["en"])}
    aside = [m.span() for pattern in (_BROKEN, *([_ASIDE] if language == "en" else [])) for m in pattern.finditer(text)]
    spare |= {n for n, (_, at) in enumerate(placed) if any(first <= at < end for first, end in aside)}
    spare |= set(_leading(words, spare, LEADS.get(language, frozenset())))
    rest = [n for n in range(len(words)) if n not in spare]
    spare |= set(_repeated(words, rest, language))
    if len(spare) == len(words):
        spare = set()
    return [_Word(word, n not in spare) for n, word in enumerate(words)]


def _leading(words: Sequence[str], spare: set[int], leads: frozenset[str]) -> Iterator[int]:
    for n, word in enumerate(words):
        if word in leads:
            yield n
        elif n not in spare:
            return


def _repeated(words: Sequence[str], places: Sequence[int], language: str) -> Iterator[int]:
    """Places of words that are said again at once."""
    for width in range(1, _LONGEST_REPEAT + 1):
        for at in range(len(places) - 2 * width + 1):
            run = [words[n] for n in places[at : at + width]]
            again = [words[n] for n in places[at + width : at + 2 * width]]
            if run == again and _may_be_stutter(run, language):
                yield from places[at : at + width]


def _may_be_stutter(run: Sequence[str], language: str) -> bool:
    kinds = {token.kind for token in read([("", " ".join(run))], language).tokens}
    if kinds & {"number", "time"} or any(any(c.isdigit() for c in word) for word in run):
        return False
    if len(run) > 1:
        return True
    small = run[0] in STOPWORDS if language == "en" else len(run[0]) <= _SHORT_WORD
    return small and run[0] not in NO_STUTTER


def _lost_capitals(said: Sequence[str], text: str, *, english: bool) -> bool:
    """Whether a word inside a sentence lost its capital, or in English got one, as a name has it."""
    inside = _forms(word for sentence in said for piece in split(sentence) for word in _letters(piece)[1:])
    everywhere = {word for sentence in said for word in _letters(sentence)}
    for low, forms in _forms(word for piece in split(text) for word in _letters(piece)[1:]).items():
        known = inside.get(low, set())
        if known and all(f[0].isupper() for f in known) and any(f[0].islower() for f in forms):
            return True
        if english and low != "i" and any(f[0].isupper() and f not in everywhere for f in forms):
            return True
    return False


def _letters(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)


def _forms(words: Iterable[str]) -> dict[str, set[str]]:
    """The words by their lower case."""
    found: dict[str, set[str]] = {}
    for word in words:
        found.setdefault(word.lower(), set()).add(word)
    return found
