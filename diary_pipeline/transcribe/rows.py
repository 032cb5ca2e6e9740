"""The values that pass between the steps of decoding (rows and answers), and the port of the decoder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from diary_pipeline.transcribe.engine import Job
from diary_pipeline.transcribe.speech import CHUNK_SECONDS, Chunk
from diary_pipeline.transcribe.stitch import Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Features: TypeAlias = "NDArray[np.float32]"
"""Log-mel spectrum of a chunk: [bands, frames], 100 frames a second."""

Evidence = Mapping[str, float]
"""Probability by language, the likeliest ones; empty where detection was not needed."""

FULL_FRAMES = CHUNK_SECONDS * 100
SHORTEST_SECONDS = 4.0
"""A shorter chunk is padded to 30 s: base silently drops the end of two-second clips in a shorter window."""

WINDOWS_SECONDS = (10, 12, 14, 16, 18, 20, 23, 26, 30)
"""Lengths of encoder input. Below ten seconds models run away; steps let rows of similar length share a batch."""

MARGIN_SECONDS = 1.0
"""Silence after the last word, at least."""


@dataclass(frozen=True)
class DecodedChunk:
    """One answer of the model for one chunk. Words' times are seconds of the chunk.

    `likelihood` is the mean log-probability of a token, `no_speech` the model's own doubt that anybody speaks,
    `compression` how much shorter the text packs: loops pack well. `language_probability` is 1 if the language was
    known. `decoded_by` names another machine that decoded it. `timed` False: the words' times are a guess, so no gap
    between them can be decoded again alone.
    """

    text: str
    words: tuple[Word, ...]
    language: str
    likelihood: float = 0.0
    no_speech: float = 0.0
    compression: float = 1.0
    tokens: int = 0
    language_probability: float = 1.0
    decoded_by: str = ""
    timed: bool = True

    @property
    def word_probability(self) -> float:
        """Mean probability of the words; 1 without any."""
        return sum(word.probability for word in self.words) / len(self.words) if self.words else 1.0


class RowOwner(Protocol):
    """What a row and the model need to know of the row's recording; implemented by `recording.InFlight`."""

    job: Job
    language: str | None
    details: dict[str, Any]
    """Recorded in provenance beside the counts."""

    def vote(self, row: "Row", evidence: Evidence) -> None:
        """Record which language a chunk sounds like."""

    def language_of(self, row: "Row") -> str:
        """The language to decode a row in."""


@dataclass(eq=False)
class Row:
    """One chunk of one recording, or a stretch of it, on its way through the model, with the answers so far.

    `gap`: set for a stretch without words that is decoded again; seconds of the original audio. `parent`: the row that
    waits for such a stretch to complete it, if any; `parts` are the stretches that a row waits for. `forced_language`:
    the language that the recording turned out to be in. `temperature_step`: index of the next temperature.
    """

    recording: "RowOwner"
    index: int
    chunk: Chunk
    features: Features
    padded: bool
    temperature_step: int = 0
    forced_language: str | None = None
    gap: tuple[float, float] | None = None
    parent: "Row | None" = None
    parts: "list[Row]" = field(default_factory=list)
    attempts: list[DecodedChunk] = field(default_factory=list)

    def restart(self, language: str, *, padded: bool) -> None:
        """Discard all attempts, to decode the row in another language."""
        self.forced_language, self.padded, self.temperature_step = language, padded, 0
        self.attempts, self.parts = [], []

    @property
    def frames(self) -> int:
        """Frames of encoder input: 30 s, or as few as its speech needs.

        A part may be shorter, because its answer is checked for completeness.
        """
        if self.padded or (self.chunk.seconds < SHORTEST_SECONDS and self.parent is None):
            return FULL_FRAMES
        return 100 * next(w for w in WINDOWS_SECONDS if w >= min(self.chunk.seconds + MARGIN_SECONDS, CHUNK_SECONDS))

    @property
    def kind(self) -> tuple[Any, ...]:
        """Rows of one kind may share a batch: length, temperature and hotwords are those of one call."""
        return self.frames, self.temperature_step, self.recording.job.hotwords

    @property
    def known_language(self) -> str | None:
        """The language, if it need not be detected."""
        return self.forced_language or self.recording.language


class Decoder(Protocol):
    """The model behind the batches."""

    @property
    def languages(self) -> frozenset[str]:
        """Languages that it supports."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What it runs on, for provenance."""

    def features(self, chunk: Chunk) -> Features:
        """The encoder's input for a chunk. Called by several threads at once."""

    def decode(self, rows: Sequence[Row]) -> Sequence[DecodedChunk | Exception]:
        """Decode rows of one kind: one answer per row in the same order, or an error that belongs to that row."""
