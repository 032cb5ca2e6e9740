"""What a speaker takes back: "at three. No, wait, at four" says four. The words that no longer count, by their places."""

from collections.abc import Sequence
from dataclasses import dataclass

from diary_pipeline.notes.language.correction_cues import cue_from
from diary_pipeline.notes.language.lexicon.corrections import CORRECTION_LEADS
from diary_pipeline.notes.language.repairs import repair
from diary_pipeline.notes.language.words import VALUE_KINDS, Token


@dataclass(frozen=True)
class Correction:
    """Words taken back (*gone*), where the cue begins, and where the words begin that replace them.

    *fits*: they can stand there.

    *value*: places of a value taken back and of the one that is said instead.
    """

    gone: frozenset[int]
    cue: int
    after: int
    fits: bool
    value: tuple[int, int] | None = None


def corrections(tokens: Sequence[Token]) -> list[Correction]:
    """What the speaker replaced by other words, in order."""
    made: list[Correction] = []
    gone: frozenset[int] = frozenset()
    at = 1
    while at < len(tokens):
        cue = cue_from(tokens, at)
        found = repair(tokens, cue, gone) if cue else None
        if cue and found:
            made.append(Correction(found.gone, cue.at, cue.end, found.fits, found.value))
            gone |= found.gone
        at = max(at + 1, cue.end if cue and found else 0)
    return made


def corrected(text: str, tokens: Sequence[Token]) -> str:
    """*text* (of one segment, or of segments joined) as the speaker wants it: "at three.

    No, wait, at four" is "at four".
    """
    for correction in reversed(corrections(tokens)):
        first, last = min(correction.gone), max(correction.gone)
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
