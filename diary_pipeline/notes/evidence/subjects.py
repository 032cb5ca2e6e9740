"""Subjects: a clause of a statement must have the subject of the source's clause with the same predicate.

Told apart by person, by name, and by noun: "the niece asked Priya" is not "Priya asked her niece".
"""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import repeats_predicate
from diary_pipeline.notes.evidence.participants import in_direct_speech
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.people import FEMALE, KIN, MALE
from diary_pipeline.notes.language.lexicon.pronouns import OBJECT_PRONOUNS, POSSESSIVES
from diary_pipeline.notes.language.lexicon.speech import SAYING_LEMMAS
from diary_pipeline.notes.language.lexicon.verbs import LIGHT_VERBS
from diary_pipeline.notes.language.propositions import Clause, ClauseSubject
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.spans import sentence
from diary_pipeline.notes.language.words import key_of


def wrong_subjects(found: Alignment, before: frozenset[str]) -> Iterator[str]:
    """A clause whose predicate the source has only with another subject.

    *before*: keys of names that a pronoun may stand for.
    """
    for stated in found.statement.clauses:
        if stated.subject is None or stated.predicate is None or _of_a_whole_clause(found.statement, stated):
            continue
        same = [
            c
            for c in found.source.clauses
            if c.key == stated.key and c.passive == stated.passive and _has_current_predicate(found.source, c)
        ]
        shared = [_support(found, stated, c) for c in same]
        best = [c for c, n in zip(same, shared, strict=True) if n == max(shared)]
        if best and max(shared) > 0 and all(_other_subject(found, stated, c, before) for c in best):
            yield "role"
        if not same and _other_voice(found, stated):
            yield "role"


def _of_a_whole_clause(statement: Reading, stated: Clause) -> bool:
    """As in "I could mend it, which would take a week": "which" is no noun."""
    return (
        stated.first > 0
        and statement.tokens[stated.first].low == "which"
        and statement.tokens[stated.first - 1].kind == "mark"
    )


def _has_current_predicate(source: Reading, clause: Clause) -> bool:
    """Whether the clause has a predicate that was not taken back."""
    return clause.predicate is not None and clause.predicate not in source.retracted


def _other_voice(found: Alignment, stated: Clause) -> bool:
    """As in "I was turned down" for "I turned it down"."""
    if stated.subject is None or stated.subject.kind != "first":
        return False
    other = [c for c in found.source.clauses if c.key == stated.key and c.passive != stated.passive]
    return bool(other) and all(
        c.subject is not None and c.subject.kind == "first" and _transitive(found.source, c) for c in other
    )


def _transitive(source: Reading, clause: Clause) -> bool:
    """Whether an object follows, or "at"; "I am only tired" has none."""
    return clause.predicate is not None and any(
        t.low in _OBJECTS for t in source.tokens[clause.predicate + 1 : clause.predicate + 2]
    )


_OBJECTS = OBJECT_PRONOUNS | DETERMINERS | {"it", "at"}


def _support(found: Alignment, stated: Clause, said: Clause) -> int:
    """How many words of the stated clause the other one has, subject and predicate not counted."""
    wanted = _keys(found.statement, stated) - (stated.subject.keys if stated.subject else frozenset())
    if stated.key in LIGHT_VERBS and stated.predicate is not None:
        wanted -= {found.statement.tokens[stated.predicate].key}
    return len(wanted & _keys(found.source, said))


def _keys(reading: Reading, clause: Clause) -> frozenset[str]:
    """Keys of the clause, and of the clause behind it where it says what somebody says or thinks."""
    end = clause.end
    if clause.key in _SAYING:
        end = next((other.end for other in reading.clauses if other.first == end), end)
    return frozenset(reading.tokens[n].key for n in range(clause.first, end) if reading.tokens[n].content)


_SAYING = frozenset(map(key_of, SAYING_LEMMAS))


def _other_subject(found: Alignment, stated: Clause, said: Clause, before: frozenset[str]) -> bool:
    """Whether the two clauses certainly have different subjects."""
    mine, theirs = stated.subject, said.subject
    if mine is None or theirs is None or _indefinite(found, stated, theirs) or _addressed(found.source, said):
        return False
    if "first" in (mine.kind, theirs.kind):
        return mine.kind != theirs.kind
    if theirs.kind == "pronoun":
        there = _keys(found.source, said) - theirs.keys
        if mine.kind == "pronoun":
            return mine.keys | theirs.keys == {"he", "she"}
        return mine.kind == "name" and (bool(mine.keys & there) or not _may_mean(found, mine, theirs, before))
    if mine.keys & theirs.keys:
        return False
    return (
        mine.kind == theirs.kind == "name"
        or _is_other_participant(found, mine, said)
        or _beside_kin(found, mine, theirs)
    )


def _addressed(source: Reading, said: Clause) -> bool:
    """As in "Fiona shouted, are you talking to yourself": "you" may be anybody."""
    return said.predicate is not None and any(t.low == "you" for t in source.tokens[said.first : said.predicate])


def _indefinite(found: Alignment, stated: Clause, theirs: ClauseSubject) -> bool:
    """Whether the subject is not clear: a pronoun, direct speech, or "my words" for what I said."""
    mine = stated.subject
    if mine is None:
        return True
    if theirs.kind == "first":
        return in_direct_speech(found.source, theirs.at) or (mine.kind == "noun" and not mine.keys & found.source.keys)
    return (mine.kind == "pronoun" and theirs.kind != "pronoun") or any(
        repeats_predicate(found.source, key, stated.key) for key in mine.keys
    )


def _is_other_participant(found: Alignment, mine: ClauseSubject, said: Clause) -> bool:
    """Whether the source has the stated subject as the object here, or as the subject of another clause."""
    after = said.predicate if said.predicate is not None else said.first  # "the hotel" for "somebody from the hotel"
    objects = {found.source.tokens[n].key for n in range(after, said.end) if found.source.tokens[n].content}
    elsewhere = [c.subject.keys for c in found.source.clauses if c is not said and c.subject is not None]
    return bool(mine.keys & objects) or any(mine.keys & keys for keys in elsewhere)


def _beside_kin(found: Alignment, mine: ClauseSubject, theirs: ClauseSubject) -> bool:
    """Whether a name is stated for kin beside it: in "I wanted Ada, his aunt chose Ida" Ada is not the aunt."""
    tokens = found.source.tokens
    if mine.kind != "name" or tokens[theirs.at].low not in KIN or tokens[theirs.at - 1].low not in POSSESSIVES:
        return False
    places = [n for n, t in enumerate(tokens) if t.key in mine.keys]
    return bool(places) and all(n in sentence(tokens, theirs.at) and abs(n - theirs.at) > _APPOSED for n in places)


_APPOSED = 3


def _may_mean(found: Alignment, mine: ClauseSubject, pronoun: ClauseSubject, before: frozenset[str]) -> bool:
    """Whether "she" may be the stated name: named before, and by title or kin not a man."""
    source = found.source
    wrong = {"he": FEMALE, "she": MALE}.get(next(iter(pronoun.keys)), frozenset())
    lows = {t.low for t in found.statement.tokens[max(0, mine.at - 1) : mine.at + 1]}
    if lows & wrong:
        return False
    earlier = {source.tokens[n].key for n in range(pronoun.at) if source.tokens[n].content}
    if mine.keys & earlier:
        return True
    named = any(
        c.subject is not None and c.subject.kind == "name" and c.subject.at < pronoun.at for c in source.clauses
    )
    return not named and bool(mine.keys & before)
