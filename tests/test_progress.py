"""A long recording under way is in `diary status`, as far as it is; one that nobody is at is not."""

import signal
import threading
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.cli.output import print_recordings
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from tests.memos import memos
from tests.processes import ended, start
from tests.waiting import until
from tests.workers import work

NAME = "2026-03-14 09.00.wav"
MINUTES = 10


@pytest.fixture
def long_memo(home: Path) -> Path:
    file = home / "inbox" / NAME
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(2 * 8000 * 60 * MINUTES))
    memos(home / "inbox", ["2026-03-14 10.00.wav"])
    return file


@pytest.fixture
def watched(home: Path, settings: Settings) -> Iterator[Any]:
    """What status says of progress, by source."""
    diary = open_diary(settings, ScriptedEngine())
    yield lambda: {entry["source"]: entry["progress"] for entry in status.recordings(diary) if entry["progress"]}
    diary.close()


def test_a_recording_that_is_half_heard_is_at_50_percent_and_a_finished_one_at_none(
    home: Path, long_memo: Path, watched: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    reached, go_on, windows = threading.Event(), threading.Event(), list[str]()

    def window(identity: str) -> None:
        windows.append(identity)
        if windows.count(identity) == MINUTES / 2:
            reached.set()
            assert go_on.wait(60)

    diary = open_diary(Settings.load(home=home, settle_seconds=0), ScriptedEngine({}, window_hook=window))
    run = threading.Thread(target=pipeline.process, args=[diary])
    run.start()
    try:
        assert reached.wait(60)
        assert until(watched, 30) == {NAME: {"stage": "transcribe", "percent": 50, "eta_seconds": None}}
        print_recordings(status.recordings(diary))
        assert f"{NAME}: transcribe 50 %\n" in capsys.readouterr().out
    finally:
        go_on.set()
        run.join()
    assert watched() == {}
    assert [entry["state"] for entry in status.recordings(diary)] == ["done", "done"]
    diary.close()


def test_a_recording_whose_process_died_is_not_under_way(home: Path, long_memo: Path, watched: Any) -> None:
    process = start(work, home, lease=4.0, at=f"window:{MINUTES // 2}:HANG")
    try:
        until(lambda: watched().get(NAME, {}).get("percent") == 50, 60)
    finally:
        process.kill()
    assert ended(process, 30) == -signal.SIGKILL
    until(lambda: watched() == {}, 30)


def test_time_left_is_told_in_words_that_fit_its_length(capsys: pytest.CaptureFixture[str]) -> None:
    entry = {"day": None, "recorded_at": None, "author": "me", "source": NAME, "state": "ingested", "reason": None}
    for eta, words in ((45, "45 s left"), (720, "12 min left")):
        print_recordings([entry | {"progress": {"stage": "transcribe", "percent": 40, "eta_seconds": eta}}])
        assert f"{NAME}: transcribe 40 %, {words}\n" in capsys.readouterr().out
