"""Who said what is quoted: "Tobias said, ..." is not "I said, ..."."""

from diary_pipeline.notes.language.lexicon.people import FEMALE, KIN, MALE
from diary_pipeline.notes.language.lexicon.pronouns import FIRST_PERSON, THIRD_PERSON
from diary_pipeline.notes.language.lexicon.speech import QUOTING_VERBS
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.words import Token, tokens

_PERSONS = FIRST_PERSON | THIRD_PERSON | KIN
_AROUND = 6
"""Most words between who spoke and what was said: "he said to me yesterday, in the car, ..."."""
_PLURAL = {"we": "i", "us": "i", "me": "i"}


def another_speaker(quote: str, statement: Reading, source: Reading) -> bool:
    """Whether the source gives the words of *quote* to another speaker; False where one of the two names none."""
    words = [t.low for t in tokens(quote, "", "") if t.kind != "mark"]
    here, there = _place(statement, words), _place(source, words)
    if here is None or there is None:
        return False
    mine, theirs = _speaker(statement, here), _speaker(source, there)
    return mine is not None and theirs is not None and _differ(mine, theirs, source, there)


def _place(reading: Reading, words: list[str]) -> int | None:
    """Where *words* begin, marks not counted."""
    spoken = [n for n, token in enumerate(reading.tokens) if token.kind != "mark"]
    lows = [reading.tokens[n].low for n in spoken]
    return next(
        (spoken[n] for n in range(len(lows) - len(words) + 1) if words and lows[n : n + len(words)] == words), None
    )


def _speaker(reading: Reading, quote: int) -> Token | None:
    """The subject of the nearest verb of saying before the quoted words, if it stands right before that verb."""
    verb = next(
        (n for n in range(quote - 1, max(-1, quote - _AROUND - 1), -1) if reading.tokens[n].low in QUOTING_VERBS), None
    )
    if not verb:
        return None
    token = reading.tokens[verb - 1]
    known = token.kind == "name" or token.text[:1].isupper() or token.low in _PERSONS
    return token if known else None


def _differ(mine: Token, theirs: Token, source: Reading, quote: int) -> bool:
    one, other = (_PLURAL.get(token.low, token.low) for token in (mine, theirs))
    if one == other or mine.key == theirs.key:
        return False
    if "i" in (one, other):
        return True
    wrong = {"he": FEMALE | {"she"}, "she": MALE | {"he"}}
    if one in wrong.get(other, ()) or other in wrong.get(one, ()):
        return True
    if one in THIRD_PERSON:
        return False  # a pronoun may be anybody who was named
    if other in THIRD_PERSON:  # may be anybody who was named before, but nobody who is only named in what is said
        named = [n for n, token in enumerate(source.tokens) if token.key == mine.key]
        return bool(named) and min(named) > quote
    return True
