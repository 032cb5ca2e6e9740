"""Words in other spellings: run together, without an apostrophe, British or American."""

from diary_pipeline.notes.language.lexicon.auxiliaries import BE_FINITE, DO_FORMS, HAVE_FULL
from diary_pipeline.notes.language.lexicon.notation import table, words

BASE_BEFORE_NOT = table("will: wo; can: ca; shall: sha; is: ai")
"""Auxiliaries that are shortened before "n't"."""
NEGATED_AUXILIARIES = BE_FINITE | DO_FORMS | HAVE_FULL | {"would", "could", "should"} | {"ca", "wo"}
"""What stands before a "nt" that is written without its apostrophe: "dont", "wont"."""
RUN_TOGETHER = table(
    """got_to: gotta; going_to: gonna; want_to: wanna; ought_to: oughta; have_to: hafta; can_not: cannot;
    know_n't: dunno; i_am: im; i_have: ive; he_'s: hes; she_'s: shes; that_'s: thats; there_'s: theres;
    they_are: theyre; you_are: youre; we_have: weve; they_have: theyve"""
)
"""Words written as one, to their parts."""
AMERICAN = table("practice: practise; practicing: practising; practiced: practised; practices: practises")
"""British spellings to American ones."""
SIBILANTS = words("tsch sch cz sz zh sh tx ts tz")
"""Letters for a sound like s, in several languages."""
