"""Doubts that a statement drops or adds: one of two that it may have been, what somebody only thinks, "not sure whether".

What belongs here: doubts that govern whole clauses. What does not: cues before a verb (`scope`), values "I think" (`certainty`).
"""

from collections.abc import Iterator
from itertools import pairwise

from diary_pipeline.notes.evidence.align import Alignment
from diary_pipeline.notes.evidence.moods import HEDGES, hedged_too
from diary_pipeline.notes.evidence.values import clause_of
from diary_pipeline.notes.language.lexicon import FIRST
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.spans import sentence

_ONLY_THOUGHT = frozenset(
    """thinks reckons reckoned believes suspects suspected guesses guessed hopes hoped worries fears afraid scared worried
    convinced""".split()
)
_OPINION = _ONLY_THOUGHT | frozenset(
    """thought think reckon believed believe doubts expected expects feels claims claimed says said say swears insists according hope
    worry fear opinion view""".split()
)
_UNSURE = (("not", "sure"), ("n't", "know"), ("n't", "remember"), ("not", "know"), ("not", "certain"), ("was", "it"), ("is", "it"))
_UNSURE_WORDS = frozenset("unsure uncertain either unclear forget forgot".split())


def other_doubts(found: Alignment) -> Iterator[str]:
    """One of two possibilities told as so; another's opinion told as so; a doubt that nobody had."""
    if _one_of_two(found) or _opinion_of_another(found) or _doubt_added(found):
        yield "modality"


def _doubts(reading: Reading, places: range) -> bool:
    lows = [reading.tokens[n].low for n in places]
    return bool(_UNSURE_WORDS & set(lows)) or any(pair in _UNSURE for pair in pairwise(lows))


def _one_of_two(found: Alignment) -> bool:
    """As in "it's at home or it's in the car, I'm not sure": neither is so, unless it is said once more."""
    told, tokens = found.statement, found.source.tokens
    if hedged_too(told) or _doubts(told, range(len(told.tokens))):
        return False
    for at in (n for n, t in enumerate(tokens) if t.low == "or" and n):
        whole = sentence(tokens, at)
        if not _doubts(found.source, whole):
            continue
        end = next((n for n in range(at + 1, whole.stop) if tokens[n].kind == "mark"), whole.stop)
        other = next((n for n in range(end - 1, at, -1) if tokens[n].content), None)
        before = next((n for n in range(at - 1, whole.start - 1, -1) if tokens[n].content), None)
        if before is None or other is None or {tokens[before].key, tokens[other].key} & {t.key for t in tokens[end:]}:
            continue
        taken = set(found.pairs.values())
        if (before in taken) != (other in taken):
            return True
    return False


def _opinion_of_another(found: Alignment) -> bool:
    """As in "Ada reckons they'll close the school": they need not."""
    if any(t.low in _OPINION | HEDGES for t in found.statement.tokens):
        return False
    clauses = found.source.clauses
    for holder, held in pairwise(clauses):
        verb = holder.predicate
        if verb is None or verb != holder.end - 1 - (found.source.tokens[holder.end - 1].low == "that") or holder.subject is None:
            continue
        if found.source.tokens[verb].low in _ONLY_THOUGHT and held.predicate is not None and found.source.tokens[verb - 1].low not in FIRST:
            deeds = [here for here, there in found.pairs.items() if there == held.predicate]
            if any((c := clause_of(found.statement, here)) is not None and c.predicate == here for here in deeds):
                return True
    return False


def _doubt_added(found: Alignment) -> bool:
    """As in "I'm not sure whether he swallowed it", where he did."""
    said, told = found.source.tokens, found.statement.tokens
    if hedged_too(found.source) or _doubts(found.source, range(len(said))) or any(t.low in ("if", "whether") for t in said):
        return False
    return any(t.low in ("sure", "certain", "unsure") and after.low in ("if", "whether") for t, after in pairwise(told))
