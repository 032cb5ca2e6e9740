"""The spoken sentences of a transcript, and where one may begin and end.

Segments end at marks or at pauses, so a sentence may go on in the next segment. Where that is possible, the two are
one: what is cut off there might be what the sentence denies, reports or supposes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.language.lexicon.abbreviations import ABBREVIATIONS
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_FORMS
from diary_pipeline.notes.language.lexicon.clause_edges import (
    CONDITIONS,
    JOINERS,
    OPEN_ENDS,
    TAKING_BACK,
    THAT_CLAUSES,
)
from diary_pipeline.notes.language.sentence_ends import is_abbreviated
from diary_pipeline.schema import Segment

_END = re.compile(r"(?P<mark>[.!?]+)[\"”’'»)\]]*(?=\s|$)|[。！？؟।]+[」』”\"]*\s*")  # noqa: RUF001
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」")
ASKING = frozenset("?？؟")  # noqa: RUF001 - full-width and Arabic
"""Marks that end a question."""
_WIDE = re.compile(r"([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff])")
_MARKED = re.compile(r"(?<!\.)[.!?][\"”’'»)\]]*$|[!?]+\.*[\"”’'»)\]]*$|[。！？؟।][」』”\"]*$")  # noqa: RUF001
_SHORT_FRAGMENT, _ASIDE, _MOSTLY = 5, 2, 0.5
_SHORT = 3
"""So few words without a mark are the beginning of a sentence: "they suspect", "I dreamt"."""


@dataclass(frozen=True)
class SpokenSentence:
    """A sentence as it was spoken.

    *marked*: a mark ends it, so that whoever copies it and the next must write one too. *open*: it may go on in the
    next sentence, so that a copy may not end here.
    """

    text: str
    segments: tuple[str, ...]
    marked: bool
    open: bool


def spoken_sentences(spoken: SpokenSource) -> tuple[SpokenSentence, ...]:
    """All sentences of the transcript, in order."""
    pieces = [(piece, segment) for segment in spoken.segments for piece in split(segment.text)]
    marked = [bool(_MARKED.search(piece)) for piece, _ in pieces]
    mostly = sum(marked) > _MOSTLY * len(marked)
    made = []
    for at, (piece, segment) in enumerate(pieces):
        following = pieces[at + 1] if at + 1 < len(pieces) else None
        goes_on = following is not None and _goes_on(
            (piece, segment), following, spoken.language or "en", marked=marked[at], mostly=mostly
        )
        made.append(SpokenSentence(piece, (segment.id,), marked[at], goes_on))
    return tuple(made)


def split(text: str) -> list[str]:
    """*text* in sentences, as its marks have them; quoted words and abbreviations are not cut."""
    quoted = [m.span() for m in _QUOTED.finditer(text)]
    pieces, start = [], 0
    for match in _END.finditer(text):
        inside = any(first < match.start() and match.end() < end for first, end in quoted)
        if not inside and _ends(text, start, match):
            pieces.append(text[start : match.end()])
            start = match.end()
    pieces.append(text[start:])
    return [piece.strip() for piece in pieces if re.search(r"\w", piece)]


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    mark, after = match["mark"], text[match.end() :].lstrip(" \"'“‘(¿¡[„«")  # noqa: RUF001
    if mark is None:
        return True
    if mark.startswith("..") or after[:1].islower():
        return False
    if mark == "." and is_abbreviated(text, match.start()):
        return False
    before = re.search(r"([^\W_][\w.]*)$", text[start : match.start()])
    word = before[1].lower() if before and mark == "." else ""
    initial = len(word) == 1 and word != "i" and bool(after)
    return not (word in ABBREVIATIONS or "." in word or initial or (word.isdigit() and bool(after)))


def _goes_on(
    here: tuple[str, Segment], following: tuple[str, Segment], language: str, *, marked: bool, mostly: bool
) -> bool:
    """Whether the sentence may go on in the following one. *mostly*: most sentences here end with a mark."""
    (text, segment), (after, next_segment) = here, following
    words, next_words = bare_words(text), bare_words(after)
    if segment is not next_segment and mostly and (not marked or after[:1].islower()):
        return True
    if _takes_back(next_words, language) or _fragment(next_words, language):
        return True
    return not marked and (_is_joined(next_words, language) or _is_open(text, words, language))


def _is_joined(words: Sequence[str], language: str) -> bool:
    """As in "and buy stamps"; not in "that was all"."""
    pronoun = words[:1] == ["that"] and bool(set(words[1:2]) & BE_FORMS)
    return bool(words) and words[0] in JOINERS.get(language, ()) and not pronoun


def _takes_back(words: Sequence[str], language: str) -> bool:
    """As in "Not.", "No, at four." and "That's what Paul says." after a sentence."""
    openers = [phrase.split() for phrase in TAKING_BACK.get(language, ())]
    return any(words[: len(p)] == p and len(words) <= 2 * len(p) + _ASIDE for p in openers)


def _fragment(words: Sequence[str], language: str) -> bool:
    """As in "If he asks." after "I'll marry him."."""
    return 0 < len(words) <= _SHORT_FRAGMENT and words[0] in CONDITIONS.get(language, ())


def _is_open(text: str, words: Sequence[str], language: str) -> bool:
    if re.search(r"[,:;–—-]\s*$|(?:\.\.\.|…)\s*$", text) or not words:  # noqa: RUF001
        return True
    if len(words) <= _SHORT:
        return True
    that = language == "en" and words[-1] == "that" and len(words) > 1 and words[-2] in THAT_CLAUSES
    return that or words[-1] in OPEN_ENDS.get(language, ())


def bare_words(text: str) -> list[str]:
    """The words of *text*, lower case, without marks; where writing has no spaces, its signs."""
    return [word for word, _ in placed_words(text)]


def placed_words(text: str) -> Iterator[tuple[str, int]]:
    """The words with their places. "Three-fifty" and "3.50" are one word."""
    plain = text.lower().replace("’", "'")  # noqa: RUF001
    for match in re.finditer(r"[^\W_]+(?:['.,:-][^\W_]+)*|[£$€%+]|(?<![\w-])[-−](?=\d)", plain):  # noqa: RUF001
        if _WIDE.search(match[0]):
            yield from ((sign, match.start() + n) for n, sign in enumerate(match[0]))
        else:
            yield match[0], match.start()
