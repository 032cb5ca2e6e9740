"""How sure it is that recognised words were meant to be a name: by lists, capitals and the word before.

Sure is only what was heard as a name and is none that is known: "Schikowski" after "Frau", "Novack" in a sentence. In
doubt they are words: of a dialect, of another language, or of one that no list is at hand for.
"""

import re
from collections.abc import Sequence
from typing import Literal

from diary_pipeline.notes.extract.spelling import may_be_misrecognised
from diary_pipeline.notes.language.lexicon.clause_edges import (
    DAY_WORDS,
    JOINED_ARTICLES,
    OMITTED_ARTICLES,
    PERSON_LEADS,
    PLACE_LEADS,
)
from diary_pipeline.notes.language.lexicon.languages import COMPOUNDING_LANGUAGES, LISTED_LANGUAGES
from diary_pipeline.notes.language.lexicon.people import SPOKEN_TITLES
from diary_pipeline.notes.language.lexicon.stopwords import STOPWORDS
from diary_pipeline.notes.language.names import given_names
from diary_pipeline.notes.language.reading import read
from diary_pipeline.notes.language.word_list import frequency

COMMON, RARE = 10_000, 1_000
"""Counts of the word lists. A capitalised word below `COMMON` is seldom a sentence's first word ("Mark", "Will"); a
phrase with a word below `RARE` ("shiv on") has no meaning."""
PART, SHORTEST_PART = 100, 4
"""Count and letters from which a word may be a part of a compound."""
NOUNS_HAVE_CAPITALS = frozenset(("de", "lb"))
TITLES = SPOKEN_TITLES | PERSON_LEADS

Certainty = Literal["sure", "alike", "maybe", "never"]


def are_capitalised(words: Sequence[str]) -> bool:
    """Whether each begins with a capital and goes on without."""
    return all(word[0].isupper() and any(letter.islower() for letter in word) for word in words)


def is_acronym(word: str, language: str) -> bool:
    """Whether it is written in capitals only, and not because a common word was stressed."""
    return len(word) > 1 and word.isupper() and _frequency(word, language) < RARE


def _may_be_a_word(words: Sequence[str], lead: str, language: str) -> bool:
    """Whether words that no list of the language has may mean something: in a dialect, or in another language.

    What is counted or has an article is a thing; in German, what has no capital is no name.
    """
    kinds = {token.kind for token in read([("", lead)], language).tokens}
    articles = OMITTED_ARTICLES.get(language, frozenset()) | JOINED_ARTICLES.get(language, frozenset())
    if lead in articles or "number" in kinds:
        return True
    if language == "de" and not are_capitalised(words):
        return True
    if len(words) == 1 and language in COMPOUNDING_LANGUAGES and _is_compound(words[0], language):
        return True
    others = LISTED_LANGUAGES - {language}
    return len(words) == 1 and any(frequency(words[0], other) for other in others)


def _recognised_as_name(words: Sequence[str], lead: str, language: str, *, first: bool) -> bool:
    """Whether a name was heard there: by a capital inside a sentence or after a title; in German by the title alone.

    That no list has a word proves nothing: no list has all foods, medicines, shops and programs.
    """
    return are_capitalised(words) and (lead in TITLES or not (first or language in NOUNS_HAVE_CAPITALS))


def _is_compound(word: str, language: str) -> bool:
    """Whether two words of the language make it up: such nouns are in no list."""
    parts = ((word[:at], word[at:]) for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1))
    return any(_frequency(one, language) >= PART and _frequency(two, language) >= PART for one, two in parts)


def is_name(words: Sequence[str], lead: str, language: str, *, first: bool) -> bool:
    """Whether a person wrote a name: by a capital inside a sentence, else as no word of the language.

    *lead*: the word before, in lower case; *first*: they open a sentence.
    """
    low = [word.lower() for word in words]
    written = all(are_capitalised([word]) or is_acronym(word, language) for word in words)
    if not written or set(low) & (DAY_WORDS.get(language, frozenset()) | STOPWORDS):
        return False
    if any(re.split(r"['’]", word)[0] in STOPWORDS for word in low if language == "en"):  # noqa: RUF001
        return False
    if first or language == "de":
        titled = lead in TITLES | PLACE_LEADS.get(language, frozenset())
        return titled or all(word in given_names() or not _frequency(word, language) for word in low)
    return True


def certainty(words: Sequence[str], lead: str, language: str, *, first: bool) -> Certainty:
    """Whether a name may be learnt for these words.

    "sure": at once; "maybe": when it is corrected again; "alike": then, and if both sound alike.
    *lead*: the word before, in lower case, unless it is part of a name; *first*: they open a sentence.
    """
    place = lead in PLACE_LEADS.get(language, ())
    text = " ".join(words)
    if not all(word[0].isalpha() for word in words) or not _may_be_a_name(text, language):
        return "never"
    counts = [_frequency(word, language) for word in words]
    given = any(word.lower() in given_names() for word in words)
    if language in LISTED_LANGUAGES and not given and not place:
        foreign = any(frequency(word) for word in words) if are_capitalised(words) else False
        unlisted = not any(counts) and not foreign
        senseless = len(words) > 1 and min(counts) < RARE and not are_capitalised(words)
        if unlisted or senseless:
            if _may_be_a_word(words, lead, language):
                return "maybe"
            return "sure" if unlisted and _recognised_as_name(words, lead, language, first=first) else "alike"
    named = are_capitalised(words) and not first
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


def is_known(text: str, language: str) -> bool:
    """Whether a word of *text* is in a list of the language's words or of names."""
    return any(_frequency(word, language) or word.lower() in given_names() for word in text.split())


def _frequency(word: str, language: str) -> int:
    """How common a word is; in a language without a list nobody knows."""
    return frequency(word, language) if language in LISTED_LANGUAGES else 0
