"""Names learned from corrections: where a person wrote a name over misrecognised words of a page, it is stored.

Only unambiguous corrections are learned: a capitalised word that resembles the words it replaces, where these have no
other meaning. English pages only: in other languages a capital does not mark a name.
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
from diary_pipeline.notes.page.publish import edited_from, read_day
from diary_pipeline.store import page_path
from diary_pipeline.vocabulary import VocabularyEntry, known_mistakes, learn
from diary_pipeline.work import Work

if TYPE_CHECKING:
    from spellchecker import SpellChecker

MIN_SIMILARITY = 60.0
"""Least similarity of the letters, 0 to 100: niner and Nina have 67, shiv on and Siobhan 62, bread and Tomas 0."""

COMMON, RARE = 10_000, 1_000
"""Counts of the word list. A capitalised word below `COMMON` is seldom a sentence's first word ("Mark", "Will"); a
phrase with a word below `RARE` ("shiv on") has no meaning."""

MAX_WORDS, MAX_PAGES, MAX_PER_PAGE = 3, 31, 10
SAME_LINE, MAX_PAIRS = 0.6, 400
"""Share of common words from which two lines are one line that a person changed; with more pairs of lines, nothing
is compared."""
_LINK = re.compile(r"\[[^\]]*\]\([^)]*\)")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\w+|[.!?…:]")  # noqa: RUF001


def learn_names(work: Work, authors: Sequence[str]) -> int:
    """Learn the names that a person corrected on each author's newest pages; returns how many were new.

    Only where the store is a folder: names of a bucket's pages must not be stored here, nor private names there.
    """
    count = 0
    for author in authors if work.store.is_local else ():
        known = known_mistakes(work.settings.root, author)
        for day, base, edited in _edited_pages(work, author):
            found = [(w, n) for w, n in corrected_names(base, edited) if w.lower() not in known][:MAX_PER_PAGE]
            if found and _is_english(work, author, day):
                new = [VocabularyEntry(name, recognised, day) for recognised, name in found]
                count += len(learn(work.settings.root, author, new))
    return count


def _edited_pages(work: Work, author: str) -> Iterator[tuple[date, str, str]]:
    folder = work.store.root / page_path(author, date.min).rpartition("/")[0]
    days = sorted(file.stem for file in folder.glob("????-??-??.md")) if folder.is_dir() else []
    for day in days[-MAX_PAGES:]:
        path = page_path(author, date.fromisoformat(day))
        page, made = work.store.read(f"{path}.md", "standard"), work.store.read(f"{path}.json", "standard")
        composed = read_day(made)
        if page is None or composed is None:
            continue
        base, edited = edited_from(composed, page)
        if base != edited:
            yield date.fromisoformat(day), base, edited


def _is_english(work: Work, author: str, day: date) -> bool:
    recordings = [r for r, _ in work.catalog.recordings.all([day]) if r.author == author]
    return all((r.spoken_language or r.language) in (None, "en") for r in recordings)


def corrected_names(base: str, edited: str) -> list[tuple[str, str]]:
    """(recognised words, name that a person wrote instead), in order, each once.

    Words that were corrected in two ways are left out.
    """
    found: dict[str, set[str]] = {}
    for before, after in _changed_lines(base, edited):
        for recognised, name in _changed_words(before, after):
            found.setdefault(recognised, set()).add(name)
    single = [(recognised, names.pop()) for recognised, names in found.items() if len(names) == 1]
    return [(words, name) for words, name in single if _frequency(words) == 0 or not _occurs(words, edited)]


def _changed_lines(base: str, edited: str) -> Iterator[tuple[list[str], list[str]]]:
    """Changed lines before and after, as tokens; lines that a person added are skipped."""
    old, new = (
        [line for line in text.splitlines() if line.strip() and not line.startswith("<small>")]
        for text in (base, edited)
    )
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        before, after = [_tokens(line) for line in old[i:j]], [_tokens(line) for line in new[k:m]]
        if kind == "replace" and len(before) == len(after):
            yield from zip(before, after, strict=True)
        elif kind == "replace" and len(before) * len(after) <= MAX_PAIRS:
            for line in before:
                best = max(after, key=partial(_similarity, line))
                if _similarity(line, best) >= SAME_LINE:
                    yield line, best


def _similarity(one: list[str], other: list[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _tokens(line: str) -> list[str]:
    return _TOKEN.findall(_LINK.sub(" ", line).replace("\\", ""))


def _changed_words(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "replace" and j - i <= MAX_WORDS and m - k <= MAX_WORDS:
            recognised, name = _without_possessive(" ".join(before[i:j]), " ".join(after[k:m]))
            if not _are_capitalised(after[k:m]) or not _are_similar(recognised, name):
                continue
            first_before, first_after = _is_sentence_start(before, i), _is_sentence_start(after, k)
            if _is_name(after[k:m], first=first_after) and _is_replaceable(before[i:j], first=first_before):
                keeps_case = _are_capitalised(before[i:j]) and not first_before
                yield (recognised if keeps_case else recognised.lower()), name


def _without_possessive(words: str, name: str) -> tuple[str, str]:
    """Both without a possessive ending that both have."""
    ending = ("'s", "’s")  # noqa: RUF001
    return (words[:-2], name[:-2]) if words.endswith(ending) and name.endswith(ending) else (words, name)


def _is_sentence_start(tokens: Sequence[str], at: int) -> bool:
    """Whether a sentence begins here, where a capital marks no name."""
    return at == 0 or not tokens[at - 1][0].isalnum()


def _are_capitalised(words: Sequence[str]) -> bool:
    return all(word[0].isupper() and any(letter.islower() for letter in word) for word in words)


def _is_name(words: Sequence[str], *, first: bool) -> bool:
    low = [word.lower() for word in words]
    if any(word in STOPWORDS or word in WEEKDAYS or word in MONTHS for word in low):
        return False
    return not first or all(word in given_names() or not _frequency(word) for word in low)


def _is_replaceable(words: Sequence[str], *, first: bool) -> bool:
    """Whether these words have no other meaning, so that the name can replace them wherever they occur."""
    if not all(word[0].isalpha() for word in words) or not may_be_misrecognised(" ".join(words)):
        return False
    rarest = min(_frequency(word) for word in words)
    if _are_capitalised(words) and not first:
        return rarest < COMMON
    return rarest < RARE if len(words) > 1 else rarest == 0


def _are_similar(recognised: str, name: str) -> bool:
    from rapidfuzz import fuzz

    letters = [re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", words).lower()) for words in (recognised, name)]
    return letters[0] != letters[1] and fuzz.ratio(*letters) >= MIN_SIMILARITY


def _occurs(words: str, text: str) -> bool:
    """Whether the person left these words somewhere else: then they may mean something else there."""
    return f" {words} " in f" {' '.join(_tokens(text))} "


def _frequency(word: str) -> int:
    """How common an English word is; 0: it is not in the list."""
    return int(_word_list().word_frequency[word.lower()]) if " " not in word else 1


@cache
def _word_list() -> "SpellChecker":
    from spellchecker import SpellChecker

    return SpellChecker(language="en")
