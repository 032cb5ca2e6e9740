"""What decides a note besides its transcript: the writer, its version, the style, and the models that are asked.

It is apart from the writer, because fingerprints need it in every command, and the writer loads all rules of language.
"""

from collections.abc import Sequence
from typing import Any

from diary_pipeline.notes.extract.ner import installed
from diary_pipeline.notes.prompting import VERSION as PROMPT_VERSION
from diary_pipeline.notes.style import Style

EXTRACTIVE = "extractive"
"""The writer that needs no model, as notes and provenance name it."""

EXTRACTIVE_VERSION = 3
"""Raise it when the extractive writer writes something else for the same transcript."""


def writer_identity(style: Style, routes: Sequence[str]) -> dict[str, Any]:
    """Everything that decides a note besides its transcript and its author's own style; *routes* are asked in order."""
    identity: dict[str, Any] = dict(  # noqa: C408 - keys as keywords: they are names of the code
        writer="router" if routes else EXTRACTIVE,
        version=EXTRACTIVE_VERSION,
        style=style.name,
        style_sha256=style.sha256,
        names=installed(),
    )
    return identity | {"routes": list(routes), "prompt": PROMPT_VERSION} if routes else identity
