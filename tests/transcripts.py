"""Transcripts for tests, from plain sentences."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from diary_pipeline.schema import Provenance, Segment, Transcript

MADE = Provenance(stage="write", fingerprint="f", made_by="test", created_at=datetime(2026, 3, 20, tzinfo=UTC))


def said(*texts: str, language: str | None = "en") -> Transcript:
    """One segment for each text."""
    segments = tuple(
        Segment(id=f"s{n:02d}", start=3.0 * n, end=3.0 * n + 2, text=text) for n, text in enumerate(texts, 1)
    )
    return Transcript(recording="r", language=language, seconds=3.0 * len(texts), segments=segments, provenance=MADE)


def sentences(text: str) -> Sequence[str]:
    """The sentences of a running text."""
    return [sentence for sentence in re.split(r"(?<=[.!?])\s+", text.strip()) if sentence]
