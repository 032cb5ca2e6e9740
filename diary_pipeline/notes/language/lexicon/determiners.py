"""Determiners: articles, possessives, demonstratives, and words for how many."""

from diary_pipeline.notes.language.lexicon.notation import words
from diary_pipeline.notes.language.lexicon.pronouns import (
    DEMONSTRATIVES,
    DUMMY_SUBJECTS,
    PERSONAL_PRONOUNS,
    POSSESSIVES,
)

ARTICLES = words("the a an")
QUANTIFIERS = words("some one another every each no")
DETERMINERS = ARTICLES | POSSESSIVES | DEMONSTRATIVES | {"your"}
NOUN_OPENERS = ARTICLES | POSSESSIVES | DEMONSTRATIVES | QUANTIFIERS
"""What opens a noun phrase."""
CLAUSE_OPENERS = PERSONAL_PRONOUNS | NOUN_OPENERS | DUMMY_SUBJECTS
DEFINITE_DETERMINERS = DETERMINERS - {"a", "an"}
NO_COUNT = words("the this that") | {"no", "which"} | {"every", "each"}
"""Before "one", these point at a thing and count none: "this one"."""
BIT_OPENERS = (
    {"a", "the"}
    | words("this that")
    | {"every", "each", "another"}
    | words("little last first next same one best worst any wee tiny")
)
"""Before "bit", these make it a piece of something: "a bit", not "it bit me"."""
