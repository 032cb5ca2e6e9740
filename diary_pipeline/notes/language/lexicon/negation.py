"""Words that deny, except, refuse or take a thing back, and those that only look so."""

from diary_pipeline.notes.language.lexicon.notation import words

NOT = words("not n't")
NOT_OR_NEVER = NOT | {"never"}
NEGATIVE_PRONOUNS = words("nothing nobody none")
NEGATIONS = (
    NOT_OR_NEVER
    | NEGATIVE_PRONOUNS
    | words(
        """no neither nor without cannot hardly barely fail failed fails refuse refused refuses forget forgot
        forgotten lack lacks lacked missed declined nowhere unable rejected"""
    )
)
NEGATION_WORDS = NEGATIVE_PRONOUNS | {"not", "never"} | {"no", "without"}
"""Denials whose place in the sentence an edit must keep."""
REFUSALS = words("refused declined")
CONSENTS = words("agreed agree agrees accepted accept accepts")
EXCEPTIONS = words("without except besides")
EXCEPTION_WORDS = EXCEPTIONS | NOT | {"but", "only", "apart"} | {"still", "yet", "left"}
"""With these a statement says that not all is meant."""
EXCLUDING_WORDS = EXCEPTIONS | words("excluding plus before alone")
EMPTY_NOUNS = words("thanks way doubt matter worries problem")
AFTER_PLAIN_NO = EMPTY_NOUNS | words("one wait sorry hang hold")
"""After a "no" that opens a sentence, these deny nothing: "no problem"."""
NEGATION_RAISERS = words("think believe suppose expect feel want")
"""Verbs whose denial means what follows: "I don't think I will"."""
LEAVING = words("left leave leaves leaving")
DECIDING = words("decided decide decides deciding")
NO_NEGATIVE_PREFIX = words("under united unable until unless")
NEGATABLE_ENDINGS = words("ed paid sure able happy fair safe clear")
"""What "un" denies: "unpaid", "unhappy"."""
REVERSIBLE_VERBS = words("lock dress load pack fold plug wrap ti it fasten")
"""Before these "un" says what was done: "unlocked". "Ti" is "tie" and "tying"."""
