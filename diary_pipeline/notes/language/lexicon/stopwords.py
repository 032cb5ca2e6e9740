"""Words that say nothing by themselves: they hold no statement and are no names."""

from diary_pipeline.notes.language.lexicon.auxiliaries import AUXILIARIES, BE_CONTRACTIONS, BE_NONFINITE, GET_FORMS
from diary_pipeline.notes.language.lexicon.conjunctions import CLAUSE_JOINERS
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS, QUANTIFIERS
from diary_pipeline.notes.language.lexicon.discourse import ADVERBS, CHATTER
from diary_pipeline.notes.language.lexicon.negation import NEGATIVE_PRONOUNS, NOT_OR_NEVER
from diary_pipeline.notes.language.lexicon.notation import words
from diary_pipeline.notes.language.lexicon.people import HONORIFICS
from diary_pipeline.notes.language.lexicon.prepositions import APPROXIMATIONS, DESTINATION_PREPOSITIONS, PREPOSITIONS
from diary_pipeline.notes.language.lexicon.pronouns import (
    FIRST_PERSON_OWNERS,
    INDEFINITE_PERSONS,
    INTERROGATIVES,
    OBJECT_PRONOUNS,
    REFLEXIVES,
    SUBJECTS,
    THIRD_PERSON_OWNERS,
    UNIVERSALS,
)

STOPWORDS = (
    DETERMINERS
    | QUANTIFIERS
    | SUBJECTS
    | OBJECT_PRONOUNS
    | (FIRST_PERSON_OWNERS - {"mine"})
    | THIRD_PERSON_OWNERS
    | REFLEXIVES
    | INDEFINITE_PERSONS
    | UNIVERSALS
    | INTERROGATIVES
    | (AUXILIARIES - GET_FORMS)
    | BE_CONTRACTIONS
    | BE_NONFINITE
    | PREPOSITIONS
    | (DESTINATION_PREPOSITIONS - {"above", "outside"})
    | APPROXIMATIONS
    | (CLAUSE_JOINERS - {"whereas"})
    | NOT_OR_NEVER
    | NEGATIVE_PRONOUNS
    | (ADVERBS - {"always"})
    | (CHATTER - {"ah", "erm", "hmm"} - {"well"})
    | HONORIFICS
    | words(
        """actually afterwards again against almost along any between bit both currently doing done down during
        earlier ever exactly few finally having here however instead it's its later like lot lots many maybe
        meanwhile more most much mx neither nor o'clock off ok okay ones onto other others otherwise ought out own
        per perhaps please quite recently same shall something sort such than thing things today's too toward up very
        whom whose within yeah yes yet yours"""
    )
)
