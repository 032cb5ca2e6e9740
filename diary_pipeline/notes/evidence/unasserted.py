"""What was only asked, wanted of the speaker, or ought to be: stated as a fact, or as a duty of the speaker."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.modal_words import is_hedged, is_verb_form, rejected_alternatives
from diary_pipeline.notes.language.lexicon.auxiliaries import CORE_MODALS
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.modality import (
    ACCEPTANCES,
    HEDGES,
    OPEN_WORDS,
    QUESTION_OR_WISH,
    WISHING_VERBS,
)
from diary_pipeline.notes.language.lexicon.negation import NEGATIONS
from diary_pipeline.notes.language.lexicon.pronouns import QUESTION_OPENERS, SUBJECTS
from diary_pipeline.notes.language.lexicon.speech import FINDING_OUT
from diary_pipeline.notes.language.lexicon.verbs import PAST_FORMS, TODO_VERBS
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.scopes import Scope
from diary_pipeline.notes.language.spans import sentence

_QUESTIONS = QUESTION_OPENERS | CORE_MODALS
_OWED = ("duty", "plan")
_NOT_SIMPLY_SO = OPEN_WORDS | HEDGES | QUESTION_OR_WISH | NEGATIONS


def unasserted(found: Alignment) -> Iterator[str]:
    """A question as its answer, another's wish as the speaker's duty or deed, an amount owed as one that is."""
    for scope in (s for s in found.source.scopes if s.label == "asked" and s.head is not None):
        heads = [n for n, there in found.pairs.items() if there == scope.head and is_verb_form(found.statement, n)]
        if heads and _consented(found.source, scope):
            continue
        if any(_answered(found, scope, here) for here in heads):
            yield "modality"
    if any(
        _duty_adopted(found, s) for s in found.source.scopes if s.label == "asked" and not _consented(found.source, s)
    ):
        yield "modality"
    if any(_commanded(found, here, there) for here, there in found.pairs.items()):
        yield "modality"
    if any(_forbidden(found, s) for s in found.source.scopes if s.label == "not"):
        yield "modality"
    if any(_unpaired_predicate(found, clause) for clause in found.statement.clauses):
        yield "modality"
    if any(_amount_owed(found, s) for s in found.source.scopes if s.label == "duty"):
        yield "modality"


def _consented(source: Reading, scope: Scope) -> bool:
    return any(t.low in ACCEPTANCES for t in source.tokens[scope.cue :])


def _answered(found: Alignment, scope: Scope, here: int) -> bool:
    """As in "I'm going to sell it" for "she asked when I'm going to sell it"."""
    opener = next((t.low for t in found.source.tokens[scope.cue + 1 : scope.cue + 5] if t.low in _QUESTIONS), None)
    if opener is None or any(
        found.source.tokens[n].key == found.statement.tokens[here].key for n in _after(found, scope)
    ):
        return False
    asks = any(t.low in QUESTION_OR_WISH or t.low == "if" for t in found.statement.tokens)
    denies = any(s.label == "not" and s.cue < here for s in found.statement.scopes)
    thing = found.statement.tokens[here - 1].low in DETERMINERS if here else False
    return not (asks or denies or thing)


def _after(found: Alignment, scope: Scope) -> range:
    """Places behind the question, where the same may be said as a fact."""
    return range(max(scope.members) + 1, len(found.source.tokens))


def _duty_adopted(found: Alignment, scope: Scope) -> bool:
    """As in "I have to do it" for "he wants me to do it"."""
    source, statement = found.source, found.statement
    of_me = [t.low for t in source.tokens[scope.cue + 1 : scope.cue + 3]] in (["me", "to"], ["us", "to"])
    if (
        source.tokens[scope.cue].low not in WISHING_VERBS
        or not of_me
        or any(t.low in QUESTION_OR_WISH for t in statement.tokens)
    ):
        return False
    for owed in (s for s in statement.scopes if s.label in _OWED):
        clause = clause_of(statement, owed.cue)
        mine = clause is not None and clause.subject is not None and clause.subject.kind == "first"
        paired = [found.pairs[n] for n in owed.members if n in found.pairs]
        if mine and paired and set(paired) <= set(scope.members):
            return True
    return False


def _commanded(found: Alignment, here: int, there: int) -> bool:
    """As in "I ordered two metres" for "the wire is low, order two metres"."""
    tokens, stated = found.source.tokens, found.statement.tokens[here]
    said = tokens[there]
    if (
        said.low not in TODO_VERBS
        or stated.low == said.low
        or not (stated.low in PAST_FORMS or stated.low.endswith("ed"))
        or there + 1 >= len(tokens)
    ):
        return False
    thing = (
        tokens[there + 1].low in DETERMINERS
        or tokens[there + 1].kind == "number"
        or tokens[there + 1].low in ("some", "it", "them")
    )
    before = tokens[sentence(tokens, there).start : there]
    opens = not before or before[-1].kind == "mark" or before[-1].low == "so"
    return opens and thing and not any(t.low in SUBJECTS for t in before)


def _forbidden(found: Alignment, scope: Scope) -> bool:
    """As in "I didn't book the room" for "don't book the room"."""
    tokens, do = found.source.tokens, scope.cue - 1
    if do < 0 or tokens[do].low != "do" or not (do == sentence(tokens, do).start or tokens[do - 1].kind == "mark"):
        return False
    heads = [here for here, there in found.pairs.items() if there == scope.head]
    stated = [clause for here in heads if (clause := clause_of(found.statement, here)) is not None]
    return any(t.low == "did" for clause in stated for t in found.statement.tokens[clause.first : clause.end])


def _unpaired_predicate(found: Alignment, stated: Clause) -> bool:
    """As in "The rent went up by six percent" for "he wants to put it up by six percent"."""
    statement, predicate = found.statement, stated.predicate
    if predicate is None or predicate in found.pairs or not statement.tokens[predicate].content:
        return False
    words = statement.tokens[max(0, stated.first - 3) : stated.end]
    if any(t.low in _NOT_SIMPLY_SO for t in words) or any(stated.holds(s.cue) for s in statement.scopes):
        return False
    things = [found.pairs[n] for n in range(stated.first, stated.end) if n in found.pairs]
    if len(things) > _LEAST and stated.subject is not None:
        things = [n for n in things if found.source.tokens[n].key not in stated.subject.keys]
    open_ = {n for s in found.source.scopes if s.label in _ONLY_OPEN for n in s.members} | _to_be_seen(found.source)
    done = _past(statement, predicate)
    owed = {n for s in found.source.scopes if s.label == "duty" and done for n in s.members}
    return len(things) >= _LEAST and all(n in open_ | owed for n in things)


def _to_be_seen(source: Reading) -> set[int]:
    """Places behind "I'll see if": "I'll see if Ada is free"."""
    tokens = source.tokens
    at = [n for n in range(1, len(tokens)) if tokens[n].low in ("if", "whether") and tokens[n - 1].low in FINDING_OUT]
    return {
        n
        for cue in at
        for n in range(cue + 1, next((m for m in range(cue, len(tokens)) if tokens[m].kind == "mark"), len(tokens)))
    }


def _past(reading: Reading, at: int) -> bool:
    low = reading.tokens[at].low
    return low in PAST_FORMS or low.endswith("ed")


_ONLY_OPEN = ("wish", "asked", "maybe", "unreal")
_LEAST = 2


def _amount_owed(found: Alignment, scope: Scope) -> bool:
    """As in "he's fifteen" for "he ought to be fifteen"."""
    tokens = found.source.tokens
    if (
        scope.head is None
        or tokens[scope.head].kind not in ("number", "time", "date")
        or tokens[scope.head - 1].low != "be"
    ):
        return False
    open_ = {n for s in found.statement.scopes if s.label != "not" for n in s.members}
    heads = [n for n, there in found.pairs.items() if there == scope.head]
    return (
        bool(heads)
        and not any(n in open_ | rejected_alternatives(found.statement) for n in heads)
        and not is_hedged(found.statement)
    )
