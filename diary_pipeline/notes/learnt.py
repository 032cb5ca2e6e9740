"""Names learnt from corrections: where a person wrote a name over what was misheard, the diary remembers it for this author.

Only what can be nothing else is learnt: a word with a capital, like in its letters to the words that it replaces, in the place of words
that say nothing else. English pages alone: elsewhere a capital is no name.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from functools import cache, partial
from typing import TYPE_CHECKING

from diary_pipeline.notes.extract.spelling import may_be_misrecognised
from diary_pipeline.notes.language.lexicon.dates import MONTHS, WEEKDAYS
from diary_pipeline.notes.language.lexicon.stopwords import STOPWORDS
from diary_pipeline.notes.language.names import given_names
from diary_pipeline.schema import DiaryDay
from diary_pipeline.store import page_path
from diary_pipeline.vocabulary import VocabularyEntry, known_mistakes, learn
from diary_pipeline.work import Work

if TYPE_CHECKING:
    from spellchecker import SpellChecker

LIKE = 60.0
"""Least likeness of the letters, 0 to 100: niner and Nina have 67, shiv on and Siobhan 62, bread and Tomas 0."""

COMMON, RARE = 10_000, 1_000
"""How often the word list counted a word: "Mark" and "Will" open more sentences than they name people; a phrase with "shiv" is none."""

MOST_WORDS, MOST_PAGES, MOST_PER_PAGE = 3, 31, 10
SAME_LINE, MOST_PAIRS = 0.6, 400
"""A line with so many of its words is the line that a person changed.

With more pairs to compare, the page is another one.
"""
_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\w+|[.!?…:]")  # noqa: RUF001


def learn_names(work: Work, authors: Sequence[str]) -> int:
    """Look at each author's newest pages for names that a person corrected; returns how many were learnt.

    Only where pages lie in a folder: what a bucket's pages say may not come home, nor private names leave it.
    """
    count = 0
    for author in authors if work.store.is_local else ():
        known = known_mistakes(work.settings.root, author)
        for day, base, edited in _edited_pages(work, author):
            found = [(h, n) for h, n in corrected_names(base, edited) if h.lower() not in known][:MOST_PER_PAGE]
            if found and _english(work, author, day):
                count += len(
                    learn(work.settings.root, author, [VocabularyEntry(name, heard, day) for heard, name in found])
                )
    return count


def _edited_pages(work: Work, author: str) -> Iterator[tuple[date, str, str]]:
    folder = work.store.root / page_path(author, date.min).rpartition("/")[0]
    days = sorted(file.stem for file in folder.glob("????-??-??.md")) if folder.is_dir() else []
    for day in days[-MOST_PAGES:]:
        place = page_path(author, date.fromisoformat(day))
        page, made = work.store.read(f"{place}.md", "standard"), work.store.read(f"{place}.json", "standard")
        if page is None or made is None:
            continue
        base, edited = DiaryDay.model_validate_json(made).markdown, page.decode("utf-8", "replace")
        if base != edited:
            yield date.fromisoformat(day), base, edited


def _english(work: Work, author: str, day: date) -> bool:
    heard = [r.spoken_language or r.language for r, _ in work.catalog.recordings.all([day]) if r.author == author]
    return all(language in (None, "en") for language in heard)


def corrected_names(base: str, edited: str) -> list[tuple[str, str]]:
    """What was heard, and the name that a person wrote over it; in order, each once.

    What was corrected in two ways is left out.
    """
    found: dict[str, set[str]] = {}
    for before, after in _changed_lines(base, edited):
        for heard, name in _changed_words(before, after):
            found.setdefault(heard, set()).add(name)
    single = [(heard, names.pop()) for heard, names in found.items() if len(names) == 1]
    return [(heard, name) for heard, name in single if _frequency(heard) == 0 or not _stands(heard, edited)]


def _changed_lines(base: str, edited: str) -> Iterator[tuple[list[str], list[str]]]:
    """Lines before and after, as tokens; lines that a person added beside them are passed over."""
    old, new = (
        [line for line in text.splitlines() if line.strip() and not line.startswith("<small>")]
        for text in (base, edited)
    )
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = [_tokens(line) for line in old[i:j]], [_tokens(line) for line in new[k:m]]
        if kind == "replace" and len(before) == len(after):
            yield from zip(before, after, strict=True)
        elif kind == "replace" and len(before) * len(after) <= MOST_PAIRS:
            for line in before:
                best = max(after, key=partial(_same, line))
                if _same(line, best) >= SAME_LINE:
                    yield line, best


def _same(one: list[str], other: list[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _tokens(line: str) -> list[str]:
    return _TOKEN.findall(_LINK.sub(" ", line).replace("\\", ""))


def _changed_words(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "replace" and j - i <= MOST_WORDS and m - k <= MOST_WORDS:
            heard, name = _bare(" ".join(before[i:j]), " ".join(after[k:m]))
            if not _capitals(after[k:m]) or not _alike(heard, name):
                continue
            if _is_name(after[k:m], first=_opens(after, k)) and _replaceable(before[i:j], first=_opens(before, i)):
                yield (heard if _capitals(before[i:j]) and not _opens(before, i) else heard.lower()), name


def _bare(heard: str, name: str) -> tuple[str, str]:
    """Both without the ending that says whose."""
    whose = ("'s", "’s")  # noqa: RUF001
    return (heard[:-2], name[:-2]) if heard.endswith(whose) and name.endswith(whose) else (heard, name)


def _opens(tokens: Sequence[str], at: int) -> bool:
    """Whether a sentence begins here, where a capital says nothing."""
    return at == 0 or not tokens[at - 1][0].isalnum()


def _capitals(words: Sequence[str]) -> bool:
    return all(word[0].isupper() and any(letter.islower() for letter in word) for word in words)


def _is_name(words: Sequence[str], *, first: bool) -> bool:
    low = [word.lower() for word in words]
    if any(word in STOPWORDS or word in WEEKDAYS or word in MONTHS for word in low):
        return False
    return not first or all(word in given_names() or not _frequency(word) for word in low)


def _replaceable(words: Sequence[str], *, first: bool) -> bool:
    """Whether these words may stand for the name wherever they are heard, and would otherwise say nothing."""
    if not all(word[0].isalpha() for word in words) or not may_be_misrecognised(" ".join(words)):
        return False
    rarest = min(_frequency(word) for word in words)
    if _capitals(words) and not first:
        return rarest < COMMON
    return rarest < RARE if len(words) > 1 else rarest == 0


def _alike(heard: str, name: str) -> bool:
    from rapidfuzz import fuzz

    letters = [re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", words).lower()) for words in (heard, name)]
    return letters[0] != letters[1] and fuzz.ratio(*letters) >= LIKE


def _stands(heard: str, text: str) -> bool:
    """Whether the person left these words somewhere else: then they may mean something else there."""
    return f" {heard} " in f" {' '.join(_tokens(text))} "


def _frequency(word: str) -> int:
    """How common an English word is; 0: it is none."""
    return int(_word_list().word_frequency[word.lower()]) if " " not in word else 1


@cache
def _word_list() -> "SpellChecker":
    from spellchecker import SpellChecker

    return SpellChecker(language="en")
