"""Auxiliary and modal verbs, with their contracted forms."""

from diary_pipeline.notes.language.lexicon.notation import table, words

BE_CONTRACTIONS = words("'s 're 'm")
BE_PRESENT = words("is are am") | BE_CONTRACTIONS
BE_PAST = words("was were")
BE_FINITE = {"is", "are"} | BE_PAST
BE_NONFINITE = words("be been being")
HAVE_FORMS = words("have has had 've")
HAS_FORMS = (HAVE_FORMS - {"had"}) | {"'s"}
HAVE_FULL = HAVE_FORMS - {"'ve"}
DO_FORMS = words("do does did")
GET_FORMS = words("get gets got")
CORE_MODALS = words("could would can will should")
"""The modals that open questions."""
OTHER_MODALS = words("may might must")
MODALS = CORE_MODALS | OTHER_MODALS

AUXILIARIES = (BE_PRESENT - {"'s"}) | BE_PAST | HAVE_FORMS | DO_FORMS | GET_FORMS | MODALS | {"'ll", "'d"}
"""Always a verb of a clause; "'s" is one only beside certain words."""
CLAUSE_AUXILIARIES = BE_FINITE | {"'s", "'re"} | HAVE_FULL | DO_FORMS | (MODALS - {"would"}) | {"'ll"}
"""What shows that a subject has its verb."""
ELLIPTIC_AUXILIARIES = BE_FINITE | {"'s"} | HAVE_FULL | DO_FORMS | CORE_MODALS
"""What may stand for a whole predicate: "but Malik has"."""
INVERTED_AUXILIARIES = BE_FINITE | {"am"} | DO_FORMS | HAVE_FULL | MODALS | {"shall"}
"""What opens a question."""
BE_FORMS = BE_PRESENT | BE_PAST | {"be", "been"}
FUTURE_CUES = (BE_PRESENT - {"am"}) | {"will", "'ll", "going"}
"""With these a clause says what is or will be."""
PRESENT_CUES = BE_PRESENT | {"be", "being"} | {"to", "get", "gets"}
"""Behind these a past form is a participle: "is being turned"."""
PASSIVE_AUXILIARIES = BE_PRESENT | BE_PAST | BE_NONFINITE | GET_FORMS
NONFINITE_AUXILIARIES = BE_NONFINITE | {"do", "doing", "done"} | {"have", "having", "had"}
"""What may follow another auxiliary."""
GOVERNING_AUXILIARIES = (MODALS - {"would", "may"}) | {"'ll"}
"""Auxiliaries that govern several verbs in a row: "I must wash, dry and iron"."""
DO_OR_HAVE = DO_FORMS | HAVE_FULL | {"doing", "having", "done"}
BASE_OF_AUXILIARY = table("do: doing done did does; have: had has having 've; get: got gets get")

CONTRACTIONS = table("is: 's; are: 're; am: 'm; have: 've; will: 'll; would: 'd; not: n't; ok: okay")
"""Short forms and what they are written out, as far as one thing comes first to mind."""
AUXILIARY_FORMS = table(
    """be: am is are was were been being 'm 're; have: has have had having 've got; do: do does did;
    will: will would 'll; can: can could; not: not n't; it: it its"""
)
"""Forms that a retelling may change into each other."""
CLITICS = words("n't 's 'm 're 've 'll 'd s'")
"""Short forms that are written together with the word before."""
