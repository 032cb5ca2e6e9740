"""A value that the speaker took back may be told, as what was said at first, beside the one that counts."""

from diary_pipeline.notes.evidence.align import Alignment

_ITEMS = ("number", "time", "date", "name")
_AT_FIRST = frozenset(
    """first originally initially earlier thought wrote wrongly mistake mistakenly mistaken corrected changed corrects changes from
    instead rather than""".split()
)
"""Words after which a statement may tell what no longer counts: "I first said three, but it is four"."""
_REACH = 7


def told_as_gone(found: Alignment, here: int) -> bool:
    """Whether the statement tells the value at *here* as what was said at first, and besides one that counts."""
    tokens, gone = found.statement.tokens, found.source.retracted
    if found.pairs.get(here) not in gone or tokens[here].kind not in _ITEMS:
        return False
    others = [n for n, t in enumerate(tokens) if n != here and t.kind in _ITEMS and n in found.pairs and found.pairs[n] not in gone]
    cue = next((n for n in range(here - 1, max(-1, here - _REACH), -1) if tokens[n].low in _AT_FIRST), None)
    return bool(others) and cue is not None and not any(cue < n < here for n in others)
