"""Denied, planned, done: what a statement does with a word must be what the speaker did with it, clause by clause."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.modal_words import (
    bare_deed,
    called_off,
    conditional_too,
    hedged_too,
    infinitive,
    open_too,
    set_aside,
)
from diary_pipeline.notes.evidence.tense import past
from diary_pipeline.notes.evidence.values import clause_of
from diary_pipeline.notes.language.cues import Label
from diary_pipeline.notes.language.lexicon.modality import ABLE_ADJECTIVES, OPEN_WORDS, PERMISSIONS
from diary_pipeline.notes.language.lexicon.prepositions import NOMINAL_OPENERS
from diary_pipeline.notes.language.lexicon.pronouns import NOMINAL_QUESTIONS
from diary_pipeline.notes.language.lexicon.speech import COMMANDS
from diary_pipeline.notes.language.lexicon.verbs import AMBIGUOUS_PAST, VERB_FORMS
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.scopes import Scope

_MODAL: tuple[Label, ...] = ("duty", "wish", "plan", "maybe", "able", "would", "if", "asked", "unreal")
_ALIKE: dict[Label, frozenset[Label]] = {  # said so, may be told so
    "duty": frozenset({"duty", "asked"}),
    "wish": frozenset({"wish", "would", "maybe"}),
    "plan": frozenset({"plan", "would", "wish", "maybe"}),
    "maybe": frozenset({"maybe", "if", "able", "would", "asked"}),
    "would": frozenset({"would", "maybe", "if", "wish"}),  # what is reported shifts: "I'll ask" is "she would ask"
    "able": frozenset({"able", "maybe"}),
    "if": frozenset({"if", "maybe", "would"}),
    "asked": frozenset({"asked", "wish", "maybe", "duty"}),
    "unreal": frozenset({"unreal", "wish", "duty", "plan"}),
}


def wrong_polarity(found: Alignment) -> Iterator[str]:
    """A word that is denied on one side only. "Unless" is a denial of its own, so there conditions are not compared."""
    if any(t.low == "unless" for reading in (found.statement, found.source) for t in reading.tokens):
        found = _without_conditions(found)
    for scope in found.source.scopes:
        if (
            scope.label == "not"
            and _told(found, scope)
            and not _denied_too(found, scope)
            and not _of_another(found, scope)
        ):
            yield "negation"
    for scope in found.statement.scopes:
        if scope.label != "not":
            continue
        taken = [here for here in scope.members if here in found.pairs]
        denied = _members(found.source, "not") | called_off(found.source) | found.source.retracted
        if (
            any(found.pairs[here] in denied for here in taken)
            or _denied_otherwise(found, scope)
            or _lexically_denied(found, scope)
        ):
            continue
        if taken:
            yield "negation"
    mine, theirs = _members(found.statement, "not"), _members(found.source, "not")
    denials = {s.cue for s in found.statement.scopes if s.label == "not"}
    if any((here in mine) != (found.pairs[here] in theirs) for here in found.exact() & denials):
        yield "negation"  # "I missed it" for "I did not miss it"


def _denied_otherwise(found: Alignment, scope: Scope) -> bool:
    """Whether what is denied is a word of the statement's own, and the source has a denial that the statement takes up nowhere else.

    As in "none of my calls was answered" for "I rang, and nobody picked up".
    """
    deed = next((c.predicate for c in found.statement.clauses if c.predicate in scope.members), scope.head)
    if deed is None or deed in found.exact():
        return False
    denied = _members(found.statement, "not")
    plain = {there for here, there in found.pairs.items() if here not in denied}
    return any(s.label == "not" and not plain & set(s.members) for s in found.source.scopes)


def _without_conditions(found: Alignment) -> Alignment:
    conditions = _members(found.source, "if")
    return Alignment(
        found.statement, found.source, {here: there for here, there in found.pairs.items() if there not in conditions}
    )


def _told(found: Alignment, scope: Scope) -> bool:
    """Whether the statement takes up what the speaker denied: the first word of it, or half of it and little else."""
    cues = {s.cue for s in found.statement.scopes if s.label == "plan"}  # of "going to" nobody goes
    taken = {there for here, there in found.pairs.items() if here not in cues}
    if not scope.members or scope.head is None:
        return False
    if scope.head in taken or any(found.source.tokens[n - 1].low == "any" for n in scope.members if n in taken):
        return True  # "no rent" of "he wouldn't take any rent"
    share = [n for n in scope.members if n in taken]
    return len(share) * 3 >= len(scope.members) and len(share) * 2 >= len(found.pairs)


def _of_another(found: Alignment, scope: Scope) -> bool:
    """As in "He has not answered, but she has": what is denied of one name may be said of another that the clause after it names."""
    bearer = _name_before(found.source, scope.cue)
    told = next((t.key for t in found.statement.tokens if t.kind == "name"), None)
    after = {
        t.key for n, t in enumerate(found.source.tokens) if t.kind == "name" and (n > scope.cue or scope.head is None)
    }
    return bearer is not None and told is not None and told != bearer and told in after


def _name_before(reading: Reading, at: int) -> str | None:
    for n in range(at - 1, max(-1, at - 4), -1):
        if reading.tokens[n].kind == "name":
            return reading.tokens[n].key
    return None


def _denied_too(found: Alignment, scope: Scope) -> bool:
    """The statement denies one of the words, or uses a word of denial for it (left without an answer, still unsigned)."""
    denied = _members(found.statement, "not") | set_aside(found.statement)
    told = [here for here, there in found.pairs.items() if there == scope.head] if found.statement.clauses else []
    cue = found.source.tokens[scope.cue]
    if cue.kind == "word" and any(
        s.label == "not" and not s.members and found.statement.tokens[s.cue].key == cue.key
        for s in found.statement.scopes
    ):
        return True  # "she rang, but I missed it"
    others = {
        n for other in found.source.scopes if other.label == "not" and other.cue > scope.cue for n in other.members
    }
    if told and others & set(scope.members):  # "not to climb without": the later denial is another one
        return any(here in denied for here in told)
    bearer = next(
        (c.subject.at for c in found.source.clauses if c.subject is not None and c.predicate == scope.head), None
    )
    same = {there for here, there in found.pairs.items() if here in found.exact()}
    pairs = [(here, there) for here, there in found.pairs.items() if there not in same or here in found.exact()]
    return any(here in denied for here, there in pairs if there in scope.members or there == bearer)


def _lexically_denied(found: Alignment, scope: Scope) -> bool:
    """A denial that the source expresses by the same word (fail, forget, without)."""
    low = found.statement.tokens[scope.cue].key
    if low == "without" and any(token.low == "before" for token in found.source.tokens):
        return True
    return found.statement.tokens[scope.cue].kind == "word" and any(
        found.source.tokens[s.cue].key == low for s in found.source.scopes if s.label == "not"
    )


def _members(reading: Reading, label: Label) -> set[int]:
    return {n for scope in reading.scopes if scope.label == label for n in scope.members}


def wrong_modality(found: Alignment) -> Iterator[str]:
    """What was only planned, wished, owed, asked or possible must not be told as done, nor the other way round."""
    said, told = _labels(found.source), _labels(found.statement)
    denied, said_denied = _members(found.statement, "not"), _members(found.source, "not")
    heads, told_heads = _heads(found.source), _heads(found.statement)
    for here, there in found.pairs.items():
        if found.statement.tokens[here].kind != "word":
            continue
        mine, theirs = told.get(here, set()), said.get(there, set())
        if _nominal(found.statement, here) or (here in denied and (there in said_denied or "unreal" in theirs)):
            if (
                "maybe" in theirs
                and there in said_denied
                and not (mine & {"maybe", "would", "wish"} or hedged_too(found.statement))
            ):
                yield "modality"  # "I'll probably never go" is not "I'll never go"
            if "if" in theirs and there in heads and here in denied and not conditional_too(found.statement, here):
                yield "modality"
            continue  # what did not happen was not wanted or possible, as the case may be
        changed = there in heads and theirs and not _agree(found, here, theirs, mine)
        added = (
            here in told_heads
            and mine
            and not theirs
            and not (_foretold(found, there, mine) or _otherwise(found, there, mine))
        )
        if (changed and _excused(found, here, theirs)) or (added and _open_there(found, there, mine)):
            continue
        if (changed or added) and ("if" in theirs or not _same_mood(found, here, there)):
            yield "modality"


def _excused(found: Alignment, here: int, said: set[Label]) -> bool:
    """Whether the told word bears no mood, or its clause says in another way that it is not simply so."""
    if "if" in said:
        return conditional_too(found.statement, here)
    if "maybe" in said:
        return hedged_too(found.statement)
    words = (
        OPEN_WORDS | (PERMISSIONS if "able" in said else frozenset()) | (COMMANDS if "asked" in said else frozenset())
    )
    if open_too(found.statement, here, words):
        return True
    if not bare_deed(found.statement, here):  # then the clause's own deed is judged by itself, if it was said
        clause = clause_of(found.statement, here)
        here_too = clause is not None and any(s.label in _MODAL and clause.holds(s.cue) for s in found.statement.scopes)
        return here_too or here not in found.exact() or (clause is not None and clause.predicate in found.pairs)
    return infinitive(found.statement, here)


def _open_there(found: Alignment, there: int, told: set[Label]) -> bool:
    """The same the other way round: what the speaker was not sure of, or planned by another word."""
    if told <= {"maybe", "if"}:
        return hedged_too(found.source)
    return open_too(found.source, there)


def _same_mood(found: Alignment, here: int, there: int) -> bool:
    """Whether the two clauses are duties, plans or possibilities alike, though another word of them bears it."""
    told, said = clause_of(found.statement, here), clause_of(found.source, there)
    if told is None or said is None:
        return False
    mine = {s.label for s in found.statement.scopes if told.holds(s.cue) and s.label in _MODAL}
    theirs = {s.label for s in found.source.scopes if said.holds(s.cue) and s.label in _MODAL}
    return any(mine & _ALIKE[label] for label in theirs)


def _nominal(reading: Reading, at: int) -> bool:
    """As in "about moving to four days", "the offer": it is spoken of, not said to have happened."""
    before = reading.tokens[at - 1].low if at else ""
    if before == "to" and at > 1 and reading.tokens[at - 2].low in _BEFORE_INFINITIVE:
        return True
    return reading.tokens[at].low.endswith("ing") and before in NOMINAL_OPENERS


_BEFORE_INFINITIVE = NOMINAL_QUESTIONS | {"on"}


def _heads(reading: Reading) -> set[int]:
    """The verbs that a cue governs: the first word after it, and those that are joined to it by "and" or a comma."""
    modal = [s for s in reading.scopes if s.label in _MODAL]
    joined = {
        n
        for s in modal
        for n in s.members
        if n and reading.tokens[n - 1].low in ("and", "or", ",") and reading.tokens[n].kind == "word"
    }
    heads = {s.head for s in modal if s.head is not None}
    behind = {
        n for s in modal if s.head is not None and s.label in _ANOTHERS and (n := _deed_of(reading, s)) is not None
    }
    return joined | heads | behind


_ANOTHERS: tuple[Label, ...] = ("wish", "asked", "maybe", "unreal")


def _deed_of(reading: Reading, scope: Scope) -> int | None:
    """As in "I wish my boss were leaving" and "I want to be able to swim": the deed stands behind who does it."""
    first = reading.tokens[scope.head or 0]
    if first.low not in ABLE_ADJECTIVES and (first.low in VERB_FORMS or first.low.endswith(("ed", "ing"))):
        return None
    end = next((n for n in scope.members if n > (scope.head or 0) and _joined(reading, n)), len(reading.tokens))
    rest = (n for n in scope.members if (scope.head or 0) < n < end and reading.tokens[n].kind == "word")
    return next(
        (n for n in rest if reading.tokens[n].low in VERB_FORMS or reading.tokens[n].low.endswith(("ed", "ing"))),
        None,
    )


def _joined(reading: Reading, at: int) -> bool:
    """Whether another thought begins shortly before *at*."""
    return any(t.kind == "mark" or t.low in ("and", "but", "or") for t in reading.tokens[max(0, at - 3) : at])


def _agree(found: Alignment, here: int, said: set[Label], told: set[Label]) -> bool:
    if not told:
        return (
            said == {"plan"}
            and not past(found.statement, here)
            and found.statement.tokens[here].low not in AMBIGUOUS_PAST
        )
    if ("if" in said and not told & {"if", "maybe", "would"}) or (told == {"able"} and said & {"wish", "plan", "duty"}):
        return False
    return any(told & _ALIKE[label] for label in said)


def _otherwise(found: Alignment, there: int, told: set[Label]) -> bool:
    return _still_owed(found, there, told) or told == {"able"}


def _still_owed(found: Alignment, there: int, told: set[Label]) -> bool:
    """As in "I have not paid it, so that has to happen" may be told as "it must be paid"."""
    owed = any(scope.label == "duty" for scope in found.source.scopes)
    return "duty" in told and owed and there in _members(found.source, "not")


def _foretold(found: Alignment, there: int, told: set[Label]) -> bool:
    """As in "That moves to Tuesday" may be told as "it will move"; what is over may not."""
    return told <= {"plan", "duty", "unreal", "wish"} and "plan" in told and not past(found.source, there)


def _labels(reading: Reading) -> dict[int, set[Label]]:
    labels: dict[int, set[Label]] = {}
    for scope in reading.scopes:
        if scope.label in _MODAL:
            for n in scope.members:
                labels.setdefault(n, set()).add(scope.label)
    return labels
