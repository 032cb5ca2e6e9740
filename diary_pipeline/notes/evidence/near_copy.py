"""Near copies that are accepted: every word was said, in this order, with the same subjects and under the same cues."""

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.diff import edits
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_FINITE, HAVE_FULL
from diary_pipeline.notes.language.lexicon.discourse import RETELLING_FILLERS, UNWEIGHTY_WORDS
from diary_pipeline.notes.language.lexicon.modality import WEAKENERS
from diary_pipeline.notes.language.lexicon.pronouns import PERSON_OF
from diary_pipeline.notes.language.propositions import Clause
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.scopes import Scope

_FEWEST = 3
_ADDED = (
    RETELLING_FILLERS
    | BE_FINITE
    | HAVE_FULL
    | {"that", "which", "it"}
    | {"at", "on", "in"}
    | {"of", "for", "to"}
    | {"there", "then"}
)


def is_shortened_copy(found: Alignment, pairs: dict[int, int]) -> bool:
    """Whether it only leaves out fillers, resumed pronouns, asides and whole clauses; no edit may be harmful."""
    stated = found.statement.tokens
    content = found.statement.content
    if len(content) < _FEWEST or any(n not in pairs for n in content):
        return False
    if any(n not in pairs and t.kind == "stop" and t.low not in _ADDED for n, t in enumerate(stated)):
        return False
    return _same_clauses(found, pairs) and _same_cues(found, pairs) and _whole_pieces(found, pairs)


def _same_clauses(found: Alignment, pairs: dict[int, int]) -> bool:
    """Whether each clause comes from one clause, with the same predicate and subject."""
    for stated in found.statement.clauses:
        there = pairs.get(stated.predicate) if stated.predicate is not None else None
        said = clause_of(found.source, there) if there is not None else None
        if (
            said is None
            or said.predicate != there
            or stated.passive != said.passive
            or not _same_subject(found, stated, said, pairs)
        ):
            return False
        kept = {pairs[n] for n in range(stated.first, stated.end) if n in pairs}
        if any(
            (other := clause_of(found.source, n)) is not said and other is not None and other.predicate is not None
            for n in kept
        ):
            return False
    return True


def _same_subject(found: Alignment, stated: Clause, said: Clause, pairs: dict[int, int]) -> bool:
    mine, theirs = stated.subject, said.subject
    if mine is None or theirs is None:
        return mine is theirs
    if mine.kind == theirs.kind == "first":
        return True
    if pairs.get(mine.at) == theirs.at or (mine.keys and mine.keys <= theirs.keys):
        return True
    if theirs.kind != "pronoun" or found.source.tokens[theirs.at].low not in PERSON_OF:
        return False
    resumed = (
        found.source.tokens[theirs.at - 1].kind == "mark" and pairs.get(mine.at) == theirs.at - 2
    )  # "the home, they had water"
    before = next((c for c in found.source.clauses if c.end == said.first), None)  # "Ada looked at it and she said"
    return resumed or (
        before is not None and before.subject is not None and bool(mine.keys) and mine.keys <= before.subject.keys
    )


def _same_cues(found: Alignment, pairs: dict[int, int]) -> bool:
    """Whether the cues of the kept words were kept, and no others govern them."""
    back = {there: here for here, there in pairs.items()}
    return all(_governed(scope, found.statement, back) for scope in found.source.scopes) and all(
        _governed(scope, found.source, pairs) for scope in found.statement.scopes
    )


def _governed(scope: Scope, other: Reading, places: dict[int, int]) -> bool:
    """Whether the words of the scope that the other text has are governed there in the same way."""
    members = {places[n] for n in scope.members if n in places}
    same = {n for s in other.scopes if s.label == scope.label for n in (s.cue, *s.members)}
    kept = scope.cue in places and scope.head in places  # "I've to sign" and "I have to sign"
    return not members or members <= same or kept


def _whole_pieces(found: Alignment, pairs: dict[int, int]) -> bool:
    """Whether what was left out between two kept words is a small word or a whole clause."""
    kept, tokens = set(pairs.values()), found.source.tokens
    for edit in edits(found, pairs):
        for there in edit.skipped:
            leads = edit.before is None and tokens[there].kind == "stop" and tokens[there].low not in WEAKENERS
            if tokens[there].low in UNWEIGHTY_WORDS or leads:
                continue
            clause = clause_of(found.source, there)
            if clause is None or kept & set(range(clause.first, clause.end)):
                return False
    return True
