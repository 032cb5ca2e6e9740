"""Fallback between decoders: a batch that does not fit is halved; the next decoder follows when one row does not fit.

It also follows when a model cannot be loaded. `chain` sets the order, `permission` what the endpoint may receive.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from diary_pipeline.transcribe.rows import DecodedChunk, Decoder, Features, Row
from diary_pipeline.transcribe.speech import Chunk

log = logging.getLogger("diary.transcribe")

DecoderFactory = Callable[[], Decoder]


class FallbackDecoder:
    """A decoder that falls back instead of failing: to smaller batches on its device, then to the next decoder.

    Each fallback is recorded in `about`.
    """

    def __init__(self, first: Decoder, *others: DecoderFactory) -> None:
        """*others* are made in turn when they are needed: the CPU after a GPU, the endpoint after both."""
        self._decoder, self._remaining = first, list(others)
        self._max_rows: int | None = None
        self._steps: dict[str, Any] = {}

    @classmethod
    def first_available(cls, *decoders: DecoderFactory) -> "FallbackDecoder":
        """Start with the first decoder that can be made: a device may have no room for the model, or not work at all.

        Raises what the last one raises. An error that a person must fix (no weights) is raised at once.
        """
        others = list(decoders)
        first, failed = _make_first(others)
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
        """What it runs on now, and which fallbacks led there."""
        return {**self._decoder.about, **self._steps}

    def features(self, chunk: Chunk) -> Features:
        """See `rows.Decoder.features`."""
        return self._decoder.features(chunk)

    def decode(self, rows: Sequence[Row]) -> Sequence[DecodedChunk | Exception]:
        """Decode in batches that fit."""
        size = min(len(rows), self._max_rows or len(rows))
        decoder = self._decoder
        try:
            prepare_rows(rows, decoder)
            return [
                answer for start in range(0, len(rows), size) for answer in decoder.decode(rows[start : start + size])
            ]
        except (RuntimeError, MemoryError) as error:
            if not _out_of_memory(error) or not self._step_down(size):
                raise
        return self.decode(rows)

    def _step_down(self, size: int) -> bool:
        """Make the next attempt cheaper; False when nothing cheaper is left."""
        if size > 1:
            self._max_rows = size // 2
            self._steps["batch_size_after_out_of_memory"] = self._max_rows
            log.warning("out of memory", extra={"ctx": dict(self._steps)})
            return True
        if not self._remaining:
            return False
        self._max_rows = None
        self._decoder, _ = _make_first(self._remaining)
        self._record("the device ran out of memory with a single chunk")
        return True

    def _record(self, why: str) -> None:
        self._steps["fallback"] = f"{self._decoder.about.get('device')}, because {why}"
        log.warning("fallback", extra={"ctx": dict(self._steps)})


class EndpointFirst:
    """The endpoint first; this machine decodes what may not be sent and what came back without an answer."""

    def __init__(self, endpoint: Decoder, local_decoder: DecoderFactory) -> None:
        """*local_decoder* gives this machine's decoder, the same at every call; it is called only when needed."""
        self._endpoint, self._local_decoder = endpoint, local_decoder
        self.about: Mapping[str, Any] = {}  # differs by recording, so it is recorded there

    @property
    def languages(self) -> frozenset[str]:
        """See `rows.Decoder.languages`."""
        return self._endpoint.languages

    def features(self, chunk: Chunk) -> Features:
        """See `rows.Decoder.features`."""
        return self._endpoint.features(chunk)

    def decode(self, rows: Sequence[Row]) -> Sequence[DecodedChunk | Exception]:
        """Send rows to the endpoint, and decode here those without an answer."""
        answers = list(self._endpoint.decode(rows))
        left = [index for index, answer in enumerate(answers) if isinstance(answer, Exception)]
        for row, answer in zip(rows, answers, strict=True):
            if not isinstance(answer, Exception):
                row.recording.details |= self._endpoint.about
        if left:
            local_decoder, unanswered = self._local_decoder(), [rows[index] for index in left]
            prepare_rows(unanswered, local_decoder)
            for index, row, answer in zip(left, unanswered, local_decoder.decode(unanswered), strict=True):
                row.recording.details |= {**local_decoder.about, "fallback": f"this machine, because: {answers[index]}"}
                answers[index] = answer
        return answers


def prepare_rows(rows: Sequence[Row], decoder: Decoder) -> None:
    """Add what a local model needs to rows meant for the endpoint: features, and the language if it knows one only."""
    for row in rows:
        if not row.features.size:
            row.features = decoder.features(row.chunk)
        if row.known_language is None and len(decoder.languages) == 1:
            row.forced_language = next(iter(decoder.languages))
            row.recording.details["knows_only"] = row.forced_language
            row.recording.vote(row, {row.forced_language: 0.5})


def _make_first(decoders: list[DecoderFactory]) -> tuple[Decoder, str]:
    """Make the first decoder that can be made and remove it, and those before it, from the list.

    Also returns why the last one before it could not be made, or "".
    """
    failed = ""
    while len(decoders) > 1:
        try:
            return decoders.pop(0)(), failed
        except (RuntimeError, MemoryError) as error:
            failed = "out of memory" if _out_of_memory(error) else type(error).__name__
    return decoders.pop(0)(), failed


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower()
