"""What passes between the steps of decoding: a row of a batch, and what was heard in it.

What belongs here: these values and the port of the decoder. What does not: any decision about them.
"""

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
"""Probability by language, the likeliest ones; empty where nobody had to ask."""

FULL_FRAMES = CHUNK_SECONDS * 100
SHORTEST_SECONDS = 4.0
"""A shorter chunk is padded to 30 s as ever: base drops the end of two-second clips in any shorter window, without a sign of it."""

WINDOWS_SECONDS = (10, 12, 14, 16, 18, 20, 23, 26, 30)
"""Lengths of encoder input. Below ten seconds models run away; steps, so that rows of one length come together."""

MARGIN_SECONDS = 1.0
"""Silence that the model hears after the last word at least."""


@dataclass(frozen=True)
class DecodedChunk:
    """One answer of the model for one chunk. Words' times are seconds of the chunk.

    `likelihood` is the mean log-probability of a token, `no_speech` the model's own doubt that anybody speaks,
    `compression` how much shorter the text packs: loops pack well. `language_probability` is how clearly the language
    was heard; 1 if it was known. `by` names who heard it where that was not this machine. `timed` False: the words'
    times are a guess, so that no gap between them can be heard again alone.
    """

    text: str
    words: tuple[Word, ...]
    language: str
    likelihood: float = 0.0
    no_speech: float = 0.0
    compression: float = 1.0
    tokens: int = 0
    language_probability: float = 1.0
    by: str = ""
    timed: bool = True

    @property
    def word_probability(self) -> float:
        """Mean probability of the words; 1 without any."""
        return sum(word.probability for word in self.words) / len(self.words) if self.words else 1.0


class Owner(Protocol):
    """What a row and the model need to know of the recording that the row belongs to; `recording.InFlight` is it."""

    job: Job
    language: str | None
    notes: dict[str, Any]
    """What provenance tells of it beside counts."""

    def vote(self, row: "Row", evidence: Evidence) -> None:
        """Take what one chunk sounds like."""

    def language_of(self, row: "Row") -> str:
        """What to decode a row in."""


@dataclass(eq=False)
class Row:
    """One chunk of one recording on its way through the model, with what was heard in it so far.

    `gap`: set where a stretch that was left without words is heard again; seconds of the original audio. `parent`: the
    row that such a stretch is to complete, if that row still waits for it. `forced`: the language that the recording
    turned out to be in. `step`: which temperature is next.
    """

    recording: "Owner"
    index: int
    chunk: Chunk
    features: Features
    padded: bool
    step: int = 0
    forced: str | None = None
    gap: tuple[float, float] | None = None
    parent: "Row | None" = None
    parts: "list[Row]" = field(default_factory=list)
    attempts: list[DecodedChunk] = field(default_factory=list)

    @property
    def frames(self) -> int:
        """Frames of encoder input: 30 s, or as few as its speech needs.

        A part may be shorter: it has to prove that it is complete.
        """
        if self.padded or (self.chunk.seconds < SHORTEST_SECONDS and self.parent is None):
            return FULL_FRAMES
        return 100 * next(w for w in WINDOWS_SECONDS if w >= min(self.chunk.seconds + MARGIN_SECONDS, CHUNK_SECONDS))

    @property
    def kind(self) -> tuple[Any, ...]:
        """Rows of one kind may share a batch: length, temperature and prompt are one call's. Languages may be mixed."""
        return self.frames, self.step, self.recording.job.hotwords

    @property
    def known_language(self) -> str | None:
        """The language, if nothing has to be heard for it."""
        return self.forced or self.recording.language


class Decoder(Protocol):
    """The model behind the batches."""

    @property
    def languages(self) -> frozenset[str]:
        """Languages it knows."""

    @property
    def about(self) -> Mapping[str, Any]:
        """What it runs on, for provenance."""

    def features(self, chunk: Chunk) -> Features:
        """What the encoder hears of a chunk. Called by several threads at once."""

    def decode(self, rows: Sequence[Row]) -> Sequence[DecodedChunk | Exception]:
        """Decode rows of one kind, one answer per row in the same order; an error in its place is that of one row alone."""
