"""Clauses of a statement and of the source: which one a word is in, and how much of one the other has."""

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.lexicon.auxiliaries import ELLIPTIC_AUXILIARIES
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.reading import Reading

_PREDICATE = 1.5


def clause_of(reading: Reading, at: int) -> Clause | None:
    """The clause that holds the word at *at*."""
    return next((clause for clause in reading.clauses if clause.holds(at)), None)


def support(found: Alignment, stated: Clause, said: Clause) -> float:
    """How many words of the stated clause the other one has; the same predicate counts for more than one."""
    words = found.statement.tokens[stated.first : stated.end]
    wanted = {t.key for t in words if t.content and t.kind not in ("number", "time", "date")}
    held = {t.key for t in found.source.tokens[said.first : said.end] if t.content}
    return len(wanted & held) + (_PREDICATE if stated.key == said.key else 0.0)


def repeats_predicate(source: Reading, name: str, predicate: str | None = None) -> bool:
    """Whether a name takes over the predicate of the clause before: "He has not signed, but Malik has".

    *predicate*: the key that it must have.
    """
    for n, token in enumerate(source.tokens[:-2]):
        if (
            token.key == name
            and source.tokens[n + 1].low in ELLIPTIC_AUXILIARIES
            and source.tokens[n + 2].kind == "mark"
        ):
            before = [clause.key for clause in source.clauses if clause.end <= n]
            return predicate is None or not before or before[-1] == predicate
    return False
