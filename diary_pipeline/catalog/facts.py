"""What the catalog knows of a recording and of a page, as documents from which it can be made anew."""

from datetime import date, datetime

from diary_pipeline.schema import Noun, Privacy, Recording, Stage


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


class PrivacyReason(Noun):
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
    seen: str | None = None
    registered_at: datetime
    sound: str | None = None
    privacy_evidence: tuple[PrivacyReason, ...] = ()
    attempts: tuple[ClosedAttempt, ...] = ()


class PageDocument(Noun):
    """How one page was composed: every attempt, in order. The page itself is in `days/`."""

    author: str
    day: date
    attempts: tuple[ClosedAttempt, ...] = ()
