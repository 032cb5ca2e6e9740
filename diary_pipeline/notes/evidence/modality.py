"""Modality: planned, wished, owed, asked or possible on one side must be so on the other side."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.modal_words import (
    has_modal_word,
    is_conditional,
    is_hedged,
    is_infinitive,
    is_verb_form,
)
from diary_pipeline.notes.evidence.tense import is_past
from diary_pipeline.notes.language.cues import Label
from diary_pipeline.notes.language.lexicon.modality import ABLE_ADJECTIVES, OPEN_WORDS, PERMISSIONS
from diary_pipeline.notes.language.lexicon.prepositions import NOMINAL_OPENERS
from diary_pipeline.notes.language.lexicon.pronouns import NOMINAL_QUESTIONS
from diary_pipeline.notes.language.lexicon.speech import COMMANDS
from diary_pipeline.notes.language.lexicon.verbs import AMBIGUOUS_PAST, VERB_FORMS
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.scopes import Scope

_MODAL: tuple[Label, ...] = ("duty", "wish", "plan", "maybe", "able", "would", "if", "asked", "unreal")
_ALIKE: dict[Label, frozenset[Label]] = {  # label of the source: labels that the statement may have
    "duty": frozenset({"duty", "asked"}),
    "wish": frozenset({"wish", "would", "maybe"}),
    "plan": frozenset({"plan", "would", "wish", "maybe"}),
    "maybe": frozenset({"maybe", "if", "able", "would", "asked"}),
    "would": frozenset({"would", "maybe", "if", "wish"}),  # reported speech shifts: "I'll ask" is "she would ask"
    "able": frozenset({"able", "maybe"}),
    "if": frozenset({"if", "maybe", "would"}),
    "asked": frozenset({"asked", "wish", "maybe", "duty"}),
    "unreal": frozenset({"unreal", "wish", "duty", "plan"}),
}


def wrong_modality(found: Alignment) -> Iterator[str]:
    """What was only planned, wished, owed, asked or possible, stated as done, or the other way round."""
    said, stated = _labels(found.source), _labels(found.statement)
    denied, said_denied = found.statement.denied, found.source.denied
    heads, stated_heads = _heads(found.source), _heads(found.statement)
    for here, there in found.pairs.items():
        if found.statement.tokens[here].kind != "word":
            continue
        mine, theirs = stated.get(here, set()), said.get(there, set())
        if _nominal(found.statement, here) or (here in denied and (there in said_denied or "unreal" in theirs)):
            if (
                "maybe" in theirs
                and there in said_denied
                and not (mine & {"maybe", "would", "wish"} or is_hedged(found.statement))
            ):
                yield "modality"  # "I'll never go" for "I'll probably never go"
            if "if" in theirs and there in heads and here in denied and not is_conditional(found.statement, here):
                yield "modality"
            continue  # what is denied needs no other modality
        changed = there in heads and theirs and not _agree(found, here, theirs, mine)
        added = (
            here in stated_heads
            and mine
            and not theirs
            and not (_announced(found, there, mine) or _compatible(found, there, mine))
        )
        if (changed and _modal_otherwise(found, here, theirs)) or (added and _open_there(found, there, mine)):
            continue
        if (changed or added) and ("if" in theirs or not _same_modality(found, here, there)):
            yield "modality"


def _modal_otherwise(found: Alignment, here: int, said: set[Label]) -> bool:
    """Whether the stated word is no verb, or its clause has the modality by another word."""
    if "if" in said:
        return is_conditional(found.statement, here)
    if "maybe" in said:
        return is_hedged(found.statement)
    words = (
        OPEN_WORDS | (PERMISSIONS if "able" in said else frozenset()) | (COMMANDS if "asked" in said else frozenset())
    )
    if has_modal_word(found.statement, here, words):
        return True
    if not is_verb_form(found.statement, here):  # the clause's own predicate is judged by itself, if it was said
        clause = clause_of(found.statement, here)
        here_too = clause is not None and any(s.label in _MODAL and clause.holds(s.cue) for s in found.statement.scopes)
        return here_too or here not in found.exact() or (clause is not None and clause.predicate in found.pairs)
    return is_infinitive(found.statement, here)


def _open_there(found: Alignment, there: int, stated: set[Label]) -> bool:
    """Whether the speaker was not sure of it, or planned it by another word."""
    if stated <= {"maybe", "if"}:
        return is_hedged(found.source)
    return has_modal_word(found.source, there)


def _same_modality(found: Alignment, here: int, there: int) -> bool:
    """Whether the two clauses have compatible modality, though another word of them is under the cue."""
    stated, said = clause_of(found.statement, here), clause_of(found.source, there)
    if stated is None or said is None:
        return False
    mine = {s.label for s in found.statement.scopes if stated.holds(s.cue) and s.label in _MODAL}
    theirs = {s.label for s in found.source.scopes if said.holds(s.cue) and s.label in _MODAL}
    return any(mine & _ALIKE[label] for label in theirs)


def _nominal(reading: Reading, at: int) -> bool:
    """As in "about moving to four days", "how to swim": spoken of, not said to have happened."""
    before = reading.tokens[at - 1].low if at else ""
    if before == "to" and at > 1 and reading.tokens[at - 2].low in _BEFORE_INFINITIVE:
        return True
    return reading.tokens[at].low.endswith("ing") and before in NOMINAL_OPENERS


_BEFORE_INFINITIVE = NOMINAL_QUESTIONS | {"on"}


def _heads(reading: Reading) -> set[int]:
    """The verbs that a cue governs: the first word after it, and those joined to it by "and" or a comma."""
    modal = [s for s in reading.scopes if s.label in _MODAL]
    joined = {
        n
        for s in modal
        for n in s.members
        if n and reading.tokens[n - 1].low in ("and", "or", ",") and reading.tokens[n].kind == "word"
    }
    heads = {s.head for s in modal if s.head is not None}
    behind = {
        n for s in modal if s.head is not None and s.label in _ANOTHERS and (n := _verb_behind(reading, s)) is not None
    }
    return joined | heads | behind


_ANOTHERS: tuple[Label, ...] = ("wish", "asked", "maybe", "unreal")


def _verb_behind(reading: Reading, scope: Scope) -> int | None:
    """As in "I wish my boss were leaving" and "I want to be able to swim": the verb stands behind its subject."""
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
    """Whether another clause begins shortly before *at*."""
    return any(t.kind == "mark" or t.low in ("and", "but", "or") for t in reading.tokens[max(0, at - 3) : at])


def _agree(found: Alignment, here: int, said: set[Label], stated: set[Label]) -> bool:
    if not stated:
        return (
            said == {"plan"}
            and not is_past(found.statement, here)
            and found.statement.tokens[here].low not in AMBIGUOUS_PAST
        )
    if ("if" in said and not stated & {"if", "maybe", "would"}) or (
        stated == {"able"} and said & {"wish", "plan", "duty"}
    ):
        return False
    return any(stated & _ALIKE[label] for label in said)


def _compatible(found: Alignment, there: int, stated: set[Label]) -> bool:
    return _still_owed(found, there, stated) or stated == {"able"}


def _still_owed(found: Alignment, there: int, stated: set[Label]) -> bool:
    """As in "it must be paid" for "I have not paid it, so that has to happen"."""
    owed = any(scope.label == "duty" for scope in found.source.scopes)
    return "duty" in stated and owed and there in found.source.denied


def _announced(found: Alignment, there: int, stated: set[Label]) -> bool:
    """As in "it will move" for "That moves to Tuesday"; not for what is past."""
    return stated <= {"plan", "duty", "unreal", "wish"} and "plan" in stated and not is_past(found.source, there)


def _labels(reading: Reading) -> dict[int, set[Label]]:
    labels: dict[int, set[Label]] = {}
    for scope in reading.scopes:
        if scope.label in _MODAL:
            for n in scope.members:
                labels.setdefault(n, set()).add(scope.label)
    return labels
