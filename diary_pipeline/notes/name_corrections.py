"""Corrections of names: where a person wrote a name over words of a page that were recognised for it.

A correction is sure where the recognised words are no name, place or word of the language and sound alike. Others may
be a changed fact, or hold this time only: they are learnt when the same one was made again on another memo.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial

from diary_pipeline.notes.extract.spelling import may_be_misrecognised
from diary_pipeline.notes.language.lexicon.clause_edges import DAY_WORDS, PERSON_LEADS, PLACE_LEADS
from diary_pipeline.notes.language.lexicon.languages import LISTED_LANGUAGES
from diary_pipeline.notes.language.lexicon.people import SPOKEN_TITLES
from diary_pipeline.notes.language.lexicon.stopwords import STOPWORDS
from diary_pipeline.notes.language.names import given_names
from diary_pipeline.notes.language.reading import read
from diary_pipeline.notes.language.word_list import frequency
from diary_pipeline.notes.sounds import same_letters, sound_alike

COMMON, RARE = 10_000, 1_000
"""Counts of the word lists. A capitalised word below `COMMON` is seldom a sentence's first word ("Mark", "Will"); a
phrase with a word below `RARE` ("shiv on") has no meaning."""
MAX_WORDS = 3
SAME_LINE, MAX_PAIRS = 0.6, 400
"""Share of common words from which two lines are one line that a person changed; with more pairs of lines, nothing
is compared."""
_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\w+|[.!?…:]")  # noqa: RUF001
_CLOCK = re.compile(r"^## (\d\d:\d\d)")
_TITLES = SPOKEN_TITLES | PERSON_LEADS


@dataclass(frozen=True)
class NameCorrection:
    """Recognised words and the name that a person wrote over them; *memo*: the time of the memo, "09:00".

    *sure*: the words can mean nothing else, so that the correction is learnt at once.
    """

    recognised: str
    name: str
    memo: str = ""
    sure: bool = True


@dataclass(frozen=True)
class _Words:
    """Words of a line; *first*: places of those that open a sentence, where a capital marks no name."""

    words: tuple[str, ...]
    first: frozenset[int]

    @classmethod
    def of(cls, line: str) -> "_Words":
        tokens = _TOKEN.findall(_LINK.sub(" ", line).replace("\\", ""))
        places = [n for n, token in enumerate(tokens) if token[0].isalnum()]
        first = {at for at, n in enumerate(places) if n == 0 or not tokens[n - 1][0].isalnum()}
        return cls(tuple(tokens[n] for n in places), frozenset(first))

    def lows(self) -> list[str]:
        return [word.lower() for word in self.words]


def name_corrections(base: str, edited: str, language: str = "en") -> list[NameCorrection]:
    """The corrections of names from *base* to *edited*, in order, each once for a memo.

    Words that were corrected in two ways, or have a meaning and were left somewhere else, are left out.
    """
    found: dict[tuple[str, str], NameCorrection] = {}
    names: dict[str, set[str]] = {}
    for memo, before, after in _changed_lines(base, edited):
        for one in _of_line(before, after, language):
            names.setdefault(one.recognised, set()).add(one.name)
            found.setdefault((one.recognised, memo), NameCorrection(one.recognised, one.name, memo, one.sure))
    left = f" {' '.join(word for line in edited.splitlines() for word in _Words.of(line).lows())} "
    return [
        one
        for one in found.values()
        if len(names[one.recognised]) == 1
        and (f" {one.recognised.lower()} " not in left or not _is_known(one.recognised, language))
    ]


def _changed_lines(base: str, edited: str) -> Iterator[tuple[str, _Words, _Words]]:
    """The memo of each changed line, and the line before and after; lines that a person added are skipped."""
    (old, memos), (new, _) = _lines(base), _lines(edited)
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = [_Words.of(line) for line in old[i:j]], [_Words.of(line) for line in new[k:m]]
        if kind == "replace" and len(before) == len(after):
            yield from zip(memos[i:j], before, after, strict=True)
        elif kind == "replace" and len(before) * len(after) <= MAX_PAIRS:
            for memo, line in zip(memos[i:j], before, strict=True):
                best = max(after, key=partial(_similarity, line))
                if _similarity(line, best) >= SAME_LINE:
                    yield memo, line, best


def section_of(text: str, words: str) -> str | None:
    """How the heading begins of the memo of which a line holds these words: "## 09:00"; None where none does."""
    heading = None
    for line in text.splitlines():
        if line.startswith("## "):
            clock = _CLOCK.match(line)
            heading = clock[0] if clock else None
        elif words in line:
            return heading
    return None


def _lines(text: str) -> tuple[list[str], list[str]]:
    """The lines of a page, and of each the time of its memo."""
    lines, memos, memo = [], [], ""
    for line in text.splitlines():
        if clock := _CLOCK.match(line):
            memo = clock[1]
        elif line.startswith("## "):
            memo = ""
        if line.strip() and not line.startswith("<small>"):
            lines.append(line)
            memos.append(memo)
    return lines, memos


def _similarity(one: _Words, other: _Words) -> float:
    return SequenceMatcher(None, one.lows(), other.lows(), autojunk=False).ratio()


def _of_line(before: _Words, after: _Words, language: str) -> Iterator[NameCorrection]:
    for i, j, k, m in _changed_words(before, after):
        recognised, name = _without_possessive(" ".join(before.words[i:j]), " ".join(after.words[k:m]))
        if not _is_name(name.split(), after, k, language) or same_letters(recognised, name):
            continue
        place = before.lows()[i - 1] in PLACE_LEADS.get(language, ()) if i else False
        kind_of = _kind(recognised.split(), language, first=i in before.first, place=place)
        if kind_of == "sure" and not sound_alike(recognised, name):
            continue
        if kind_of != "never":
            keeps_case = _are_capitalised(recognised.split()) and i not in before.first
            yield NameCorrection(recognised if keeps_case else recognised.lower(), name, sure=kind_of == "sure")


def _changed_words(before: _Words, after: _Words) -> Iterator[tuple[int, int, int, int]]:
    """Where a few words were written over a few others; of as many words each by itself."""
    for kind, i, j, k, m in SequenceMatcher(None, before.lows(), after.lows(), autojunk=False).get_opcodes():
        if kind != "replace" or j - i > MAX_WORDS or m - k > MAX_WORDS:
            continue
        if j - i == m - k:
            yield from ((i + n, i + n + 1, k + n, k + n + 1) for n in range(j - i))
        else:
            yield i, j, k, m


def _without_possessive(words: str, name: str) -> tuple[str, str]:
    """Both without a possessive ending that both have."""
    ending = ("'s", "’s")  # noqa: RUF001
    return (words[:-2], name[:-2]) if words.endswith(ending) and name.endswith(ending) else (words, name)


def _are_capitalised(words: Sequence[str]) -> bool:
    return all(word[0].isupper() and any(letter.islower() for letter in word) for word in words)


def _is_name(words: Sequence[str], line: _Words, at: int, language: str) -> bool:
    """Whether these words of a line are a name: by a capital inside a sentence, else as no word of the language."""
    low = [word.lower() for word in words]
    if not _are_capitalised(words) or set(low) & (DAY_WORDS.get(language, frozenset()) | STOPWORDS):
        return False
    if any(re.split(r"['’]", word)[0] in STOPWORDS for word in low if language == "en"):  # noqa: RUF001
        return False
    if at in line.first or language == "de":
        titled = at > 0 and line.lows()[at - 1] in _TITLES | PLACE_LEADS.get(language, frozenset())
        return titled or all(word in given_names() or not _frequency(word, language) for word in low)
    return True


def _kind(words: Sequence[str], language: str, *, first: bool, place: bool) -> str:
    """Whether a name may be learnt for these words: "sure" at once, "maybe" when it is corrected again, "never"."""
    text = " ".join(words)
    if not all(word[0].isalpha() for word in words) or not _may_be_a_name(text, language):
        return "never"
    counts = [_frequency(word, language) for word in words]
    given = any(word.lower() in given_names() for word in words)
    if language in LISTED_LANGUAGES and not given and not place:
        foreign = any(frequency(word) for word in words) if _are_capitalised(words) else False
        if not any(counts) and not foreign:
            return "sure"
        if len(words) > 1 and min(counts) < RARE and not _are_capitalised(words):
            return "sure"
    named = _are_capitalised(words) and not first
    return "maybe" if (named and min(counts) < COMMON) or given or min(counts) < RARE else "never"


def _may_be_a_name(text: str, language: str) -> bool:
    """Whether it is no number, day, denial or word of grammar."""
    low = set(text.lower().split())
    kinds = {token.kind for token in read([("", text)], language).tokens}
    return (
        may_be_misrecognised(text)
        and not kinds & {"number", "time", "date"}
        and not low & DAY_WORDS.get(language, frozenset())
    )


def _is_known(text: str, language: str) -> bool:
    return any(_frequency(word, language) or word.lower() in given_names() for word in text.split())


def _frequency(word: str, language: str) -> int:
    """How common a word is; in a language without a list nobody knows."""
    return frequency(word, language) if language in LISTED_LANGUAGES else 0
