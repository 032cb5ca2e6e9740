"""The port of the transcription stage: what every speech engine takes and gives.

Imports nothing beyond the standard library and the schema.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from diary_pipeline.schema import Coverage, Privacy, Segment

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Samples: TypeAlias = "NDArray[np.int16]"
"""Consecutive samples of one recording: 16 kHz, mono, of any length."""

SAMPLE_RATE = 16_000
"""Samples per second of everything that an engine hears."""


class Memory(Protocol):
    """Where a long recording keeps what was heard in each of its chunks, so that a crash costs only what was not heard yet."""

    def load(self, key: str) -> dict[str, Any] | None:
        """What was kept under a key, if anything. Called by the thread that reads the audio."""

    def save(self, key: str, heard: Mapping[str, Any]) -> None:
        """Keep plain JSON values under a key."""


def assume_private() -> Privacy:
    """The privacy of a job that says nothing of it: no other machine may hear it."""
    return "local_only"


@dataclass(frozen=True)
class Job:
    """One recording to transcribe.

    `audio` gives the recording's samples in order, in windows of any length, so that a long recording never lies in
    memory whole; it may be called in another thread, and again for the recording's opening. `language` is a hint such
    as "en" or "de", and is honoured; None lets the engine find out. `hotwords` are a few names that may come up,
    separated by commas. `memory` is given for long recordings; its keys name the sound of a chunk, so a changed end
    leaves the rest as it was. `progress` is told the seconds heard so far. `privacy` is asked each time before audio
    would leave the machine: local_only, and it does not.
    """

    id: str
    audio: Callable[[], Iterator[Samples]]
    language: str | None = None
    hotwords: str = ""
    memory: Memory | None = None
    progress: Callable[[float], None] | None = None
    privacy: Callable[[], Privacy] = assume_private


@dataclass(frozen=True)
class Result:
    """What became of one job.

    `segments` is empty when nobody spoke. `seconds` is the length of the audio that was heard. `counts` tells what was
    done: seconds of speech, chunks decoded, what was decoded again and why, what was taken out and its text. `coverage`
    says what was left without words. `error` is set when the job's audio could not be read or decoded; then there are
    no segments.
    """

    id: str
    segments: tuple[Segment, ...] = ()
    language: str | None = None
    seconds: float = 0.0
    counts: Mapping[str, Any] = field(default_factory=dict)
    error: Exception | None = None
    coverage: Coverage = field(default_factory=Coverage)


class Engine(Protocol):
    """Turns many recordings into text, together. Implementations: `whisper.WhisperEngine`, `testing.ScriptedEngine`."""

    def identity(self) -> dict[str, Any]:
        """Everything asked of the engine that changes the text, as plain JSON values; loads no model.

        How much is decoded together and on which hardware is not in it: the same request on another machine is the same
        work.
        """

    def transcribe(self, jobs: Iterable[Job]) -> Generator[Result]:
        """Yield one result per job, each as soon as it is finished, in no promised order.

        `jobs` is read lazily and a little ahead. An exception from a job's audio or its decoding becomes that job's
        `Result.error`; only what concerns all of them (no weights, no device) is raised.
        """
