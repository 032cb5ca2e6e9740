"""The verdict on one statement: the reasons to reject it, and where its evidence is if it cites the wrong place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from diary_pipeline.notes.evidence.alignment import Alignment, align
from diary_pipeline.notes.evidence.asked_or_expected import asked_or_expected
from diary_pipeline.notes.evidence.bounds import ignored_bounds
from diary_pipeline.notes.evidence.certainty import overstated_certainty
from diary_pipeline.notes.evidence.complements import wrong_complements
from diary_pipeline.notes.evidence.conditions import dropped_conditions
from diary_pipeline.notes.evidence.contrasts import ignored_contrasts
from diary_pipeline.notes.evidence.corrections import ignored_corrections
from diary_pipeline.notes.evidence.coverage import (
    COVER,
    RECITED_COVER,
    VERBATIM_COVER,
    invented_causes,
    uncovered,
    unsupported_feelings,
)
from diary_pipeline.notes.evidence.diff import align_in_order
from diary_pipeline.notes.evidence.doubts import changed_doubts
from diary_pipeline.notes.evidence.harmful_edits import harmful_edits
from diary_pipeline.notes.evidence.light_verbs import changed_light_verbs
from diary_pipeline.notes.evidence.modality import wrong_modality
from diary_pipeline.notes.evidence.near_copy import is_shortened_copy
from diary_pipeline.notes.evidence.opposites import contradicting_words
from diary_pipeline.notes.evidence.participants import added_address, swapped_participants, wrong_owners
from diary_pipeline.notes.evidence.polarity import wrong_polarity
from diary_pipeline.notes.evidence.quotes import wrong_quotes
from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.evidence.speaker_reports import without_speaker_report
from diary_pipeline.notes.evidence.subjects import wrong_subjects
from diary_pipeline.notes.evidence.tense import wrong_tense
from diary_pipeline.notes.evidence.unasserted import unasserted
from diary_pipeline.notes.evidence.unsupported_parts import unsupported_parts
from diary_pipeline.notes.evidence.values import wrong_values
from diary_pipeline.notes.evidence.verbatim_copy import is_verbatim_copy


@dataclass(frozen=True)
class StatementVerdict:
    """The verdict on a statement.

    *segments*: the citation to print. *reasons*: empty when the statement is accepted. *cover*: share of its content
    words that the cited words have. *recited*: accepted with another citation. *near_copy*: in the very words of the
    segments.
    """

    segments: tuple[str, ...]
    reasons: tuple[str, ...]
    cover: float
    recited: bool = False
    near_copy: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the statement may be printed as fact."""
        return not self.reasons


def judge(text: str, cited: Sequence[str], spoken: SpokenSource, cover: float = COVER) -> StatementVerdict:
    """Judge *text* by the segments that it cites; if they do not support it, by the segments that fit it best."""
    known = spoken.known(cited)
    first = check(text, known, spoken, cover) if known else StatementVerdict((), ("citation",), 0.0)
    if first.accepted:
        return first
    for other in _candidates(text, known, spoken):
        verdict = check(text, other, spoken, max(cover, RECITED_COVER))
        if verdict.accepted and verdict.cover > first.cover and verdict.near_copy:
            return StatementVerdict(verdict.segments, (), verdict.cover, recited=True)
    return first


def check(text: str, cited: tuple[str, ...], spoken: SpokenSource, cover: float = COVER) -> StatementVerdict:
    """Judge *text* by the *cited* segments, which must exist.

    A rejected "the speaker said that ..." is judged once more without these words.
    """
    verdict = _check(text, cited, spoken, cover)
    others = [] if verdict.accepted else without_speaker_report(text, spoken.window(cited))
    strict = max(cover, VERBATIM_COVER)
    return next((other for stated in others if (other := _check(stated, cited, spoken, strict)).accepted), verdict)


def _check(text: str, cited: tuple[str, ...], spoken: SpokenSource, cover: float) -> StatementVerdict:
    """Ask every rule. Copies are accepted without the rules that are made for paraphrases."""
    found = align(spoken.read(text), spoken.window(cited))
    pairs = align_in_order(found)
    quotes, unqualified = list(wrong_quotes(text, spoken, cited)), _unqualified(found, pairs)
    may_be_copy = not quotes and not unqualified
    if may_be_copy and is_verbatim_copy(found):
        return StatementVerdict(cited, (), found.cover, near_copy=True)
    harms = list(harmful_edits(found, pairs))
    if may_be_copy and not harms and is_shortened_copy(found, pairs):
        return StatementVerdict(cited, (), found.cover, near_copy=True)
    unsupported, changed = _unsupported(found, cited, spoken, cover), _changed(found, spoken.before(cited))
    reasons = dict.fromkeys([*quotes, *unsupported, *unqualified, *changed, *harms])
    return StatementVerdict(cited, tuple(reasons), found.cover)


def _unqualified(found: Alignment, pairs: dict[int, int]) -> list[str]:
    """Reasons that hold for copies too: what the source qualifies, the statement does not."""
    return [
        *overstated_certainty(found),
        *unasserted(found),
        *changed_light_verbs(found, pairs),
        *asked_or_expected(found),
        *ignored_bounds(found),
    ]


def _unsupported(found: Alignment, cited: tuple[str, ...], spoken: SpokenSource, cover: float) -> Iterator[str]:
    """Words and values that the cited segments do not have, or took back."""
    around = spoken.window(spoken.around(cited)).keys
    nearby = spoken.window(spoken.around(cited, 2, 2)).keys | spoken.last_named(cited)
    yield from uncovered(found, cover, spoken.before(cited))
    yield from unsupported_feelings(found)
    yield from invented_causes(found)
    yield from unsupported_parts(found)
    yield from wrong_values(found, nearby, around, spoken.day)
    yield from contradicting_words(found, around)
    yield from ignored_corrections(found)


def _changed(found: Alignment, before: frozenset[str]) -> Iterator[str]:
    """Words of the source that say something else in the statement. *before*: keys said shortly before."""
    for rule in (
        wrong_polarity,
        wrong_modality,
        dropped_conditions,
        ignored_contrasts,
        changed_doubts,
        wrong_tense,
        swapped_participants,
        added_address,
        wrong_owners,
        wrong_complements,
    ):
        yield from rule(found)
    yield from wrong_subjects(found, before)


def _candidates(text: str, cited: tuple[str, ...], spoken: SpokenSource) -> list[tuple[str, ...]]:
    """Other citations to try: segments and pairs of neighbours, those with most of the statement's words first."""
    wanted = spoken.read(text).keys
    identities = [segment.id for segment in spoken.segments]
    windows = [(one,) for one in identities] + list(pairwise(identities))
    shares = {window: len(wanted & spoken.window(window).keys) for window in windows if window != cited}
    best = sorted(shares, key=lambda window: (-shares[window], len(window)))
    return [window for window in best[:3] if shares[window]]
