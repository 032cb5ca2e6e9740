"""Pieces: what is known of one chunk once it is decoded for good, and how a long recording remembers it.

What belongs here: the value, its JSON and its key. What does not: where it is kept (`stage`), how it came to be (`recording`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from diary_pipeline.transcribe.coverage import Span
from diary_pipeline.transcribe.engine import SAMPLE_RATE, Job
from diary_pipeline.transcribe.rows import Evidence
from diary_pipeline.transcribe.speech import Chunk
from diary_pipeline.transcribe.stitch import Word


@dataclass
class Piece:
    """One chunk's words and where its voice is, in seconds of the original audio; how it voted, and what was taken out of it.

    `begin` and `end` are the chunk's own edges.
    `repairs` are stretches that were heard alone, with their words. `open` repairs are still on their way.
    """

    key: str
    begin: float
    end: float
    words: list[Word]
    voice: list[Span]
    language: str
    vote: tuple[float, Evidence] | None = None
    repairs: list[tuple[Span, list[Word]]] = field(default_factory=list)
    removed: list[dict[str, Any]] = field(default_factory=list)
    open: int = 0

    def in_order(self) -> list[Word]:
        """All words, each repaired stretch where its gap was."""
        words = self.words
        for (begin, end), repaired in self.repairs:
            middle = (begin + end) / 2
            at = next((n for n, word in enumerate(words) if (word.start + word.end) / 2 > middle), len(words))
            words = words[:at] + repaired + words[at:]
        return words

    def plain(self) -> dict[str, Any]:
        """As JSON values; repairs are words like all others by now."""
        return {
            "begin": self.begin,
            "end": self.end,
            "words": [asdict(word) for word in self.in_order()],
            "voice": self.voice,
            "language": self.language,
            "vote": self.vote,
            "removed": self.removed,
        }


def restored(key: str, plain: Mapping[str, Any], begin: float) -> Piece:
    """A piece from its JSON values, for a chunk that begins at *begin*: the same sound may lie elsewhere by now."""
    shift, vote = begin - plain["begin"], plain["vote"]
    words = [Word(**word) for word in plain["words"]]
    removed: list[dict[str, Any]] = plain["removed"]
    return Piece(
        key,
        begin,
        plain["end"] + shift,
        [replace(word, start=word.start + shift, end=word.end + shift) for word in words],
        [(start + shift, end + shift) for start, end in plain["voice"]],
        plain["language"],
        (vote[0], vote[1]) if vote else None,
        removed=[one | {"start": round(one["start"] + shift, 2)} for one in removed],
    )


def key_of(chunk: Chunk) -> str:
    """Names the sound of a chunk and the pauses that were cut out of it, wherever it lies."""
    digest = hashlib.sha256(chunk.samples.tobytes())
    first = chunk.spans[0][0]
    digest.update(
        repr(
            [(round((begin - first) * SAMPLE_RATE), round((end - first) * SAMPLE_RATE)) for begin, end in chunk.spans]
        ).encode()
    )
    return digest.hexdigest()[:32]


def recall(job: Job, chunk: Chunk) -> Piece | None:
    """What an earlier run heard in a chunk, if the recording remembers."""
    if job.memory is None:
        return None
    key = key_of(chunk)
    plain = job.memory.load(key)
    return restored(key, plain, chunk.spans[0][0]) if plain else None
