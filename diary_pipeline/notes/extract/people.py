"""People and places: names by their capitals and what stands beside them, and the words of kinship. spaCy adds to it where installed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diary_pipeline.notes.extract.clauses import Sentence
from diary_pipeline.notes.extract.ner import mentions
from diary_pipeline.notes.language.lexicon import KIN, MONTHS, WEEKDAYS
from diary_pipeline.notes.language.names import given_names
from diary_pipeline.notes.language.words import Token

_POSSESSED = frozenset("my our his her".split())
_TITLES = frozenset("mr mrs ms miss dr doctor professor aunt uncle auntie sister father lady lord sir".split())
_HONORIFICS = frozenset("mr mrs ms miss dr professor lady lord sir".split())
_PLACE_BEFORE = frozenset("above in from at near to through around via towards outside".split())
_PLACE_WORDS = frozenset(
    "street road avenue lane square park station bridge airport hospital market hill beach valley island lake river school".split()
)
_PERSON_BEFORE = frozenset(
    """with told asked met called phoned rang texted saw see meet tell ask call ring text email visit and for thank invite cite remind hug
    miss""".split()
)
_PERSON_AFTER = frozenset(
    """said says told asked does can will is was has had wants wanted thinks thought came called phoned rang texted and 's made
    brought lost got gave
    left took
    wrote went looks looked seems helped cooked laughed cried sent lives works""".split()
)
_THINGS = frozenset(
    """van car bus train boat bike house home dinner lunch breakfast supper tea work school traffic weather dog cat baby life today
    everything nothing something somebody someone everyone everybody nobody what who where there here how that it money
    time""".split()
)  # with "'s" after it, "van" opens a sentence as a name would
_GOING = frozenset(
    "go goes going went gone come comes coming drive drove driving fly flew flying move moved moving trip train flight back".split()
)
_FIRMS = frozenset("office team bank council department company club group committee union".split())
_DEMONYMS = frozenset(
    """english british scottish welsh irish french german spanish italian portuguese dutch polish russian chinese japanese indian american
    canadian australian european christmas easter god internet google whatsapp zoom netflix christian jewish muslim
    greek turkish""".split()
)


@dataclass(frozen=True)
class Names:
    """Who and where, in the order of first mention."""

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
    """What the model finds beside the rule: no word of a name that the rule has, no day, nobody's kin, no firm."""
    parts = {word for name in known for word in name.split()}
    for text in dict.fromkeys(sentence.text for sentence in sentences):
        for kind, name in mentions(text):
            words = name.casefold().split()
            foreign = parts | KIN | _DEMONYMS | _FIRMS | set(WEEKDAYS) | set(MONTHS)
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
            kind = _kind(sentence, at, end)
            if kind:
                title = (
                    tokens[at - 1].text
                    if at > sentence.first and tokens[at - 1].low in _HONORIFICS and tokens[at - 1].text[0].isupper()
                    else ""
                )
                yield kind, " ".join([title, *(t.text for t in tokens[at:end])]).strip()
        elif tokens[at].low in KIN and _kin(tokens, at):
            yield (
                "person",
                tokens[at].text if tokens[at].text[0].isupper() and not tokens[at].first else _kin_name(tokens[at]),
            )
        at = max(end, at + 1)


def _capital(tokens: Sequence[Token], at: int) -> bool:
    low, text = tokens[at].low, tokens[at].text
    letters = (len(text) > 1 and text.isupper()) or (
        low == "eve" and at > 0 and tokens[at - 1].low in ("christmas", "'s")
    )  # MOT, NHS
    return (
        tokens[at].kind == "name"
        and low not in KIN | _DEMONYMS
        and not letters
        and not (tokens[at].first and low in _THINGS)
    )


def _kin(tokens: Sequence[Token], at: int) -> bool:
    """My sister, Mum; not "his mother tongue" or an uncle in general."""
    before = tokens[at - 1].low if at else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and after.kind == "name" and after.text[0].isupper():
        return False  # "my nephew Pavel" is Pavel
    possessed = before in _POSSESSED or (at > 1 and tokens[at - 2].low in _POSSESSED)
    named = tokens[at].text[0].isupper() and (not tokens[at].first or _kin_name(tokens[at])[0].isupper())
    return named or possessed or before == "'s"


def _kin_name(token: Token) -> str:
    called = token.low in ("mum", "mom", "dad", "grandma", "grandpa", "granny", "gran", "grandad")
    return token.low.capitalize() if called else token.low


def _kind(sentence: Sentence, at: int, end: int) -> str | None:
    tokens = sentence.reading.tokens
    before = tokens[at - 1].low if at > sentence.first else ""
    after = tokens[end].low if end < sentence.end else ""
    known = tokens[at].low in given_names()
    if tokens[end - 1].low in _PLACE_WORDS or after in _PLACE_WORDS:
        return "place" if not known else None
    if before in _TITLES or known:
        return "person"
    if end - at > 1 and (tokens[end - 1].low.endswith("s") or tokens[end - 1].low in _FIRMS):
        return None  # a firm
    if before in _PLACE_BEFORE and not (before == "to" and _told_to(sentence, at)):
        return None if after == "'s" else "place"  # "at Hartley's farm" names no place
    if before == "the" or (after not in _PERSON_AFTER and before not in _PERSON_BEFORE and before != "to"):
        return None
    return "person"


def _told_to(sentence: Sentence, at: int) -> bool:
    if at - 2 >= sentence.first and sentence.reading.tokens[at - 2].low.split()[0] in _GOING:
        return False
    near = [t.low for t in sentence.reading.tokens[max(sentence.first, at - 5) : at]]
    return bool(
        set(near)
        & {
            "talk",
            "talked",
            "spoke",
            "speak",
            "send",
            "sent",
            "write",
            "wrote",
            "said",
            "gave",
            "give",
            "listen",
            "promised",
            "lent",
        }
    )
