"""Prepositions, by what they say of a place or a time."""

from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.notation import words

CORE_PLACE_PREPOSITIONS = words("in on at")
PLACE_PREPOSITIONS = CORE_PLACE_PREPOSITIONS | {"near", "into"}
FROM_TO = words("from to")
RELATIONAL_PREPOSITIONS = words("of for with")
DEADLINE_PREPOSITIONS = words("before by until till")
DIRECTIONS = DEADLINE_PREPOSITIONS | FROM_TO | {"since", "after"}
"""Where or when something begins or ends."""
VALUE_PREPOSITIONS = DIRECTIONS | PLACE_PREPOSITIONS | RELATIONAL_PREPOSITIONS
PREPOSITIONS = (
    PLACE_PREPOSITIONS
    | FROM_TO
    | RELATIONAL_PREPOSITIONS
    | words("by about over under after before through across behind without")
)
LIMIT_PREPOSITIONS = words("over under below above")
APPROXIMATIONS = words("about around roughly")
CLOCK_PREPOSITIONS = DEADLINE_PREPOSITIONS | FROM_TO | {"at", "after", "for"} | {"around", "about", "past"}
"""What stands before an hour."""
DESTINATION_PREPOSITIONS = FROM_TO | {"in", "at", "near"} | words("above through around via towards outside")
MONTH_OPENERS = (
    {"in", "of", "by"}
    | {"since", "until", "till"}
    | {"from", "for"}
    | {"before", "after"}
    | {"last", "this", "next"}
    | {"early", "mid", "late"}
)
"""Before "may", these make it the month."""
NOMINAL_OPENERS = (
    (RELATIONAL_PREPOSITIONS - {"with"})
    | {"without", "from", "by"}
    | {"about", "after", "before"}
    | {"the", "a"}
    | {","}
)
"""Behind these a word in "ing" is a noun: "about moving"."""
MOMENT_OPENERS = DEADLINE_PREPOSITIONS | CORE_PLACE_PREPOSITIONS | {"the", "around", "about"}
"""What leads into a day or an hour."""
SUBJECT_BARRIERS = (
    (DETERMINERS - {"her"})
    | (PLACE_PREPOSITIONS - {"near"})
    | RELATIONAL_PREPOSITIONS
    | {"from", "by", "about"}
    | {"as", "than"}
    | {"and", "or"}
)
"""No subject stands before these for a verb behind them."""
