"""Topics by a lexicon: a topic is given where two of its words were said, or one that leaves no doubt."""

from collections.abc import Sequence
from functools import cache

from diary_pipeline.notes.extract.clauses import Sentence
from diary_pipeline.notes.language.words import key_of

_TOPICS = {
    "work": """meeting deadline boss report slides presentation client contract office colleague manager shift ward invoice overtime payroll
        budget hire; work job project plan""",
    "family": """mum mom dad mother father sister brother daughter son grandma grandpa grandson granddaughter wife husband cousin aunt uncle
        niece nephew;""",
    "health": """doctor dentist hospital physio headache fever pill pills prescription symptoms blood-pressure surgery gp nurse knee tendon;
        pain hurt sick back results""",
    "sleep": "asleep awake insomnia nap nightmare; sleep slept bed tired night dream",
    "food": """breakfast dinner lunch pasta soup bread cake cheese porridge mushrooms recipe restaurant cook cooked bake; eat ate coffee
        apples eggs milk buy""",
    "sport": """gym yoga marathon football tennis swim swimming jogging match training cycle cycling; run running walk ran kilometres miles
        bike""",
    "home": "kitchen landlord dishwasher boiler plumber furniture laundry heating roof chimney rent tenant; house clean room",
    "garden": "garden tomato plants allotment compost seeds weeds lawn onions leeks cabbages greenhouse; plant water",
    "money": "bill bank salary mortgage tax deposit insurance savings loan; pay paid pounds euros dollars money cost",
    "travel": "flight airport hotel passport luggage holiday train suitcase; bus trip drive station ticket",
    "friends": "friend friends party; met invited",
    "school": "school teacher homework exam university lecture tutor spelling essay thesis; class test student",
    "weather": "rain raining snow sunny freezing storm windy foggy; wind hot cold",
    "reading and films": "book novel film movie series podcast; read reading watch watched",
    "celebrations": "birthday wedding anniversary christmas marry; present party",
}


@cache
def _keys() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    made = {}
    for topic, words in _TOPICS.items():
        sure, _, hints = words.partition(";")
        made[topic] = (frozenset(map(key_of, sure.split())), frozenset(map(key_of, hints.split())))
    return made


def topics(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """The topics, those with most words first."""
    said = [t.key for s in sentences for t in s.reading.tokens[s.first : s.end] if t.kind in ("word", "name")]
    counts = {}
    for topic, (sure, hints) in _keys().items():
        hits = {key for key in said if key in sure}
        more = {key for key in said if key in hints}
        if hits or len(more) > 1:
            counts[topic] = 2 * len(hits) + len(more)
    return tuple(sorted(counts, key=lambda topic: -counts[topic])[:4])


def is_topic(word: str) -> bool:
    """Whether it is one of the lexicon's topics."""
    return word.casefold() in _TOPICS
