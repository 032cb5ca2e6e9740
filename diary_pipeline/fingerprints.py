"""Fingerprints: everything that decides what a stage would write, as one short hash; and its inputs, as another.

The inputs are what a person can correct about a recording. The rest of the fingerprint is the recipe: models, prompts,
styles and the program. The part of it that is the same for all recordings is what Dagster knows as `code_version`.
`freshness.py` says what follows from either.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from diary_pipeline.schema import Recording, Stage
from diary_pipeline.settings import Settings
from diary_pipeline.vocabulary import names_digest, vocabulary

# Raise a stage's number when its code changes what it writes.
CODE = {"ingest": 1, "transcribe": 2, "imported": 2, "write": 4, "compose": 2}

MOST_HOTWORDS = 30
"""More names crowd out what was said: the model's memory for them is short."""


class Fingerprints:
    """Fingerprints under one set of settings.

    *engine* and *writer* give what decides a transcript and a note. *style* gives the hash of an author's own note
    style, if there is one. *spellings* maps recognised words to the names that stand for them in a recording's note.
    """

    def __init__(
        self,
        settings: Settings,
        engine: Callable[[], Mapping[str, Any]],
        writer: Callable[[], Mapping[str, Any]],
        style: Callable[[str], str | None] = lambda _: None,
        spellings: Callable[[Recording], Mapping[str, str]] = lambda _: {},
    ) -> None:
        self._settings, self._engine, self._writer, self._style = settings, engine, writer, style
        self._spellings = spellings

    @cached_property
    def code_versions(self) -> dict[Stage, str]:
        """The global part of each stage's fingerprint."""
        transcribe = digest("transcribe", CODE["transcribe"], self._engine())
        write = digest("write", CODE["write"], self._writer())
        return {
            "ingest": digest("ingest", CODE["ingest"]),
            "transcribe": transcribe,
            "write": write,
            "compose": digest("compose", CODE["compose"]),
        }

    @property
    def chained(self) -> dict[Stage, str]:
        """Each stage's global part together with those of the stages whose output it reads."""
        own = self.code_versions
        write = digest(own["write"], own["transcribe"])
        return own | {"write": write, "compose": digest(own["compose"], write)}

    @property
    def basis(self) -> str:
        """A hash of everything that decides results of all recordings: what remembers how they stand begins with it.

        Models, prompts and program; languages, zones and styles of authors; and all names in the home's files.
        """
        settings = self._settings
        authors = {
            name: (one.language, str(one.timezone), self._style(name)) for name, one in sorted(settings.authors.items())
        }
        zone = settings.timezone if "timezone" in settings.model_fields_set else None
        names, store = names_digest(settings.root), settings.store_url  # a page in a bucket is without what is held
        return digest(CODE, self.code_versions, authors, zone, str(settings.day_start), settings.hotwords, names, store)

    def language(self, recording: Recording) -> str | None:
        """The language that the recording, or else its author, says it is in."""
        author = self._settings.authors.get(recording.author)
        return recording.language or (author.language if author else None)

    def hotwords(self, recording: Recording) -> str:
        """Names that may come up in the recording, separated by commas; none unless the settings ask for them."""
        if not self._settings.hotwords:
            return ""
        return ", ".join(vocabulary(self._settings.root, recording.author, recording.day)[:MOST_HOTWORDS])

    def ingest(self, seen: str) -> str:
        """The fingerprint of ingesting a file, given its size and time."""
        return digest(self.code_versions["ingest"], seen)

    def transcribe(self, recording: Recording) -> str:
        """The fingerprint of a recording's transcript. One that came with it is as another program made it."""
        if recording.transcript:
            return digest("imported", CODE["imported"], self.language(recording), recording.transcript)
        names = self.hotwords(recording)
        return digest(self.code_versions["transcribe"], self.language(recording), *([names] if names else []))

    def transcribe_inputs(self, recording: Recording) -> str:
        """What a person can correct about a transcript: the language, and a transcript that is brought along."""
        own = [recording.transcript] if recording.transcript else []
        return digest(self.language(recording), recording.sha256, *own)

    def write(self, recording: Recording, transcript: str) -> str:
        """The fingerprint of the note that is made from the document *transcript* (its place in the store)."""
        return digest(*self._write_parts(recording, transcript), _moment(recording))

    def write_without_date(self, recording: Recording, transcript: str) -> str:
        """The same as earlier versions had it, which took no notice of when the memo was recorded."""
        return digest(*self._write_parts(recording, transcript))

    def write_inputs(self, recording: Recording, transcript: str) -> str:
        """What a person can correct about a note: its transcript, date, time zone, author, and how names are spelt."""
        return digest(transcript, _moment(recording), recording.author, self._names(recording))

    def _write_parts(self, recording: Recording, transcript: str) -> list[Any]:
        style, names = self._style(recording.author), self._names(recording)
        return [self.code_versions["write"], PurePosixPath(transcript).stem, style, *([names] if names else [])]

    def _names(self, recording: Recording) -> list[tuple[str, str]]:
        return sorted(self._spellings(recording).items())

    def compose(self, entries: Sequence[tuple[str, ...]]) -> str:
        """The fingerprint of a day's page, given what identifies each of its entries."""
        return digest(self.code_versions["compose"], entries)

    def signature(self, work: Sequence[tuple[str, int]]) -> str:
        """A hash of a day's pending work: it changes with what is pending and with how often it was tried."""
        return digest(self.code_versions, work)


def _moment(recording: Recording) -> str | None:
    """When it was recorded, with the author's offset."""
    return recording.recorded_at.isoformat() if recording.recorded_at else None


def digest(*parts: Any) -> str:
    """Twenty hexadecimal digits of the canonical JSON of *parts*."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:20]
