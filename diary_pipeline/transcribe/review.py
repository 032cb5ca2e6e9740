"""What to make of an answer: believe it, decode its chunk again, or take words out.

What belongs here: thresholds and the decision, for one chunk at a time. What does not: models, batches, other chunks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diary_pipeline.schema import Doubt
from diary_pipeline.transcribe.coverage import Gap, gaps
from diary_pipeline.transcribe.loops import cut
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.rows import FULL_FRAMES, Heard, Row
from diary_pipeline.transcribe.stitch import Word

NO_SPEECH = 0.6
"""Together with `UNLIKELY`: nobody spoke, the words are made up. Real speech stayed below 0.53 and above -0.73, on its own."""

UNLIKELY = -1.0
DOUBTFUL_NO_SPEECH = 0.55
"""Words are kept and marked from here on ..."""

DOUBTFUL = -0.8
"""... or below this."""

REPETITIVE = 2.4
"""Text that packs better than this loops; real speech stayed below 1.8."""

LOOP_OF_NOTHING = 0.5
"""A loop is taken out whole where the model doubts this much that anybody speaks: its likelihood says nothing about it."""

TOKENS_PER_SECOND, TOKENS_MORE = 8.0, 12
"""More than nobody can say: the model ran away."""

EDGE_SECONDS = 0.7
"""Voice without words at an edge of a chunk, heard with short input: it may have stopped early or begun late. A word cut in two
is shorter. Of 133 slices cut anywhere, 11 were decoded again for it, eight of them rightly (`make bench NAME=wer`)."""

INSIDE_SECONDS = 1.0
"""The same between two words; breaths and drawn-out words are shorter."""


@dataclass(frozen=True)
class Verdict:
    """What is believed of a chunk: its words (seconds of the chunk), what was taken out and why, and the voice left without words."""

    heard: Heard
    words: tuple[Word, ...]
    removed: str = ""
    reason: str | None = None
    doubt: Doubt | None = None
    gaps: tuple[Gap, ...] = ()


def again(row: Row, options: Options) -> str | None:
    """Say why a row should be decoded once more, and set it up for that; None: what was heard so far has to do."""
    heard = row.attempts[-1]
    reason = None
    if row.frames < FULL_FRAMES:
        reason = _not_of_short_input(row, heard)
        row.padded = reason is not None
    if reason is None and options.filters and row.step + 1 < len(options.temperatures) and _failed(heard) and not _silent(heard):
        row.step += 1
        reason = "temperature"
    return reason


def verdict(row: Row, options: Options) -> Verdict:
    """Judge what was heard in all attempts at a row."""
    heard = min(reversed(row.attempts), key=lambda attempt: _badness(row, attempt))
    if not options.filters:
        return Verdict(heard, heard.words, gaps=_gaps(row, heard.words))
    if _silent(heard):
        return Verdict(heard, (), heard.text.strip(), "silence")
    if heard.compression > REPETITIVE:
        if heard.no_speech > LOOP_OF_NOTHING:
            return Verdict(heard, (), heard.text.strip(), "loop")
        kept, removed = cut(heard.words)
        if removed:
            text = " ".join("".join(word.text for word in removed).split())
            heard = replace(heard, words=tuple(kept), text="".join(word.text for word in kept))
            return Verdict(heard, heard.words, text, "loop", "repetitive", _gaps(row, heard.words))
    return Verdict(heard, heard.words, doubt=_doubt(heard), gaps=_gaps(row, heard.words))


def _not_of_short_input(row: Row, heard: Heard) -> str | None:
    """Why an answer to short input is not good enough, if so."""
    if heard.compression > REPETITIVE or heard.tokens > row.chunk.seconds * TOKENS_PER_SECOND + TOKENS_MORE:
        return "runaway"
    if heard.likelihood < UNLIKELY or heard.no_speech > NO_SPEECH:
        return "unsure"
    suspicious = any(gap.voice >= (EDGE_SECONDS if gap.edge else INSIDE_SECONDS) for gap in _gaps(row, heard.words))
    return "uncovered" if suspicious else None


def _gaps(row: Row, words: Sequence[Word]) -> tuple[Gap, ...]:
    return tuple(gaps(((word.start, word.end) for word in words), row.chunk.voice, row.chunk.seconds))


def _failed(heard: Heard) -> bool:
    return heard.compression > REPETITIVE or heard.likelihood < UNLIKELY


def _silent(heard: Heard) -> bool:
    return heard.no_speech > NO_SPEECH and heard.likelihood < UNLIKELY


def _badness(row: Row, heard: Heard) -> tuple[bool, float]:
    """Loops and unlikely texts last, then by voice left without words, to half a second; a later attempt wins a tie."""
    uncovered = sum(gap.voice for gap in _gaps(row, heard.words) if gap.voice >= EDGE_SECONDS)
    return _failed(heard), round(uncovered * 2) / 2


def _doubt(heard: Heard) -> Doubt | None:
    if heard.no_speech > DOUBTFUL_NO_SPEECH:
        return "no speech"
    if heard.likelihood < DOUBTFUL:
        return "unlikely"
    return "repetitive" if heard.compression > REPETITIVE else None
