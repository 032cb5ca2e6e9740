"""Words with which a speaker takes something back, and what may stand around them."""

from diary_pipeline.notes.language.lexicon.auxiliaries import BE_FINITE, BE_NONFINITE, DO_FORMS, GET_FORMS, HAVE_FORMS
from diary_pipeline.notes.language.lexicon.conjunctions import (
    ADDING_CONJUNCTIONS,
    CAUSAL_CONJUNCTIONS,
    LINKING_CONJUNCTIONS,
)
from diary_pipeline.notes.language.lexicon.determiners import ARTICLES
from diary_pipeline.notes.language.lexicon.discourse import HESITATIONS, INTERJECTIONS
from diary_pipeline.notes.language.lexicon.negation import EMPTY_NOUNS
from diary_pipeline.notes.language.lexicon.notation import phrases, words
from diary_pipeline.notes.language.lexicon.prepositions import (
    CORE_PLACE_PREPOSITIONS,
    FROM_TO,
    RELATIONAL_PREPOSITIONS,
)
from diary_pipeline.notes.language.lexicon.pronouns import OBJECT_PRONOUNS, POSSESSIVES, THIRD_PERSON
from diary_pipeline.notes.language.lexicon.speech import SAY

RETRACTIONS = phrases("scratch that; strike that; forget that; ignore that")
"""These take back all that was just said."""
ALTERNATIVE_QUESTIONS = phrases("or was it; or is it")
SURE_CORRECTIONS = phrases("i mean; i meant; or rather; or actually; make that; i tell a lie")
STRONG_CORRECTIONS = SURE_CORRECTIONS | phrases(
    """make it; correction; what am i saying; what am i talking about; my mistake; i stand corrected;
    i got that wrong; i 'm wrong; that 's wrong"""
)
"""These take something back by themselves."""
WEAK_CORRECTIONS = phrases(
    """no; or no; sorry; rather; wait; wait a minute; wait a second; hang on; hold on; that is; actually; well;
    let me check; let me see"""
)
"""These may do so, or mean nothing."""
CORRECTION_PHRASES = RETRACTIONS | ALTERNATIVE_QUESTIONS | STRONG_CORRECTIONS | WEAK_CORRECTIONS
MARKED_CORRECTIONS = RETRACTIONS | {"that is", "actually", "rather"} | {"make it", "correction"}
"""Corrections only between marks."""
UNMARKED_CORRECTIONS = SURE_CORRECTIONS | {"scratch that"}
"""Corrections without marks too, as a small recogniser writes them."""
CORRECTION_OPENERS = ADDING_CONJUNCTIONS | INTERJECTIONS
PAUSES = HESITATIONS | {"eh"}
BEFORE_PLAIN_NO = (
    BE_FINITE
    | {"'s", "'re"}
    | (BE_NONFINITE - {"being"})
    | HAVE_FORMS
    | GET_FORMS
    | DO_FORMS
    | SAY
    | (CORE_PLACE_PREPOSITIONS - {"on"})
    | RELATIONAL_PREPOSITIONS
    | {"to", "by", "without"}
    | OBJECT_PRONOUNS
    | {"you", "there"}
    | {"and", "or"}
)
"""Before a "no" without marks, these say what there is not: "there are no two ways", "I told him no"."""

ARTICLES_AND_OWNERS = ARTICLES | POSSESSIVES
CORRECTION_LEADS = (
    ARTICLES_AND_OWNERS
    | CORE_PLACE_PREPOSITIONS
    | FROM_TO
    | RELATIONAL_PREPOSITIONS
    | {"by"}
    | {"after", "before", "since"}
)
"""Small words that a correction repeats before its new value."""
SHORT_CORRECTION_WORDS = (
    THIRD_PERSON | {"it", "that"} | {"'s", "is", "was"} | (SAY - {"say"}) | {"about", "only"} | {"until", "till"}
)
"""What a short correction may say before its value: "no, it's five"."""
NO_REPLACEMENTS = EMPTY_NOUNS | words(
    """really honestly seriously truly thank fine please god never nothing nobody idea wonder chance need yes yeah
    again maybe probably too either luck trouble"""
)
"""After a weak cue, these replace nothing: "no idea", "no, really"."""
CORRECTION_ENDS = LINKING_CONJUNCTIONS | CAUSAL_CONJUNCTIONS
CORRECTION_REPORTS = words(
    "originally initially earlier thought wrote wrongly mistakenly corrected changed corrects changes instead rather"
)
"""With these a statement says what no longer counts: "I wrongly said three, but it is four"."""
