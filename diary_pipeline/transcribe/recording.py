"""The state of one recording while its chunks are decoded, from its first row to its result.

It holds what is open, the language, the pieces that are final, and the repairs of uncovered speech. `batch` decides
which rows share a batch, `review` checks single answers. No state is shared between recordings.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from diary_pipeline.transcribe.coverage import UNCOVERED_SECONDS, Gap, Span, audit, wordless
from diary_pipeline.transcribe.engine import Job, Result
from diary_pipeline.transcribe.language import Ballot, primary_language
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.pieces import REPAIR_MARGIN_SECONDS, Piece, chunk_key, new_piece, placed_words
from diary_pipeline.transcribe.review import (
    RowReview,
    has_stretched_word,
    is_complete,
    reason_to_repeat,
    review_row,
    uncovered_gaps,
)
from diary_pipeline.transcribe.rows import Decoder, Evidence, Features, Row
from diary_pipeline.transcribe.speech import Chunk, Speech
from diary_pipeline.transcribe.stitch import segments

ALONE_SECONDS, CONTEXT_SECONDS = 1.5, 3.0
"""Voice left without words by short input is decoded alone, at a third of the cost of the whole chunk.

With less voice than the first value, so much context as the second is decoded with it.
"""


@dataclass(eq=False)
class InFlight:
    """One recording. `language` is set from a hint, or once enough chunks have voted."""

    job: Job
    options: Options
    speech: Speech = field(init=False)
    language: str | None = None
    chunks: int = 0
    exhausted: bool = False
    reported: bool = False
    error: Exception | None = None
    counts: Counter[str] = field(default_factory=Counter)
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.speech = Speech(self.job.audio)
        self.ballot = Ballot(self.options.language_per_chunk)
        self._pieces: dict[int, Piece] = {}
        self._open = 0
        self._undecided: list[Row] = []
        self._stored: list[tuple[int, Chunk, Piece]] = []

    # ---- rows in ----

    def configure(self, decoder: Decoder) -> None:
        """Set the language from the hint and the model's languages, before the first row."""
        hint = primary_language(self.job.language)
        if hint is not None and hint not in decoder.languages:
            self.details["ignored_language_hint"] = hint
            hint = None
        only = next(iter(decoder.languages)) if len(decoder.languages) == 1 else None
        self.language = hint or only
        self.details |= {"knows_only": only} if only else {}
        self.details |= decoder.about

    def row(self, chunk: Chunk, features: Features) -> Row:
        """The next chunk of the audio, as a row."""
        self.chunks += 1
        return Row(self, self.chunks - 1, chunk, features, padded=not self.options.short_input)

    def add_open_row(self) -> None:
        """Count one more row that has to be decoded."""
        self._open += 1

    def reuse(self, piece: Piece, chunk: Chunk, features: Callable[[Chunk], Features]) -> list[Row]:
        """Use the next chunk's stored piece. Returns the rows that have to be decoded because of it."""
        index = self.chunks
        if self.language is None and piece.vote is None and index < self.ballot.voters:
            self._open += 1
            # Its language was not detected when it was stored, and its vote is needed here.
            return [self.row(chunk, features(chunk))]
        self.chunks += 1
        if piece.vote:
            self.ballot.add(index, *piece.vote)
        self._stored.append((index, chunk, piece))
        return self.decide(features)

    def _reuse_stored(self, features: Callable[[Chunk], Features]) -> list[Row]:
        """Keep stored pieces in the expected language; return rows for the others."""
        rows: list[Row] = []
        for index, chunk, piece in self._stored:
            expected = self.ballot.certain(index) or self.language
            if piece.language == expected:
                self._pieces[index] = piece
                self.counts["remembered"] += 1
            else:
                row = Row(self, index, chunk, features(chunk), padded=not self.options.short_input)
                row.forced_language = expected
                rows.append(row)
        self._stored = []
        self._open += len(rows)
        return rows

    def vote(self, row: Row, evidence: Evidence) -> None:
        """Record which language a chunk sounds like; a stretch that is decoded again does not vote twice."""
        if row.gap is None:
            self.ballot.add(row.index, row.chunk.seconds, evidence)

    def language_of(self, row: Row) -> str:
        """The language to decode a row in."""
        return row.known_language or self.ballot.choose(row.index)

    def process_answer(self, row: Row, features: Callable[[Chunk], Features]) -> list[Row]:
        """Check a row's latest answer. Returns the rows that have to be decoded because of it, perhaps the same one."""
        if decoded_by := row.attempts[-1].decoded_by:
            self.counts[f"heard_by_{decoded_by}"] += 1
        if row.parent is not None:
            return self._check_parts(row.parent, features)
        if reason := reason_to_repeat(row, self.options):
            self.counts[f"again_{reason}"] += 1
            return [row]
        left = uncovered_gaps(row)
        if left and has_stretched_word(row.attempts[-1], row):
            return self._repeat_padded(row)
        row.parts = [self._gap_row(row, gap, features, row) for gap in left]
        return row.parts or self._finish_row(row, features)

    def _repeat_padded(self, row: Row) -> list[Row]:
        row.parts, row.padded = [], True
        self.counts["again_uncovered"] += 1
        return [row]

    def _check_parts(self, row: Row, features: Callable[[Chunk], Features]) -> list[Row]:
        """Once all parts of a row are decoded: accept them, or decode the whole row again with full-length input."""
        if not all(part.attempts for part in row.parts):
            return []
        if all(is_complete(part) for part in row.parts):
            return self._finish_row(row, features)
        return self._repeat_padded(row)

    def _finish_row(self, row: Row, features: Callable[[Chunk], Features]) -> list[Row]:
        """A row needs no more attempts; it is accepted now, or once the recording's language is known."""
        if self.language is None and not self._decided():
            self._undecided.append(row)
            return []
        return self._accept_row(row, features) + self.decide(features)

    def fail(self, error: Exception) -> None:
        """Give the recording an error as its result."""
        self.error = self.error or error

    def decide(self, features: Callable[[Chunk], Features]) -> list[Row]:
        """Set the language once it can be, and check the rows and pieces that waited for it.

        Returns the rows that have to be decoded again.
        """
        if self.language is None and self._decided():
            self.language = self.ballot.winner()
        if self.language is None:
            return []
        rows, self._undecided = self._undecided, []
        return self._reuse_stored(features) + [new for row in rows for new in self._accept_row(row, features)]

    def _decided(self) -> bool:
        return self.ballot.complete(self.chunks, ended=self.exhausted)

    def _accept_row(self, row: Row, features: Callable[[Chunk], Features]) -> list[Row]:
        expected = (row.gap is None and self.ballot.certain(row.index)) or row.forced_language or self.language
        if expected and row.attempts[-1].language != expected and row.forced_language is None:
            row.restart(expected, padded=not self.options.short_input)
            self.counts["again_language"] += 1
            return [row]
        self._open -= 1
        if row.gap is not None:
            piece = self._pieces[row.index]
            self._splice(piece, row, row.gap)
            piece.open_repairs -= 1
            self._complete_piece(piece)
            return []
        return self._add_piece(row, review_row(row, self.options), features)

    def _add_piece(self, row: Row, reviewed: RowReview, features: Callable[[Chunk], Features]) -> list[Row]:
        key = chunk_key(row.chunk) if self.job.chunk_store else ""
        piece = self._pieces[row.index] = new_piece(row, reviewed, key, self.ballot.votes.get(row.index))
        if reviewed.reason:
            self.counts[f"dropped_{reviewed.reason}"] += 1
        for part in row.parts:
            if part.gap is not None:
                self._splice(piece, part, part.gap)
        rows = []
        if self.options.repair and not row.parts and reviewed.answer.timed:
            rows = [self._gap_row(row, gap, features) for gap in reviewed.gaps if gap.voice >= UNCOVERED_SECONDS]
        self._open += len(rows)
        piece.open_repairs = len(rows)
        self._complete_piece(piece)
        return rows

    def _complete_piece(self, piece: Piece) -> None:
        """A piece is final: store it for a run after a crash, and report progress."""
        if piece.open_repairs:
            return
        if self.job.chunk_store is not None:
            self.job.chunk_store.save(piece.key, piece.to_json())
        if self.job.progress is not None:
            self.job.progress(piece.end)

    def _gap_row(self, row: Row, gap: Gap, features: Callable[[Chunk], Features], parent: Row | None = None) -> Row:
        """A row for a stretch without words: in full length, unless its parent waits to be completed first."""
        margin = REPAIR_MARGIN_SECONDS if gap.voice >= ALONE_SECONDS else CONTEXT_SECONDS
        chunk = row.chunk.part(gap.begin - margin, gap.end + margin)
        self.counts["heard_again_alone"] += 1
        span = (row.chunk.original_times(gap.begin, gap.begin)[0], row.chunk.original_times(gap.end, gap.end)[1])
        language = row.attempts[-1].language
        return Row(
            self,
            row.index,
            chunk,
            features(chunk),
            padded=parent is None,
            forced_language=language,
            gap=span,
            parent=parent,
        )

    def _splice(self, piece: Piece, row: Row, gap: Span) -> None:
        """Put the words of a repaired stretch in place; text that the model doubts is kept aside."""
        reviewed = review_row(row, self.options)
        if reviewed.reason or reviewed.doubt:
            piece.remove("repair", gap[0], reviewed.answer.text)
        elif piece.repair(gap, placed_words(row.chunk, reviewed)):
            self.counts["repaired"] += 1

    @property
    def ready(self) -> bool:
        """Whether nothing is open and its result has not been reported yet."""
        return not self.reported and (self.error is not None or (self.exhausted and not self._open))

    def result(self) -> Result:
        """All words in order as a result; or the error alone."""
        seconds = round(self.speech.seconds, 3)
        if self.error is not None:
            return Result(self.job.id, seconds=seconds, error=self.error)
        pieces = [self._pieces[index] for index in sorted(self._pieces)]
        words = [word for piece in pieces for word in piece.in_order()]
        removed = [text for piece in pieces for text in piece.removed]
        language = self.language if words else None
        counts: dict[str, Any] = {"speech_seconds": round(self.speech.speech_seconds, 2), "chunks": self.chunks}
        counts |= self.details | {name: number for name, number in sorted(self.counts.items()) if number}
        if removed:
            counts |= {"dropped": len(removed), "removed": removed}
        voice = [span for piece in pieces for span in piece.voice]
        made = segments(words, self.speech.seconds, self.language)
        coverage = audit(words, voice, self.speech.seconds)
        coverage = coverage.model_copy(update={"wordless": self._wordless(pieces)})
        return Result(self.job.id, made, language, seconds, counts, coverage=coverage)

    def _wordless(self, pieces: Sequence[Piece]) -> tuple[tuple[float, float, float], ...]:
        """Where somebody surely speaks, without words; doubtful words of a model that knows one language are none."""
        knows_only = "knows_only" in self.details
        voice = [span for piece in pieces if piece.is_voice for span in piece.voice]
        words = [word for piece in pieces for word in piece.in_order()]
        kept = [word for word in words if not knows_only or word.doubt in (None, "repetitive")]
        return wordless(kept, voice, self.speech.seconds)
