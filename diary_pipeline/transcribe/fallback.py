"""Fallback between devices: a batch that does not fit is cut in two; what cannot even hold one row, or the model, hands over to the next.

What belongs here: the order of decoders, and when the next one's turn comes. What does not: loading models, decoding (`whisper`),
what the transcription endpoint may hear (`permission`).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from diary_pipeline.transcribe.rows import DecodedChunk, Decoder, Features, Row
from diary_pipeline.transcribe.speech import Chunk

log = logging.getLogger("diary.transcribe")

NewDecoder = Callable[[], Decoder]


class FallbackDecoder:
    """A decoder that steps down instead of failing: smaller batches on its device, then the next decoder.

    Every step is recorded.
    """

    def __init__(self, first: Decoder, *others: NewDecoder) -> None:
        """*others* are made in turn when their time comes: the CPU after a GPU, the endpoint after both."""
        self._decoder, self._others = first, list(others)
        self._most: int | None = None
        self._steps: dict[str, Any] = {}

    @classmethod
    def of(cls, *decoders: NewDecoder) -> "FallbackDecoder":
        """Begin with the first that can be made: a device may have no room for the model, or not work at all.

        Raises what the last one raises. A refusal that a person has to mend (no weights) is raised at once, whichever
        it concerns.
        """
        others = list(decoders)
        first, failed = _made(others)
        decoder = cls(first, *others)
        if failed:
            decoder._record(f"the model could not be loaded before ({failed})")
        return decoder

    @property
    def languages(self) -> frozenset[str]:
        """See `rows.Decoder.languages`."""
        return self._decoder.languages

    @property
    def about(self) -> Mapping[str, Any]:
        """What it runs on now, and how it came to that."""
        return {**self._decoder.about, **self._steps}

    def features(self, chunk: Chunk) -> Features:
        """See `rows.Decoder.features`."""
        return self._decoder.features(chunk)

    def decode(self, rows: Sequence[Row]) -> Sequence[DecodedChunk | Exception]:
        """Decode what fits at once, and the rest after it."""
        size = min(len(rows), self._most or len(rows))
        decoder = self._decoder
        try:
            prepare(rows, decoder)
            return [
                heard for start in range(0, len(rows), size) for heard in decoder.decode(rows[start : start + size])
            ]
        except (RuntimeError, MemoryError) as error:
            if not _out_of_memory(error) or not self._step_down(size):
                raise
        return self.decode(rows)

    def _step_down(self, size: int) -> bool:
        """Make the next attempt cheaper; False when there is nothing cheaper."""
        if size > 1:
            self._most = size // 2
            self._steps["batch_size_after_out_of_memory"] = self._most
            log.warning("out of memory", extra={"ctx": dict(self._steps)})
            return True
        if not self._others:
            return False
        self._most = None
        self._decoder, _ = _made(self._others)
        self._record("the device ran out of memory with a single chunk")
        return True

    def _record(self, why: str) -> None:
        self._steps["fallback"] = f"{self._decoder.about.get('device')}, because {why}"
        log.warning("fallback", extra={"ctx": dict(self._steps)})


class EndpointFirst:
    """The endpoint before this machine, which hears what may not be sent and what came back without an answer."""

    def __init__(self, endpoint: Decoder, here: NewDecoder) -> None:
        """*here* gives this machine's decoder, the same at every call; it is not made before it is needed."""
        self._endpoint, self._here = endpoint, here
        self.about: Mapping[str, Any] = {}  # who heard what differs by recording: it is noted there

    @property
    def languages(self) -> frozenset[str]:
        """See `rows.Decoder.languages`."""
        return self._endpoint.languages

    def features(self, chunk: Chunk) -> Features:
        """See `rows.Decoder.features`."""
        return self._endpoint.features(chunk)

    def decode(self, rows: Sequence[Row]) -> Sequence[DecodedChunk | Exception]:
        """Ask the endpoint, and hear here what it did not."""
        answers = list(self._endpoint.decode(rows))
        left = [index for index, answer in enumerate(answers) if isinstance(answer, Exception)]
        for row, answer in zip(rows, answers, strict=True):
            if not isinstance(answer, Exception):
                row.recording.notes |= self._endpoint.about
        if left:
            here, mine = self._here(), [rows[index] for index in left]
            prepare(mine, here)
            for index, row, answer in zip(left, mine, here.decode(mine), strict=True):
                row.recording.notes |= {**here.about, "fallback": f"this machine, because: {answers[index]}"}
                answers[index] = answer
        return answers


def prepare(rows: Sequence[Row], decoder: Decoder) -> None:
    """Give rows that were meant for the endpoint what a model here needs: features, and the language of one that knows no other."""
    for row in rows:
        if not row.features.size:
            row.features = decoder.features(row.chunk)
        if row.known_language is None and len(decoder.languages) == 1:
            row.forced = next(iter(decoder.languages))
            row.recording.vote(row, {row.forced: 0.5})


def _made(decoders: list[NewDecoder]) -> tuple[Decoder, str]:
    """The first decoder that can be made, taken from the list with those before it; and what kept the last of them from it, if any."""
    failed = ""
    while len(decoders) > 1:
        try:
            return decoders.pop(0)(), failed
        except (RuntimeError, MemoryError) as error:
            failed = "out of memory" if _out_of_memory(error) else type(error).__name__
    return decoders.pop(0)(), failed


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower()
