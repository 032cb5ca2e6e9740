"""The verdict on one statement: which reasons speak against it, and where its evidence stands if it cites the wrong place."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from diary_pipeline.notes.evidence.align import Alignment, align
from diary_pipeline.notes.evidence.opposites import opposites
from diary_pipeline.notes.evidence.quotes import wrong_quotes
from diary_pipeline.notes.evidence.roles import swapped_roles
from diary_pipeline.notes.evidence.scope import wrong_modality, wrong_polarity, wrong_time
from diary_pipeline.notes.evidence.spoken import Spoken
from diary_pipeline.notes.evidence.subjects import wrong_subjects
from diary_pipeline.notes.evidence.takenback import taken_back
from diary_pipeline.notes.evidence.values import wrong_values
from diary_pipeline.notes.language.lexicon import NEGATIONS
from diary_pipeline.notes.language.reading import Reading

_FEW = 2  # of so few words each counts
COVER, CLAUSE_COVER, VERBATIM_COVER = 0.5, 0.34, 0.75
"""Share of a statement's content words that the cited words must hold: of all, of each clause, and for "my words"."""


@dataclass(frozen=True)
class Verdict:
    """*segments* are the citation to print; *reasons* are empty when the statement stands."""

    segments: tuple[str, ...]
    reasons: tuple[str, ...]
    cover: float
    recited: bool = False

    @property
    def stands(self) -> bool:
        """Whether the statement may be printed as fact."""
        return not self.reasons


def judge(text: str, cited: Sequence[str], spoken: Spoken, cover: float = COVER) -> Verdict:
    """Judge *text* by the segments it cites, and where they do not hold it, by the segments that hold it best."""
    known = spoken.known(cited)
    own = check(text, known, spoken, cover) if known else Verdict((), ("citation",), 0.0)
    if own.stands:
        return own
    for other in _candidates(text, known, spoken):
        verdict = check(text, other, spoken, max(cover, VERBATIM_COVER))
        if verdict.stands and verdict.cover > own.cover:
            return Verdict(verdict.segments, (), verdict.cover, recited=True)
    return own


def check(text: str, cited: tuple[str, ...], spoken: Spoken, cover: float = COVER) -> Verdict:
    """The reasons against *text*, given that the *cited* segments exist."""
    statement, source = spoken.read(text), spoken.window(cited)
    found = align(statement, source)
    nearby = spoken.window(spoken.around(cited)).keys()
    reasons = [*wrong_quotes(text, spoken, cited), *_uncovered(found, cover, nearby)]
    reasons += [
        *wrong_values(found, spoken.window(spoken.around(cited, 2, 2)).keys() | spoken.last_named(cited), nearby),
        *opposites(found, nearby),
    ]
    reasons += [*taken_back(found), *wrong_polarity(found), *wrong_modality(found), *wrong_time(found), *swapped_roles(found)]
    reasons += wrong_subjects(found, spoken.before(cited))
    return Verdict(cited, tuple(dict.fromkeys(reasons)), found.cover)


def _uncovered(found: Alignment, least: float, nearby: frozenset[str]) -> list[str]:
    clauses = [clause for clause in _clauses(found.statement) if len(clause) > 1]
    held = set(found.pairs) | _denials(found) | _antecedent(found, nearby)
    shares = [sum(n in held for n in clause) / len(clause) for clause in clauses]
    keys = {found.statement.tokens[n].key for n in found.statement.content()}
    kept = {found.statement.tokens[n].key for n in held}
    thin = len(kept) < least * len(keys) or (len(keys) <= _FEW and kept != keys)
    return ["cover"] if thin or any(share < CLAUSE_COVER for share in shares) else []


def _antecedent(found: Alignment, nearby: frozenset[str]) -> set[int]:
    """The one word for which an "it" or "she" of the source may stand: the first without a pair, said nearby."""
    pronouns = any(token.low in _PRONOUNS for token in found.source.tokens)
    missing = [n for n in found.statement.content() if n not in found.pairs and found.statement.tokens[n].key in nearby]
    return set(missing[:1]) if pronouns else set()


_PRONOUNS = frozenset("it he she they that this her his him them hers its".split())


def _denials(found: Alignment) -> set[int]:
    """Words that the source has as a cue: "failed" is held by a "not", "remember" by another word of duty."""
    said = {scope.label for scope in found.source.scopes}
    duties = {s.cue for s in found.statement.scopes if s.label == "duty" and s.cue != s.head} if "duty" in said else set()
    denials = {n for n, token in enumerate(found.statement.tokens) if token.low in NEGATIONS} if "not" in said else set()
    return {n for n in found.statement.content() if n in duties | denials}


def _clauses(statement: Reading) -> list[list[int]]:
    """Places of content words, clause by clause."""
    clauses: list[list[int]] = [[]]
    for n, token in enumerate(statement.tokens):
        if token.kind == "mark" or token.low in ("and", "but", "because", "although", "so", "while", "which"):
            clauses.append([])
        elif token.content:
            clauses[-1].append(n)
    return clauses


def _candidates(text: str, cited: tuple[str, ...], spoken: Spoken) -> list[tuple[str, ...]]:
    """Other citations worth a look: single segments and pairs of neighbours, those with most of the statement's words first."""
    wanted = spoken.read(text).keys()
    identities = [segment.id for segment in spoken.segments]
    windows = [(one,) for one in identities] + list(pairwise(identities))
    shares = {window: len(wanted & spoken.window(window).keys()) for window in windows if window != cited}
    best = sorted(shares, key=lambda window: (-shares[window], len(window)))
    return [window for window in best[:3] if shares[window]]
