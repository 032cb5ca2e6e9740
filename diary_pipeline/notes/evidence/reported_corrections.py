"""A value that the speaker took back may be told, as what was said at first, beside the one that counts."""

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.lexicon.corrections import CORRECTION_REPORTS
from diary_pipeline.notes.language.lexicon.speech import EARLIER_NAMING
from diary_pipeline.notes.language.words import VALUE_KINDS

_REACH = 7


def told_as_gone(found: Alignment, here: int) -> bool:
    """Whether the statement tells the value at *here* as what was said at first, and besides one that counts."""
    tokens, gone = found.statement.tokens, found.source.retracted
    if found.pairs.get(here) not in gone or tokens[here].kind not in VALUE_KINDS:
        return False
    kind = tokens[here].kind
    others = [
        n
        for n, t in enumerate(tokens)
        if n != here and t.kind == kind and n in found.pairs and found.pairs[n] not in gone
    ]
    cue = next((n for n in range(here - 1, max(-1, here - _REACH), -1) if _tells_of_before(found, n)), None)
    return bool(others) and cue is not None and not any(cue < n < here for n in others)


def _tells_of_before(found: Alignment, at: int) -> bool:
    tokens = found.statement.tokens
    if tokens[at].low == "first":
        return (at > 0 and tokens[at - 1].low == "at") or tokens[at + 1].low in EARLIER_NAMING
    return tokens[at].low in CORRECTION_REPORTS
