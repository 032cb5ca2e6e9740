"""Check the answers for one chunk: accept one, decode the chunk again, or remove words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diary_pipeline.schema import Doubt
from diary_pipeline.transcribe.coverage import Gap, covered_spans, gaps
from diary_pipeline.transcribe.loops import cut_loops
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.rows import FULL_FRAMES, DecodedChunk, Row
from diary_pipeline.transcribe.stitch import Word

UNLIKELY = -1.0
"""A likelihood below this is decoded again at a higher temperature, as upstream's sequential mode does."""

DOUBTFUL = -0.75
DOUBTFUL_NO_SPEECH = 0.5
DOUBTFUL_WORDS = 0.55
DOUBTFUL_LANGUAGE = 0.5
"""Each of these is a doubt that words were spoken.

In order: likelihood, the model's own no-speech probability, mean probability of the words, and of the language. Real
chunks have none or, seldom, one, which marks the words. With two doubts and no clear answer at any temperature, the
text is removed.
"""

VOICE_NO_SPEECH = 0.55
"""Above this no-speech probability, voice without words may be noise. Languages unknown to tiny.en had at most 0.53.

Several voices backwards had 0.60 or more; one voice backwards is a voice.
"""

MANY_DOUBTS = 3
"""With so many doubts no other temperature is tried: noise would cost minutes."""

CLEAR, CLEAR_WORDS = -0.5, 0.7
"""An answer this likely is accepted, whatever the earlier attempts look like."""

REPETITIVE = 2.4
"""Text that packs better than this loops; real speech stayed below 1.8."""

UNLIKELY_LOOP = -0.4
"""A loop this unlikely is removed as a whole; in real speech loops are likely and start with what was said."""

TOKENS_PER_SECOND, TOKENS_MORE = 8.0, 12
"""Tokens per second of speech, plus a constant: a longer answer ran away."""

EDGE_SECONDS = 0.6
"""Voice without words at an edge of a chunk after short input: the model may have stopped early or begun late.

Four quick words fit into 0.6 s; most words that were cut in two are shorter.
"""

INSIDE_SECONDS = 0.8
"""The same between two words; breaths and drawn-out words are shorter."""

COMPLETE_SECONDS = 1.2
"""Voice that a stretch decoded alone may leave without words: words at its edges are cut."""

BLANK_SECONDS = 1.0
"""Voice without words that makes one attempt worse than another."""


@dataclass(frozen=True)
class RowReview:
    """The accepted answer of a chunk: its words in seconds of the chunk, what was removed and why, and its gaps."""

    answer: DecodedChunk
    words: tuple[Word, ...]
    removed: str = ""
    reason: str | None = None
    doubt: Doubt | None = None
    gaps: tuple[Gap, ...] = ()


def reason_to_repeat(row: Row, options: Options) -> str | None:
    """Why a row should be decoded once more, after setting it up for that; None: its attempts are final."""
    answer = row.attempts[-1]
    if row.frames < FULL_FRAMES and (reason := _ran_away(row, answer)):
        row.padded = True
        return reason
    if (
        options.filters
        and row.temperature_step + 1 < len(options.temperatures)
        and _failed(answer)
        and len(doubts(answer)) < MANY_DOUBTS
    ):
        row.temperature_step += 1
        return "temperature"
    return None


def uncovered_gaps(row: Row) -> list[Gap]:
    """Voice left without words by short input: the model may have stopped early, begun late or skipped a sentence."""
    if row.frames == FULL_FRAMES:
        return []
    found = _gaps(row, row.attempts[-1].words)
    return [gap for gap in found if gap.voice >= (EDGE_SECONDS if gap.edge else INSIDE_SECONDS)]


def has_stretched_word(answer: DecodedChunk, row: Row) -> bool:
    """Whether a word lasts longer than anybody speaks: words around it are missing, and no time there is reliable."""
    return len(covered_spans(answer.words, row.chunk.voice)) < len(answer.words)


def is_complete(part: Row) -> bool:
    """Whether a stretch decoded alone can be accepted and leaves little voice without words."""
    answer = part.attempts[-1]
    left = max((gap.voice for gap in _gaps(part, answer.words)), default=0.0)
    return bool(answer.words) and not _failed(answer) and not doubts(answer) and left < COMPLETE_SECONDS


def doubts(answer: DecodedChunk) -> list[Doubt]:
    """The doubts about an answer."""
    found: list[tuple[bool, Doubt]] = [
        (answer.no_speech > DOUBTFUL_NO_SPEECH, "no speech"),
        (answer.language_probability < DOUBTFUL_LANGUAGE, "no language"),
        (answer.likelihood < DOUBTFUL, "unlikely"),
        (answer.word_probability < DOUBTFUL_WORDS, "unlikely words"),
    ]
    return [doubt for applies, doubt in found if applies]


def is_voice(row: Row) -> bool:
    """Whether somebody surely speaks in a row's chunk, whatever words there are: by its first answer.

    A model of many languages must also be able to say in which one. Of a server that states no probability, an answer
    without words leaves it open.
    """
    first = row.attempts[0]
    if first.decoded_by and not first.no_speech:
        return bool(first.words)
    known = max(attempt.language_probability for attempt in row.attempts) >= DOUBTFUL_LANGUAGE
    return first.no_speech <= VOICE_NO_SPEECH and known


def review_row(row: Row, options: Options) -> RowReview:
    """Choose and check the best of all attempts at a row."""
    answer = min(reversed(row.attempts), key=lambda attempt: _badness(row, attempt))
    if not options.filters:
        return RowReview(answer, answer.words, gaps=_gaps(row, answer.words))
    against = doubts(answer)
    if not _clear(answer) and any(len(doubts(attempt)) > 1 for attempt in row.attempts):
        return RowReview(answer, (), answer.text.strip(), "silence")
    if not _clear(answer) and any(a.compression > REPETITIVE and a.likelihood < UNLIKELY_LOOP for a in row.attempts):
        return RowReview(answer, (), answer.text.strip(), "loop")
    if answer.compression > REPETITIVE:
        kept, removed = cut_loops(answer.words)
        if removed:
            text = " ".join("".join(word.text for word in removed).split())
            answer = replace(answer, words=tuple(kept), text="".join(word.text for word in kept))
            return RowReview(answer, answer.words, text, "loop", "repetitive", _gaps(row, answer.words))
        against = [*against, "repetitive"]
    return RowReview(answer, answer.words, doubt=against[0] if against else None, gaps=_gaps(row, answer.words))


def _ran_away(row: Row, answer: DecodedChunk) -> str | None:
    """Why an answer to short input is unusable; None: it is usable."""
    if answer.compression > REPETITIVE or answer.tokens > row.chunk.seconds * TOKENS_PER_SECOND + TOKENS_MORE:
        return "runaway"
    return "unsure" if doubts(answer) else None


def _gaps(row: Row, words: Sequence[Word]) -> tuple[Gap, ...]:
    return tuple(gaps(covered_spans(words, row.chunk.voice), row.chunk.voice, row.chunk.seconds))


def _failed(answer: DecodedChunk) -> bool:
    return answer.compression > REPETITIVE or answer.likelihood < UNLIKELY


def _clear(answer: DecodedChunk) -> bool:
    return not _failed(answer) and answer.likelihood >= CLEAR and answer.word_probability >= CLEAR_WORDS


def _badness(row: Row, answer: DecodedChunk) -> tuple[bool, float]:
    """Sort key of attempts: loops and unlikely texts last, then by uncovered voice, rounded to half a second."""
    uncovered = sum(gap.voice for gap in _gaps(row, answer.words) if gap.voice >= BLANK_SECONDS)
    return _failed(answer), round(uncovered * 2) / 2
