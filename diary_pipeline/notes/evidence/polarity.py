"""Polarity: what a statement denies must be what the speaker denied, clause by clause."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.modal_words import (
    cancelled_or_denied,
    rejected_alternatives,
)
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.scopes import Scope


def wrong_polarity(found: Alignment) -> Iterator[str]:
    """A word that is denied on one side only. With an "unless", which denies too, conditions are not compared."""
    if any(t.low == "unless" for reading in (found.statement, found.source) for t in reading.tokens):
        found = _without_conditions(found)
    for scope in found.source.scopes:
        if (
            scope.label == "not"
            and _takes_up_denied(found, scope)
            and not _denied_too(found, scope)
            and not _of_another(found, scope)
        ):
            yield "negation"
    for scope in found.statement.scopes:
        if scope.label != "not":
            continue
        paired = [here for here in scope.members if here in found.pairs]
        denied = found.source.denied | cancelled_or_denied(found.source) | found.source.retracted
        if (
            any(found.pairs[here] in denied for here in paired)
            or _denied_otherwise(found, scope)
            or _lexically_denied(found, scope)
        ):
            continue
        if paired:
            yield "negation"
    mine, theirs = found.statement.denied, found.source.denied
    denials = {s.cue for s in found.statement.scopes if s.label == "not"}
    if any((here in mine) != (found.pairs[here] in theirs) for here in found.exact() & denials):
        yield "negation"  # "I missed it" for "I did not miss it"


def _denied_otherwise(found: Alignment, scope: Scope) -> bool:
    """Whether the statement denies by a predicate of its own what the source denies by another one.

    As in "none of my calls was answered" for "I rang, and nobody picked up".
    """
    predicate = next((c.predicate for c in found.statement.clauses if c.predicate in scope.members), scope.head)
    if predicate is None or predicate in found.exact():
        return False
    denied = found.statement.denied
    plain = {there for here, there in found.pairs.items() if here not in denied}
    return any(s.label == "not" and not plain & set(s.members) for s in found.source.scopes)


def _without_conditions(found: Alignment) -> Alignment:
    conditions = found.source.governed("if")
    return Alignment(
        found.statement, found.source, {here: there for here, there in found.pairs.items() if there not in conditions}
    )


def _takes_up_denied(found: Alignment, scope: Scope) -> bool:
    """Whether the statement has what the speaker denied: its first word, or half of its words and little else."""
    cues = {s.cue for s in found.statement.scopes if s.label == "plan"}  # of "going to" nobody goes
    paired = {there for here, there in found.pairs.items() if here not in cues}
    if not scope.members or scope.head is None:
        return False
    if scope.head in paired or any(found.source.tokens[n - 1].low == "any" for n in scope.members if n in paired):
        return True  # "no rent" of "he wouldn't take any rent"
    share = [n for n in scope.members if n in paired]
    return len(share) * 3 >= len(scope.members) and len(share) * 2 >= len(found.pairs)


def _of_another(found: Alignment, scope: Scope) -> bool:
    """As in "He has not answered, but she has": what is denied of one name may be stated of another one after it."""
    bearer = _name_before(found.source, scope.cue)
    stated = next((t.key for t in found.statement.tokens if t.kind == "name"), None)
    after = {
        t.key for n, t in enumerate(found.source.tokens) if t.kind == "name" and (n > scope.cue or scope.head is None)
    }
    return bearer is not None and stated is not None and stated != bearer and stated in after


def _name_before(reading: Reading, at: int) -> str | None:
    for n in range(at - 1, max(-1, at - 4), -1):
        if reading.tokens[n].kind == "name":
            return reading.tokens[n].key
    return None


def _denied_too(found: Alignment, scope: Scope) -> bool:
    """Whether the statement denies one of the words, or has another denial for it: "unsigned"."""
    denied = found.statement.denied | rejected_alternatives(found.statement)
    stated = [here for here, there in found.pairs.items() if there == scope.head] if found.statement.clauses else []
    cue = found.source.tokens[scope.cue]
    if cue.kind == "word" and any(
        s.label == "not" and not s.members and found.statement.tokens[s.cue].key == cue.key
        for s in found.statement.scopes
    ):
        return True  # "she rang, but I missed it"
    others = {
        n for other in found.source.scopes if other.label == "not" and other.cue > scope.cue for n in other.members
    }
    if stated and others & set(scope.members):  # "not to climb without": the later denial is another one
        return any(here in denied for here in stated)
    bearer = next(
        (c.subject.at for c in found.source.clauses if c.subject is not None and c.predicate == scope.head), None
    )
    same = {there for here, there in found.pairs.items() if here in found.exact()}
    pairs = [(here, there) for here, there in found.pairs.items() if there not in same or here in found.exact()]
    return any(here in denied for here, there in pairs if there in scope.members or there == bearer)


def _lexically_denied(found: Alignment, scope: Scope) -> bool:
    """Whether the source denies by the same word: fail, forget, without."""
    low = found.statement.tokens[scope.cue].key
    if low == "without" and any(token.low == "before" for token in found.source.tokens):
        return True
    return found.statement.tokens[scope.cue].kind == "word" and any(
        found.source.tokens[s.cue].key == low for s in found.source.scopes if s.label == "not"
    )
