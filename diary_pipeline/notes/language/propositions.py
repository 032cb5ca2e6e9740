"""Clauses of a text: the subject and the predicate of each, found by word classes and word forms, without a tagger.

Works without marks too, as a small recogniser writes: a personal pronoun opens a clause, and so does a name before a
finite verb.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from diary_pipeline.notes.language.lexicon.conjunctions import (
    ADDING_CONJUNCTIONS,
    CLAUSE_JOINERS,
    SUBORDINATORS,
)
from diary_pipeline.notes.language.lexicon.dates import PARTS_OF_DAY_AND_LUNCH
from diary_pipeline.notes.language.lexicon.determiners import NOUN_OPENERS
from diary_pipeline.notes.language.lexicon.discourse import ADVERBS
from diary_pipeline.notes.language.lexicon.people import HONORIFICS
from diary_pipeline.notes.language.lexicon.prepositions import PREPOSITIONS
from diary_pipeline.notes.language.lexicon.pronouns import (
    DUMMY_SUBJECTS,
    FIRST_PERSON,
    INDEFINITE_PERSONS,
    PERSONAL_PRONOUNS,
    THIRD_PERSON,
)
from diary_pipeline.notes.language.lexicon.speech import NARRATORS
from diary_pipeline.notes.language.verbs import ends_sentence, finite, is_passive, is_verb, main_verb
from diary_pipeline.notes.language.words import Token

_LEADS_ON = ADDING_CONJUNCTIONS | {"that"}
_JOINERS_AND_ADVERBS = CLAUSE_JOINERS | ADVERBS
_NOUN_PHRASE_WORDS = PREPOSITIONS | NOUN_OPENERS
_NOTE_NOUNS = {"note", "reminder", "memo"}
_ALWAYS_OPENS = {"because", "although"} | {"whereas", "unless"}
"""Conjunctions that open a clause whatever follows."""
_NO_CONTINUATION = DUMMY_SUBJECTS | {"this", "that"} | {"what", "you"}
"""A clause that these open does not continue the subject of the clause before."""


@dataclass(frozen=True)
class ClauseSubject:
    """The subject of a clause.

    *keys*: of its names and nouns, or the pronoun itself. *at*: its place.
    """

    kind: Literal["first", "pronoun", "name", "noun"]
    keys: frozenset[str]
    at: int


@dataclass(frozen=True)
class Clause:
    """Tokens from *first* up to *end* (not included).

    *predicate*: the place of the main verb; *key*: what it is compared by.
    """

    first: int
    end: int
    subject: ClauseSubject | None
    predicate: int | None
    key: str
    passive: bool

    def holds(self, at: int) -> bool:
        """Whether the token at *at* is in the clause."""
        return self.first <= at < self.end


def clauses(tokens: Sequence[Token]) -> tuple[Clause, ...]:
    """The clauses of *tokens*, in order; together they hold every token."""
    made: list[Clause] = []
    for first, end in _spans(tokens):
        verb = next((n for n in range(first, end) if finite(tokens, n)), None)
        predicate, key = main_verb(tokens, verb, end)
        subject = _subject(tokens, first, verb if verb is not None else end, made)
        passive = verb is not None and predicate is not None and is_passive(tokens, verb, predicate)
        made.append(Clause(first, end, subject, predicate, key, passive))
    return tuple(made)


def _spans(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Where clauses begin and end; a piece without a verb joins a neighbour in the same sentence."""
    borders = sorted({0, len(tokens), *(n for n in range(1, len(tokens)) if _opens(tokens, n))})
    spans: list[tuple[int, int]] = []
    waiting: int | None = None
    for first, end in pairwise(borders):
        verb = any(finite(tokens, n) for n in range(first, end))
        begins = first == 0 or ends_sentence(tokens[first - 1]) or tokens[first - 1].segment != tokens[first].segment
        if waiting is not None and (begins or verb):
            if begins:
                spans.append((waiting, first))
            else:
                spans.append((waiting, end))
            waiting, joined = None, not begins
            if joined:
                continue
        if verb or (
            waiting is None and not begins and spans and tokens[end - 1].kind == "mark" and not _leads(tokens, first)
        ):
            if verb:
                spans.append((first, end))
            else:
                spans[-1] = (spans[-1][0], end)
        elif waiting is None:
            waiting = first
    if waiting is not None:
        spans.append((waiting, len(tokens)))
    return spans


def _leads(tokens: Sequence[Token], first: int) -> bool:
    """Whether the piece is the subject of the next one: "and the ..."."""
    after = tokens[first + 1] if first + 1 < len(tokens) else None
    return tokens[first].low in _LEADS_ON and after is not None and (after.low in NOUN_OPENERS or _names(after))


def _names(token: Token) -> bool:
    return token.kind == "name" or token.low in HONORIFICS


def _opens(tokens: Sequence[Token], at: int) -> bool:
    """Whether a clause, or a piece of one, may begin at *at*."""
    token, before = tokens[at], tokens[at - 1]
    if token.kind == "mark":
        return False
    if before.kind == "mark" or before.segment != token.segment:
        return True
    if token.low in CLAUSE_JOINERS:
        thing = at + 1 < len(tokens) and (tokens[at + 1].low in NOUN_OPENERS or _names(tokens[at + 1]))
        return token.low in _ALWAYS_OPENS or (token.low == "that" and thing) or _clause_after(tokens, at + 1)
    if before.low in CLAUSE_JOINERS:
        return False
    if token.low in PERSONAL_PRONOUNS and before.low not in ("than", "or"):
        return not finite(tokens, at - 1) or before.kind == "word"  # "did I" is a question
    return (
        _subject_then_verb(tokens, at)
        and before.low not in PREPOSITIONS
        and before.low not in NOUN_OPENERS
        and before.kind != "name"
    )


def _clause_after(tokens: Sequence[Token], at: int) -> bool:
    if at >= len(tokens):
        return False
    if tokens[at].low in PERSONAL_PRONOUNS or tokens[at].low in ("it", "there") or finite(tokens, at):
        return True
    return _subject_then_verb(tokens, at)


def _subject_then_verb(tokens: Sequence[Token], at: int) -> bool:
    """Whether a name, a noun with its article, or "somebody" stands before a verb."""
    n = at
    if tokens[n].low in INDEFINITE_PERSONS:
        return n + 1 < len(tokens) and finite(tokens, n + 1)
    if tokens[n].low in NOUN_OPENERS:
        n += 1
    elif tokens[n].kind not in ("name", "word"):
        return False
    width = 0
    while n < len(tokens) and tokens[n].kind in ("name", "word") and width < 3 and not finite(tokens, n):
        n, width = n + 1, width + 1
    return (
        width > 0
        and n < len(tokens)
        and finite(tokens, n)
        and (tokens[at].low in NOUN_OPENERS or tokens[at].kind == "name" or width == 1)
    )


def _subject(tokens: Sequence[Token], first: int, verb: int, before: Sequence[Clause]) -> ClauseSubject | None:
    """The subject before the verb; if there is none, the subject of the clause that this one continues."""
    lead = list(_noun_phrase(tokens, first, verb))
    if (named := _named(tokens, lead, first)) is not None:
        return named
    lows = {tokens[n].low for n in lead}
    if lows & {"who", "which"} or (lows == {"that"} and verb - first == 1):
        return _antecedent(tokens, first)
    bare = all(tokens[n].low in _JOINERS_AND_ADVERBS or tokens[n].kind == "mark" for n in lead)
    if not before or not bare or lows & _NO_CONTINUATION:
        return None
    if tokens[before[-1].first].low in SUBORDINATORS and tokens[first].low in ("and", "but"):
        return None  # the subject of the main clause or that of the subordinate one?
    same = not any(ends_sentence(tokens[n]) for n in range(before[-1].first, first))
    return before[-1].subject if same and before[-1].end == first and verb - first <= 3 else None


def _named(tokens: Sequence[Token], lead: Sequence[int], first: int) -> ClauseSubject | None:
    """The subject named by the words of *lead*: first person, then names, pronouns, nouns."""
    content = frozenset(tokens[n].key for n in lead if tokens[n].content)
    nouns = [
        n
        for n in lead
        if (tokens[n].kind == "word" and tokens[n].low not in _NOTE_NOUNS) or tokens[n].low in INDEFINITE_PERSONS
    ]
    if any(tokens[n].low in FIRST_PERSON for n in lead) or any(tokens[n].low in NARRATORS for n in nouns):
        return ClauseSubject("first", content, next((n for n in lead if tokens[n].low in FIRST_PERSON), first))
    bare = [n for n in nouns if _used_as_name(tokens, n)]
    if names := [n for n in lead if tokens[n].kind == "name"] or bare:
        return ClauseSubject("name", content, names[0])
    if third := [n for n in lead if tokens[n].low in THIRD_PERSON]:
        return ClauseSubject("pronoun", frozenset({tokens[third[0]].low}), third[0])
    return (
        ClauseSubject(
            "noun",
            frozenset("somebody" if tokens[n].low in INDEFINITE_PERSONS else tokens[n].key for n in nouns),
            nouns[-1],
        )
        if nouns
        else None
    )


def _used_as_name(tokens: Sequence[Token], at: int) -> bool:
    """As in "Edie cried", though no other sentence has her name."""
    token, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        token.kind == "word"
        and token.first
        and token.text[:1].isupper()
        and after is not None
        and (finite(tokens, at + 1) or after.low == "and")
    )


def _antecedent(tokens: Sequence[Token], first: int) -> ClauseSubject | None:
    """The antecedent of "who" or "which": the last noun or name before it."""
    n = first - 1
    while n >= 0 and not tokens[n].content and not ends_sentence(tokens[n]):
        n -= 1
    if n < 0 or tokens[n].kind not in ("name", "word"):
        return None
    return ClauseSubject("name" if tokens[n].kind == "name" else "noun", frozenset({tokens[n].key}), n)


def _noun_phrase(tokens: Sequence[Token], first: int, verb: int) -> Iterator[int]:
    """Places that may be the subject: not behind a preposition, no owners, no times."""
    behind = False
    for n in range(first, verb):
        token = tokens[n]
        if token.low in PREPOSITIONS and token.low not in ("after", "before"):
            behind = True
        elif token.low in PERSONAL_PRONOUNS or token.kind == "mark" or token.low in CLAUSE_JOINERS:
            behind = False
        adjacent = token.kind == "name" and n == verb - 1 and n and tokens[n - 1].low not in _NOUN_PHRASE_WORDS
        owner = n + 1 < len(tokens) and tokens[n + 1].low == "'s" and not is_verb(tokens, n + 1)
        hour = (
            token.low in PARTS_OF_DAY_AND_LUNCH and n and tokens[n - 1].kind == "date"
        )  # "Friday night, just locked up"
        if (
            (not behind or adjacent)
            and not owner
            and not hour
            and token.kind in ("word", "name", "stop")
            and not token.low.endswith("ly")
        ):
            yield n
