"""Words that are written with a full stop which ends no sentence: English, German, French, Spanish and Italian ones."""

from diary_pipeline.notes.language.lexicon.notation import words
from diary_pipeline.notes.language.lexicon.people import HONORIFICS

TITLE_ABBREVIATIONS = HONORIFICS | words(
    """mx prof st sr jr rev gen capt sgt lt hon frl dipl ing sra srta mme mlle sig dott dra ste hr fr"""
)
"""Before a name; no sentence ends here while words follow."""
NUMBER_ABBREVIATIONS = words("no nos nr vol fig pp núm ca approx")
"""Before a number."""
OTHER_ABBREVIATIONS = words("vs etc dept bzw evtl usw ggf inkl tel str ecc p.ej av env")
"""Here a sentence ends only where the next word can open one."""
ABBREVIATIONS = TITLE_ABBREVIATIONS | (NUMBER_ABBREVIATIONS - {"no", "nos"}) | OTHER_ABBREVIATIONS
HALF_DAYS_WITH_STOPS = frozenset(("a.m", "p.m"))
"""The last of their full stops may end a sentence too."""
