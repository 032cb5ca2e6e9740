"""People and places: names by their capitals and neighbours, and kin. spaCy adds to it where installed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diary_pipeline.notes.extract.clauses import Sentence
from diary_pipeline.notes.extract.ner import mentions
from diary_pipeline.notes.language.lexicon.dates import MONTHS, WEEKDAYS
from diary_pipeline.notes.language.lexicon.people import (
    AFTER_PERSON,
    BEFORE_PERSON,
    DEMONYMS,
    FIRM_NOUNS,
    KIN,
    KIN_ADDRESS,
    NO_NAMES,
    PERSON_TITLES,
    PLACE_NOUNS,
    PRINTED_TITLES,
)
from diary_pipeline.notes.language.lexicon.prepositions import DESTINATION_PREPOSITIONS
from diary_pipeline.notes.language.lexicon.pronouns import POSSESSIVES
from diary_pipeline.notes.language.lexicon.speech import TALKING
from diary_pipeline.notes.language.lexicon.verbs import GOING_VERBS
from diary_pipeline.notes.language.names import given_names
from diary_pipeline.notes.language.words import Token

_NO_PLAIN_NAMES = KIN | DEMONYMS
_NO_MODEL_NAMES = _NO_PLAIN_NAMES | FIRM_NOUNS | set(WEEKDAYS) | set(MONTHS)


@dataclass(frozen=True)
class Names:
    """People and places, in the order of first mention."""

    people: tuple[str, ...]
    places: tuple[str, ...]


def names(sentences: Sequence[Sentence]) -> Names:
    """The people and the named places that are mentioned."""
    people: dict[str, str] = {}
    places: dict[str, str] = {}
    for sentence in sentences:
        for kind, name in _mentions(sentence):
            (people if kind == "person" else places).setdefault(name.casefold(), name)
    for kind, name in _of_the_model(sentences, {*people, *places}):
        (people if kind == "person" else places).setdefault(name.casefold(), name)
    for key in set(people) & set(places):
        del places[key]
    whole = {part for name in people.values() if " " in name for part in name.casefold().split()}
    return Names(tuple(n for key, n in people.items() if key not in whole), tuple(places.values()))


def _of_the_model(sentences: Sequence[Sentence], known: set[str]) -> Iterator[tuple[str, str]]:
    """What only the model finds: no word of a name of the rule, no day, no kin, no firm."""
    parts = {word for name in known for word in name.split()}
    for text in dict.fromkeys(sentence.text for sentence in sentences):
        for kind, name in mentions(text):
            words = name.casefold().split()
            foreign = parts | _NO_MODEL_NAMES
            if not foreign & set(words) and not (len(words) > 1 and words[-1].endswith("s")):
                yield kind, name


def _mentions(sentence: Sentence) -> Iterator[tuple[str, str]]:
    tokens = sentence.reading.tokens
    at = sentence.first
    while at < sentence.end:
        end = at
        while end < sentence.end and _capital(tokens, end):
            end += 1
        if end > at:
            first = _with_initials(sentence, at)
            kind = None if _of_a_saint(sentence, first) else _kind(sentence, first, at, end)
            if kind:
                yield kind, _printed(sentence, first, at, end)
        elif tokens[at].low in KIN and _kin(tokens, at):
            yield (
                "person",
                tokens[at].text if tokens[at].text[0].isupper() and not tokens[at].first else _kin_name(tokens[at]),
            )
        at = max(end, at + 1)


def _of_a_saint(sentence: Sentence, at: int) -> bool:
    """As in "St. Mary's", which is a church or a school."""
    return at > sentence.first and sentence.reading.tokens[at - 1].low == "st"


def _with_initials(sentence: Sentence, at: int) -> int:
    """Where the name begins with the initials before it: "J. R. Smith"."""
    while at > sentence.first and _is_initial(sentence, at - 1):
        at -= 1
    return at


def _is_initial(sentence: Sentence, at: int) -> bool:
    token = sentence.reading.tokens[at]
    return len(token.text) == 1 and token.text.isupper() and sentence.text[token.end : token.end + 1] == "."


def _printed(sentence: Sentence, first: int, at: int, end: int) -> str:
    """The name with its title and initials, as they are written."""
    tokens = sentence.reading.tokens
    if first > sentence.first and tokens[first - 1].low in PRINTED_TITLES and tokens[first - 1].text[0].isupper():
        first -= 1
    short = [f"{t.text}." if sentence.text[t.end : t.end + 1] == "." else t.text for t in tokens[first:at]]
    return " ".join([*short, *(t.text for t in tokens[at:end])])


def _capital(tokens: Sequence[Token], at: int) -> bool:
    low, text = tokens[at].low, tokens[at].text
    letters = (len(text) > 1 and text.isupper()) or (
        low == "eve" and at > 0 and tokens[at - 1].low in ("christmas", "'s")
    )  # MOT, NHS
    return (
        tokens[at].kind == "name"
        and low not in _NO_PLAIN_NAMES
        and not letters
        and not (tokens[at].first and low in NO_NAMES)
    )


def _kin(tokens: Sequence[Token], at: int) -> bool:
    """Whether it is somebody's kin: "my sister", "Mum"; not "his mother tongue" or an uncle in general."""
    before = tokens[at - 1].low if at else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and after.kind == "name" and after.text[0].isupper():
        return False  # "my nephew Pavel" is Pavel
    possessed = before in POSSESSIVES or (at > 1 and tokens[at - 2].low in POSSESSIVES)
    named = tokens[at].text[0].isupper() and (not tokens[at].first or _kin_name(tokens[at])[0].isupper())
    return named or possessed or before == "'s"


def _kin_name(token: Token) -> str:
    called = token.low in KIN_ADDRESS
    return token.low.capitalize() if called else token.low


def _kind(sentence: Sentence, first: int, at: int, end: int) -> str | None:
    tokens = sentence.reading.tokens
    before = tokens[first - 1].low if first > sentence.first else ""
    after = tokens[end].low if end < sentence.end else ""
    known = tokens[at].low in given_names()
    if tokens[end - 1].low in PLACE_NOUNS or after in PLACE_NOUNS:
        return "place" if not known else None
    if before in PERSON_TITLES or known:
        return "person"
    if end - at > 1 and (tokens[end - 1].low.endswith("s") or tokens[end - 1].low in FIRM_NOUNS):
        return None  # a firm
    if before in DESTINATION_PREPOSITIONS and not (before == "to" and _addressed_to(sentence, at)):
        return None if after == "'s" else "place"  # "at Hartley's farm" names no place
    if before == "the" or (after not in AFTER_PERSON and before not in BEFORE_PERSON and before != "to"):
        return None
    return "person"


def _addressed_to(sentence: Sentence, at: int) -> bool:
    if at - 2 >= sentence.first and sentence.reading.tokens[at - 2].low.split()[0] in GOING_VERBS:
        return False
    near = [t.low for t in sentence.reading.tokens[max(sentence.first, at - 5) : at]]
    return bool(TALKING & set(near))
