"""Conjunctions: what joins words and clauses."""

from diary_pipeline.notes.language.lexicon.notation import words
from diary_pipeline.notes.language.lexicon.prepositions import RELATIONAL_PREPOSITIONS

ADDING_CONJUNCTIONS = words("and but so")
CAUSAL_CONJUNCTIONS = words("because since as")
CONCESSIVE_CONJUNCTIONS = words("although though while whereas")
CONDITIONAL_CONJUNCTIONS = words("if unless until")
LINKING_CONJUNCTIONS = ADDING_CONJUNCTIONS | {"because"}
CONJUNCTIONS = (
    ADDING_CONJUNCTIONS
    | CAUSAL_CONJUNCTIONS
    | CONCESSIVE_CONJUNCTIONS
    | CONDITIONAL_CONJUNCTIONS
    | {"or", "when"}
    | {"which", "who"}
    | {"after", "before"}
)
TURNS = {"but", "so"} | {"because", "although", "though"}
"""With these another thought begins."""
CLAUSE_JOINERS = CONJUNCTIONS | {"that", "then"} | {"where", "whether"}
CLAUSE_BREAKS = ADDING_CONJUNCTIONS | CAUSAL_CONJUNCTIONS | (CONCESSIVE_CONJUNCTIONS - {"whereas"}) | {"which", "when"}
SUBORDINATORS = (
    (CAUSAL_CONJUNCTIONS - {"as"})
    | (CONCESSIVE_CONJUNCTIONS - {"though", "whereas"})
    | (CONDITIONAL_CONJUNCTIONS - {"until"})
    | {"that", "whether"}
    | {"when", "which", "who"}
)
SENTENCE_BORDERS = (TURNS - {"though"}) | {"while"} | {"who", "which"}
FEELING_LINKS = RELATIONAL_PREPOSITIONS | {"to", "about"} | {"that", "because"} | {"so", "when"}
"""With these a speaker says about what a feeling is."""
CAUSES = CAUSAL_CONJUNCTIONS | {"so", "why", "for"} | {"reason", "cause", "due"}
