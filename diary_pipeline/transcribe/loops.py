"""Find phrases that a model repeats until its tokens are spent, and cut them to one.

`review` decides whether a text loops.
"""

from collections.abc import Sequence

from diary_pipeline.transcribe.stitch import Word

MAX_PHRASE_WORDS = 24
"""The longest phrase that is looked for as the unit of a loop, in words."""

MIN_REPETITIONS = 3
"""A loop has at least so many repetitions in a row and `MIN_LOOP_WORDS` words; "no, no, no" is none."""

MIN_LOOP_WORDS = 6


def cut_loops(words: Sequence[Word]) -> tuple[list[Word], list[Word]]:
    """Split words into those that are kept, each loop once, and those that are removed."""
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
    """Length of the phrase that repeats from `at` on, and the index after its last repetition; (1, at + 1) if none."""
    for unit in range(1, min(MAX_PHRASE_WORDS, (len(words) - at) // MIN_REPETITIONS) + 1):
        until = at + unit
        while until < len(words) and words[until] == words[until - unit]:
            until += 1
        if until - at >= max(MIN_REPETITIONS * unit, MIN_LOOP_WORDS):
            return unit, until
    return 1, at + 1
