"""Verbs by their form and their neighbours: which word is the verb of a clause, its main verb, whether it is passive.

Without a tagger: auxiliaries are a closed list, past forms are known or end in "ed", and a personal pronoun announces
the rest.
"""

from collections.abc import Sequence

from diary_pipeline.notes.language.lexicon.auxiliaries import (
    AUXILIARIES,
    BASE_OF_AUXILIARY,
    DO_OR_HAVE,
    GOVERNING_AUXILIARIES,
    HAS_FORMS,
    HAVE_FORMS,
    NONFINITE_AUXILIARIES,
    PASSIVE_AUXILIARIES,
)
from diary_pipeline.notes.language.lexicon.determiners import NOUN_OPENERS
from diary_pipeline.notes.language.lexicon.discourse import ADVERBS
from diary_pipeline.notes.language.lexicon.prepositions import PREPOSITIONS
from diary_pipeline.notes.language.lexicon.pronouns import DUMMY_SUBJECTS, INDEFINITE_PERSONS, PERSONAL_PRONOUNS
from diary_pipeline.notes.language.lexicon.verbs import (
    BARE_VERBS,
    FINITE_PAST_FORMS,
    IRREGULAR,
    PAST_FORMS,
    TODO_VERBS,
)
from diary_pipeline.notes.language.words import Token

_NO_VERB = NOUN_OPENERS | PREPOSITIONS | PERSONAL_PRONOUNS
_BEFORE_IS = PERSONAL_PRONOUNS | DUMMY_SUBJECTS | {"that", "who", "what"}
"""Behind these "'s" is a verb."""


def finite(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word at *at* may be the verb of a clause: an auxiliary, a past form, or the word after a subject."""
    token = tokens[at]
    if token.kind in ("mark", "number", "time", "date", "name"):
        return False
    low = token.low.partition(" ")[0]
    if low in AUXILIARIES or _continues_list(tokens, at):
        return True
    if low == "'s":
        return is_verb(tokens, at)
    return _may_govern(tokens, at) and (_past(tokens, at, low) or _after_subject(tokens, at, low))


def _may_govern(tokens: Sequence[Token], at: int) -> bool:
    """Not behind "to", an article or a preposition, where infinitives and nouns stand."""
    before = tokens[at - 1].low if at else ""
    kind_of = before == "of" and at > 1 and tokens[at - 2].low == "kind"
    return kind_of or not (before in ("to", "called", "named") or before in NOUN_OPENERS or before in PREPOSITIONS)


def _past(tokens: Sequence[Token], at: int, low: str) -> bool:
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    named = low in ("called", "named") and after is not None and after.kind == "name"  # "a man called Ruben"
    return not named and (low in FINITE_PAST_FORMS or (low.endswith("ed") and len(low) > 3))


def _after_subject(tokens: Sequence[Token], at: int, low: str) -> bool:
    """As in "he often goes", "Ben trusts her", "somebody sings"."""
    if not at:
        return False
    n = at - 1
    while (
        n
        and tokens[n].kind == "stop"
        and tokens[n].low not in PERSONAL_PRONOUNS
        and (tokens[n].low.endswith("ly") or tokens[n].low in ADVERBS)
    ):
        n -= 1
    if tokens[at].kind == "word" and (tokens[n].low in PERSONAL_PRONOUNS or tokens[n].low in ("who", "it")):
        return True
    if not low.endswith("s"):  # "the pills make me dizzy"
        plural = (
            tokens[at - 1].kind == "word"
            and tokens[at - 1].low.endswith("s")
            and at > 1
            and tokens[at - 2].low in NOUN_OPENERS
        )
        return plural and low in BARE_VERBS
    if tokens[at - 1].kind == "name" and (at + 1 == len(tokens) or tokens[at + 1].kind in ("stop", "name")):
        return True
    known = low[:-1] in BARE_VERBS or low[:-2] in BARE_VERBS or low in IRREGULAR
    return known and (tokens[at - 1].kind in ("name", "word") or tokens[at - 1].low in INDEFINITE_PERSONS)


def _continues_list(tokens: Sequence[Token], at: int) -> bool:
    """As in "I have to finish the slides, send the contract": another verb under the same "to" or "must"."""
    if tokens[at].low not in TODO_VERBS or not at or tokens[at - 1].low not in (",", "and", "or", "then"):
        return False
    if at + 1 == len(tokens) or tokens[at + 1].kind == "mark":
        return False
    for n in range(at - 1, max(-1, at - 14), -1):
        if ends_sentence(tokens[n]):
            return False
        to = tokens[n].low == "to" and tokens[n + 1].kind == "word"
        if to or tokens[n].low in GOVERNING_AUXILIARIES:
            return True
    return False


def is_verb(tokens: Sequence[Token], at: int) -> bool:
    """As in "She's late"; not as in "Hana's quartet"."""
    if not at or at + 1 >= len(tokens):
        return False
    if tokens[at - 1].low in _BEFORE_IS:
        return True
    after = tokens[at + 1]
    return (
        after.kind in ("stop", "number", "time", "date") or after.low.endswith(("ing", "ed")) or after.low in PAST_FORMS
    )


def main_verb(tokens: Sequence[Token], verb: int | None, end: int) -> tuple[int | None, str]:
    """The main verb: the first content word behind auxiliaries; if none follows at once, the auxiliary itself."""
    if verb is None:
        return None, ""
    if tokens[verb].content:
        return verb, _light_verb(tokens[verb].key)
    n = verb + 1
    while n < end and tokens[n].kind == "stop" and tokens[n].low not in _NO_VERB:
        if tokens[n].low in NONFINITE_AUXILIARIES:
            verb = n
        n += 1
    while n + 1 < end and (tokens[n].low == "to" or (tokens[n].low == "going" and tokens[n + 1].low == "to")):
        n += 1
    if n < end and tokens[n].low == "got" and tokens[verb].low in HAS_FORMS and tokens[n - 1].low != "not":
        return n, "have"  # "she's got" has
    low = tokens[verb].low
    main = (
        n < end
        and tokens[n].kind == "word"
        and not (low in DO_OR_HAVE and n == verb + 1 and not _verb_form(tokens[n].low, low))
    )
    if main:
        return n, _light_verb(tokens[n].key)
    return verb, BASE_OF_AUXILIARY.get(low, "be" if low in PASSIVE_AUXILIARIES else low)


def _light_verb(key: str) -> str:
    """One key for "make" and "do", which are used for each other."""
    return "do" if key in ("make", "do") else key


def _verb_form(low: str, auxiliary: str) -> bool:
    """Whether *low* is the form that the auxiliary takes: "have gone", "did go"; not in "had soup"."""
    if auxiliary in HAVE_FORMS:
        return low.endswith(("ed", "en")) or low in PAST_FORMS
    return auxiliary in ("do", "does", "did") and low.partition(" ")[0] in BARE_VERBS


def is_passive(tokens: Sequence[Token], verb: int, predicate: int) -> bool:
    """Whether the main verb at *predicate* is passive."""
    low = tokens[predicate].low.partition(" ")[0].removeprefix("un")
    auxiliary = any(
        tokens[n].low in PASSIVE_AUXILIARIES and tokens[n].low != "'s" for n in range(verb, predicate)
    )  # "he's passed" has passed
    return auxiliary and (low.endswith(("ed", "en")) or (low in PAST_FORMS and not low.endswith("ing")))


def ends_sentence(token: Token) -> bool:
    """Whether it is a full stop or as good as one."""
    return token.kind == "mark" and token.low[0] in ".!?…;"
