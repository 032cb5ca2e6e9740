"""The nouns of the diary: frozen values that every stage reads and writes.

What belongs here: what a recording, a transcript, a note and a day *are*, and nothing that does something with them.
Times of speech are seconds of the original audio; moments are timezone-aware datetimes.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

Privacy = Literal["standard", "local_only"]
DatedBy = Literal["request", "sidecar", "file name", "container", "file time"]
Doubt = Literal["no speech", "no language", "unlikely", "unlikely words", "repetitive"]
DueKind = Literal["on", "before"]
Stage = Literal["ingest", "transcribe", "write", "compose"]
Mode = Literal["interactive", "nightly"]
"""interactive: somebody waits for the result; nightly: the cheapest way is wanted."""

State = Literal["waiting", "ingested", "transcribed", "written", "done", "quarantined", "failed"]


class Noun(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Recording(Noun):
    """One voice memo: who spoke it, when, and which bytes it is.

    `sha256`, `size`, `seconds`, `codec` and `audio` are known once the memo is ingested; `day` and `recorded_at` once
    it could be dated. `language` is what the request or sidecar says, `spoken_language` what was detected. `path` is
    relative to the inbox, `audio` relative to the store's root.
    """

    id: str
    author: str
    source: str
    path: str
    recorded_at: datetime | None = None
    dated_by: DatedBy | None = None
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
    duplicate_of: str | None = None
    quarantine: str | None = None


class SpokenWord(Noun):
    """One word of a segment with its punctuation, and when it was spoken."""

    text: str
    start: float
    end: float
    confidence: float


class Segment(Noun):
    """A stretch of speech, usually one sentence. `id` is unique within its transcript ("s01", "s02", ...).

    `language` is given where it is not the transcript's own. `doubt` says why the words may have been made up: the
    model itself found them unlikely, or took the sound for no speech. `words` in order; joined, they are the text,
    white space aside.
    """

    id: str
    start: float
    end: float
    text: str
    confidence: float | None = None
    language: str | None = None
    doubt: Doubt | None = None
    words: tuple[SpokenWord, ...] = ()


class Coverage(Noun):
    """How much of the voice that was found has words. `uncovered`: stretches of over a second without any, in seconds.

    `without_voice` are seconds of words where no voice was found.
    """

    voice_seconds: float = 0.0
    covered_seconds: float = 0.0
    without_voice: float = 0.0
    uncovered: tuple[tuple[float, float], ...] = ()


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


class Statement(Noun):
    """One thing the diary says, and the ids of the transcript segments that say it."""

    text: str
    segments: tuple[str, ...]


class Todo(Noun):
    """What the speaker has to do.

    *due*: ISO date, local datetime or month; *said*: the words of the cited segments that say so.
    """

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

    `also_said` are the segments that no statement covers; `unsupported` is kept and never printed.
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


class DiaryDay(Findings):
    """One author's page of one diary day. `markdown` is the text as generated, before anybody's hand edits."""

    author: str
    day: date
    recordings: tuple[str, ...]
    markdown: str
    provenance: Provenance


class ClosedAttempt(Noun):
    """One attempt of a stage that has ended, or *times* equal ones in a row. `outcome`: see `catalog.claims.Outcome`.

    `inputs` is the part of the fingerprint that a person can correct; `document` the result's path in the store.
    """

    stage: Stage
    fingerprint: str
    inputs: str | None = None
    outcome: str
    error: str | None = None
    document: str | None = None
    started_at: datetime
    finished_at: datetime
    times: int = 1


class PrivacyEvidence(Noun):
    """Why certain bytes have a privacy class: which path, sidecar, request, phrase or person gave it, and when."""

    sha256: str
    recording: str | None = None
    privacy: Privacy
    source: str
    found_at: datetime


class RecordingDocument(Recording):
    """What the catalog knows of one recording, so that the catalog can be made anew from the store.

    `attempts` in order: the newest one of a stage that is ok points to its current document, one that failed says why.
    `zone` is the author's time zone when the document was written, `seen` the size and times of the file in the inbox,
    `sound` the hashes of the decoded audio. `privacy_evidence`: all that concerns the recording or its bytes.
    """

    version: int = 1
    zone: str | None = None
    declared_seconds: float | None = None
    superseded_by: str | None = None
    hold: str | None = None
    seen: str | None = None
    registered_at: datetime
    sound: str | None = None
    privacy_evidence: tuple[PrivacyEvidence, ...] = ()
    attempts: tuple[ClosedAttempt, ...] = ()


class PageDocument(Noun):
    """How one page was composed: every attempt, in order. The page itself is in `days/`."""

    author: str
    day: date
    attempts: tuple[ClosedAttempt, ...] = ()
