"""Whether a name or a topic was said as it is written, and whether a name is a person's."""

from collections.abc import Sequence

from diary_pipeline.notes.evidence.source import SpokenSource
from diary_pipeline.notes.language.lexicon.clause_edges import DAY_WORDS, OMITTED_ARTICLES, PERSON_LEADS
from diary_pipeline.notes.language.lexicon.people import KIN, PERSON_TITLES, SPOKEN_TITLES
from diary_pipeline.notes.language.lexicon.prepositions import DESTINATION_PREPOSITIONS
from diary_pipeline.notes.language.names import given_names
from diary_pipeline.notes.language.words import stem_of
from diary_pipeline.notes.verbatim.spoken import bare_words

_LEADS = SPOKEN_TITLES | PERSON_TITLES | PERSON_LEADS


def said_together(text: str, said: str, language: str) -> bool:
    """Whether *said* has the words of *text* in a row; their endings may differ."""
    wanted = [stem_of(word, language) for word in bare_words(text)]
    words = [stem_of(word, language) for word in bare_words(said)]
    return bool(wanted) and any(words[n : n + len(wanted)] == wanted for n in range(len(words)))


def is_person(name: str, spoken: SpokenSource, found: Sequence[str]) -> bool:
    """Whether the words show that *name* is a person's: a given name, kin, a title before it; *found*: by rule.

    English names may also be no word of the language, with nothing before them that leads to a place.
    """
    words = bare_words(name)
    known = {word for one in found for word in bare_words(one)} | given_names() | KIN
    if not words or set(words) & DAY_WORDS.get(spoken.language or "en", frozenset()):
        return False
    if words[0] in known or (len(words) > 1 and words[0] in _LEADS):
        return True
    before = _words_before(words, spoken)
    return bool(before & _LEADS) or (
        spoken.language in (None, "en")
        and not before & (DESTINATION_PREPOSITIONS | OMITTED_ARTICLES["en"])
        and not any(is_word(word) for word in words)
    )


def _words_before(words: Sequence[str], spoken: SpokenSource) -> set[str]:
    """The words before the name, wherever it was said."""
    before = set()
    for segment in spoken.segments:
        said = bare_words(segment.text)
        before |= {said[n - 1] for n in range(1, len(said)) if list(said[n : n + len(words)]) == list(words)}
    return before


def is_word(low: str) -> bool:
    """Whether it is in the list of ordinary English words."""
    from diary_pipeline.notes.language.word_list import frequency

    return frequency(low) > 0
