"""Loops: a model that says the same words again and again until its tokens are spent.

What belongs here: finding the repetition in words and cutting it to one. What does not: deciding that a text loops (`review`).
"""

from collections.abc import Sequence

from diary_pipeline.transcribe.stitch import Word

LONGEST = 24
"""Words of a phrase that is looked for as the unit of a loop."""

TIMES = 3
"""So many repetitions in a row, and at least `WORDS` words of them, are a loop; "no, no, no" is not."""

WORDS = 6


def cut(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """Split words into what is kept, each loop said once, and what is taken out."""
    plain = [word.text.strip().strip(".,!?…").lower() for word in words]
    kept: list[Word] = []
    removed: list[Word] = []
    at = 0
    while at < len(words):
        unit, until = _loop(plain, at)
        kept += words[at : at + unit]
        removed += words[at + unit : until]
        at = until
    return kept, removed


def _loop(words: Sequence[str], at: int) -> tuple[int, int]:
    """The unit that repeats from `at` on and where its repetition ends; a single word that does not repeat is its own unit."""
    for unit in range(1, min(LONGEST, (len(words) - at) // TIMES) + 1):
        until = at + unit
        while until < len(words) and words[until] == words[until - unit]:
            until += 1
        if until - at >= max(TIMES * unit, WORDS):
            return unit, until
    return 1, at + 1
