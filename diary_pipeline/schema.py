"""The nouns of the diary: frozen values that every stage reads and writes.

What belongs here: what a recording, a transcript, a note and a day *are*, and nothing that does something with them.
Times of speech are seconds of the original audio; moments are timezone-aware datetimes.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

Privacy = Literal["standard", "local_only"]
DatedBy = Literal["request", "sidecar", "file name", "container", "folder", "file time", "arrival"]
Doubt = Literal["no speech", "no language", "unlikely", "unlikely words", "repetitive"]
DueKind = Literal["on", "before"]
Stage = Literal["ingest", "transcribe", "write", "compose"]
Mode = Literal["interactive", "nightly"]
"""interactive: somebody waits for the result; nightly: the cheapest way is wanted."""

BlockKind = Literal[
    "title", "empty", "memo", "text", "also said", "details", "silent", "private", "unreadable",
    "todos", "todo", "events", "event",
]  # fmt: skip
"""What a line of a page is; "todos" and "events" are the headings of these lists."""

Wanted = Literal["pending", "stale", "redo"]
"""What a run does:

- pending: what was never done with its present inputs, which a person can correct;
- stale: that, and what another model, prompt or version of the program has made;
- redo: all that it is given, anew.
"""

RedoStage = Literal["transcribe", "write", "compose"]
"""The stages that can be redone; those after one follow it."""

State = Literal["waiting", "ingested", "transcribed", "written", "done", "quarantined", "failed"]


class Noun(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Recording(Noun):
    """One voice memo: who spoke it, when, and which bytes it is.

    `sha256`, `size`, `seconds`, `codec` and `audio` are known once the memo is ingested; `day` and `recorded_at` once
    it could be dated. `date_refused` says what better evidence of the date was refused, and why. `language` is what the
    request or sidecar says, `spoken_language` what was detected. `path` is relative to the inbox (see `file_names`),
    `audio` relative to the store's root. `hold` says what a person must decide before anything more is done with it;
    until then nothing of it leaves the machine. `superseded_by` is another version of the same file that holds the same
    sound. `declared_seconds` is what a file that was cut off declares; it holds only `seconds`. `transcript` is
    the place of a transcript of another program that came with it; where that is `audio` itself, there is no audio.
    """

    id: str
    author: str
    source: str
    path: str
    recorded_at: datetime | None = None
    dated_by: DatedBy | None = None
    date_refused: str | None = None
    day: date | None = None
    language: str | None = None
    spoken_language: str | None = None
    privacy: Privacy = "standard"
    priority: int = 0
    sha256: str | None = None
    size: int | None = None
    seconds: float | None = None
    codec: str | None = None
    audio: str | None = None
    transcript: str | None = None
    duplicate_of: str | None = None
    quarantine: str | None = None
    hold: str | None = None
    superseded_by: str | None = None
    declared_seconds: float | None = None

    @property
    def evidence_of_date(self) -> str | None:
        """What dated it, with what was refused and why."""
        return f"{self.dated_by} (refused: {self.date_refused})" if self.date_refused else self.dated_by

    @property
    def takes_part(self) -> bool:
        """Whether it is ingested and counts, on pages and in views."""
        return bool(self.audio) and not self.quarantine and self.superseded_by is None

    @property
    def has_sound(self) -> bool:
        """Whether its bytes are audio, and not a transcript alone."""
        return self.audio is None or self.audio != self.transcript

    @property
    def ready(self) -> bool:
        """Whether the stages after ingestion work on it."""
        return self.takes_part and not self.hold


class SpokenWord(Noun):
    """One word of a segment with its punctuation, and when it was spoken."""

    text: str
    start: float
    end: float
    confidence: float


class Segment(Noun):
    """A stretch of speech, usually one sentence. `id` is unique within its transcript ("s01", "s02", ...).

    `language` is given where it is not the transcript's own. `doubt` says why the words may have been made up: the
    model itself found them unlikely, or took the sound for no speech; they are no source of a to-do, title or person.
    `words` in order; joined, they are the text, white space aside. `approximate`: its times are those of the chunk.
    """

    id: str
    start: float
    end: float
    text: str
    confidence: float | None = None
    language: str | None = None
    doubt: Doubt | None = None
    words: tuple[SpokenWord, ...] = ()
    approximate: bool = False


class Coverage(Noun):
    """How much of the voice that was found has words, in seconds; `without_voice`: words where no voice was found.

    `uncovered`: stretches of over a second without words. `wordless`: begin, end and voice of those where somebody
    surely speaks; doubtful words of a model that knows one language only are none. None: not known.
    """

    voice_seconds: float = 0.0
    covered_seconds: float = 0.0
    without_voice: float = 0.0
    uncovered: tuple[tuple[float, float], ...] = ()
    wordless: tuple[tuple[float, float, float], ...] | None = None


_RETIRED_KEYS = frozenset({"seconds_spent"})
"""Keys of `Provenance` in stored documents of earlier versions; nothing reads them."""


class Provenance(Noun):
    """How a document came to be: enough to explain it and to make it again.

    `source` is the document it was made from.
    """

    stage: Stage
    fingerprint: str
    audio_sha256: str | None = None
    source: str | None = None
    made_by: str
    model: str | None = None
    options: dict[str, Any] = {}
    counts: dict[str, Any] = {}
    run_id: str | None = None
    created_at: datetime

    @model_validator(mode="before")
    @classmethod
    def _without_retired_keys(cls, values: Any) -> Any:
        """Drop retired keys, so that documents of earlier versions can be read."""
        return {k: v for k, v in values.items() if k not in _RETIRED_KEYS} if isinstance(values, dict) else values


class Transcript(Noun):
    """What was said in one recording. No segments means that nobody spoke."""

    recording: str
    language: str | None
    seconds: float
    segments: tuple[Segment, ...]
    provenance: Provenance
    coverage: Coverage = Coverage()

    @property
    def text(self) -> str:
        """All words in order, one space between segments."""
        return " ".join(segment.text for segment in self.segments)

    @property
    def timed(self) -> bool:
        """Whether its segments have times. A transcript of another program may state none; then all are 0."""
        return not self.segments or any(segment.end for segment in self.segments)


class Statement(Noun):
    """One thing the diary says, and the ids of the transcript segments that say it."""

    text: str
    segments: tuple[str, ...]


class Todo(Noun):
    """What the speaker has to do. *due*: ISO date, local datetime or month; *said*: the cited words that say so."""

    text: str
    due: str | None = None
    due_kind: DueKind | None = None
    said: str
    segments: tuple[str, ...]


class Event(Noun):
    """What will happen, or happened, at a time. *when* as `Todo.due`; *said* likewise."""

    text: str
    when: str | None = None
    said: str
    segments: tuple[str, ...]


class Unsupported(Noun):
    """What a writer claimed and the cited words do not hold, with the reasons. Never printed."""

    text: str
    segments: tuple[str, ...]
    reasons: tuple[str, ...]


class Findings(Noun):
    """What is found in what was said, of one recording or of a day (there a segment is "recording/segment")."""

    todos: tuple[Todo, ...] = ()
    events: tuple[Event, ...] = ()
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


class DiaryNote(Findings):
    """What one recording contributes to its day: a title and statements in order, each citing its segments.

    `also_said` is what no statement covers: segments, in a style of own words single sentences. `unsupported` is kept
    and never printed.
    """

    recording: str
    title: str
    statements: tuple[Statement, ...]
    mood: str | None = None
    highlights: tuple[Statement, ...] = ()
    also_said: tuple[Statement, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    writer: str
    provenance: Provenance


class PageBlock(Noun):
    """One line of a page as composed. `id` stays the same as long as it says the same thing about the same memo.

    `recording` is the memo it comes from; None where it belongs to the page.
    """

    id: str
    kind: BlockKind
    text: str
    recording: str | None = None


class PageHistory(Noun):
    """What decides between two readings of an edited page: was a line taken away, or was it never seen?

    `previous` are the blocks of the composition before. `deleted` are blocks that a person took away and that are no
    longer composed. `arrived` says with which composition a memo or a section came that was not on the first page, and
    `put_back` how often a block was put back. `off_page` are the memos that a person took off the page. `written` and
    `replaced` are SHA-256 sums of the page's file: as written with these blocks, and before.
    """

    previous: tuple[PageBlock, ...] = ()
    deleted: tuple[PageBlock, ...] = ()
    arrived: dict[str, int] = {}
    put_back: dict[str, int] = {}
    off_page: tuple[str, ...] = ()
    written: str = ""
    replaced: str = ""


class DiaryDay(Findings):
    """One author's page of one diary day. `markdown` is the text as generated, before anybody's hand edits.

    `blocks` are its lines with their identities; documents of earlier versions have none.
    """

    author: str
    day: date
    recordings: tuple[str, ...]
    markdown: str
    provenance: Provenance
    blocks: tuple[PageBlock, ...] = ()
    history: PageHistory = PageHistory()
