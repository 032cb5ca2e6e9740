"""People and places: kin, titles, who is a man or a woman, what stands beside a person's name or a place's."""

from diary_pipeline.notes.language.lexicon.notation import words
from diary_pipeline.notes.language.lexicon.pronouns import INDEFINITE_PERSONS, INTERROGATIVES

FEMALE_ADDRESS = words("mum mom grandma granny gran")
MALE_ADDRESS = words("dad grandpa grandad")
KIN_ADDRESS = FEMALE_ADDRESS | MALE_ADDRESS
"""Kin by the name by which they are called."""
FEMALE_KIN = FEMALE_ADDRESS | words(
    "mother sister grandmother aunt auntie niece wife daughter girlfriend granddaughter"
)
MALE_KIN = MALE_ADDRESS | words("father brother grandfather uncle nephew husband son boyfriend grandson")
KIN = FEMALE_KIN | MALE_KIN | {"cousin"} | {"stepmother", "stepfather"}
FEMALE = FEMALE_KIN | words("mrs ms miss woman girl lady")
MALE = MALE_KIN | words("mr sir man boy guy bloke lad")
PERSON_NOUNS = KIN | FEMALE | MALE

HONORIFICS = words("mr mrs ms dr")
FORMAL_TITLES = HONORIFICS | {"miss", "doctor", "professor"} | {"prof"}
PRINTED_TITLES = FORMAL_TITLES - {"doctor"} | {"lady", "lord", "sir"}
"""Titles that are printed with a name."""
PERSON_TITLES = FORMAL_TITLES | {"lady", "lord", "sir"} | {"aunt", "uncle", "auntie"} | {"sister", "father"}
"""Titles that show that a name is a person's."""
SPOKEN_TITLES = FORMAL_TITLES | words("mister frau herr madame monsieur sir madam coach captain")
"""Titles that say nothing beside a name."""

NAME_VERBS = (
    {"said", "says"}
    | {"asked", "told"}
    | {"wants", "wanted"}
    | {"thinks", "thought"}
    | words("is was has had will does did can and 's")
)
"""What stands behind a name that opens a sentence."""
AFTER_PERSON = NAME_VERBS | words(
    """came called phoned rang texted made brought lost got gave left took wrote went looks looked seems helped
    cooked laughed cried sent lives works"""
)
"""What stands behind a person's name."""
BEFORE_PERSON = words(
    """with told asked met called phoned rang texted saw see meet tell ask call ring text email visit and for thank
    invite cite remind hug miss"""
)
"""What stands before a person's name."""
PLACE_NOUNS = words(
    """street road avenue lane square park station bridge airport hospital market hill beach valley island lake river
    school"""
)
FIRM_NOUNS = words("office team bank council department company club group committee union")
NO_NAMES = (
    (INDEFINITE_PERSONS - {"anybody", "anyone"})
    | {"everything", "nothing", "something"}
    | (INTERROGATIVES - {"when", "which", "why"})
    | {"there", "here"}
    | {"that", "it"}
    | words(
        """van car bus train boat bike house home dinner lunch breakfast supper tea work school traffic weather dog
        cat baby life today money time"""
    )
)
"""With "'s" behind it, each of these opens a sentence as a name would."""
DEMONYMS = words(
    """english british scottish welsh irish french german spanish italian portuguese dutch polish russian chinese
    japanese indian american canadian australian european christmas easter god internet google whatsapp zoom netflix
    christian jewish muslim greek turkish"""
)
"""Written with a capital, but no person and no place."""
