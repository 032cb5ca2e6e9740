"""Files that are not complete: they hold less sound than they declare, or lack what makes them readable.

Such a file may still grow, so it waits; when it has not changed for a while it is ingested as it is.
"""

import time
from pathlib import Path

from diary_pipeline.errors import DiaryError
from diary_pipeline.media import Probe
from diary_pipeline.settings import Settings

UNFINISHED = "It is cut off or still being written"
SETTLES = 60
"""A file that is not complete waits so many times as long as a complete one: two minutes by default."""

_BEGINNINGS = (b"OggS", b"RIFF", b"fLaC", b"\x1aE\xdf\xa3", b"caff", b"FORM")


class UnfinishedError(DiaryError):
    """The file may still grow; its message is what holds the recording."""


def may_grow(settings: Settings, changed: float) -> bool:
    """Whether a file that is not complete and was *changed* then (seconds since 1970) is left alone for now."""
    return time.time() - changed < settings.settle_seconds * SETTLES


def is_unfinished(probe: Probe) -> bool:
    """Whether the file ends before what it declares."""
    return probe.declared_seconds is not None or probe.open_end


def begins_like_a_recording(file: Path) -> bool:
    """Whether a file that cannot be read begins like one that can."""
    with file.open("rb") as stream:
        head = stream.read(12)
    return head.startswith(_BEGINNINGS) or head[4:8] == b"ftyp"


def hold(settings: Settings, probe: Probe | None) -> UnfinishedError:
    """Why the file waits."""
    there = ""
    if probe is not None and probe.declared_seconds is not None:
        there = f": {probe.seconds:.0f} of {probe.declared_seconds:.0f} s are there"
    wait = settings.settle_seconds * SETTLES
    return UnfinishedError(f"{UNFINISHED}{there}. It is ingested as it is once it has not changed for {wait:g} s.")
