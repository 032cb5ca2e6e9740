"""Names as their author spells them, in place of the words that were recognised: the one edit that replaces words.

Only words that the author's files list with the name (`vocabulary`) are replaced. A number, a day, a denial or a
stopword stands for no name, whatever a file says.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.language.lexicon.dates import MONTHS, RELATIVE_DAYS, WEEKDAYS
from diary_pipeline.notes.language.lexicon.negation import NEGATIONS
from diary_pipeline.notes.language.lexicon.stopwords import STOPWORDS
from diary_pipeline.notes.language.reading import read
from diary_pipeline.schema import Event, Statement, Todo
from diary_pipeline.vocabulary import VocabularyEntry

_LONG = 6
"""Letters of a name from which one with an "s" behind it is its genitive: "Nguins"; James is not Jame's."""
_FIXED = NEGATIONS | frozenset(WEEKDAYS) | frozenset(MONTHS) | frozenset(RELATIVE_DAYS)


@lru_cache(maxsize=4096)
def may_be_misrecognised(words: str) -> bool:
    """Whether *words* may be what was recognised for a name."""
    low = words.lower().split()
    kinds = {token.kind for token in read([("", words)]).tokens}
    return (
        bool(low) and not kinds & {"number", "time", "date"} and not _FIXED & set(low) and not STOPWORDS.issuperset(low)
    )


def spellings(known: Iterable[VocabularyEntry], day: date | None, memo: str = "") -> dict[str, str]:
    """Words as recognised to the name that they stand for on *day*, in the memo of this time ("09:00").

    Words listed with two names stand for none: that would be a guess.
    """
    found: dict[str, set[str]] = {}
    for entry in known:
        holds = entry.since is None or (day is not None and day >= entry.since)
        if entry.only:
            holds = (entry.since, entry.memo) == (day, memo)
        if entry.recognised and holds and not re.search(r"\d", entry.name) and may_be_misrecognised(entry.recognised):
            found.setdefault(entry.recognised, set()).add(entry.name)
    return {recognised: names.pop() for recognised, names in found.items() if len(names) == 1}


def spelt(text: str, vocabulary: Mapping[str, str]) -> str:
    """*text* with the names of *vocabulary* (words as recognised -> name).

    Words listed with a capital are replaced only with it, long ones also with an "s" behind them, as a genitive has it.
    All at once, and never inside a name that is right already: "Ann" for "Ann Marie" makes no "Ann Marie Marie".
    """
    if not vocabulary:
        return text
    known = {f"{way}s": f"{name}s" for way, name in vocabulary.items() if way[0].isupper() and len(way) >= _LONG}
    known |= vocabulary
    ways = {name: (name, False) for name in known.values()} | {
        recognised: (name, recognised.islower()) for recognised, name in known.items()
    }
    pattern = "|".join(
        f"(?i:{re.escape(w)})" if ways[w][1] else re.escape(w) for w in sorted(ways, key=lambda w: (-len(w), w))
    )
    exact = {way: name for way, (name, _) in ways.items()}
    bounded = rf"(?<![\w'’-])(?:{pattern})(?![\w-])"  # noqa: RUF001 - a typographic apostrophe is meant
    return re.sub(bounded, lambda m: exact.get(m[0]) or exact.get(m[0].lower(), m[0]), text)


def respelt(draft: Draft, vocabulary: Mapping[str, str]) -> Draft:
    """The note with its author's names. What is quoted (`said`, highlights) stays as it was recognised."""
    if not vocabulary:
        return draft

    def respelled(parts: Iterable[Statement | Todo | Event]) -> tuple[Statement | Todo | Event, ...]:
        return tuple(part.model_copy(update={"text": spelt(part.text, vocabulary)}) for part in parts)

    changed = {name: respelled(getattr(draft, name)) for name in ("statements", "also_said", "todos", "events")}
    names = {
        name: tuple(dict.fromkeys(spelt(one, vocabulary) for one in getattr(draft, name)))
        for name in ("people", "places")
    }
    return draft.model_copy(update={"title": spelt(draft.title, vocabulary), **changed, **names})
