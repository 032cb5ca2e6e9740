"""Corrections of a speaker: "at three. No, wait, at four" says four."""

from collections.abc import Sequence
from dataclasses import dataclass

from diary_pipeline.notes.language.correction_cues import cue_from
from diary_pipeline.notes.language.lexicon.corrections import CORRECTION_LEADS
from diary_pipeline.notes.language.repairs import repair
from diary_pipeline.notes.language.words import VALUE_KINDS, Token


@dataclass(frozen=True)
class Correction:
    """A correction: words taken back (*retracted*), where its cue begins, and where the new words begin (*after*).

    *fits*: the new words can be put in place of the old ones. *value*: places of the old value and of the new one.
    """

    retracted: frozenset[int]
    cue: int
    after: int
    fits: bool
    value: tuple[int, int] | None = None


def corrections(tokens: Sequence[Token]) -> list[Correction]:
    """All corrections, in order."""
    made: list[Correction] = []
    retracted: frozenset[int] = frozenset()
    at = 1
    while at < len(tokens):
        cue = cue_from(tokens, at)
        found = repair(tokens, cue, retracted) if cue else None
        if cue and found:
            made.append(Correction(found.retracted, cue.at, cue.end, found.fits, found.value))
            retracted |= found.retracted
        at = max(at + 1, cue.end if cue and found else 0)
    return made


def corrected(text: str, tokens: Sequence[Token]) -> str:
    """*text* (of one or more segments) with its corrections applied: "at three. No, wait, at four" is "at four"."""
    for correction in reversed(corrections(tokens)):
        first, last = min(correction.retracted), max(correction.retracted)
        if not correction.fits:
            continue
        lead = tokens[correction.after].low
        while first and tokens[first - 1].low == lead and lead in CORRECTION_LEADS:
            first -= 1
        between = [t for t in tokens[last + 1 : correction.cue] if t.kind != "mark"]
        new = tokens[correction.after]
        if not between:
            text = text[: tokens[first].start] + text[new.start :]
        elif new.kind in VALUE_KINDS:
            rest = text[tokens[last].end : tokens[correction.cue - 1].end]
            text = text[: tokens[first].start] + text[new.start : new.end] + rest + text[new.end :]
    return text
