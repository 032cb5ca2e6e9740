"""The verdict on one statement: which reasons speak against it, and where its evidence stands if it cites the wrong place."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from diary_pipeline.notes.evidence.alignment import align
from diary_pipeline.notes.evidence.asked_or_expected import asked_or_awaited
from diary_pipeline.notes.evidence.bounds import beyond_bounds
from diary_pipeline.notes.evidence.certainty import surer
from diary_pipeline.notes.evidence.complements import wrong_arguments
from diary_pipeline.notes.evidence.conditions import only_conditions
from diary_pipeline.notes.evidence.contrasts import contrasted
from diary_pipeline.notes.evidence.corrections import taken_back
from diary_pipeline.notes.evidence.coverage import (
    COVER,
    RECITED_COVER,
    VERBATIM_COVER,
    foreign_feelings,
    invented_causes,
    uncovered,
)
from diary_pipeline.notes.evidence.diff import in_order
from diary_pipeline.notes.evidence.doubts import other_doubts
from diary_pipeline.notes.evidence.harmful_edits import harmful
from diary_pipeline.notes.evidence.light_verbs import light_deeds
from diary_pipeline.notes.evidence.modality import wrong_modality
from diary_pipeline.notes.evidence.near_copy import retold
from diary_pipeline.notes.evidence.opposites import opposites
from diary_pipeline.notes.evidence.participants import addresses, owned_by_another, swapped_roles
from diary_pipeline.notes.evidence.polarity import wrong_polarity
from diary_pipeline.notes.evidence.quotes import wrong_quotes
from diary_pipeline.notes.evidence.source import Spoken
from diary_pipeline.notes.evidence.speaker_reports import unwrapped
from diary_pipeline.notes.evidence.subjects import wrong_subjects
from diary_pipeline.notes.evidence.tense import wrong_time
from diary_pipeline.notes.evidence.unasserted import unasserted
from diary_pipeline.notes.evidence.unsupported_parts import foreign_parts
from diary_pipeline.notes.evidence.values import wrong_values
from diary_pipeline.notes.evidence.verbatim_copy import copied


@dataclass(frozen=True)
class StatementVerdict:
    """*segments* are the citation to print; *reasons* are empty when the statement stands; *repeats*: in the very words of the segments."""

    segments: tuple[str, ...]
    reasons: tuple[str, ...]
    cover: float
    recited: bool = False
    repeats: bool = False

    @property
    def stands(self) -> bool:
        """Whether the statement may be printed as fact."""
        return not self.reasons


def judge(text: str, cited: Sequence[str], spoken: Spoken, cover: float = COVER) -> StatementVerdict:
    """Judge *text* by the segments it cites, and where they do not hold it, by the segments that hold it best."""
    known = spoken.known(cited)
    own = check(text, known, spoken, cover) if known else StatementVerdict((), ("citation",), 0.0)
    if own.stands:
        return own
    for other in _candidates(text, known, spoken):
        verdict = check(text, other, spoken, max(cover, RECITED_COVER))
        if verdict.stands and verdict.cover > own.cover and verdict.repeats:
            return StatementVerdict(verdict.segments, (), verdict.cover, recited=True)
    return own


def check(text: str, cited: tuple[str, ...], spoken: Spoken, cover: float = COVER) -> StatementVerdict:
    """The reasons against *text*, given that the *cited* segments exist.

    What "the speaker said" may stand by itself.
    """
    verdict = _check(text, cited, spoken, cover)
    others = [] if verdict.stands else unwrapped(text, spoken.window(cited))
    strict = max(cover, VERBATIM_COVER)
    return next((other for told in others if (other := _check(told, cited, spoken, strict)).stands), verdict)


def _check(text: str, cited: tuple[str, ...], spoken: Spoken, cover: float) -> StatementVerdict:
    statement, source = spoken.read(text), spoken.window(cited)
    found = align(statement, source)
    pairs = in_order(found)
    quotes = list(wrong_quotes(text, spoken, cited))
    surely = [
        *surer(found),
        *unasserted(found),
        *light_deeds(found, pairs),
        *asked_or_awaited(found),
        *beyond_bounds(found),
    ]
    plain = not quotes and not surely
    if plain and copied(found):
        return StatementVerdict(cited, (), found.cover, repeats=True)
    harms = list(harmful(found, pairs))
    if plain and not harms and retold(found, pairs):
        return StatementVerdict(cited, (), found.cover, repeats=True)
    nearby = spoken.window(spoken.around(cited)).keys()
    reasons = [
        *quotes,
        *uncovered(found, cover, spoken.before(cited)),
        *foreign_feelings(found),
        *invented_causes(found),
        *foreign_parts(found),
        *wrong_values(
            found, spoken.window(spoken.around(cited, 2, 2)).keys() | spoken.last_named(cited), nearby, spoken.day
        ),
        *opposites(found, nearby),
        *taken_back(found),
        *surely,
        *wrong_polarity(found),
        *wrong_modality(found),
        *only_conditions(found),
        *contrasted(found),
        *other_doubts(found),
        *wrong_time(found),
        *swapped_roles(found),
        *addresses(found),
        *owned_by_another(found),
        *wrong_arguments(found),
        *wrong_subjects(found, spoken.before(cited)),
        *harms,
    ]
    return StatementVerdict(cited, tuple(dict.fromkeys(reasons)), found.cover)


def _candidates(text: str, cited: tuple[str, ...], spoken: Spoken) -> list[tuple[str, ...]]:
    """Other citations worth a look: single segments and pairs of neighbours, those with most of the statement's words first."""
    wanted = spoken.read(text).keys()
    identities = [segment.id for segment in spoken.segments]
    windows = [(one,) for one in identities] + list(pairwise(identities))
    shares = {window: len(wanted & spoken.window(window).keys()) for window in windows if window != cited}
    best = sorted(shares, key=lambda window: (-shares[window], len(window)))
    return [window for window in best[:3] if shares[window]]
