"""Who did it: the subject of each clause of a statement must be the subject of the source's clause with the same predicate.

Told apart by person, by name, and by which of the source's own people it is: "the niece asked Priya" is not "Priya asked her niece".
"""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import stands_in
from diary_pipeline.notes.evidence.participants import in_direct_speech
from diary_pipeline.notes.language.lexicon.determiners import SINGULAR_DETERMINERS
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
    for told in found.statement.clauses:
        if told.subject is None or told.predicate is None or _of_a_whole_clause(found.statement, told):
            continue
        same = [
            c
            for c in found.source.clauses
            if c.key == told.key and c.passive == told.passive and _stands(found.source, c)
        ]
        shared = [_support(found, told, c) for c in same]
        best = [c for c, n in zip(same, shared, strict=True) if n == max(shared)]
        if best and max(shared) > 0 and all(_another(found, told, c, before) for c in best):
            yield "role"
        if not same and _other_end(found, told):
            yield "role"


def _of_a_whole_clause(statement: Reading, told: Clause) -> bool:
    """As in "I could mend it, which would take a week": what takes it is no noun."""
    return (
        told.first > 0
        and statement.tokens[told.first].low == "which"
        and statement.tokens[told.first - 1].kind == "mark"
    )


def _stands(source: Reading, clause: Clause) -> bool:
    """Whether it has a predicate that was not taken back."""
    return clause.predicate is not None and clause.predicate not in source.retracted


def _other_end(found: Alignment, told: Clause) -> bool:
    """As in "I was turned down" for "I turned it down": who suffered it is who did it."""
    if told.subject is None or told.subject.kind != "first":
        return False
    other = [c for c in found.source.clauses if c.key == told.key and c.passive != told.passive]
    return bool(other) and all(
        c.subject is not None and c.subject.kind == "first" and _transitive(found.source, c) for c in other
    )


def _transitive(source: Reading, clause: Clause) -> bool:
    """Whether something follows that it is done to, or "at" it; "I am only tired" has nothing."""
    return clause.predicate is not None and any(
        t.low in _OBJECTS for t in source.tokens[clause.predicate + 1 : clause.predicate + 2]
    )


_OBJECTS = OBJECT_PRONOUNS | SINGULAR_DETERMINERS | {"it", "at"}


def _support(found: Alignment, told: Clause, said: Clause) -> int:
    """How many of the told clause's words, its subject and predicate aside, the other clause has."""
    wanted = _keys(found.statement, told) - (told.subject.keys if told.subject else frozenset())
    if told.key in LIGHT_VERBS and told.predicate is not None:
        wanted -= {found.statement.tokens[told.predicate].key}
    return len(wanted & _keys(found.source, said))


def _keys(reading: Reading, clause: Clause) -> frozenset[str]:
    """Of its words, and where it says what somebody says or thinks, of what is said."""
    end = clause.end
    if clause.key in _SAYING:
        end = next((other.end for other in reading.clauses if other.first == end), end)
    return frozenset(reading.tokens[n].key for n in range(clause.first, end) if reading.tokens[n].content)


_SAYING = frozenset(map(key_of, SAYING_LEMMAS))


def _another(found: Alignment, told: Clause, said: Clause, before: frozenset[str]) -> bool:
    """Whether the two clauses are certainly about different subjects."""
    mine, theirs = told.subject, said.subject
    if mine is None or theirs is None or _indefinite(found, told, theirs) or _addressed(found.source, said):
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
    return mine.kind == theirs.kind == "name" or _is_someone_else(found, mine, said) or _beside_kin(found, mine, theirs)


def _addressed(source: Reading, said: Clause) -> bool:
    """As in "Fiona shouted, are you talking to yourself": who "you" is, the clause does not say."""
    return said.predicate is not None and any(t.low == "you" for t in source.tokens[said.first : said.predicate])


def _indefinite(found: Alignment, told: Clause, theirs: ClauseSubject) -> bool:
    """Where who is meant cannot be told: by a pronoun, in direct speech, or as "my words" may be what I said."""
    mine = told.subject
    if mine is None:
        return True
    if theirs.kind == "first":
        return in_direct_speech(found.source, theirs.at) or (
            mine.kind == "noun" and not mine.keys & found.source.keys()
        )
    return (mine.kind == "pronoun" and theirs.kind != "pronoun") or any(
        stands_in(found.source, key, told.key) for key in mine.keys
    )


def _is_someone_else(found: Alignment, mine: ClauseSubject, said: Clause) -> bool:
    """Whether the source has the told subject in another part: as the object here, or as the subject of another clause."""
    after = (
        said.predicate if said.predicate is not None else said.first
    )  # "somebody from the hotel" may be told as the hotel
    objects = {found.source.tokens[n].key for n in range(after, said.end) if found.source.tokens[n].content}
    elsewhere = [c.subject.keys for c in found.source.clauses if c is not said and c.subject is not None]
    return bool(mine.keys & objects) or any(mine.keys & keys for keys in elsewhere)


def _beside_kin(found: Alignment, mine: ClauseSubject, theirs: ClauseSubject) -> bool:
    """Whether a name of the same sentence is told for somebody's kin: in "I wanted Ada, his aunt chose Ida" Ada is not the aunt."""
    tokens = found.source.tokens
    if mine.kind != "name" or tokens[theirs.at].low not in KIN or tokens[theirs.at - 1].low not in POSSESSIVES:
        return False
    places = [n for n, t in enumerate(tokens) if t.key in mine.keys]
    return bool(places) and all(n in sentence(tokens, theirs.at) and abs(n - theirs.at) > _APPOSED for n in places)


_APPOSED = 3


def _may_mean(found: Alignment, mine: ClauseSubject, pronoun: ClauseSubject, before: frozenset[str]) -> bool:
    """Whether "she" may be who the statement names: somebody named before, and by her title or kin not a man."""
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
