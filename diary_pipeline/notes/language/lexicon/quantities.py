"""Numbers, units, money, and words that make a number a bound."""

from diary_pipeline.notes.language.lexicon.auxiliaries import BE_FINITE, GET_FORMS, HAVE_FULL
from diary_pipeline.notes.language.lexicon.dates import PARTS_OF_DAY
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.notation import phrases, words
from diary_pipeline.notes.language.lexicon.prepositions import (
    APPROXIMATIONS,
    CLOCK_PREPOSITIONS,
    DIRECTIONS,
    LIMIT_PREPOSITIONS,
    RELATIONAL_PREPOSITIONS,
)
from diary_pipeline.notes.language.lexicon.pronouns import POSSESSIVES
from diary_pipeline.notes.language.lexicon.verbs import COST_VERBS

SMALL_NUMBERS = words("two three four five")
DIGITS = SMALL_NUMBERS | words("zero one six seven eight nine")
NUMBER_WORDS = DIGITS | words(
    """ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty
    sixty seventy eighty ninety hundred thousand million"""
)
ORDINAL_ENDINGS = words("st nd rd th")
SCALES = {"hundred": 100, "thousand": 1000, "million": 1e6} | {"grand": 1000, "k": 1000}
LABELLED_NOUNS = words(
    """hive chapter room platform gate line kilometre kilometer table group unit floor step page hole lane ward lot
    plot day week round part"""
)
"""What is told apart by its number: "room one"."""
BEFORE_ONE = LABELLED_NOUNS | (CLOCK_PREPOSITIONS - {"before", "after", "for"}) | {"between"} | {"number", "bed", "one"}
"""Behind these "one" is a number."""
AFTER_NO_COUNT = (PARTS_OF_DAY - {"afternoon"}) | words("of day thing more last another who")
"""Before these "one" counts nothing: "one day"."""
BEFORE_FIRST = (POSSESSIVES - {"my"}) | {"the", "this"} | (DIRECTIONS - {"to"}) | {"on", "-"}
"""Behind these "first" is a day or a rank: "the first of May"."""
RANGE_OPENERS = {"from", "between"} | {"bays", "score"}
"""Behind these "one to four" is no time."""
BEFORE_SECOND = {"a", "every"} | {"per", "any"}
"""Behind these "second" is a unit of time."""

MONEY_UNITS = words("pound pounds euro euros dollar dollars")
POUNDS_AND_PENCE = MONEY_UNITS | {"quid"}
OUNCES = words("ounce ounces oz")
BETWEEN_PARTS = MONEY_UNITS | {"and"} | words("kilo kilos franc francs metre metres hour hours crown crowns")
"""What may stand between the two parts of a number: "four euros ninety"."""
UNITS = {
    "time": """second seconds sec secs 1; minute minutes min mins 60; hour hours hr hrs 3600; day days 86400;
        week weeks 604800; fortnight fortnights 1209600""",
    "months": "month months 1; year years 12; decade decades 120; century centuries 1200",
    "weight": "gram grams gramme grammes g 1; kilo kilos kilogram kilograms kg kgs 1000; tonne tonnes 1000000",
    "length": """millimetre millimetres millimeter millimeters mm 1;
        centimetre centimetres centimeter centimeters cm 10; metre metres meter meters m 1000;
        kilometre kilometres kilometer kilometers km kms 1000000""",
    "volume": "millilitre millilitres milliliter milliliters ml 1; litre litres liter liters l 1000",
    "pounds": "penny pennies pence p 1; pound pounds quid 100",
    "euros": "cent cents 1; euro euros 100; dollar dollars 100",
}
"""By kind, the names of each unit and how many of the smallest unit of its kind it is."""

COMPARATIVES = words("more less fewer")
BOUND_PHRASES = phrases("more than; less than; fewer than; at least; at most; up to")
BOUND_WORDS = (
    LIMIT_PREPOSITIONS
    | COMPARATIVES
    | APPROXIMATIONS
    | words("least most than nearly almost some approximately up exceed exceeded exceeds beyond minimum maximum or")
)
"""With these a statement says that a value is not exact."""
VALUED = COST_VERBS | BE_FINITE | {"'s"} | (HAVE_FULL | GET_FORMS) - {"gets"} | {"for", "of"}
"""Between these and a value, "over" makes a bound of it: "it costs over ninety"."""
EXCEPTION_PHRASES = phrases("except for; apart from; but; except; besides")
BEFORE_EVENT_NOUNS = (DETERMINERS - {"this", "that"}) | RELATIONAL_PREPOSITIONS | SMALL_NUMBERS | {"and", "some"}
"""Behind these a word in "s" is a noun, no verb."""
