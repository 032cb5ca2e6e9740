"""Memos with voice that could not be put into words, for `diary status`."""

from collections.abc import Mapping, Sequence
from typing import Any

from diary_pipeline.wordless import VoiceWithoutWords


def with_wordless(reason: str | None, attempts: Sequence[Mapping[str, Any]] = ()) -> str | None:
    """A recording's *reason* and what its transcript lacks, given all *attempts* to transcribe it."""
    newest = next((attempt for attempt in reversed(attempts) if attempt["outcome"] == "ok"), None)
    found = VoiceWithoutWords.parse(newest["error"]) if newest else None
    return " ".join(filter(None, (reason, f"It has {found.sentence()}." if found else None))) or None
