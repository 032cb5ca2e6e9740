"""Values that the speaker took back, stated as such beside the value that counts: "first three, then four"."""

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.lexicon.corrections import CORRECTION_REPORTS
from diary_pipeline.notes.language.lexicon.speech import EARLIER_NAMING
from diary_pipeline.notes.language.words import VALUE_KINDS

_REACH = 7


def is_reported_correction(found: Alignment, here: int) -> bool:
    """Whether the statement gives the value at *here* as an earlier one, beside one that counts."""
    tokens, retracted = found.statement.tokens, found.source.retracted
    if found.pairs.get(here) not in retracted or tokens[here].kind not in VALUE_KINDS:
        return False
    kind = tokens[here].kind
    others = [
        n
        for n, t in enumerate(tokens)
        if n != here and t.kind == kind and n in found.pairs and found.pairs[n] not in retracted
    ]
    cue = next((n for n in range(here - 1, max(-1, here - _REACH), -1) if _reports_correction(found, n)), None)
    return bool(others) and cue is not None and not any(cue < n < here for n in others)


def _reports_correction(found: Alignment, at: int) -> bool:
    tokens = found.statement.tokens
    if tokens[at].low == "first":
        return (at > 0 and tokens[at - 1].low == "at") or tokens[at + 1].low in EARLIER_NAMING
    return tokens[at].low in CORRECTION_REPORTS
