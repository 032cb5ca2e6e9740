"""Batch: chunks of different recordings are decoded together; each recording is handed on when its last chunk is done.

What belongs here: which chunks share a batch, whose error is whose, when a recording is finished. What does not: the model
(`whisper`), where sentences end (`stitch`). Nothing of one recording ever reaches another.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from diary_pipeline.transcribe.engine import Job, Result
from diary_pipeline.transcribe.speech import Chunk, Speech
from diary_pipeline.transcribe.stitch import Word, segments

LOOK_AHEAD = 4
"""Batches' worth of chunks to choose from. Rows of like length finish together; a longer look delays the first result."""


@dataclass(frozen=True)
class Decoded:
    """One chunk as text. Words' times are seconds of the chunk; `dropped` says why the text must not be believed."""

    text: str
    words: tuple[Word, ...]
    language: str
    dropped: str | None = None


@dataclass(eq=False)
class InFlight:
    """A recording on its way: what was decoded so far, and whether more is to come. `language` is settled by its first real words."""

    job: Job
    speech: Speech
    language: str | None
    words: dict[int, list[Word]] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    chunks: int = 0
    exhausted: bool = False
    told: bool = False
    error: Exception | None = None
    counts: dict[str, Any] = field(default_factory=dict)

    def take(self, row: "Row", decoded: Decoded | Exception) -> None:
        """Keep what one chunk gave."""
        if isinstance(decoded, Exception):
            self.error = self.error or decoded
        elif decoded.dropped:
            self.words[row.index] = []
            self.removed.append(decoded.text.strip())
            self.counts[f"dropped_{decoded.dropped}"] = self.counts.get(f"dropped_{decoded.dropped}", 0) + 1
        else:
            self.language = self.language or decoded.language
            self.words[row.index] = _placed(row.chunk, decoded)

    @property
    def ready(self) -> bool:
        """Whether nothing is left to wait for, and its result was not handed on yet."""
        return not self.told and (self.error is not None or (self.exhausted and len(self.words) == self.chunks))

    def result(self) -> Result:
        """Everything that was heard, in order; or the error alone."""
        seconds = round(self.speech.seconds, 3)
        if self.error is not None:
            return Result(self.job.id, seconds=seconds, error=self.error)
        counts = self.counts | {"speech_seconds": round(self.speech.speech_seconds, 2), "chunks": self.chunks}
        if self.removed:
            counts |= {"dropped": len(self.removed), "removed": list(self.removed)}
        words = [word for index in sorted(self.words) for word in self.words[index]]
        language = self.language if words else None
        return Result(self.job.id, segments(words, self.speech.seconds), language, seconds, counts)


@dataclass(frozen=True, eq=False)
class Row:
    """One chunk of one recording: a row of a batch."""

    recording: InFlight
    index: int
    chunk: Chunk


Decode = Callable[[Sequence[Row]], Sequence[Decoded]]
"""Decodes rows that share a language (or of which none is known yet), one answer per row in the same order."""


def run(jobs: Iterable[Job], decoder: Callable[[], Decode], batch_size: int) -> Iterator[Result]:
    """Transcribe the jobs, `batch_size` chunks at a time.

    `decoder` is called before the first batch, so that silence costs no model; what it raises is raised here, for it concerns all.
    """
    feed = _feed(jobs)
    pending: list[Row] = []
    while True:
        yield from _gather(feed, pending, batch_size * LOOK_AHEAD)
        if not pending:
            return
        batch = _next_batch(pending, batch_size)
        decode = decoder()
        for row, decoded in zip(batch, _decode(decode, batch), strict=True):
            pending.remove(row)
            row.recording.take(row, decoded)
        for recording in dict.fromkeys(row.recording for row in batch):
            if recording.ready:
                yield _tell(recording, pending)


def _feed(jobs: Iterable[Job]) -> Iterator[Row | InFlight]:
    """Yield every recording's rows, then the recording itself once its audio has ended or failed."""
    for job in jobs:
        recording = InFlight(job, Speech(job.audio), _hint(job.language))
        try:
            for index, chunk in enumerate(recording.speech.chunks()):
                recording.chunks = index + 1
                yield Row(recording, index, chunk)
                if recording.error is not None:
                    break
        except Exception as error:  # noqa: BLE001 - whatever is wrong with this audio is this recording's error alone
            recording.error = recording.error or error
        recording.exhausted = True
        yield recording


def _hint(language: str | None) -> str | None:
    """The language alone of a tag with a region: "en-GB" is "en"."""
    return language.replace("_", "-").partition("-")[0].lower() if language else None


def _gather(feed: Iterator[Row | InFlight], pending: list[Row], enough: int) -> Iterator[Result]:
    """Fill `pending`; yield the recordings that need no more decoding: silent, unreadable, or decoded before their end was seen."""
    for item in feed:
        if isinstance(item, Row):
            pending.append(item)
            if len(pending) >= enough:
                return
        elif item.ready:
            yield _tell(item, pending)


def _tell(recording: InFlight, pending: list[Row]) -> Result:
    """Hand a recording on; what it still had to decode after an error is dropped."""
    recording.told = True
    pending[:] = [row for row in pending if row.recording is not recording]
    return recording.result()


def _next_batch(pending: Sequence[Row], size: int) -> list[Row]:
    """Choose the oldest row and those nearest to it in length, of one language.

    While a recording's language is not known, only its next chunk may be decoded: that one settles it for the rest.
    """
    oldest = pending[0]
    language = oldest.recording.language
    fit = [row for row in pending if row.recording.language == language and (language or row.index == len(row.recording.words))]
    fit.sort(key=lambda row: -len(row.chunk.samples))
    first = min(fit.index(oldest) // size * size, max(0, len(fit) - size))
    return fit[first : first + size]


def _decode(decode: Decode, rows: Sequence[Row]) -> Sequence[Decoded | Exception]:
    """Decode a batch; if it fails, row by row, so that only the guilty recording fails."""
    try:
        return decode(rows)
    except Exception as error:  # noqa: BLE001 - becomes the result of the one row that causes it
        if len(rows) == 1:
            return [error]
        return [answer for row in rows for answer in _decode(decode, [row])]


def _placed(chunk: Chunk, decoded: Decoded) -> list[Word]:
    """Lead a chunk's words back to the original audio, with all of its text.

    Should the words not add up to the text (a character cut in two by the tokens), the text is kept whole, as one long word.
    """
    words = decoded.words
    if "".join("".join(word.text for word in words).split()) != "".join(decoded.text.split()):
        probability = sum(word.probability for word in words) / len(words) if words else 0.0
        return [Word(" " + decoded.text.strip(), chunk.spans[0][0], chunk.spans[-1][1], probability)]
    placed = [Word(word.text, *chunk.original(word.start, word.end), word.probability) for word in words]
    if placed and not placed[0].text[:1].isspace():
        placed[0] = Word(" " + placed[0].text, placed[0].start, placed[0].end, placed[0].probability)
    return placed
