"""Highlights: at most three sentences worth keeping, word for word, each for a reason that can be named; none rather than a guess.

The reasons: something happened for the first time, the speaker calls it the best or worst of its kind, decides something, or says what
they feel and about what. Questions, conditions, hearsay and what is taken back are none.
"""

import re
from collections.abc import Sequence

from diary_pipeline.notes.extract.clauses import Sentence
from diary_pipeline.notes.extract.feeling import feels
from diary_pipeline.schema import Statement

MOST = 3
_SHORTEST, _LONGEST = 4, 32  # words: "I'm happy." says too little, a breathless half minute too much
_REASONS = (  # those that are rarest first
    re.compile(
        r"\b(?:for the )?(?:very )?first time (?:ever|in (?:my life|years|months|ages|a long time))\b|\bfor the (?:very )?first time\b|"
        r"\b(?:his|her|my|our|their) first ever\b|\bfirst (?:step|steps|word|words|tooth)\b|\bi(?:'ve| have) never (?:\w+ ){0,3}before\b"
    ),
    re.compile(
        r"\b(?:best|worst|happiest|saddest|proudest|hardest|longest|loveliest|funniest|strangest|scariest|nicest|kindest|"
        r"most (?!of\b|people\b|days\b)\w+)\b(?:(?!\bbut\b).)*\b(?:ever|of (?:my|the|this) (?:whole )?(?:life|day|week|month|year|summer|"
        r"winter|season|trip|holiday)|in (?:my life|years|ages)|this year|all (?:year|week))\b|\bi had the (?:strangest|worst|best) dream\b"
    ),
    re.compile(
        r"\b(?:i|we)(?:'ve| have)? (?:finally )?(?:decided|made up my mind|made up our minds|promised)\b|"
        r"\bi(?:'m| am) (?:never|not) going to\b|\bi(?:'ve| have) made a decision\b"
    ),
)
_NO_REASON = re.compile(
    r"\?|^(?:if|unless|maybe|perhaps)\b|\b(?:if|would have|should have|might have|he says|she says|they say|people say)\b"
)


def highlights(sentences: Sequence[Sentence]) -> tuple[Statement, ...]:
    """The sentences worth keeping, in the order in which they were said."""
    ranked = [(rank, number) for number, sentence in enumerate(sentences) if (rank := _rank(sentence)) is not None]
    chosen = sorted(number for _, number in sorted(ranked)[:MOST])
    return tuple(Statement(text=_verbatim(sentences[number]), segments=sentences[number].cited) for number in chosen)


def _verbatim(sentence: Sentence) -> str:
    """The sentence with its own marks."""
    tokens = sentence.reading.tokens[sentence.first : sentence.end]
    return sentence.text[tokens[0].start : tokens[-1].end]


def _rank(sentence: Sentence) -> int | None:
    """Which reason there is to keep it; None without one."""
    text = _verbatim(sentence)
    low = text.lower().replace("’", "'")  # noqa: RUF001
    if text not in sentence.original or not _SHORTEST <= len(text.split()) <= _LONGEST or _NO_REASON.search(low):
        return None
    for rank, reason in enumerate(_REASONS):
        if reason.search(low):
            return rank
    return (
        len(_REASONS)
        if feels(sentence) and re.search(r"\b(?:that|because|about|for|of|with|so|when|to)\b", low)
        else None
    )
