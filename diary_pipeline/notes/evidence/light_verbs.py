"""Clauses of "be", "have" and "do" ("I'll do it"): what qualifies them in the source must do so in the statement."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.modal_words import has_modal_word, is_conditional, is_hedged
from diary_pipeline.notes.evidence.tense import is_past
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_PAST, BE_PRESENT
from diary_pipeline.notes.language.lexicon.determiners import CLAUSE_OPENERS
from diary_pipeline.notes.language.lexicon.modality import CONVICTIONS, OPINIONS
from diary_pipeline.notes.language.lexicon.negation import NOT
from diary_pipeline.notes.language.lexicon.pronouns import FIRST_PERSON
from diary_pipeline.notes.language.lexicon.verbs import PAST_FORMS
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.scopes import dependent
from diary_pipeline.notes.language.spans import sentence

_OPEN = frozenset(("duty", "wish", "plan", "maybe", "would", "asked", "unreal"))
_PAST_OR_NOT = BE_PAST | NOT
_REPEATED = 0.75
"""Share of a clause's words that must come from one clause of the source to repeat it."""


def changed_light_verbs(found: Alignment, pairs: dict[int, int]) -> Iterator[str]:
    """A clause without its condition or modality; an opinion stated as a fact; a past state stated as present."""
    if any(
        _no_longer_so(found, stated, said)
        for stated in found.statement.clauses
        if (said := _repeated(found, stated, pairs)) is not None
    ):
        yield "taken back"
    clauses = [
        c
        for c in found.statement.clauses
        if c.predicate is not None and not found.statement.tokens[c.predicate].content
    ]
    repeated = [(stated, said) for stated in clauses if (said := _repeated(found, stated, pairs)) is not None]
    if not is_conditional(found.statement) and any(_depends(found.source, said) for _, said in repeated):
        yield "modality"
    if any(_only_possible(found, stated, said) for stated, said in repeated):
        yield "modality"
    sure = not is_hedged(found.statement) and not any(t.low in OPINIONS for t in found.statement.tokens)
    if sure and any(_only_thought(found, stated) for stated in clauses):
        yield "modality"


def _repeated(found: Alignment, stated: Clause, pairs: dict[int, int]) -> Clause | None:
    """The clause of the source that *stated* repeats: its predicate and most words."""
    said = clause_of(found.source, pairs[stated.predicate]) if stated.predicate in pairs else None
    words = [n for n in range(stated.first, stated.end) if found.statement.tokens[n].kind != "mark"]
    kept = [n for n in words if n in pairs and said is not None and said.holds(pairs[n])]
    return said if len(kept) >= _REPEATED * len(words) else None


def _depends(source: Reading, said: Clause) -> bool:
    """Whether an "if" leads the clause or governs it; what is past depends on nothing."""
    if said.predicate is not None and source.tokens[said.predicate].low in PAST_FORMS:
        return False
    cues = {scope.cue for scope in source.scopes if scope.label == "if"}
    return any(said.holds(cue) or said.first in dependent(source.tokens, cue) for cue in cues)


def _only_possible(found: Alignment, stated: Clause, said: Clause) -> bool:
    """As in "I had a coffee with Jan" for "I might have a coffee with Jan"."""
    at = stated.predicate or stated.first
    labels = {
        s.label for s in found.source.scopes if said.holds(s.cue) and s.cue <= (said.predicate or said.first)
    } & _OPEN
    if labels == {"plan"} and not is_past(found.statement, at):
        return False  # "it's on Friday" for "it'll be on Friday"
    mine = any(stated.holds(s.cue) and s.label in _OPEN for s in found.statement.scopes)
    return bool(labels) and not (mine or is_hedged(found.statement) or has_modal_word(found.statement, at))


def _no_longer_so(found: Alignment, stated: Clause, said: Clause) -> bool:
    """As in "The meeting is at ten" for "the meeting was at ten, but they've moved it"."""
    now, then = (
        {t.low for t in reading.tokens[c.first : c.end]}
        for reading, c in ((found.statement, stated), (found.source, said))
    )
    later = range(said.end, sentence(found.source.tokens, said.first).stop)
    is_now = bool(BE_PRESENT & now) and not _PAST_OR_NOT & now
    return (
        is_now
        and not BE_PRESENT & then
        and bool(BE_PAST & then)
        and any(found.source.tokens[n].low == "but" for n in later)
    )


def _only_thought(found: Alignment, stated: Clause) -> bool:
    """As in "It is from Prague" for "she thinks it is from Prague"."""
    after = [found.pairs[n] for n in range((stated.predicate or 0) + 1, stated.end) if n in found.pairs]
    return bool(after) and all(_thought(found.source, there) for there in after)


def _thought(source: Reading, there: int) -> bool:
    tokens, whole = source.tokens, sentence(source.tokens, there)
    for n in (
        n
        for n in range(max(1, whole.start), there)
        if tokens[n].low in CONVICTIONS and tokens[n - 1].low not in FIRST_PERSON
    ):
        led = [t.low for t in tokens[n + 1 : n + 3] if t.low != "that"][:1]
        if led and led[0] in CLAUSE_OPENERS and not any(t.kind == "mark" for t in tokens[n:there]):
            return True
    return False
