"""A text read once: its tokens, clauses, scopes and corrections. All rules work on this."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from diary_pipeline.notes.language.corrections import Correction, corrections
from diary_pipeline.notes.language.cues import Label
from diary_pipeline.notes.language.lexicon.conjunctions import CONJUNCTIONS
from diary_pipeline.notes.language.lexicon.dates import MONTHS
from diary_pipeline.notes.language.lexicon.pronouns import OBJECT_PRONOUNS
from diary_pipeline.notes.language.lexicon.thesaurus import PHRASAL_VERBS
from diary_pipeline.notes.language.lexicon.verbs import IRREGULAR
from diary_pipeline.notes.language.names import mark_days_and_names
from diary_pipeline.notes.language.narrator import in_first_person
from diary_pipeline.notes.language.numbers import join_numbers
from diary_pipeline.notes.language.propositions import Clause, clauses
from diary_pipeline.notes.language.scopes import Scope, scopes
from diary_pipeline.notes.language.words import Token, joined, key_of, tokens

_APART = {"sentence": 6.0, "mark": 2.0, "conjunction": 2.0}
"""Distance of words across a border, in words: a number belongs to its own clause."""


@dataclass(frozen=True)
class Reading:
    """One or more segments, read. All sequences are in the order of the text.

    Only the tokens and *corrections* are found at once: of most windows only the keys are wanted. *english*: whether
    the rules of clauses and scopes apply.
    """

    tokens: tuple[Token, ...]
    corrections: tuple[Correction, ...] = ()
    english: bool = True

    @cached_property
    def position(self) -> tuple[float, ...]:
        """Distance of each token from the beginning, in words; a new value is where the old one was."""
        position = _positions(self.tokens)
        for old, new in (correction.value for correction in self.corrections if correction.value):
            position[new] = position[old]
        return tuple(position)

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """What the cues govern, without the cues of corrections."""
        cues = {n for correction in self.corrections for n in range(correction.cue, correction.after)}
        return tuple(scope for scope in scopes(self.tokens) if scope.cue not in cues) if self.english else ()

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses."""
        return clauses(self.tokens) if self.english else ()

    @cached_property
    def retracted(self) -> frozenset[int]:
        """Places of words that the speaker took back."""
        return frozenset(n for correction in self.corrections for n in correction.retracted)

    @cached_property
    def content(self) -> tuple[int, ...]:
        """Places of the content words."""
        return tuple(n for n, token in enumerate(self.tokens) if token.content)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Keys of the content words."""
        return frozenset(self.tokens[n].key for n in self.content)

    @cached_property
    def places(self) -> Mapping[str, tuple[int, ...]]:
        """Places of the content words by their key."""
        found: dict[str, tuple[int, ...]] = {}
        for n in self.content:
            key = self.tokens[n].key
            found[key] = (*found.get(key, ()), n)
        return found

    @cached_property
    def denied(self) -> frozenset[int]:
        """Places of the words that are denied."""
        return self.governed("not")

    def governed(self, *labels: Label) -> frozenset[int]:
        """Places of the words that a cue of one of these *labels* governs."""
        return frozenset(n for scope in self.scopes if scope.label in labels for n in scope.members)


def read(
    parts: Iterable[tuple[str, str]], language: str | None = "en", known: Iterable[str] = (), *, narrated: bool = False
) -> Reading:
    """Read the *parts* (segment id, text) as one text. *known*: names of the whole transcript, lower case.

    *narrated*: whether "the speaker" is first person.
    """
    made: list[Token] = []
    texts = list(parts)
    unmarked = not any(mark in text for _, text in texts for mark in ".!?…")
    for n, (segment, text) in enumerate(texts):
        made += _words(text, segment, language)
        following = texts[n + 1][1].lstrip()[:1] if n + 1 < len(texts) else ""
        if made and made[-1].kind != "mark" and following and (unmarked or following.isupper()):
            made.append(
                Token("", ".", ".", "mark", segment, len(text), len(text))
            )  # a full stop that the recogniser did not write
    made = mark_days_and_names(made, known, language)
    if language in (None, "en"):
        made = _set_phrases(in_first_person(made) if narrated else made)
        made = _phrasal(made)
        made = _dates(made)
        return _with_corrections(made)
    return Reading(tuple(made), english=False)


@lru_cache(maxsize=4096)
def _words(text: str, segment: str, language: str | None) -> tuple[Token, ...]:
    """The tokens of one segment: it is read again in the window of each of its neighbours."""
    return tuple(join_numbers(tokens(text, segment, language), language))


def _with_corrections(made: list[Token]) -> Reading:
    """Read *made* without what was taken back; the words of the cues ("no, I tell a lie") are no content."""
    found = corrections(made)
    cues = {n for correction in found for n in range(correction.cue, correction.after)}
    made = [
        replace(token, kind="stop") if n in cues and token.kind == "word" else token for n, token in enumerate(made)
    ]
    return Reading(tuple(made), tuple(found))


_PHRASES = {
    ("no", "one"): ("nobody", "nobodi"),
    ("no", "longer"): ("not", "not"),
    ("can", "n't", "stop"): ("keep", "keep"),
    ("can", "not", "stop"): ("keep", "keep"),
    ("could", "n't", "stop"): ("kept", "keep"),
    ("wanted", "to", "know"): ("asked", key_of("asked")),
    ("wants", "to", "know"): ("asks", key_of("asks")),
    ("said", "yes"): ("agreed", key_of("agreed")),
    ("said", "ok"): ("agreed", key_of("agreed")),
}
"""Phrases that are read as one other word: the word, and its key."""
_OPENERS = frozenset(phrase[0] for phrase in _PHRASES)


def _set_phrases(made: Sequence[Token]) -> list[Token]:
    out: list[Token] = []
    at = 0
    while at < len(made):
        opens = made[at].low in _OPENERS
        width = next((n for n in (3, 2) if opens and tuple(t.low for t in made[at : at + n]) in _PHRASES), 0)
        if width:
            low, key = _PHRASES[tuple(t.low for t in made[at : at + width])]
            whole = joined(made[at : at + width], key, "stop" if key in ("not", "nobodi") else "word")
            out.append(replace(whole, low=low))
            at += width
        else:
            out.append(made[at])
            at += 1
    return out


def _phrasal(made: Sequence[Token]) -> list[Token]:
    """*made* with verbs and their particles joined where they mean another verb."""
    out: list[Token] = []
    at = 0
    while at < len(made):
        base = IRREGULAR.get(made[at].low, made[at].low)
        base = base if base in _VERBS else made[at].key
        after = made[at + 1].low if at + 1 < len(made) else ""
        if key := PHRASAL_VERBS.get(f"{base}_{after}"):
            out.append(joined(made[at : at + 2], key, "word"))
            at += 2
        elif (
            base != "get"
            and (after in _OBJECTS or _named(made, at + 1))
            and (key := PHRASAL_VERBS.get(f"{base}_{made[at + 2].low if at + 2 < len(made) else ''}"))
        ):
            out.append(replace(made[at], key=key))  # "turned it down"
            at += 1
        else:
            out.append(made[at])
            at += 1
    return out


_OBJECTS = OBJECT_PRONOUNS | {"it"}


def _named(made: Sequence[Token], at: int) -> bool:
    return at < len(made) and made[at].kind == "name"


_VERBS = {phrase.partition("_")[0] for phrase in PHRASAL_VERBS}


def _dates(made: Sequence[Token]) -> list[Token]:
    """*made* with plain numbers beside a month as days of it."""
    out = list(made)
    for at, token in enumerate(made):
        if token.kind == "number" and any(
            0 <= n < len(made) and made[n].kind == "date" and made[n].low in MONTHS for n in (at - 1, at + 1)
        ):
            out[at] = replace(token, kind="date")
    return out


def _positions(made: Sequence[Token]) -> list[float]:
    positions: list[float] = []
    here = 0.0
    for at, token in enumerate(made):
        if token.kind == "mark":
            here += _APART["sentence"] if token.low[0] in ".!?…" else _APART["mark"]
        elif token.low in CONJUNCTIONS:
            here += _APART["conjunction"]
        elif at and made[at - 1].segment != token.segment:
            here += _APART["sentence"]
        else:
            here += 1.0 if token.content else 0.3
        positions.append(here)
    return positions
