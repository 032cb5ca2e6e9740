"""Complements: "voted for the pond" is not "voted for the bridge", though the source has both nouns."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.lexicon.determiners import NOUN_OPENERS
from diary_pipeline.notes.language.lexicon.prepositions import PREPOSITIONS
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.synonyms import alike

_COMPLEMENT_KINDS = ("word", "name")
_LINKS = PREPOSITIONS | {"against", "than", "as"}
_LOOSE = frozenset(("of", "to", "as"))
"""Behind these a paraphrase may have a word of its own."""
_REACH = 5


def wrong_complements(found: Alignment) -> Iterator[str]:
    """A noun or name behind a word that has another complement in the source, one that the statement leaves out."""
    exact = found.exact()
    for here in found.statement.content:
        governor, link = _governor(found.statement, here)
        if here not in exact and (here in found.pairs or link in _LOOSE):
            continue
        if governor is None or governor not in exact or found.statement.tokens[here].kind not in _COMPLEMENT_KINDS:
            continue
        same = [
            n
            for n in _occurrences(found.source, found.statement.tokens[governor].key)
            if link or _verb(found.source, n)
        ]
        others = [other for n in same if (other := _argument(found.source, n, link)) is not None]
        kept = set(found.pairs.values()) | found.source.retracted | found.source.denied
        if not others or kept & set(others) or not (link or _verb(found.statement, governor)):
            continue
        if all(_excludes(found, n, here) for n in (*same, *others)):
            yield "role"


def _occurrences(reading: Reading, key: str) -> list[int]:
    return [n for n, t in enumerate(reading.tokens) if t.key == key and t.content]


def _verb(reading: Reading, at: int) -> bool:
    return any(clause.predicate == at for clause in reading.clauses)


def _governor(reading: Reading, at: int) -> tuple[int | None, str]:
    """The content word before the one at *at*, and the preposition between them ("" if there is none)."""
    link = ""
    for n in range(at - 1, max(-1, at - 4), -1):
        token = reading.tokens[n]
        if token.content:
            return (n, link) if token.kind in _COMPLEMENT_KINDS else (None, link)
        if token.low in _LINKS and not link:
            link = token.low
        elif token.low not in NOUN_OPENERS:
            return None, link
    return None, link


def _argument(reading: Reading, governor: int, link: str) -> int | None:
    """The first noun or name behind *governor* and *link*."""
    seen = ""
    for n in range(governor + 1, min(len(reading.tokens), governor + _REACH)):
        token = reading.tokens[n]
        if token.content:
            return n if token.kind in _COMPLEMENT_KINDS and seen == link else None
        if token.low in _LINKS and not seen:
            seen = token.low
        elif token.low not in NOUN_OPENERS:
            return None
    return None


def _excludes(found: Alignment, at: int, here: int) -> bool:
    """Whether neither the stated word nor a synonym of it is said behind the word at *at*."""
    stated = found.statement.tokens[here].key
    return not any(alike(t.key, stated) for t in found.source.tokens[at : at + _REACH + 1])
