"""Pronouns, and the words that open questions."""

from diary_pipeline.notes.language.lexicon.notation import table, words

FIRST_PERSON = words("i we")
THIRD_PERSON = words("he she they")
PERSONAL_PRONOUNS = FIRST_PERSON | THIRD_PERSON
FIRST_PERSON_OBJECTS = words("me us")
THIRD_PERSON_OBJECTS = words("him her them")
OBJECT_PRONOUNS = FIRST_PERSON_OBJECTS | THIRD_PERSON_OBJECTS
FIRST_PERSON_POSSESSIVES = words("my our")
THIRD_PERSON_POSSESSIVES = words("his her their")
POSSESSIVES = FIRST_PERSON_POSSESSIVES | THIRD_PERSON_POSSESSIVES
FIRST_PERSON_OWNERS = FIRST_PERSON_POSSESSIVES | {"mine", "ours"}
THIRD_PERSON_OWNERS = THIRD_PERSON_POSSESSIVES | {"hers", "theirs"}
THIRD_PERSON_FORMS = THIRD_PERSON | THIRD_PERSON_OBJECTS | THIRD_PERSON_POSSESSIVES | {"hers"}
REFLEXIVES = words("myself ourselves yourself himself herself themselves")

DEMONSTRATIVES = words("this that these those")
SUBJECT_PRONOUNS = PERSONAL_PRONOUNS | {"it", "you", "that"}
SUBJECTS = SUBJECT_PRONOUNS | {"this", "there", "who"}
"""What may stand before a verb as its subject, beside names and nouns."""
DUMMY_SUBJECTS = words("it there")

INDEFINITE_PERSONS = words("somebody someone nobody everybody everyone anybody anyone")
UNIVERSALS = words("everything everyone everybody all nothing nobody anything every")
"""Words for all or none, from which an exception is made."""

INTERROGATIVES = words("when where how who what which why")
NOMINAL_QUESTIONS = (INTERROGATIVES - {"who", "why"}) | {"whether"}
"""Before "to", these name a verb: "how to swim"."""
QUESTION_OPENERS = INTERROGATIVES | {"if", "whether"}

NOBODYS_PRONOUN = table("it: them theirs; the: their; myself: themselves themself")
"""Beside "the speaker", "their" may be the speaker's or another's: each such form to one that is nobody's."""
PERSON_OF = table(
    """i: i me my mine myself; we: we us our ours; he: he him his himself; she: she her hers herself;
    they: they them their theirs"""
)
"""Every form of a personal pronoun to the person that it means."""
