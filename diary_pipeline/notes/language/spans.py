"""How far a clause reaches: to the end of the sentence, or to another subject."""

from collections.abc import Sequence

from diary_pipeline.notes.language.lexicon.auxiliaries import CLAUSE_AUXILIARIES
from diary_pipeline.notes.language.lexicon.conjunctions import TURNS
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.discourse import CONTINUATIONS
from diary_pipeline.notes.language.lexicon.pronouns import SUBJECTS
from diary_pipeline.notes.language.words import Token


def sentence(tokens: Sequence[Token], at: int) -> range:
    """The sentence around *at*."""
    start = at
    while start and not (tokens[start - 1].kind == "mark" and tokens[start - 1].low[0] in ".!?…"):
        start -= 1
    end = at
    while end < len(tokens) and not (tokens[end].kind == "mark" and tokens[end].low[0] in ".!?…"):
        end += 1
    return range(start, end)


def reach(tokens: Sequence[Token], start: int) -> range:
    """Up to the end of the sentence, or to a new subject."""
    end = start
    while end < len(tokens):
        low = tokens[end].low
        if tokens[end].kind == "mark" and low[0] in ".!?…;":
            break
        if (
            low in TURNS
            or low == "while"
            or (
                (low in ("and", "that", "since") or tokens[end].kind == "mark")
                and end > start
                and new_subject(tokens, end + 1)
            )
        ):
            break
        end += 1
    return range(start, end)


def new_subject(tokens: Sequence[Token], at: int) -> bool:
    """Whether another subject begins at *at*, behind an "and"."""
    if at < len(tokens) and tokens[at].low in ("and", "but", "or"):
        at += 1
    if at < len(tokens) and tokens[at].low in CONTINUATIONS:
        at += 1
    if at >= len(tokens):
        return False
    if tokens[at].low in SUBJECTS:
        return True
    following = [t.low for t in tokens[at + 1 : at + 5]]
    return (tokens[at].kind == "name" or tokens[at].low in DETERMINERS) and any(
        low in CLAUSE_AUXILIARIES for low in following
    )
