"""A fake of the speech model only: audio is read, segmented, batched and checkpointed; the words are made up."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from diary_pipeline.transcribe.batch import run
from diary_pipeline.transcribe.engine import Job, Result
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.rows import DecodedChunk, Features, Row
from diary_pipeline.transcribe.speech import Chunk
from diary_pipeline.transcribe.stitch import Word

SECONDS_PER_WORD = 0.5


@dataclass
class CountingDecoder:
    """A `Decoder` that fills each chunk with words; the first is the chunk's number.

    `hook` gets the numbers before each batch.
    """

    hook: Callable[[Sequence[int]], None] | None = None
    languages: frozenset[str] = frozenset({"en"})
    about: Mapping[str, Any] = field(default_factory=lambda: {"device": "script"})

    def features(self, chunk: Chunk) -> Features:
        """See `Decoder.features`. The values are not used; their size is real."""
        import numpy as np

        return np.zeros((80, round(chunk.seconds * 100)), np.float32)

    def decode(self, rows: Sequence[Row]) -> list[DecodedChunk]:
        """See `Decoder.decode`."""
        if self.hook is not None:
            self.hook([row.index for row in rows])
        return [self._decoded(row) for row in rows]

    def _decoded(self, row: Row) -> DecodedChunk:
        count = max(1, round(row.chunk.seconds / SECONDS_PER_WORD))
        texts = [f" {row.index}", *[" word"] * (count - 1)]
        texts[-1] += "."
        length = row.chunk.seconds / count
        words = tuple(Word(text, n * length, (n + 1) * length, 0.9) for n, text in enumerate(texts))
        return DecodedChunk("".join(texts), words, row.recording.language_of(row), tokens=count)


@dataclass
class CountingEngine:
    """An `Engine` over a `CountingDecoder`."""

    decoder: CountingDecoder
    plan: Plan = field(default_factory=Plan)

    def identity(self) -> dict[str, Any]:
        """See `Engine.identity`."""
        return {"engine": "counting", "version": "1", "model": "count"}

    def transcribe(self, jobs: Iterable[Job]) -> Generator[Result]:
        """See `Engine.transcribe`."""
        return run(jobs, Options(), self.plan, lambda: self.decoder)
