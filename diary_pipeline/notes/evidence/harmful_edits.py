"""Near copies: a statement that repeats the source's words in order is judged by what it left out and put in."""

from collections.abc import Iterator
from itertools import pairwise

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.diff import Edit, edits
from diary_pipeline.notes.evidence.modal_words import is_hedged
from diary_pipeline.notes.evidence.substitutions import harmful_substitutions
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_FINITE
from diary_pipeline.notes.language.lexicon.modality import BIDDING_VERBS, THINKING_LEMMAS, WEAKENERS
from diary_pipeline.notes.language.lexicon.negation import NOT_OR_NEVER
from diary_pipeline.notes.language.lexicon.pronouns import FIRST_PERSON, PERSON_OF
from diary_pipeline.notes.language.lexicon.speech import REPORTING_VERBS
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.words import key_of

_NEAR = 0.75
"""Share of content words that a near copy keeps in order; of few words, all but one."""
_FEW = 2
_FINITE = BE_FINITE | {"'s"}  # the source may have it as another word's "'s"
_HEDGING = WEAKENERS - NOT_OR_NEVER
_NEW_SUBJECT = 2  # "his mum"
_THINKING = frozenset(map(key_of, THINKING_LEMMAS))
_ASKING = frozenset(map(key_of, ("ask", "wonder", "want")))
_WHETHER = {"if", "whether"}


def harmful_edits(found: Alignment, pairs: dict[int, int]) -> Iterator[str]:
    """Edits of a near copy that change what it says. *pairs*: see `align_in_order`."""
    if not is_near_copy(found, pairs):
        return
    for edit in edits(found, pairs):
        if edit.added and edit.skipped:
            yield from harmful_substitutions(found, edit)
        elif edit.skipped:
            yield from _left_out(found, edit)
        elif _denied_anew(found, edit):
            yield "negation"
    for stated in found.statement.clauses:
        if _other_subject(found, stated, pairs):
            yield "role"
    if _only_thought(found, pairs):
        yield "modality"


def is_near_copy(found: Alignment, pairs: dict[int, int]) -> bool:
    """Whether the statement repeats nearly all of its words from the source, in order."""
    content = found.statement.content
    kept = sum(n in pairs for n in content)
    return kept > 0 and len(pairs) > 1 and kept >= min(_NEAR * len(content), len(content) - 1)


def _left_out(found: Alignment, edit: Edit) -> Iterator[str]:
    """Reasons against leaving out a weakener, or the end of one clause and the beginning of the next."""
    if edit.before is None and found.source.tokens[edit.skipped[-1]].low in _HEDGING and not is_hedged(found.statement):
        yield "modality"
    if edit.before is None or edit.after is None:
        return
    lows = {found.source.tokens[n].low for n in edit.skipped}
    old, new = (clause_of(found.source, there) for _, there in (edit.before, edit.after))
    denied = clause_of(found.statement, edit.after[0])
    denying = [s.cue for s in found.statement.scopes if s.label == "not"] + [
        n for n, t in enumerate(found.statement.tokens) if t.low == "unless"
    ]
    plain = denied is None or not any(denied.holds(n) for n in denying)
    if lows & WEAKENERS and old is new and len(lows) <= _FEW and plain:
        yield "negation" if lows & NOT_OR_NEVER else "modality"
    if _commanded(found, edit) or _said_of_another(found, edit):
        yield "role"
    if _of_another_predicate(found, edit, clause_of(found.statement, edit.before[0]), new):
        yield "role"


def _commanded(found: Alignment, edit: Edit) -> bool:
    """As in "the boss wants to come" for "the boss wants me to come"."""
    tokens = found.source.tokens
    if (
        edit.before is None
        or edit.after is None
        or tokens[edit.before[1]].low not in BIDDING_VERBS
        or tokens[edit.after[1]].low != "to"
    ):
        return False
    stated = clause_of(found.statement, edit.before[0])
    return (stated is None or not stated.passive) and all(tokens[n].low in PERSON_OF for n in edit.skipped)


def _said_of_another(found: Alignment, edit: Edit) -> bool:
    """As in "Theo never runs out" for "Theo said his mum never runs out"."""
    tokens, (verb, *rest) = found.source.tokens, edit.skipped
    if (
        edit.before is None
        or edit.after is None
        or edit.before[1] != verb - 1
        or tokens[verb].low not in REPORTING_VERBS
        or not rest
    ):
        return False
    stated = clause_of(found.statement, edit.before[0])
    bearer = (
        stated is not None
        and stated.subject is not None
        and stated.subject.at == edit.before[0]
        and stated.holds(edit.after[0])
    )
    continues = found.statement.tokens[edit.after[0]].low not in _FINITE
    at_once = (
        continues and all(tokens[n].kind != "mark" for n in range(verb, edit.after[1])) and len(rest) <= _NEW_SUBJECT
    )
    return bearer and at_once and any(tokens[n].content or tokens[n].low in FIRST_PERSON for n in rest)


def _of_another_predicate(found: Alignment, edit: Edit, stated: Clause | None, said: Clause | None) -> bool:
    """As in "Marta won the sack race" for "Marta won the raffle and I came third in the sack race"."""
    if edit.before is None or edit.after is None or stated is None or said is None or not stated.holds(edit.after[0]):
        return False
    if said.predicate not in edit.skipped or said.subject is None or said.subject.at not in edit.skipped:
        return False
    verb, *rest = [n for n in found.source.content if edit.before[1] <= n < said.first] or [-1]
    predicate = edit.before[0] == stated.predicate or found.source.tokens[edit.before[1] - 1].low == "to"
    following = next((t.key for t in found.source.tokens[edit.after[1] :] if t.content), "")
    again = following in {found.source.tokens[n].key for n in rest}
    return predicate and verb == edit.before[1] and bool(rest) and not again


def _denied_anew(found: Alignment, edit: Edit) -> bool:
    """A denial put between two words that are neighbours in the source."""
    if (
        edit.before is None
        or edit.after is None
        or not all(found.statement.tokens[n].low in NOT_OR_NEVER for n in edit.added)
    ):
        return False
    bearer = found.source.tokens[max(edit.before[1] - 1, 0)].low
    denied = range(edit.after[1], edit.after[1] + 4)
    return not any(
        s.label == "not"
        and set(s.members) & set(denied)
        and (s.cue < edit.after[1] or found.source.tokens[s.cue - 2].low == bearer)
        for s in found.source.scopes  # "the kitchen is finished, the bathroom isn't" denies nothing of the kitchen
    )


def _other_subject(found: Alignment, stated: Clause, pairs: dict[int, int]) -> bool:
    """Whether the source has the verb, with what follows it, with another subject."""
    there = pairs.get(stated.predicate) if stated.predicate is not None else None
    said = clause_of(found.source, there) if there is not None else None
    if said is None or said.predicate != there or stated.passive != said.passive:
        return False
    if stated.subject is None or said.subject is None:
        return False
    mine, theirs = stated.subject, said.subject
    if mine.kind == theirs.kind == "name":
        return not mine.keys & theirs.keys
    if (
        {mine.kind, theirs.kind} <= {"name", "noun"}
        and theirs.at not in pairs.values()
        and _of_another_clause(found, mine.at, said, pairs)
    ):
        return not mine.keys & theirs.keys
    if "first" in (mine.kind, theirs.kind):
        return (
            mine.kind != theirs.kind
            and _continues(found, stated, pairs)
            and not any(t.low in REPORTING_VERBS for t in found.source.tokens[: said.predicate])
        )
    persons = {
        PERSON_OF.get(reading.tokens[s.at].low) for reading, s in ((found.statement, mine), (found.source, theirs))
    }
    return persons == {"he", "she"}


def _of_another_clause(found: Alignment, at: int, said: Clause, pairs: dict[int, int]) -> bool:
    """As in "Theo never runs out" for "Theo said his mum never runs out": a subject whose own verb was left out."""
    others = [
        c for c in found.source.clauses if c is not said and c.subject is not None and c.subject.at == pairs.get(at)
    ]
    return any(c.predicate is not None and c.predicate not in pairs.values() for c in others)


def _continues(found: Alignment, stated: Clause, pairs: dict[int, int]) -> bool:
    """Whether the next word after the verb is the next one in the source too."""
    after = next((n for n in found.statement.content if stated.predicate is not None and n > stated.predicate), None)
    there = next(
        (n for n in found.source.content if stated.predicate is not None and n > pairs[stated.predicate]), None
    )
    return after is None or pairs.get(after) == there


def _only_thought(found: Alignment, pairs: dict[int, int]) -> bool:
    """As in "the roof will last" for "Tomasz reckons the roof will last", or for "he asked if the roof will last"."""
    kept = set(pairs.values())
    asks = any(t.low in _WHETHER or t.key in _ASKING for t in found.statement.tokens)
    for said, after in pairwise(found.source.clauses):
        if (
            after.predicate not in kept
            or kept & set(range(said.first, said.end))
            or found.source.tokens[said.end - 1].kind == "mark"
        ):
            continue
        if said.key in _THINKING and not is_hedged(found.statement):
            return True
        if said.key in _ASKING and found.source.tokens[after.first].low in _WHETHER and not asks:
            return True
    return False
