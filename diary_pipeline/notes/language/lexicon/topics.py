"""What is talked about: for each topic, words that leave no doubt, and after the ";" words of which it needs two."""

from diary_pipeline.notes.language.lexicon.notation import groups
from diary_pipeline.notes.language.lexicon.people import KIN

TOPICS = {
    "work": groups(
        """meeting deadline boss report slides presentation client contract office colleague manager shift
        ward invoice overtime payroll budget hire; work job project plan"""
    ),
    "family": (KIN - {"auntie"} - {"boyfriend", "girlfriend"} - {"stepmother", "stepfather"}, frozenset[str]()),
    "health": groups(
        """doctor dentist hospital physio headache fever pill pills prescription symptoms blood-pressure
        surgery gp nurse knee tendon; pain hurt sick back results"""
    ),
    "sleep": groups("asleep awake insomnia nap nightmare; sleep slept bed tired night dream"),
    "food": groups(
        """breakfast dinner lunch pasta soup bread cake cheese porridge mushrooms recipe restaurant cook
        cooked bake; eat ate coffee apples eggs milk buy"""
    ),
    "sport": groups(
        """gym yoga marathon football tennis swim swimming jogging match training cycle cycling; run running
        walk ran kilometres miles bike"""
    ),
    "home": groups(
        """kitchen landlord dishwasher boiler plumber furniture laundry heating roof chimney rent tenant;
        house clean room"""
    ),
    "garden": groups(
        """garden tomato plants allotment compost seeds weeds lawn onions leeks cabbages greenhouse; plant
        water"""
    ),
    "money": groups(
        """bill bank salary mortgage tax deposit insurance savings loan; pay paid pounds euros dollars money
        cost"""
    ),
    "travel": groups("flight airport hotel passport luggage holiday train suitcase; bus trip drive station ticket"),
    "friends": groups("friend friends party; met invited"),
    "school": groups("school teacher homework exam university lecture tutor spelling essay thesis; class test student"),
    "weather": groups("rain raining snow sunny freezing storm windy foggy; wind hot cold"),
    "reading and films": groups("book novel film movie series podcast; read reading watch watched"),
    "celebrations": groups("birthday wedding anniversary christmas marry; present party"),
}
