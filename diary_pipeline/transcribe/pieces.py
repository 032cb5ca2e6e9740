"""Pieces: the final words of one chunk, and how a long recording stores them.

`stage` decides where they are stored, `recording` makes them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from diary_pipeline.transcribe.coverage import Span
from diary_pipeline.transcribe.engine import SAMPLE_RATE, Job
from diary_pipeline.transcribe.review import RowReview, is_voice
from diary_pipeline.transcribe.rows import Evidence, Row
from diary_pipeline.transcribe.speech import Chunk
from diary_pipeline.transcribe.stitch import Word

REPAIR_MARGIN_SECONDS = 0.3
"""Seconds decoded around a stretch without words, so that no word at its edge is cut in two."""


@dataclass
class Piece:
    """One chunk's words and voice in seconds of the original audio, its language vote, and what was removed from it.

    `begin` and `end` are the chunk's own edges; `is_voice`: its voice surely is one. `repairs` are stretches that were
    decoded alone, with their words; `open_repairs` of them are still to be decoded.
    """

    key: str
    begin: float
    end: float
    words: list[Word]
    voice: list[Span]
    language: str
    is_voice: bool
    vote: tuple[float, Evidence] | None = None
    repairs: list[tuple[Span, list[Word]]] = field(default_factory=list)
    removed: list[dict[str, Any]] = field(default_factory=list)
    open_repairs: int = 0

    def in_order(self) -> list[Word]:
        """All words, each repaired stretch in its place."""
        words = self.words
        for (begin, end), repaired in self.repairs:
            middle = (begin + end) / 2
            at = next((n for n, word in enumerate(words) if _middle(word) > middle), len(words))
            words = words[:at] + repaired + words[at:]
        return words

    def repair(self, gap: Span, words: Sequence[Word]) -> bool:
        """Put in the words of a stretch that was decoded alone; False if none of them lies in the gap."""
        begin, end = gap
        inside = [word for word in words if begin <= _middle(word) <= end]
        before = [word for word in self.words if _middle(word) < begin]
        if inside and before and inside[0].start < begin + REPAIR_MARGIN_SECONDS and _same(inside[0], before[-1]):
            del inside[0]  # the last word before the stretch, decoded twice
        if not inside:
            return False
        stretched = [word for word in self.words if begin <= _middle(word) <= end]
        if stretched:  # an alignment drew this word over the gap; it is among the new words
            self.remove("stretched", begin, "".join(word.text for word in stretched))
            self.words = [word for word in self.words if word not in stretched]
        self.repairs.append((gap, inside))
        return True

    def remove(self, reason: str, start: float, text: str) -> None:
        """Keep text that is not part of the transcript, with the reason."""
        self.removed.append({"reason": reason, "start": round(start, 2), "text": text.strip()})

    def to_json(self) -> dict[str, Any]:
        """The piece as JSON values; repaired words are merged in."""
        return {
            "begin": self.begin,
            "end": self.end,
            "words": [asdict(word) for word in self.in_order()],
            "voice": self.voice,
            "language": self.language,
            "is_voice": self.is_voice,
            "vote": self.vote,
            "removed": self.removed,
        }


def new_piece(row: Row, reviewed: RowReview, key: str, vote: tuple[float, Evidence] | None) -> Piece:
    """The piece of a reviewed row, without repairs."""
    chunk = row.chunk
    begin, end = chunk.spans[0][0], chunk.spans[-1][1]
    voice = [chunk.original_times(*span) for span in chunk.voice]
    piece = Piece(key, begin, end, placed_words(chunk, reviewed), voice, reviewed.answer.language, is_voice(row), vote)
    if reviewed.reason:
        piece.remove(reviewed.reason, begin, reviewed.removed)
    return piece


def placed_words(chunk: Chunk, reviewed: RowReview) -> list[Word]:
    """Map a chunk's words to the original audio, with all of its text.

    If the words do not add up to the text (tokens can cut a character in two), the text is kept as one long word.
    """
    answer, words = reviewed.answer, reviewed.words
    edges = chunk.spans[0][0], chunk.spans[-1][1]
    within = None if answer.timed else edges
    if not reviewed.reason and "".join("".join(word.text for word in words).split()) != "".join(answer.text.split()):
        probability = sum(word.probability for word in words) / len(words) if words else 0.0
        text = " " + answer.text.strip()
        return [Word(text, *edges, probability, answer.language, reviewed.doubt, within=within)]
    placed = []
    for word in words:
        start, end = chunk.original_times(word.start, word.end)
        placed.append(
            replace(word, start=start, end=end, language=answer.language, doubt=reviewed.doubt, within=within)
        )
    if placed and not placed[0].text[:1].isspace():
        placed[0] = replace(placed[0], text=" " + placed[0].text)
    return placed


def piece_from_json(key: str, stored: Mapping[str, Any], begin: float) -> Piece:
    """A piece from its JSON values, moved to where its chunk begins now."""
    shift, vote = begin - stored["begin"], stored["vote"]
    words = [_moved(Word(**word), shift) for word in stored["words"]]
    removed: list[dict[str, Any]] = stored["removed"]
    return Piece(
        key,
        begin,
        stored["end"] + shift,
        words,
        [(start + shift, end + shift) for start, end in stored["voice"]],
        stored["language"],
        stored["is_voice"],
        (vote[0], vote[1]) if vote else None,
        removed=[one | {"start": round(one["start"] + shift, 2)} for one in removed],
    )


def chunk_key(chunk: Chunk) -> str:
    """The key of a chunk: a digest of its sound and of the pauses cut out of it, wherever it lies in the recording."""
    digest = hashlib.sha256(chunk.samples.tobytes())
    first = chunk.spans[0][0]
    digest.update(
        repr(
            [(round((begin - first) * SAMPLE_RATE), round((end - first) * SAMPLE_RATE)) for begin, end in chunk.spans]
        ).encode()
    )
    return digest.hexdigest()[:32]


def load_piece(job: Job, chunk: Chunk) -> Piece | None:
    """The piece that an earlier run stored for a chunk, if any."""
    if job.chunk_store is None:
        return None
    key = chunk_key(chunk)
    stored = job.chunk_store.load(key)
    try:
        return piece_from_json(key, stored, chunk.spans[0][0]) if stored else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # not what was stored: the chunk is decoded again


def _moved(word: Word, shift: float) -> Word:
    within = (word.within[0] + shift, word.within[1] + shift) if word.within else None
    return replace(word, start=word.start + shift, end=word.end + shift, within=within)


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def _same(one: Word, other: Word) -> bool:
    return one.text.strip(" .,!?…").lower() == other.text.strip(" .,!?…").lower()
