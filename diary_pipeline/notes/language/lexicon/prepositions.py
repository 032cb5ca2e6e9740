"""Prepositions, by what they say of a place or a time."""

from diary_pipeline.notes.language.lexicon.determiners import SINGULAR_DETERMINERS
from diary_pipeline.notes.language.lexicon.notation import words

PLACE_PREPOSITIONS = words("on in at near into")
DEADLINE_PREPOSITIONS = words("before by until till")
DIRECTIONS = DEADLINE_PREPOSITIONS | {"from", "to"} | {"since", "after"}
"""Where or when something begins or ends."""
VALUE_PREPOSITIONS = DIRECTIONS | PLACE_PREPOSITIONS | {"for", "with", "of"}
PREPOSITIONS = PLACE_PREPOSITIONS | words(
    "of for from with by about to over under after before through across behind without"
)
LIMIT_PREPOSITIONS = words("over under below above")
APPROXIMATIONS = words("about around roughly")
CLOCK_PREPOSITIONS = DEADLINE_PREPOSITIONS | {"at", "around", "about"} | {"from", "past", "to"} | {"after", "for"}
"""What stands before an hour."""
DESTINATION_PREPOSITIONS = {"in", "at", "near"} | {"from", "to"} | words("above through around via towards outside")
MONTH_OPENERS = words("in since until till last next")
MORE_MONTH_OPENERS = (
    MONTH_OPENERS | {"of", "by", "from"} | {"this", "for"} | {"before", "after"} | {"early", "late", "mid"}
)
"""Before "may", these make it the month."""
NOMINAL_OPENERS = {"about", "of", "for"} | {"without", "from", "by"} | {"after", "before"} | {"the", "a"} | {","}
"""Behind these a word in "ing" is a noun: "about moving"."""
MOMENT_OPENERS = DEADLINE_PREPOSITIONS | {"the", "on", "at"} | {"in", "around", "about"}
"""What leads into a day or an hour."""
SUBJECT_BARRIERS = (
    (SINGULAR_DETERMINERS - {"her"})
    | {"your"}
    | (PLACE_PREPOSITIONS - {"near"})
    | {"of", "for", "from"}
    | {"with", "by", "about"}
    | {"as", "than"}
    | {"and", "or"}
)
"""No subject stands before these for a verb behind them."""
