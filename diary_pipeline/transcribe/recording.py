"""A recording in flight: its chunks come in as rows and go out as one result, whatever happened to them on the way.

What belongs here: what is still open, its language, where words stand in the original audio, the audit and its repairs. What does
not: which rows share a batch (`batch`), what to think of one answer (`review`). Nothing of one recording ever reaches another.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from diary_pipeline.transcribe.coverage import UNCOVERED_SECONDS, Gap, Span, audit
from diary_pipeline.transcribe.engine import Job, Result
from diary_pipeline.transcribe.language import Ballot, hint
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.pieces import Piece, key_of
from diary_pipeline.transcribe.review import RowReview, again, completes, stretched, suspicious, verdict
from diary_pipeline.transcribe.rows import Decoder, Evidence, Features, Row
from diary_pipeline.transcribe.speech import Chunk, Speech
from diary_pipeline.transcribe.stitch import Word, segments

REPAIR_MARGIN_SECONDS = 0.3
"""What is heard around a stretch without words when it is decoded alone: a word cut in two is no word."""

ALONE_SECONDS, CONTEXT_SECONDS = 1.5, 3.0
"""Voice left by short input is heard alone, which costs a third of the whole chunk.

Less than the first says too little without its
context, so as much as the second is heard around it."""


@dataclass(eq=False)
class InFlight:
    """One recording. `language` is known from a hint, or once enough chunks have voted."""

    job: Job
    options: Options
    speech: Speech = field(init=False)
    language: str | None = None
    chunks: int = 0
    exhausted: bool = False
    told: bool = False
    error: Exception | None = None
    counts: Counter[str] = field(default_factory=Counter)
    notes: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.speech = Speech(self.job.audio)
        self.ballot = Ballot(self.options.language_per_chunk)
        self._pieces: dict[int, Piece] = {}
        self._open = 0
        self._undecided: list[Row] = []
        self._recalled: list[tuple[int, Chunk, Piece]] = []

    # ---- rows in ----

    def meet(self, decoder: Decoder) -> None:
        """Learn what the model knows, before the first row."""
        asked = hint(self.job.language)
        if asked is not None and asked not in decoder.languages:
            self.notes["ignored_language_hint"] = asked
            asked = None
        self.language = asked or (next(iter(decoder.languages)) if len(decoder.languages) == 1 else None)
        self.notes |= decoder.about

    def row(self, chunk: Chunk, features: Features) -> Row:
        """The next chunk of the audio, as a row."""
        self.chunks += 1
        return Row(self, self.chunks - 1, chunk, features, padded=not self.options.short_input)

    def expect(self) -> None:
        """One more row is on its way."""
        self._open += 1

    def remember(self, piece: Piece, chunk: Chunk, features: Callable[[Chunk], Features]) -> list[Row]:
        """The next chunk of the audio, as an earlier run heard it; returns what can be decided now and has to be decoded again."""
        index = self.chunks
        if self.language is None and piece.vote is None and index < self.ballot.voters:
            self._open += 1
            return [self.row(chunk, features(chunk))]  # where it lay, nobody asked what language it is in
        self.chunks += 1
        if piece.vote:
            self.ballot.add(index, *piece.vote)
        self._recalled.append((index, chunk, piece))
        return self.decide(features)

    def _recall(self, features: Callable[[Chunk], Features]) -> list[Row]:
        """Keep what was heard in a language that is right here too; the rest is heard again."""
        again: list[Row] = []
        for index, chunk, piece in self._recalled:
            right = self.ballot.own(index) or self.language
            if piece.language == right:
                self._pieces[index] = piece
                self.counts["remembered"] += 1
            else:
                again.append(
                    Row(self, index, chunk, features(chunk), padded=not self.options.short_input, forced=right)
                )
        self._recalled = []
        self._open += len(again)
        return again

    # ---- languages ----

    def vote(self, row: Row, evidence: Evidence) -> None:
        """Take what one chunk sounds like; a stretch that is decoded again has no second vote."""
        if row.gap is None:
            self.ballot.add(row.index, row.chunk.seconds, evidence)

    def language_of(self, row: Row) -> str:
        """What to decode a row in."""
        return row.known_language or self.ballot.choose(row.index)

    # ---- answers ----

    def take(self, row: Row, features: Callable[[Chunk], Features]) -> list[Row]:
        """Take what was heard last in a row; returns the rows that have to be decoded because of it, perhaps the same one."""
        if by := row.attempts[-1].by:
            self.counts[f"heard_by_{by}"] += 1
        if row.parent is not None:
            return self._complete(row.parent, features)
        if reason := again(row, self.options):
            self.counts[f"again_{reason}"] += 1
            return [row]
        left = suspicious(row)
        if left and stretched(row.attempts[-1], row):
            return self._in_full(row)
        row.parts = [self._stretch(row, gap, features, row) for gap in left]
        return row.parts or self._settle(row, features)

    def _in_full(self, row: Row) -> list[Row]:
        row.parts, row.padded = [], True
        self.counts["again_uncovered"] += 1
        return [row]

    def _complete(self, row: Row, features: Callable[[Chunk], Features]) -> list[Row]:
        """Once all stretches that a row waits for are heard: believe them, or hear the whole row again in full."""
        if not all(part.attempts for part in row.parts):
            return []
        if all(completes(part) for part in row.parts):
            return self._settle(row, features)
        return self._in_full(row)

    def _settle(self, row: Row, features: Callable[[Chunk], Features]) -> list[Row]:
        """A row is decoded as far as it goes; what is in its language is kept."""
        if self.language is None and not self._decided():
            self._undecided.append(row)
            return []
        return self._accept(row, features) + self.decide(features)

    def fail(self, error: Exception) -> None:
        """Something is wrong with this recording: it has no result but that."""
        self.error = self.error or error

    def decide(self, features: Callable[[Chunk], Features]) -> list[Row]:
        """Settle the language once it can be, and look again at what was decoded before; returns what has to be decoded again."""
        if self.language is None and self._decided():
            self.language = self.ballot.winner()
        if self.language is None:
            return []
        rows, self._undecided = self._undecided, []
        return self._recall(features) + [new for row in rows for new in self._accept(row, features)]

    def _decided(self) -> bool:
        return self.ballot.complete(self.chunks, ended=self.exhausted)

    def _accept(self, row: Row, features: Callable[[Chunk], Features]) -> list[Row]:
        right = (row.gap is None and self.ballot.own(row.index)) or row.forced or self.language
        if right and row.attempts[-1].language != right and row.forced is None:
            row.forced, row.attempts, row.parts, row.step, row.padded = right, [], [], 0, not self.options.short_input
            self.counts["again_language"] += 1
            return [row]
        self._open -= 1
        if row.gap is not None:
            piece = self._pieces[row.index]
            self._splice(piece, row, row.gap)
            piece.open -= 1
            self._keep_in_mind(piece)
            return []
        return self._keep(row, verdict(row, self.options), features)

    def _keep(self, row: Row, judged: RowReview, features: Callable[[Chunk], Features]) -> list[Row]:
        piece = Piece(
            key_of(row.chunk) if self.job.memory else "",
            row.chunk.spans[0][0],
            row.chunk.spans[-1][1],
            _placed(row.chunk, judged),
            [row.chunk.original(*voice) for voice in row.chunk.voice],
            judged.heard.language,
            self.ballot.votes.get(row.index),
        )
        self._pieces[row.index] = piece
        if judged.reason:
            self.counts[f"dropped_{judged.reason}"] += 1
            piece.removed.append(
                {"reason": judged.reason, "start": round(row.chunk.spans[0][0], 2), "text": judged.removed}
            )
        for part in row.parts:
            if part.gap is not None:
                self._splice(piece, part, part.gap)
        rows = []
        if self.options.repair and not row.parts and judged.heard.timed:
            rows = [self._stretch(row, gap, features) for gap in judged.gaps if gap.voice >= UNCOVERED_SECONDS]
        self._open += len(rows)
        piece.open = len(rows)
        self._keep_in_mind(piece)
        return rows

    def _keep_in_mind(self, piece: Piece) -> None:
        """A piece is done: tell how far the recording is, and remember it over a crash."""
        if piece.open:
            return
        if self.job.memory is not None:
            self.job.memory.save(piece.key, piece.plain())
        if self.job.progress is not None:
            self.job.progress(piece.end)

    def _stretch(self, row: Row, gap: Gap, features: Callable[[Chunk], Features], parent: Row | None = None) -> Row:
        """A row that hears a stretch without words alone: in full length, unless its parent waits to be completed first."""
        margin = REPAIR_MARGIN_SECONDS if gap.voice >= ALONE_SECONDS else CONTEXT_SECONDS
        chunk = row.chunk.part(gap.begin - margin, gap.end + margin)
        self.counts["heard_again_alone"] += 1
        span = (row.chunk.original(gap.begin, gap.begin)[0], row.chunk.original(gap.end, gap.end)[1])
        language = row.attempts[-1].language
        return Row(
            self, row.index, chunk, features(chunk), padded=parent is None, forced=language, gap=span, parent=parent
        )

    def _splice(self, piece: Piece, row: Row, gap: Span) -> None:
        """Put the words of a repaired stretch where there were none; what the model disowns stays out."""
        judged = verdict(row, self.options)
        if judged.reason or judged.doubt:
            piece.removed.append({"reason": "repair", "start": round(gap[0], 2), "text": judged.heard.text.strip()})
            return
        begin, end = gap
        words = [word for word in _placed(row.chunk, judged) if begin <= (word.start + word.end) / 2 <= end]
        before = [word for word in piece.words if (word.start + word.end) / 2 < begin]
        if words and before and words[0].start < begin + REPAIR_MARGIN_SECONDS and _alike(words[0], before[-1]):
            del words[0]  # the last word before the stretch, heard twice
        if words:
            self._make_room(piece, gap)
            piece.repairs.append((gap, words))
            self.counts["repaired"] += 1

    def _make_room(self, piece: Piece, gap: Span) -> None:
        """Take out the word that was stretched over a gap: it is heard again in it."""
        over = [word for word in piece.words if gap[0] <= (word.start + word.end) / 2 <= gap[1]]
        if over:
            piece.removed.append(
                {"reason": "stretched", "start": round(gap[0], 2), "text": "".join(word.text for word in over).strip()}
            )
            piece.words = [word for word in piece.words if word not in over]

    # ---- the result ----

    @property
    def ready(self) -> bool:
        """Whether nothing is left to wait for, and its result was not handed on yet."""
        return not self.told and (self.error is not None or (self.exhausted and not self._open))

    def result(self) -> Result:
        """Everything that was heard, in order; or the error alone."""
        seconds = round(self.speech.seconds, 3)
        if self.error is not None:
            return Result(self.job.id, seconds=seconds, error=self.error)
        pieces = [self._pieces[index] for index in sorted(self._pieces)]
        words = [word for piece in pieces for word in piece.in_order()]
        removed = [one for piece in pieces for one in piece.removed]
        language = self.language if words else None
        counts: dict[str, Any] = {"speech_seconds": round(self.speech.speech_seconds, 2), "chunks": self.chunks}
        counts |= self.notes | {name: number for name, number in sorted(self.counts.items()) if number}
        if removed:
            counts |= {"dropped": len(removed), "removed": removed}
        voice = [span for piece in pieces for span in piece.voice]
        made = segments(words, self.speech.seconds, self.language)
        return Result(self.job.id, made, language, seconds, counts, coverage=audit(words, voice, self.speech.seconds))


def _placed(chunk: Chunk, judged: RowReview) -> list[Word]:
    """Lead a chunk's words back to the original audio, with all of its text.

    Should the words not add up to the text (a character cut in two by the tokens), the text is kept whole, as one long
    word.
    """
    heard, words = judged.heard, judged.words
    if not judged.reason and "".join("".join(word.text for word in words).split()) != "".join(heard.text.split()):
        probability = sum(word.probability for word in words) / len(words) if words else 0.0
        text = " " + heard.text.strip()
        return [Word(text, chunk.spans[0][0], chunk.spans[-1][1], probability, heard.language, judged.doubt)]
    placed = []
    for word in words:
        start, end = chunk.original(word.start, word.end)
        placed.append(replace(word, start=start, end=end, language=heard.language, doubt=judged.doubt))
    if placed and not placed[0].text[:1].isspace():
        placed[0] = replace(placed[0], text=" " + placed[0].text)
    return placed


def _alike(one: Word, other: Word) -> bool:
    return one.text.strip(" .,!?…").lower() == other.text.strip(" .,!?…").lower()
