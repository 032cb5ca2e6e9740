"""Scopes: the words that a cue governs, denied, planned, owed, only possible. One scope for each cue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diary_pipeline.notes.language.cues import Label, cue_at
from diary_pipeline.notes.language.denials import denies, elliptic, governor, left_undone, reach_of_negation, says_no
from diary_pipeline.notes.language.lexicon.auxiliaries import CLAUSE_AUXILIARIES, CORE_MODALS
from diary_pipeline.notes.language.lexicon.conjunctions import TURNS
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.modality import PROVISOS, REMINDER_OPENERS
from diary_pipeline.notes.language.lexicon.negation import NOT
from diary_pipeline.notes.language.lexicon.pronouns import PERSONAL_PRONOUNS, SUBJECTS
from diary_pipeline.notes.language.lexicon.speech import COMMANDED_SPEECH, REPORTING_VERBS, WHETHER_VERBS
from diary_pipeline.notes.language.lexicon.verbs import PAST_FORMS, TODO_VERBS
from diary_pipeline.notes.language.spans import new_subject, reach, sentence
from diary_pipeline.notes.language.words import VALUE_KINDS, Token, is_denial


@dataclass(frozen=True)
class Scope:
    """A cue and the words that it governs; *head* is the first content word."""

    label: Label
    cue: int
    members: tuple[int, ...]
    head: int | None


def scopes(tokens: Sequence[Token]) -> tuple[Scope, ...]:
    """All scopes of *tokens*, in order of their cues."""
    made: list[Scope] = []
    used = 0
    for at in range(len(tokens)):
        made += _denials(tokens, at)
        if at >= used and (found := cue_at(tokens, at)):
            label, width = found
            used = at + width
            made.append(_scope(label, at, reach(tokens, at + width), tokens))
        if _orders(tokens, at):
            made.append(Scope("duty", at, tuple(n for n in reach(tokens, at) if tokens[n].content), at))
        if _conditional(tokens, at):
            made += _conditions(tokens, at)
        if _commands_speech(tokens, at):
            made.append(_scope("unreal", at, range(at + 1, sentence(tokens, at).stop), tokens))
    return tuple(made)


def _denials(tokens: Sequence[Token], at: int) -> Iterator[Scope]:
    if denies(tokens, at):
        yield _scope("not", at, reach_of_negation(tokens, governor(tokens, at)), tokens)
    elif elliptic(tokens, at):
        yield _elliptic_denial(tokens, at)
    elif left_undone(tokens, at):
        yield Scope("not", at, tuple(n for n in range(sentence(tokens, at).start, at) if tokens[n].content), None)
    elif says_no(tokens, at):
        yield Scope("not", at, tuple(n for n in range(sentence(tokens, at).start, at - 1) if tokens[n].content), None)
    elif tokens[at].kind == "word" and is_denial(tokens[at].low):
        yield Scope("not", at, (at,), at)
    if (
        at
        and (tokens[at - 1].low, tokens[at].low) in (("instead", "of"), ("rather", "than"))
        and not _of_a_value(tokens, at)
    ):
        yield _scope("not", at, reach_of_negation(tokens, at + 1), tokens)


def _of_a_value(tokens: Sequence[Token], at: int) -> bool:
    """As in "twelve instead of the usual ten": the old value is true as well."""
    if at + 1 < len(tokens) and tokens[at + 1].low.endswith("ing"):
        return False
    kinds = [t.kind for t in tokens[at + 1 : at + 5]]
    end = kinds.index("mark") if "mark" in kinds else len(kinds)
    return any(kind in VALUE_KINDS for kind in kinds[:end])


def _conditional(tokens: Sequence[Token], at: int) -> bool:
    """Whether a condition begins: "if", "unless", "should her oxygen drop"."""
    if tokens[at].low in ("if", "unless"):
        return not _whether(tokens, at) and not (at and tokens[at - 1].low == "as")
    if tokens[at].low in PROVISOS or (
        tokens[at].low == "long" and [t.low for t in tokens[max(0, at - 1) : at + 2 : 2]] == ["as", "as"]
    ):
        return _provides(tokens, at)
    opens = at == 0 or tokens[at - 1].kind in ("mark", "word", "number")
    inverted = at + 2 < len(tokens) and (tokens[at + 1].low in DETERMINERS or tokens[at + 1].low in SUBJECTS)
    return tokens[at].low == "should" and opens and inverted and tokens[-1].low[:1] != "?"


def _provides(tokens: Sequence[Token], at: int) -> bool:
    """As in "provided that it rains", "as long as she pays"; not "they provided the tea", "as long as a bus"."""
    after = [t.low for t in tokens[at + 1 : at + 4]]
    after = after[1:] if tokens[at].low == "long" else after
    clause = after[:1] == ["that"] or bool(set(after[:1]) & SUBJECTS)
    aside = at > 0 and tokens[at - 1].kind == "mark" and tokens[at].low != "long" and bool(set(after[:1]) & DETERMINERS)
    return clause or aside


_NO_ORDER = CLAUSE_AUXILIARIES | PAST_FORMS | NOT | {"of", "in", "on"}
"""Before these a bare verb is no order."""
_ORDERED_THINGS = DETERMINERS | {"some", "it", "them"}
_BEFORE_ORDER = {"and", "then"} | {"please", "just"}


def _conditions(tokens: Sequence[Token], at: int) -> list[Scope]:
    """The condition, and what depends on it."""
    whole = dependent(tokens, at)
    end = next((n for n in range(at + 1, whole.stop) if _ends_condition(tokens, at, n)), whole.stop)
    made = [_scope("if", at, range(at + 1, end), tokens)]
    rests = (range(_reported_start(tokens, whole.start, at), at), range(end, whole.stop))
    open_ = [rest for rest in rests if any(tokens[n].content for n in rest) and not _is_finished(tokens, at, end, rest)]
    return made + [_scope("if", at, rest, tokens) for rest in open_]


def _reported_start(tokens: Sequence[Token], start: int, end: int) -> int:
    """Where reported words begin: in "she said she'd come if" her coming depends on it, her saying so does not."""
    said = [
        n
        for n in range(start, end)
        if tokens[n].low in REPORTING_VERBS and any(t.low in SUBJECTS for t in tokens[n + 1 : n + 3])
    ]
    return said[-1] + 1 if said else start


def _is_finished(tokens: Sequence[Token], at: int, end: int, rest: range) -> bool:
    """Whether the main clause is past and the condition open: "If there is a next time, I told her never again"."""
    condition, main_clause = ([tokens[n].low for n in part] for part in (range(at, end), rest))
    verb = next(
        (
            low
            for low in main_clause
            if low in CLAUSE_AUXILIARIES or low in ("would", "'d") or low in PAST_FORMS or low.endswith("ed")
        ),
        "",
    )
    return (verb in PAST_FORMS or verb.endswith("ed")) and not any(
        low in PAST_FORMS or low.endswith("ed") for low in condition
    )


def _ends_condition(tokens: Sequence[Token], at: int, here: int) -> bool:
    """A condition ends at a mark, at "then", and at a new subject."""
    said = any(tokens[n].content for n in range(at + 1, here))
    return tokens[here].kind == "mark" or tokens[here].low == "then" or (said and tokens[here].low in PERSONAL_PRONOUNS)


def dependent(tokens: Sequence[Token], at: int) -> range:
    """The part of the sentence around *at* up to where another thought begins."""
    whole = sentence(tokens, at)
    start, end = at, at + 1
    while (
        start > whole.start
        and not (start == at and tokens[at - 1].low == "and")
        and not _begins_thought(tokens, start - 1)
    ):
        start -= 1
    while end < whole.stop and not _begins_thought(tokens, end):
        end += 1
    return range(start, end)


def _begins_thought(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at].low in TURNS or (tokens[at].low == "and" and new_subject(tokens, at + 1))


def _commands_speech(tokens: Sequence[Token], at: int) -> bool:
    """As in "and say that I won": what follows did not happen."""
    if tokens[at].low not in COMMANDED_SPEECH or at + 1 >= len(tokens) or tokens[at + 1].low not in {"that", *SUBJECTS}:
        return False
    return at == sentence(tokens, at).start or tokens[at - 1].kind == "mark" or tokens[at - 1].low in _BEFORE_ORDER


def _orders(tokens: Sequence[Token], at: int) -> bool:
    """Whether an order or reminder begins: a sentence, or a clause of one, that opens with a bare verb."""
    if tokens[at].low not in TODO_VERBS or at + 1 >= len(tokens) or tokens[at + 1].kind == "mark":
        return False
    if tokens[at + 1].low in _NO_ORDER or (tokens[at].text[0].isupper() and not tokens[at].first):
        return False
    start = sentence(tokens, at).start
    before = tokens[start:at]
    if before and not (before[-1].kind == "mark" or before[-1].low in ("please", "and", "so")):
        return False
    main_clause = (
        len(before) > 1 and before[-1].low == "," and before[-2].low in ("said", "says", "say")
    )  # "he said, go to bed"
    so = bool(before) and before[-1].low == "so" and tokens[at + 1].low in _ORDERED_THINGS  # not "so close to"
    if before and (before[-1].low == "please" or main_clause or so):
        return True
    bare = all(not t.content or t.kind == "date" or t.low in REMINDER_OPENERS for t in before)
    return (bare and not any(t.low in SUBJECTS or t.low in CLAUSE_AUXILIARIES for t in before)) or (
        start < at and _orders(tokens, start)
    )


def _scope(label: Label, cue: int, members: range, tokens: Sequence[Token]) -> Scope:
    content = tuple(at for at in members if tokens[at].content)
    bare = label != "not" and any(
        tokens[at].low == "do" for at in members[:2]
    )  # "would do it" does not name what is done
    head = next((n for n in content if not (label == "not" and _owner(tokens, n))), None)
    return Scope(label, cue, content, None if bare else head)


def _owner(tokens: Sequence[Token], at: int) -> bool:
    """As in "it isn't Ada's fault": the fault is denied, not Ada."""
    return (
        tokens[at].kind == "name"
        and at + 2 < len(tokens)
        and tokens[at + 1].low == "'s"
        and tokens[at + 2].kind == "word"
    )


def _elliptic_denial(tokens: Sequence[Token], at: int) -> Scope:
    """What "but he has not" and "I said I couldn't" deny: what the same auxiliary governs before, else the sentence."""
    start = sentence(tokens, at).start
    auxiliary = tokens[at - 1].low
    before = next((n for n in range(at - 2, start - 1, -1) if tokens[n].low == auxiliary), None)
    if before is None or auxiliary not in CORE_MODALS:
        return Scope("not", at, _scope("not", at, sentence(tokens, at), tokens).members, None)
    end = next((n for n in range(before, at) if tokens[n].kind == "mark"), at)
    return _scope("not", at, range(before + 1, end), tokens)


def _whether(tokens: Sequence[Token], at: int) -> bool:
    before = [t.low for t in tokens[max(sentence(tokens, at).start, at - 5) : at]]
    return any(low in WHETHER_VERBS for low in before) and "for" not in before
