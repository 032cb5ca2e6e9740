"""Topics: one is given where two of its words were said, or one that leaves no doubt."""

from collections.abc import Sequence
from functools import cache

from diary_pipeline.notes.extract.clauses import Sentence
from diary_pipeline.notes.language.lexicon.topics import TOPICS
from diary_pipeline.notes.language.words import key_of


@cache
def _keys() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    made = {}
    for topic, (sure, hints) in TOPICS.items():
        made[topic] = (frozenset(map(key_of, sure)), frozenset(map(key_of, hints)))
    return made


def topics(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """The topics, those with most words first; at most four."""
    said = [t.key for s in sentences for t in s.reading.tokens[s.first : s.end] if t.kind in ("word", "name")]
    counts = {}
    for topic, (sure, hints) in _keys().items():
        hits = {key for key in said if key in sure}
        more = {key for key in said if key in hints}
        if hits or len(more) > 1:
            counts[topic] = 2 * len(hits) + len(more)
    return tuple(sorted(counts, key=lambda topic: -counts[topic])[:4])


def is_topic(word: str) -> bool:
    """Whether it is one of the lexicon's topics."""
    return word.casefold() in TOPICS
