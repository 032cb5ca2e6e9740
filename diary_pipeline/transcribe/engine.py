"""The port of the transcription stage: what every speech engine takes and returns.

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
"""Samples per second of all audio that an engine receives."""


class ChunkStore(Protocol):
    """Stores the decoded chunks of a long recording, so that a run after a crash decodes only the rest."""

    def load(self, key: str) -> dict[str, Any] | None:
        """The stored values of a key, or None. Called by the thread that reads the audio."""

    def save(self, key: str, decoded: Mapping[str, Any]) -> None:
        """Store plain JSON values under a key."""


def assume_private() -> Privacy:
    """The default privacy of a job: it is sent to no other machine."""
    return "local_only"


@dataclass(frozen=True)
class Job:
    """One recording to transcribe.

    `audio` yields the recording's samples in order, in windows of any length, so that a long recording is never in
    memory as a whole. It may be called in another thread, and again for the recording's opening. `language` is a hint
    such as "en" or "de" and is obeyed; None: the engine detects it. `hotwords` are a few names that may occur,
    separated by commas. `chunk_store` is given for long recordings; its keys identify the sound of a chunk. `progress`
    is called with the seconds that are done. `privacy` is called each time before audio would leave the machine;
    local_only forbids it.
    """

    id: str
    audio: Callable[[], Iterator[Samples]]
    language: str | None = None
    hotwords: str = ""
    chunk_store: ChunkStore | None = None
    progress: Callable[[float], None] | None = None
    privacy: Callable[[], Privacy] = assume_private


@dataclass(frozen=True)
class Result:
    """The outcome of one job.

    `segments` is empty when nobody spoke. `seconds` is the length of the audio. `counts` reports what was done: seconds
    of speech, chunks decoded, what was decoded again and why, what was removed and its text. `coverage` reports voice
    without words. `error` is set when the job's audio could not be read or decoded; then there are no segments.
    """

    id: str
    segments: tuple[Segment, ...] = ()
    language: str | None = None
    seconds: float = 0.0
    counts: Mapping[str, Any] = field(default_factory=dict)
    error: Exception | None = None
    coverage: Coverage = field(default_factory=Coverage)


class Engine(Protocol):
    """Transcribes many recordings together. Implementations: `whisper.WhisperEngine`, `testing.ScriptedEngine`."""

    def identity(self) -> dict[str, Any]:
        """Every option that changes the text, as plain JSON values; loads no model.

        Batch sizes and hardware are not part of it: the same request on another machine is the same work.
        """

    def transcribe(self, jobs: Iterable[Job]) -> Generator[Result]:
        """Yield one result per job, each as soon as it is finished, in no guaranteed order.

        `jobs` is read lazily and a little ahead. An exception from a job's audio or its decoding becomes that job's
        `Result.error`; only what concerns all jobs (no weights, no device) is raised.
        """
