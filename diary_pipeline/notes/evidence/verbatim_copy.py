"""Verbatim copies: whole clauses in the speaker's words are accepted, unless a cue outside the copy qualifies them."""

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.lexicon.auxiliaries import CONTRACTIONS
from diary_pipeline.notes.language.lexicon.discourse import COPY_FILLERS
from diary_pipeline.notes.language.lexicon.modality import SUPPOSING
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.words import Token

_FEWEST = 3
_UNSURE = [["i", word] for word in SUPPOSING]


def is_verbatim_copy(found: Alignment) -> bool:
    """Whether the statement is a part of the source, clause for clause, with every cue that governs it."""
    wanted = [
        _plain(token) for token in found.statement.tokens if token.kind != "mark" and token.low not in COPY_FILLERS
    ]
    source = found.source
    places = [n for n, token in enumerate(source.tokens) if token.kind != "mark" and token.low not in COPY_FILLERS]
    said = [_plain(source.tokens[n]) for n in places]
    if len(wanted) < _FEWEST:
        return False
    return any(
        said[at : at + len(wanted)] == wanted and _whole(source, places[at], places[at + len(wanted) - 1])
        for at in range(len(said) - len(wanted) + 1)
    )


def _plain(token: Token) -> str:
    return token.key if token.kind in ("number", "time", "date") else CONTRACTIONS.get(token.low, token.low)


def _whole(source: Reading, first: int, last: int) -> bool:
    """Whether clauses begin and end there, nothing in them was taken back, and no cue outside governs them."""
    inside = range(first, last + 1)
    if not (_begins(source, first) and _ends(source, last)):
        return False
    if any(c.retracted & set(inside) and not (c.cue in inside and c.after in inside) for c in source.corrections):
        return False
    following = [t.low for t in source.tokens[last + 1 : last + 5] if t.kind != "mark"]
    if following[:2] in _UNSURE and not source.tokens[last + 1].low.startswith("."):
        return False
    return not any(scope.cue not in inside and set(scope.members) & set(inside) for scope in source.scopes)


def _begins(source: Reading, at: int) -> bool:
    while at and source.tokens[at - 1].low in COPY_FILLERS:
        at -= 1
    return at == 0 or source.tokens[at - 1].kind == "mark" or source.tokens[at - 1].segment != source.tokens[at].segment


def _ends(source: Reading, at: int) -> bool:
    after = source.tokens[at + 1] if at + 1 < len(source.tokens) else None
    return after is None or after.kind == "mark" or after.segment != source.tokens[at].segment
