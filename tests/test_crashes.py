"""A process may be killed at any instruction: the next run ends where an undisturbed one would have ended."""

import json
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from tests.memos import day_names, memos
from tests.processes import run
from tests.workers import work

DAY = "2026-03-14"
POINTS = [
    "copied:2:SIGKILL",
    "transcribed:1:SIGKILL",
    "transcribed:3:SIGKILL",
    "document:2:SIGKILL",
    "note:1:SIGKILL",
    "note:3:SIGKILL",
]
POINTS += ["page:1:SIGKILL", "page:2:SIGKILL"]
CHANGES = ("created_at", "run_id")


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("memos")
    memos(folder, day_names(DAY, 4))
    return folder


@pytest.fixture(scope="module")
def undisturbed(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(inbox, home / "inbox")
    assert run(work, home) == 0
    return result(home)


@pytest.mark.parametrize("point", POINTS)
def test_a_run_after_kill_9_ends_like_one_without_it(
    point: str, inbox: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    home = tmp_path / "crashed"
    shutil.copytree(inbox, home / "inbox")
    assert run(work, home, run_id="dead", at=point) == -signal.SIGKILL
    diary = open_diary(Settings.load(home=home, timezone="UTC"), ScriptedEngine())
    assert pipeline.release_run(diary, "dead") > 0
    diary.close()
    assert run(work, home) == 0
    assert result(home) == undisturbed


def test_claims_of_a_dead_worker_are_taken_over_after_their_lease(
    inbox: Path, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    home = tmp_path / "crashed"
    shutil.copytree(inbox, home / "inbox")
    assert run(work, home, lease=1.0, at="transcribed:2:SIGKILL") == -signal.SIGKILL
    deadline = time.monotonic() + 60
    while result(home) != undisturbed:
        assert run(work, home, lease=1.0) == 0
        assert time.monotonic() < deadline


def result(home: Path) -> dict[str, Any]:
    """Everything that a run leaves, but for times, run ids, and whether a page was composed at once."""
    diary = open_diary(Settings.load(home=home, timezone="UTC"), ScriptedEngine())
    rows = [r.model_dump(mode="json") for r, _ in diary.catalog.recordings.all()]
    done = sorted(
        (a["subject"], a["stage"], a["fingerprint"], a["document"])
        for a in diary.catalog.attempts.of()
        if a["outcome"] == "ok"
    )
    diary.close()
    files = {}
    for folder in ("audio", "transcripts", "notes", "days"):
        for file in sorted((home / folder).rglob("*")):
            if file.is_file():
                files[str(file.relative_to(home))] = timeless(file)
    return {"recordings": rows, "done": done, "files": files}


def timeless(file: Path) -> Any:
    if file.suffix != ".json":
        return file.read_bytes()
    document = json.loads(file.read_text())
    document.pop("history", None)
    return {**document, "provenance": {k: v for k, v in document["provenance"].items() if k not in CHANGES}}
