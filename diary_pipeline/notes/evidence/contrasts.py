"""Denials by contrast: "it bit my boots, not me", "Ada was there, Ben wasn't", "without holding my hand"."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.modal_words import is_verb_form, rejected_alternatives
from diary_pipeline.notes.language.lexicon.negation import EXCLUDING_WORDS, NEGATIONS
from diary_pipeline.notes.language.lexicon.pronouns import FIRST_PERSON_OBJECTS
from diary_pipeline.notes.language.lexicon.verbs import NEED_VERBS
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.scopes import Scope


def ignored_contrasts(found: Alignment) -> Iterator[str]:
    """Who or what it was not, stated as who or what it was."""
    denials = [s for s in found.source.scopes if s.label == "not"]
    if any(_not_me(found, s.cue) or _left_aside(found, s) or _unneeded(found, s) for s in denials):
        yield "negation"
    if _other_bearer(found, denials) or _denied_and_stated(found):
        yield "negation"


def _not_me(found: Alignment, cue: int) -> bool:
    """As in "I was bitten" for "it bit my boots, not me"."""
    tokens = found.source.tokens
    after = [t.low for t in tokens[cue + 1 : cue + 3] if t.kind != "mark"]
    ends = cue + 2 + (after[:1] == ["by"])
    if not FIRST_PERSON_OBJECTS & set(after[:1] if after[:1] != ["by"] else after[1:]) or (
        ends < len(tokens) and tokens[ends].kind not in ("mark", "stop")
    ):
        return False
    predicate = next(
        (
            c.predicate
            for c in reversed(found.source.clauses)
            if c.predicate is not None and _before(found, c.predicate, cue)
        ),
        None,
    )
    return any(
        stated.subject is not None
        and stated.subject.kind == "first"
        and not _denies(found.statement, stated.first, stated.end)
        for stated in found.statement.clauses
        if stated.predicate is not None and predicate is not None and found.pairs.get(stated.predicate) == predicate
    )


def _before(found: Alignment, predicate: int, cue: int) -> bool:
    return predicate < cue and predicate in found.pairs.values()


def _denies(reading: Reading, first: int, end: int) -> bool:
    return any(t.low in NEGATIONS for t in reading.tokens[first:end])


def _left_aside(found: Alignment, scope: Scope) -> bool:
    """As in "he held my hand" for "without holding my hand", "including tips" for "not counting tips"."""
    tokens, head = found.source.tokens, scope.cue + 1
    if (
        len(scope.members) != _GERUND_AND_OBJECT
        or scope.head != head
        or not tokens[head].low.endswith("ing")
        or head in found.pairs.values()
    ):
        return False
    spared = found.statement.denied | rejected_alternatives(found.statement)
    things = [n for n, there in found.pairs.items() if there in scope.members]
    plain = not any(s.label == "not" for s in found.statement.scopes) and not any(
        t.low in EXCLUDING_WORDS for t in found.statement.tokens
    )
    return bool(things) and plain and not any(n in spared for n in things)


_GERUND_AND_OBJECT = 2


def _unneeded(found: Alignment, scope: Scope) -> bool:
    """As in "it had to be stitched" for "he didn't need stitches"."""
    if (
        scope.head is None
        or found.source.tokens[scope.head].low not in NEED_VERBS
        or len(scope.members) < _GERUND_AND_OBJECT
    ):
        return False
    thing = next(n for n in scope.members if n != scope.head)
    stated_places = [n for n, there in found.pairs.items() if there == thing and is_verb_form(found.statement, n)]
    return any(
        (c := clause_of(found.statement, n)) is not None and not _denies(found.statement, c.first, c.end)
        for n in stated_places
    )


def _other_bearer(found: Alignment, denials: list[Scope]) -> bool:
    """As in "Ben was there, Ada wasn't" for "Ada was there, Ben wasn't"."""
    said = [n for s in denials if (n := _bearer(found.source, s)) is not None]
    stated = [n for s in found.statement.scopes if s.label == "not" and (n := _bearer(found.statement, s)) is not None]
    there = {found.pairs.get(n) for n in stated}
    return len(said) == len(stated) == 1 and None not in there and not there & set(said)


def _bearer(reading: Reading, scope: Scope) -> int | None:
    """Who wasn't, hasn't or didn't, where the sentence ends with that word."""
    after = reading.tokens[scope.cue + 1 : scope.cue + 2]
    who = scope.cue - 2
    ends = (
        scope.head is None
        and reading.tokens[scope.cue].low in ("n't", "not")
        and (not after or after[0].kind == "mark")
    )
    return who if ends and who >= 0 and reading.tokens[who].content else None


def _denied_and_stated(found: Alignment) -> bool:
    """As in "I haven't told her. I have told her.": the statement denies and states what was only denied."""
    denied, said_denied = found.statement.denied, found.source.denied
    predicates = {c.predicate: c for c in found.statement.clauses if c.predicate in found.exact()}
    for here, clause in predicates.items():
        key = found.statement.tokens[here].key if here is not None else ""
        places = [n for n, t in enumerate(found.source.tokens) if t.content and t.key == key]
        others = [n for n in predicates if n is not None and n in denied and found.statement.tokens[n].key == key]
        plain = here not in denied and not any(
            s.cue > clause.first and clause.holds(s.cue) for s in found.statement.scopes
        )
        if plain and others and places and all(n in said_denied for n in places):
            return True
    return False
