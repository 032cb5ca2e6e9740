"""Deeds without a word of their own ("I'll do it", "it is from Prague"): what makes their clause less than so makes them so too.

What belongs here: clauses of "be", "have" and "do" that the statement repeats. What does not: verbs that say something (`scope`,
`conditions`, `doubts`).
"""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.modal_words import conditional_too, hedged_too, open_too
from diary_pipeline.notes.evidence.tense import past
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_PAST, BE_PRESENT
from diary_pipeline.notes.language.lexicon.determiners import NOUN_OPENERS
from diary_pipeline.notes.language.lexicon.modality import CONVICTIONS, OPINIONS
from diary_pipeline.notes.language.lexicon.negation import NOT
from diary_pipeline.notes.language.lexicon.pronouns import DUMMY_SUBJECTS, FIRST_PERSON, PERSONAL_PRONOUNS
from diary_pipeline.notes.language.lexicon.verbs import PAST_FORMS
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.scopes import dependent
from diary_pipeline.notes.language.spans import sentence

_OPENS = PERSONAL_PRONOUNS | NOUN_OPENERS | DUMMY_SUBJECTS
_OPEN = frozenset(("duty", "wish", "plan", "maybe", "would", "asked", "unreal"))
_PAST_OR_NOT = BE_PAST | NOT
_REPEATED = 0.75
"""The share of a clause's words that must come from one clause to say that it repeats it."""


def light_deeds(found: Alignment, pairs: dict[int, int]) -> Iterator[str]:
    """A condition dropped, as in "I'll do it on Sunday" for "I'll do it on Sunday, if I'm up"; a mood; a thought told as so; what was."""
    if any(
        _was(found, told, said)
        for told in found.statement.clauses
        if (said := _repeated(found, told, pairs)) is not None
    ):
        yield "taken back"
    clauses = [
        c
        for c in found.statement.clauses
        if c.predicate is not None and not found.statement.tokens[c.predicate].content
    ]
    repeated = [(told, said) for told in clauses if (said := _repeated(found, told, pairs)) is not None]
    if not conditional_too(found.statement) and any(_depends(found.source, said) for _, said in repeated):
        yield "modality"
    if any(_only_open(found, told, said) for told, said in repeated):
        yield "modality"
    sure = not hedged_too(found.statement) and not any(t.low in OPINIONS for t in found.statement.tokens)
    if sure and any(_only_thought(found, told) for told in clauses):
        yield "modality"


def _repeated(found: Alignment, told: Clause, pairs: dict[int, int]) -> Clause | None:
    """The clause of the source that *told* repeats, deed and most words."""
    said = clause_of(found.source, pairs[told.predicate]) if told.predicate in pairs else None
    words = [n for n in range(told.first, told.end) if found.statement.tokens[n].kind != "mark"]
    kept = [n for n in words if n in pairs and said is not None and said.holds(pairs[n])]
    return said if len(kept) >= _REPEATED * len(words) else None


def _depends(source: Reading, said: Clause) -> bool:
    """Whether an "if" leads the clause, or one of its sentence governs it; what is over depends on nothing."""
    if said.predicate is not None and source.tokens[said.predicate].low in PAST_FORMS:
        return False
    cues = {scope.cue for scope in source.scopes if scope.label == "if"}
    return any(said.holds(cue) or said.first in dependent(source.tokens, cue) for cue in cues)


def _only_open(found: Alignment, told: Clause, said: Clause) -> bool:
    """As in "I had a coffee with Jan" for "I might have a coffee with Jan"."""
    at = told.predicate or told.first
    moods = {
        s.label for s in found.source.scopes if said.holds(s.cue) and s.cue <= (said.predicate or said.first)
    } & _OPEN
    if moods == {"plan"} and not past(found.statement, at):
        return False  # "it's on Friday" for "it'll be on Friday"
    mine = any(told.holds(s.cue) and s.label in _OPEN for s in found.statement.scopes)
    return bool(moods) and not (mine or hedged_too(found.statement) or open_too(found.statement, at))


def _was(found: Alignment, told: Clause, said: Clause) -> bool:
    """As in "The meeting is at ten" for "the meeting was at ten, but they've moved it"."""
    now, then = (
        {t.low for t in reading.tokens[c.first : c.end]}
        for reading, c in ((found.statement, told), (found.source, said))
    )
    later = range(said.end, sentence(found.source.tokens, said.first).stop)
    is_now = bool(BE_PRESENT & now) and not _PAST_OR_NOT & now
    return (
        is_now
        and not BE_PRESENT & then
        and bool(BE_PAST & then)
        and any(found.source.tokens[n].low == "but" for n in later)
    )


def _only_thought(found: Alignment, told: Clause) -> bool:
    """As in "It is from Prague" for "she thinks it is from Prague": all that is said of it is what another thinks."""
    after = [found.pairs[n] for n in range((told.predicate or 0) + 1, told.end) if n in found.pairs]
    return bool(after) and all(_thought(found.source, there) for there in after)


def _thought(source: Reading, there: int) -> bool:
    tokens, whole = source.tokens, sentence(source.tokens, there)
    for n in (
        n
        for n in range(max(1, whole.start), there)
        if tokens[n].low in CONVICTIONS and tokens[n - 1].low not in FIRST_PERSON
    ):
        led = [t.low for t in tokens[n + 1 : n + 3] if t.low != "that"][:1]
        if led and led[0] in _OPENS and not any(t.kind == "mark" for t in tokens[n:there]):
            return True
    return False
