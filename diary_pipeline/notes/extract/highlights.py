"""Highlights: at most three sentences worth keeping, word for word, each for one of a few reasons.

The reasons: something for the first time, the best or worst of its kind, a decision, or a feeling with its cause.
Questions, conditions, hearsay and what is taken back are no highlights.
"""

import re
from collections.abc import Sequence

from diary_pipeline.notes.extract.clauses import Sentence
from diary_pipeline.notes.extract.feeling import named_feeling
from diary_pipeline.notes.language.lexicon.conjunctions import CONDITIONAL_CONJUNCTIONS, FEELING_LINKS
from diary_pipeline.notes.language.lexicon.dates import LONG_PERIODS, MEMORABLE_PERIODS
from diary_pipeline.notes.language.lexicon.feelings import SUPERLATIVES
from diary_pipeline.notes.language.lexicon.modality import DECISIONS, HEARSAY_PHRASES
from diary_pipeline.notes.language.lexicon.notation import one_of
from diary_pipeline.notes.language.lexicon.pronouns import POSSESSIVES
from diary_pipeline.schema import Statement

MOST = 3
_SHORTEST, _LONGEST = 4, 32  # words: "I'm happy." says too little, a breathless half minute too much
_REASONS = (  # the rarest first
    re.compile(
        rf"\b(?:for the )?(?:very )?first time (?:ever|in {one_of(LONG_PERIODS)})\b|\bfor the (?:very )?first time\b|"
        rf"\b{one_of(POSSESSIVES)} first ever\b|\bfirst (?:steps?|words?|tooth)\b|"
        r"\bi(?:'ve| have) never (?:\w+ ){0,3}before\b"
    ),
    re.compile(
        rf"\b(?:{one_of(SUPERLATIVES)}|most (?!of\b|people\b|days\b)\w+)\b(?:(?!\bbut\b).)*\b"
        rf"(?:ever|of (?:my|the|this) (?:whole )?{one_of(MEMORABLE_PERIODS | {'life'})}|"
        r"in (?:my life|years|ages)|this year|all (?:year|week))\b|"
        r"\bi had the (?:strangest|worst|best) dream\b"
    ),
    re.compile(
        rf"\b(?:i|we)(?:'ve| have)? (?:finally )?{one_of(DECISIONS)}\b|"
        r"\bi(?:'m| am) (?:never|not) going to\b|\bi(?:'ve| have) made a decision\b"
    ),
)
_ABOUT_WHAT = re.compile(rf"\b{one_of(FEELING_LINKS)}\b")
_NO_REASON = re.compile(
    rf"\?|^(?:{one_of(CONDITIONAL_CONJUNCTIONS - {'until'})}|maybe|perhaps)\b|\b{one_of(HEARSAY_PHRASES)}\b"
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
    """The rank of the reason to keep it; None without a reason."""
    text = _verbatim(sentence)
    low = text.lower().replace("’", "'")  # noqa: RUF001
    if text not in sentence.original or not _SHORTEST <= len(text.split()) <= _LONGEST or _NO_REASON.search(low):
        return None
    for rank, reason in enumerate(_REASONS):
        if reason.search(low):
            return rank
    return len(_REASONS) if named_feeling(sentence) and _ABOUT_WHAT.search(low) else None
