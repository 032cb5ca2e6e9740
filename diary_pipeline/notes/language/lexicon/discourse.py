"""Words that keep a conversation going and say little: hesitations, interjections, words that open a sentence."""

from diary_pipeline.notes.language.lexicon.conjunctions import ADDING_CONJUNCTIONS
from diary_pipeline.notes.language.lexicon.determiners import ARTICLES
from diary_pipeline.notes.language.lexicon.notation import phrases, words
from diary_pipeline.notes.language.lexicon.prepositions import CORE_PLACE_PREPOSITIONS, RELATIONAL_PREPOSITIONS
from diary_pipeline.notes.language.lexicon.pronouns import PERSONAL_PRONOUNS, POSSESSIVES

HESITATIONS = words("uh um er erm hmm")
ENGLISH_FILLERS = HESITATIONS | words("umm uhm uhh ehm mhm")
OTHER_FILLERS = words("äh ähm öhm ehm hmm mhm")
"""Sounds that say nothing in any other language. "Er" is German for he, "um" for at."""
INTERJECTIONS = words("oh ah")
CHATTER = HESITATIONS | INTERJECTIONS | ADDING_CONJUNCTIONS | {"well", "anyway", "then"}
COPY_FILLERS = CHATTER | {"like", "you", "know"}
"""What a copy may leave out, or a spoken clause begin with."""
RETELLING_FILLERS = CHATTER | ARTICLES | {"just", "yeah"} | {"okay", "ok"}
"""What comes and goes in a retelling without a trace."""
UNWEIGHTY_WORDS = (
    RETELLING_FILLERS
    | PERSONAL_PRONOUNS
    | {"it", "you"}
    | {"this", "that", "there"}
    | words("then really very know like also")
)
"""What a retelling may leave out besides."""
SENTENCE_OPENERS = ADDING_CONJUNCTIONS | {"then", "well", "anyway"} | {"oh"}
QUESTION_LEADS = ADDING_CONJUNCTIONS | {"oh", "well"} | {"um", "uh"} | {"now", "then", "or"}
DATE_OPENERS = {"it", "'s", "today"} | {"and", "so"} | {"oh", "hello", "well"}
"""What leads into a sentence that only says which day it is."""
ENTRY_OPENERS = phrases(
    """so; well; right; now; anyway; and; hi; hello; hey; dear diary; hello diary; diary; alright; oh; look;
    good morning; good afternoon; good evening; good night; private note; private memo; reminder for myself;
    note to self; sorry; what else"""
)
"""What a memo's sentence may open with, set apart by a mark."""
ADVERBS = words("really also still just only even already always never now then soon not n't kind of")
"""Words between a subject and its verb."""
DEGREE_ADVERBS = phrases(
    """really; so; very; quite; pretty; a bit; a little; just; still; also; feeling; rather; absolutely; completely;
    too; actually; finally; incredibly; honestly"""
)
FOCUS_ADVERBS = words("really also still")
CONTINUATIONS = {"then", "so"} | {"later", "afterwards"}
STUTTERED = (
    PERSONAL_PRONOUNS
    | {"it", "you"}
    | ARTICLES
    | (POSSESSIVES - {"their"})
    | {"its"}
    | CORE_PLACE_PREPOSITIONS
    | RELATIONAL_PREPOSITIONS
    | ADDING_CONJUNCTIONS
    | {"to", "if", "as"}
    | {"is", "was"}
    | {"this", "that"}
)
"""Words that nobody says twice on purpose. "Very very", "no no" and "had had" stay."""


def fillers(language: str | None) -> frozenset[str]:
    """Sounds that say nothing in the *language*; in an unknown one ("und") any of them may be a word."""
    if language == "und":
        return frozenset()
    return ENGLISH_FILLERS if language in (None, "en") else OTHER_FILLERS
