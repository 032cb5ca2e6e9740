"""Objects and owners: "she gave me" is not "she gave him", "my mum" is not "Ada's mum"."""

from collections.abc import Iterator

from diary_pipeline.notes.evidence.alignment import Alignment
from diary_pipeline.notes.language.lexicon.determiners import DETERMINERS
from diary_pipeline.notes.language.lexicon.people import PERSON_NOUNS
from diary_pipeline.notes.language.lexicon.prepositions import SUBJECT_BARRIERS
from diary_pipeline.notes.language.lexicon.pronouns import (
    DUMMY_SUBJECTS,
    FIRST_PERSON,
    FIRST_PERSON_OBJECTS,
    FIRST_PERSON_OWNERS,
    THIRD_PERSON,
    THIRD_PERSON_OBJECTS,
    THIRD_PERSON_OWNERS,
)
from diary_pipeline.notes.language.lexicon.speech import DIRECT_SPEECH_VERBS
from diary_pipeline.notes.language.reading import Reading
from diary_pipeline.notes.language.spans import sentence

_REACH = 9


def swapped_participants(found: Alignment) -> Iterator[str]:
    """A verb with another person as its object than in the source; a thing with another owner."""
    exact = found.exact()
    for here, there in found.pairs.items():
        if found.statement.tokens[here].kind != "word" or here not in exact:
            continue
        if _differ(owner(found.statement, here), owner(found.source, there)) or _differ(
            _object(found.statement, here), _object(found.source, there)
        ):
            yield "role"


def wrong_owners(found: Alignment) -> Iterator[str]:
    """As in "Ada's mum" for "Ben won, and his mum cried. Ada lost": a pronoun is nobody who is only named after it."""
    for here, there in found.pairs.items():
        mine, theirs = _possessor(found.statement, here), _possessor(found.source, there)
        if (
            mine is None
            or theirs is None
            or found.statement.tokens[mine].kind != "name"
            or found.source.tokens[theirs].low not in THIRD_PERSON_OWNERS
        ):
            continue
        places = [n for n, t in enumerate(found.source.tokens) if t.key == found.statement.tokens[mine].key]
        if places and min(places) >= sentence(found.source.tokens, theirs).stop:
            yield "name"


def _possessor(reading: Reading, at: int) -> int | None:
    """The place of the pronoun or name right before the thing at *at* that says whose it is."""
    if at and reading.tokens[at - 1].low in THIRD_PERSON_OWNERS:
        return at - 1
    return at - 2 if at > 1 and reading.tokens[at - 1].low == "'s" else None


def added_address(found: Alignment) -> Iterator[str]:
    """A statement that addresses somebody, "you are late", where the speaker did not."""
    stated, said = ({t.low for t in reading.tokens} for reading in (found.statement, found.source))
    if ("you" in stated and "you" not in said) or ("your" in stated and not {"your", "you"} & said):
        yield "role"


def _differ(mine: str | None, theirs: str | None) -> bool:
    if mine is None or theirs is None:
        return False
    kinds = {mine.partition(":")[0], theirs.partition(":")[0]}
    if kinds == {"name"}:
        return mine != theirs
    return "first" in kinds and len(kinds) == 2


def subject(reading: Reading, at: int) -> str | None:
    """The subject of the verb at *at*: "first", "third", "name:emma", "noun"; None where it is not clear."""
    if in_direct_speech(reading, at):
        return None
    own = _nearest_subject(reading, at)
    if own is not None:
        return own
    cues = [s.cue for s in reading.scopes if at in s.members and s.label in ("duty", "wish", "plan") and s.cue != at]
    listed = at and reading.tokens[at - 1].low in (",", "and")
    return _nearest_subject(reading, cues[-1]) if cues and listed else None


def in_direct_speech(reading: Reading, at: int) -> bool:
    """Whether the word at *at* is in direct speech without quotation marks: "She said, we have seen it"."""
    for n in range(at - 1, 0, -1):
        if reading.tokens[n].kind == "mark" and reading.tokens[n].low[0] in ".!?…":
            return False
        if reading.tokens[n].kind == "mark" and reading.tokens[n - 1].low in DIRECT_SPEECH_VERBS:
            return True
    return False


def _nearest_subject(reading: Reading, at: int) -> str | None:
    for n in range(at - 1, max(-1, at - _REACH), -1):
        token = reading.tokens[n]
        if token.kind == "mark" or token.low in SUBJECT_BARRIERS:
            return None
        if (token.low in FIRST_PERSON) or (token.low in FIRST_PERSON_OBJECTS and _infinitive(reading, n)):
            return "first"
        if token.low in THIRD_PERSON or (token.low in THIRD_PERSON_OBJECTS and _infinitive(reading, n)):
            return "third"
        if token.low in _NOBODY:
            return None
        if token.content and not token.low.endswith("ly"):
            return _named(reading, n)
    return None


def _named(reading: Reading, n: int) -> str | None:
    """The name or noun with a determiner at *n* as a subject."""
    before = reading.tokens[n - 1].low if n else ""
    if reading.tokens[n].kind == "name":
        return None if before in SUBJECT_BARRIERS else f"name:{reading.tokens[n].key}"
    return "noun" if before in DETERMINERS else None


_NOBODY = DUMMY_SUBJECTS | {"you"} | {"who", "which", "what"}


def _infinitive(reading: Reading, n: int) -> bool:
    return n + 1 < len(reading.tokens) and reading.tokens[n + 1].low == "to"


def owner(reading: Reading, at: int) -> str | None:
    """Whose it is: "first" or "third", by a possessive at most two words before it."""
    for n in range(at - 1, max(-1, at - 4), -1):
        token = reading.tokens[n]
        if token.low in FIRST_PERSON_OWNERS:
            return "first"
        if token.low in THIRD_PERSON_OWNERS or (token.low == "'s" and n and reading.tokens[n - 1].kind == "name"):
            return "third"
        if token.kind not in ("word", "number"):
            return None
    return None


def _object(reading: Reading, at: int) -> str | None:
    """The object of the verb at *at*, where a pronoun or a name follows at once."""
    if at + 1 >= len(reading.tokens) or in_direct_speech(reading, at):
        return None
    token = reading.tokens[at + 1]
    if token.low in FIRST_PERSON_OBJECTS:
        return "first"
    after = reading.tokens[at + 2] if at + 2 < len(reading.tokens) else None
    if token.low in THIRD_PERSON_OBJECTS and not (token.low == "her" and after is not None and after.kind == "word"):
        return "third"
    if token.low in DETERMINERS:  # "asked a young father" is not "asked me"
        person = next((t for t in reading.tokens[at + 2 : at + 4] if t.low in PERSON_NOUNS), None)
        return "third" if person is not None else None
    return f"name:{token.key}" if token.kind == "name" else None
