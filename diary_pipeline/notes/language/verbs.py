"""Verbs by their form and their neighbours: which word may be the verb of a clause, what its main verb is, whether it is passive.

No tagger: auxiliaries are a closed list, past forms are known or end in "ed", and a subject pronoun announces the rest.
"""

from collections.abc import Sequence

from diary_pipeline.notes.language import lexicon
from diary_pipeline.notes.language.words import Token

_AUXILIARIES = frozenset(
    "is are was were am 'm 're has have had 've do does did will 'll would 'd can could may might must should gets got get".split()
)
_BE = frozenset("is are was were am 'm 're 's be been being get gets got".split())
DETERMINERS = frozenset("the a an my our his her their this that these those some one another every each no".split())
PREPOSITIONS = frozenset(
    "of in on at for from with by about into to over under after before through across near behind without".split()
)
ANYBODY = frozenset("somebody someone nobody everybody everyone anybody anyone".split())
NOMINATIVE = frozenset("i we he she they".split())
ADVERBS = frozenset("really also still just only even already always never now then soon not n't kind of".split())
_DOES = frozenset("do does did have has had doing having done".split())
_BARE = {
    "doing": "do",
    "done": "do",
    "did": "do",
    "does": "do",
    "had": "have",
    "has": "have",
    "having": "have",
    "'ve": "have",
}
_BARE |= {"got": "get", "gets": "get", "get": "get"}


def finite(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word at *at* may be the verb of a clause: an auxiliary, a past form, or the word after a subject."""
    token = tokens[at]
    if token.kind in ("mark", "number", "time", "date", "name"):
        return False
    low = token.low.partition(" ")[0]
    if low in _AUXILIARIES or _goes_on(tokens, at):
        return True
    if low == "'s":
        return is_verb(tokens, at)
    return _may_govern(tokens, at) and (_past(tokens, at, low) or _after_subject(tokens, at, low))


def _may_govern(tokens: Sequence[Token], at: int) -> bool:
    """Not after "to", an article or a preposition: there stand infinitives and nouns."""
    before = tokens[at - 1].low if at else ""
    kind_of = before == "of" and at > 1 and tokens[at - 2].low == "kind"
    return kind_of or not (before in ("to", "called", "named") or before in DETERMINERS or before in PREPOSITIONS)


def _past(tokens: Sequence[Token], at: int, low: str) -> bool:
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    named = low in ("called", "named") and after is not None and after.kind == "name"  # "a man called Ruben"
    return not named and (low in lexicon.PAST - lexicon.PARTICIPLES or (low.endswith("ed") and len(low) > 3))


def _after_subject(tokens: Sequence[Token], at: int, low: str) -> bool:
    """As in "he often goes", "Ben trusts her", "somebody sings"."""
    if not at:
        return False
    n = at - 1
    while (
        n
        and tokens[n].kind == "stop"
        and tokens[n].low not in NOMINATIVE
        and (tokens[n].low.endswith("ly") or tokens[n].low in ADVERBS)
    ):
        n -= 1
    if tokens[at].kind == "word" and (tokens[n].low in NOMINATIVE or tokens[n].low in ("who", "it")):
        return True
    if not low.endswith("s"):  # "the pills make me dizzy"
        plural = (
            tokens[at - 1].kind == "word"
            and tokens[at - 1].low.endswith("s")
            and at > 1
            and tokens[at - 2].low in DETERMINERS
        )
        return plural and low in lexicon.BASES
    if tokens[at - 1].kind == "name" and (at + 1 == len(tokens) or tokens[at + 1].kind in ("stop", "name")):
        return True
    known = low[:-1] in lexicon.BASES or low[:-2] in lexicon.BASES or low in lexicon.IRREGULAR
    return known and (tokens[at - 1].kind in ("name", "word") or tokens[at - 1].low in ANYBODY)


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """As in "I have to finish the slides, send the contract": one more deed under the same "to" or "must"."""
    if tokens[at].low not in lexicon.DEEDS or not at or tokens[at - 1].low not in (",", "and", "or", "then"):
        return False
    if at + 1 == len(tokens) or tokens[at + 1].kind == "mark":
        return False
    for n in range(at - 1, max(-1, at - 14), -1):
        if ends_sentence(tokens[n]):
            return False
        to = tokens[n].low == "to" and tokens[n + 1].kind == "word"
        if to or tokens[n].low in ("must", "should", "will", "'ll", "can", "could", "might"):
            return True
    return False


def is_verb(tokens: Sequence[Token], at: int) -> bool:
    """As in "She's late"; not as in "Hana's quartet"."""
    if not at or at + 1 >= len(tokens):
        return False
    if tokens[at - 1].low in NOMINATIVE or tokens[at - 1].low in ("it", "that", "there", "who", "what"):
        return True
    after = tokens[at + 1]
    return (
        after.kind in ("stop", "number", "time", "date")
        or after.low.endswith(("ing", "ed"))
        or after.low in lexicon.PAST
    )


def main_verb(tokens: Sequence[Token], verb: int | None, end: int) -> tuple[int | None, str]:
    """The main verb: the first word after auxiliaries that says something; where nothing follows at once, the auxiliary itself."""
    if verb is None:
        return None, ""
    if tokens[verb].content:
        return verb, _light(tokens[verb].key)
    n = verb + 1
    while n < end and tokens[n].kind == "stop" and tokens[n].low not in DETERMINERS | PREPOSITIONS | NOMINATIVE:
        if tokens[n].low in ("doing", "done", "having", "had", "been", "being", "do", "have", "be"):
            verb = n
        n += 1
    while n + 1 < end and (tokens[n].low == "to" or (tokens[n].low == "going" and tokens[n + 1].low == "to")):
        n += 1
    if (
        n < end
        and tokens[n].low == "got"
        and tokens[verb].low in ("'s", "'ve", "have", "has")
        and tokens[n - 1].low != "not"
    ):
        return n, "have"  # "she's got" has
    low = tokens[verb].low
    main = (
        n < end
        and tokens[n].kind == "word"
        and not (low in _DOES and n == verb + 1 and not _verb_form(tokens[n].low, low))
    )
    if main:
        return n, _light(tokens[n].key)
    return verb, _BARE.get(low, "be" if low in _BE else low)


def _light(key: str) -> str:
    """Made and did the sandwiches: which of these verbs it is says little."""
    return "do" if key in ("make", "do") else key


def _verb_form(low: str, auxiliary: str) -> bool:
    """Whether *low* is what the auxiliary wants: "have gone", "did go"; "had soup" is no verb."""
    if auxiliary in ("have", "has", "had", "'ve"):
        return low.endswith(("ed", "en")) or low in lexicon.PAST
    return auxiliary in ("do", "does", "did") and low.partition(" ")[0] in lexicon.BASES


def is_passive(tokens: Sequence[Token], verb: int, predicate: int) -> bool:
    """Whether the main verb at *predicate* is something done to the subject."""
    low = tokens[predicate].low.partition(" ")[0].removeprefix("un")
    auxiliary = any(
        tokens[n].low in _BE and tokens[n].low != "'s" for n in range(verb, predicate)
    )  # "he's passed" has passed
    return auxiliary and (low.endswith(("ed", "en")) or (low in lexicon.PAST and not low.endswith("ing")))


def ends_sentence(token: Token) -> bool:
    """Whether it is a full stop or as good as one."""
    return token.kind == "mark" and token.low[0] in ".!?…;"
