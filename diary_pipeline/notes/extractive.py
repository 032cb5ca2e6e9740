"""The writer that needs no model: the speaker's own words, in order, each statement citing the segment that says it."""

import re
from dataclasses import dataclass

from diary_pipeline.notes.style import Style
from diary_pipeline.schema import Statement, Transcript

WRITER = "extractive"
VERSION = 1
# "Um" is no word wherever it stands; "so" or "now" say nothing only where a mark sets them apart: "So far so good" keeps its "so".
_LEADING = re.compile(
    r"^(?:(?:um+|uh+|er+m?|okay|ok)\b[\s,.!?…]*|"
    r"(?:so|well|right|now|anyway|and|hi|hello|hey|dear diary|diary|"
    r"good (?:morning|afternoon|evening|night)|private (?:note|memo)|reminder for myself|sorry|what else)(?:\s*[,.:!?…]+\s*|\s*$))+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.!?…;:]+(?:\s|$)|,\s+(?=(?:and|but|so|because|which|that)\b)", re.IGNORECASE)
_SHORT = 3


@dataclass(frozen=True)
class Draft:
    """What a writer makes of a transcript."""

    title: str
    statements: tuple[Statement, ...]


def write(transcript: Transcript, style: Style) -> Draft:
    """One statement per segment, word for word; no statements and no title when nobody spoke."""
    statements = tuple(Statement(text=segment.text, segments=(segment.id,)) for segment in transcript.segments)
    return Draft(_title(transcript, style.title_words), statements)


def _title(transcript: Transcript, words: int) -> str:
    """The first real clause, in its own words: of the first segment that has one of three words or more, else of the first."""
    clauses = [clause for segment in transcript.segments if (clause := _clause(segment.text))]
    best = next((clause for clause in clauses if len(clause.split()) >= _SHORT), clauses[0] if clauses else "")
    title = " ".join(best.split()[:words]).rstrip(" ,.;:!?…-")
    return title[:1].upper() + title[1:]


def _clause(text: str) -> str:
    rest = _LEADING.sub("", text.strip())
    return _CLAUSE.split(rest, maxsplit=1)[0].strip() if rest else ""
