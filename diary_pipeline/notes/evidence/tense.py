"""Tense: what is still to come must not be stated as past."""

from collections.abc import Iterator
from itertools import pairwise

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.evidence.clauses import clause_of
from diary_pipeline.notes.language.lexicon.auxiliaries import BE_PRESENT, PRESENT_CUES
from diary_pipeline.notes.language.lexicon.dates import PAST_MARKERS, RELATIVE_DAYS
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.speech import SAYING_LEMMAS
from diary_pipeline.notes.language.lexicon.verbs import PAST_FORMS
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.words import key_of


def wrong_tense(found: Alignment) -> Iterator[str]:
    """What is still to come (its clause names a day or an hour ahead), stated as past."""
    for here, there in found.pairs.items():
        token, other = found.statement.tokens[here], found.source.tokens[there]
        if (
            token.kind == "word"
            and is_past(found.statement, here)
            and not is_past(found.source, there)
            and token.low != other.low
            and token.key not in _SAYING
            and not (there and found.source.tokens[there - 1].low in DETERMINERS)  # "the email", a noun
            and (_ahead(found.source, there) or _on_the_way(found.source, there))
        ):
            yield "modality"


_SAYING = frozenset(map(key_of, SAYING_LEMMAS | {"want"}))


def _on_the_way(source: Reading, there: int) -> bool:
    """As in "He helped" for "He is coming to help"."""
    clause = clause_of(source, there)
    if clause is None or not there or source.tokens[there - 1].low != "to":
        return False
    words = source.tokens[clause.first : there]
    going = pairwise(words)
    return any(one.low in BE_PRESENT and two.low.endswith("ing") for one, two in going)


def _ahead(source: Reading, there: int) -> bool:
    here = source.position[there]
    near = [t for n, t in enumerate(source.tokens) if abs(source.position[n] - here) <= 6]
    words = {t.low for t in near}
    going = "ing" in source.tokens[there].low and source.tokens[there - 1].low != "been"
    if going and any(t.kind in ("time", "date") for t in near) and words & PRESENT_CUES:
        return True
    if words & PAST_MARKERS:
        return False
    return any(RELATIVE_DAYS.get(t.low, 0) > 0 or t.kind == "time" for t in near) or bool(words & {"next", "tonight"})


def is_past(reading: Reading, at: int) -> bool:
    """Whether the form is a past one: "turned", but not "is being turned"."""
    low = reading.tokens[at].low.split()[0]
    return (low in PAST_FORMS or low.endswith("ed")) and not (at and reading.tokens[at - 1].low in PRESENT_CUES)
