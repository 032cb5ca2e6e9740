"""Days, months, parts of the day, and units of time."""

from diary_pipeline.notes.language.lexicon.notation import numbered, phrases, words

_WEEKDAYS = numbered("monday tuesday wednesday thursday friday saturday sunday", 0)
WEEKDAYS = _WEEKDAYS | {f"{name}s": number for name, number in _WEEKDAYS.items()} | {"tues": 1, "thurs": 3}
"""Weekdays by name, from Monday, 0."""
MONTHS = numbered("january february march april may june july august september october november december", 1)
RELATIVE_DAYS = {"today": 0, "tonight": 0} | {"tomorrow": 1, "yesterday": -1}
"""Days counted from the day of speaking."""

PARTS_OF_DAY = words("morning afternoon evening night")
PARTS_OF_DAY_AND_LUNCH = PARTS_OF_DAY | {"lunchtime"}
LATE_PARTS_OF_DAY = {"afternoon", "evening"} | {"night", "tonight"}
AFTERNOON_WORDS = {"afternoon", "evening", "tonight"} | {"pm", "p.m"}
MORNING_WORDS = words("morning am a.m")
HALF_DAYS = {"am", "pm"} | {"a.m", "p.m"}
HALF_DAY_WORDS = PARTS_OF_DAY | {"tonight", "am", "pm"}

TIME_UNITS = words("day week month year hour minute")
DAYS_OF_UNIT = {"day": 1, "days": 1} | {"week": 7, "weeks": 7} | {"fortnight": 14}
MEMORABLE_PERIODS = {"day", "week"} | {"month", "year"} | words("summer winter season trip holiday")
"""Of these a speaker names the best or the worst."""
LONG_PERIODS = phrases("my life; years; months; ages; a long time")
"""What is new after one of these is worth keeping."""
PAST_MARKERS = {"was", "were"} | {"had", "did", "have"} | {"has", "been", "yesterday"}
REPEATED_DAYS = frozenset(f"{name}s" for name in _WEEKDAYS) | words("every always usually never each")
"""With these an event is none: it takes place again and again."""
