"""What to make of an answer: believe it, decode its chunk again, or take words out.

What belongs here: thresholds and the decision, for one chunk at a time. What does not: models, batches, other chunks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diary_pipeline.schema import Doubt
from diary_pipeline.transcribe.coverage import Gap, covering, gaps
from diary_pipeline.transcribe.loops import cut
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.rows import FULL_FRAMES, DecodedChunk, Row
from diary_pipeline.transcribe.stitch import Word

UNLIKELY = -1.0
"""A likelihood below this is decoded again at a higher temperature, as upstream's sequential mode does."""

DOUBTFUL = -0.75
DOUBTFUL_NO_SPEECH = 0.5
DOUBTFUL_WORDS = 0.55
DOUBTFUL_LANGUAGE = 0.5
"""Each is a doubt that words were spoken: likelihood, the model's own no-speech probability, mean probability of the words, and of the
language. Real chunks have none, seldom one; one marks the words. Two, and no clear answer at any temperature: nobody
said them."""

HOPELESS = 3
"""With so many doubts no other temperature is tried: noise would cost minutes."""

CLEAR, CLEAR_WORDS = -0.5, 0.7
"""An answer this likely is believed, whatever the attempts before it looked like."""

REPETITIVE = 2.4
"""Text that packs better than this loops; real speech stayed below 1.8."""

LOOP_OF_NOTHING = -0.4
"""A loop this unlikely is taken out whole: on real speech loops are likely, and start with what was said."""

TOKENS_PER_SECOND, TOKENS_MORE = 8.0, 12
"""More than nobody can say: the model ran away."""

EDGE_SECONDS = 0.6
"""Voice without words at an edge of a chunk, heard with short input: it may have stopped early or begun late.

Four quick words fit into
0.6 s ("Emma is picking ..."); most words that were cut in two are shorter."""

INSIDE_SECONDS = 0.8
"""The same between two words; breaths and drawn-out words are shorter."""

COMPLETE_SECONDS = 1.2
"""Voice that a stretch heard alone may leave without words: it was cut out, so words at its edges are cut too."""

BLANK_SECONDS = 1.0
"""Voice without words that makes one attempt worse than another."""


@dataclass(frozen=True)
class RowReview:
    """What is believed of a chunk: its words (seconds of the chunk), what was taken out and why, and the voice left without words."""

    heard: DecodedChunk
    words: tuple[Word, ...]
    removed: str = ""
    reason: str | None = None
    doubt: Doubt | None = None
    gaps: tuple[Gap, ...] = ()


def again(row: Row, options: Options) -> str | None:
    """Say why a row should be decoded once more, and set it up for that; None: what was heard so far has to do."""
    heard = row.attempts[-1]
    if row.frames < FULL_FRAMES and (reason := _ran_away(row, heard)):
        row.padded = True
        return reason
    if (
        options.filters
        and row.step + 1 < len(options.temperatures)
        and _failed(heard)
        and len(doubts(heard)) < HOPELESS
    ):
        row.step += 1
        return "temperature"
    return None


def suspicious(row: Row) -> list[Gap]:
    """Voice that short input left without words, where a model may have stopped early, begun late or left a sentence out."""
    if row.frames == FULL_FRAMES:
        return []
    found = _gaps(row, row.attempts[-1].words)
    return [gap for gap in found if gap.voice >= (EDGE_SECONDS if gap.edge else INSIDE_SECONDS)]


def stretched(heard: DecodedChunk, row: Row) -> bool:
    """Whether a word lasts longer than anybody takes for it: around it something was left out, and no time there is to be trusted."""
    return len(covering(heard.words, row.chunk.voice)) < len(heard.words)


def completes(part: Row) -> bool:
    """Whether a stretch that was heard alone can be believed and leaves no voice worth mentioning."""
    heard = part.attempts[-1]
    left = max((gap.voice for gap in _gaps(part, heard.words)), default=0.0)
    return bool(heard.words) and not _failed(heard) and not doubts(heard) and left < COMPLETE_SECONDS


def doubts(heard: DecodedChunk) -> list[Doubt]:
    """What speaks against an answer."""
    found: list[tuple[bool, Doubt]] = [
        (heard.no_speech > DOUBTFUL_NO_SPEECH, "no speech"),
        (heard.language_probability < DOUBTFUL_LANGUAGE, "no language"),
        (heard.likelihood < DOUBTFUL, "unlikely"),
        (heard.word_probability < DOUBTFUL_WORDS, "unlikely words"),
    ]
    return [doubt for applies, doubt in found if applies]


def verdict(row: Row, options: Options) -> RowReview:
    """Judge what was heard in all attempts at a row."""
    heard = min(reversed(row.attempts), key=lambda attempt: _badness(row, attempt))
    if not options.filters:
        return RowReview(heard, heard.words, gaps=_gaps(row, heard.words))
    against = doubts(heard)
    if not _clear(heard) and any(len(doubts(attempt)) > 1 for attempt in row.attempts):
        return RowReview(heard, (), heard.text.strip(), "silence")
    if not _clear(heard) and any(a.compression > REPETITIVE and a.likelihood < LOOP_OF_NOTHING for a in row.attempts):
        return RowReview(heard, (), heard.text.strip(), "loop")
    if heard.compression > REPETITIVE:
        kept, removed = cut(heard.words)
        if removed:
            text = " ".join("".join(word.text for word in removed).split())
            heard = replace(heard, words=tuple(kept), text="".join(word.text for word in kept))
            return RowReview(heard, heard.words, text, "loop", "repetitive", _gaps(row, heard.words))
        against = [*against, "repetitive"]
    return RowReview(heard, heard.words, doubt=against[0] if against else None, gaps=_gaps(row, heard.words))


def _ran_away(row: Row, heard: DecodedChunk) -> str | None:
    """Why an answer to short input cannot be used at all, if so."""
    if heard.compression > REPETITIVE or heard.tokens > row.chunk.seconds * TOKENS_PER_SECOND + TOKENS_MORE:
        return "runaway"
    return "unsure" if doubts(heard) else None


def _gaps(row: Row, words: Sequence[Word]) -> tuple[Gap, ...]:
    return tuple(gaps(covering(words, row.chunk.voice), row.chunk.voice, row.chunk.seconds))


def _failed(heard: DecodedChunk) -> bool:
    return heard.compression > REPETITIVE or heard.likelihood < UNLIKELY


def _clear(heard: DecodedChunk) -> bool:
    return not _failed(heard) and heard.likelihood >= CLEAR and heard.word_probability >= CLEAR_WORDS


def _badness(row: Row, heard: DecodedChunk) -> tuple[bool, float]:
    """Loops and unlikely texts last, then by voice left without words, to half a second; a later attempt wins a tie."""
    uncovered = sum(gap.voice for gap in _gaps(row, heard.words) if gap.voice >= BLANK_SECONDS)
    return _failed(heard), round(uncovered * 2) / 2
