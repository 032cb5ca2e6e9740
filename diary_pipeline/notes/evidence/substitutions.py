"""One word in another's place with the same neighbours: whether the new word may stand for the old one."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.evidence.diff import Edit
from diary_pipeline.notes.language.lexicon.negation import NOT_OR_NEVER
from diary_pipeline.notes.language.lexicon.pronouns import PERSON_OF
from diary_pipeline.notes.language.lexicon.speech import REPORTING_VERBS
from diary_pipeline.notes.language.lexicon.thesaurus import EXCLUSIVE_DEEDS, EXCLUSIVE_PARTICLES
from diary_pipeline.notes.language.spans import sentence
from diary_pipeline.notes.language.synonyms import alike
from diary_pipeline.notes.language.words import Token, key_of

_EXCLUSIVE_KEYS = [frozenset(map(key_of, verbs)) for verbs in EXCLUSIVE_DEEDS]
_VALUES = {"number": "number", "time": "number", "date": "date", "name": "name"}
_FEW = 2


def harmful_substitutions(found: Alignment, edit: Edit) -> Iterator[str]:
    """Reasons why what was put in does not stand for what was left out."""
    added = [found.statement.tokens[n] for n in edit.added]
    skipped = [found.source.tokens[n] for n in edit.skipped]
    if len(skipped) > _FEW:
        return
    for here, new in zip(edit.added, added, strict=True):
        rivals = [old for old in skipped if new.kind in _VALUES and _VALUES.get(old.kind) == _VALUES[new.kind]]
        if (
            rivals
            and edit.before
            and all(old.key != new.key for old in rivals)
            and not _in_pieces(found, edit, here)
            and not (_has_same_governor(found, here) and not _continues(found, edit))
        ):
            yield _VALUES[new.kind]
    if len(added) != 1 or any(old.low in NOT_OR_NEVER for old in skipped):
        return
    for there, old in zip(edit.skipped, skipped, strict=True):
        if _excluded(added[0], old) or _to_for_by(found, edit, added[0], old):
            yield "opposite"
        if _other_person(found, edit.added[0], there):
            yield "role"
    if len(skipped) == 1 and _from_elsewhere(found, edit, added[0], skipped[0]):
        yield "cover"


def _to_for_by(found: Alignment, edit: Edit, new: Token, old: Token) -> bool:
    """As in "goes up to forty" for "goes up by forty"."""
    value = edit.after is not None and found.source.tokens[edit.after[1]].kind == "number"
    return value and {new.low, old.low} == {"to", "by"}


def _in_pieces(found: Alignment, edit: Edit, here: int) -> bool:
    """As in "12.50" for "twelve fifty": what was left out is what was put in."""
    return here not in found.exact() and found.pairs.get(here) in edit.skipped


def _excluded(new: Token, old: Token) -> bool:
    small = any(
        (new.low in one and old.low in two) or (new.low in two and old.low in one) for one, two in EXCLUSIVE_PARTICLES
    )
    return small or (new.key != old.key and any(new.key in group and old.key in group for group in _EXCLUSIVE_KEYS))


def _has_same_governor(found: Alignment, here: int) -> bool:
    """Whether the value stands behind the same word, with the same subject, elsewhere in the source."""
    before = next((n for n in reversed(found.statement.content) if n < here), None)
    if before is None or here not in found.pairs:
        return False
    there = next((n for n in reversed(found.source.content) if n < found.pairs[here]), None)
    stated, said = clause_of(found.statement, here), clause_of(found.source, found.pairs[here])
    if there is None or stated is None or said is None or stated.subject is None or said.subject is None:
        return False
    same = (stated.subject.kind, stated.subject.keys) == (said.subject.kind, said.subject.keys)
    return same and found.statement.tokens[before].key == found.source.tokens[there].key


def _continues(found: Alignment, edit: Edit) -> bool:
    """Whether the clause of what was left out continues in the statement."""
    return edit.after is not None and clause_of(found.source, edit.skipped[-1]) is clause_of(
        found.source, edit.after[1]
    )


def _other_person(found: Alignment, here: int, there: int) -> bool:
    """He for she, my for his; reported speech may change the person."""
    mine, theirs = (
        PERSON_OF.get(reading.tokens[n].low) for reading, n in ((found.statement, here), (found.source, there))
    )
    if mine is None or theirs is None or {mine, theirs} in ({"i", "we"}, {"he", "they"}, {"she", "they"}):
        return False
    if {mine, theirs} == {"he", "she"}:
        return True
    return mine != theirs and not any(
        found.source.tokens[n].low in REPORTING_VERBS for n in sentence(found.source.tokens, there)
    )


def _from_elsewhere(found: Alignment, edit: Edit, new: Token, old: Token) -> bool:
    """As in "the bathroom is finished" for "the kitchen's finished, the bathroom isn't"."""
    verbs = {clause.predicate for clause in found.source.clauses} | {
        clause.predicate for clause in found.statement.clauses
    }
    if edit.added[0] in verbs or edit.skipped[0] in verbs or edit.after is None or not (new.kind == old.kind == "word"):
        return False
    return edit.added[0] in found.exact() and not alike(new.key, old.key)
