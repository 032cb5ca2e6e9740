"""What goes wrong with one memo in any stage is that memo's failure; the others are done, and in the end it is too."""

from collections.abc import Callable
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from tests.memos import tone

GOOD, BAD = "anna/2026-03-14 08.12.wav", "ben/2026-03-15 09.12.wav"


def file_at(path: Path) -> Callable[[], None]:
    """Puts a file where a folder is wanted; the call removes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"in the way")
    return path.unlink


def folder_at(path: Path) -> Callable[[], None]:
    """Puts a folder where a file is wanted; the call removes it."""
    path.mkdir(parents=True)
    return path.rmdir


@pytest.mark.parametrize("stage", ["ingest", "transcribe", "write", "compose"])
def test_a_memo_whose_document_cannot_be_written_fails_alone(stage: str, home: Path) -> None:
    good, bad = tone(home / "inbox" / GOOD), tone(home / "inbox" / BAD, hertz=500)
    identity = recording_id("ben", BAD, 1)
    places = {
        "ingest": lambda: folder_at(home / "audio" / f"{identity}.wav"),
        "transcribe": lambda: file_at(home / "transcripts" / identity),
        "write": lambda: file_at(home / "notes" / identity),
        "compose": lambda: file_at(home / "days" / "ben"),
    }
    mend = places[stage]()
    with open_diary(Settings.load(home=home, timezone="UTC", settle_seconds=0.0), ScriptedEngine()) as diary:
        summary = pipeline.process(diary)
        states = {entry["source"]: entry["state"] for entry in status.recordings(diary)}
        assert (states[good.name], summary.failed) == ("done", 1)
        assert states[bad.name] != "done"
        mend()
        assert pipeline.process(diary).failed == 0
        assert {entry["state"] for entry in status.recordings(diary)} == {"done"}
