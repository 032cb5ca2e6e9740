"""Deaths of processes: a stop or a power cut costs nothing; a memo that kills is found out, and the others go on."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.catalog.tables import attempts as table
from diary_pipeline.settings import Settings
from diary_pipeline.summary import Summary
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from diary_pipeline.work import FAULTS_ALLOWED
from tests.memos import day_names, memos
from tests.processes import ended, run, start
from tests.workers import opened, work, work_until_stopped

DAY = "2026-03-14"
NAMES = day_names(DAY, 4)
DEADLY = recording_id("me", NAMES[1], 1)
KILLS = f"{DEADLY}:1:SIGKILL"


@pytest.fixture
def fed(home: Path) -> Path:
    memos(home / "inbox", NAMES)
    return home


def outcomes(home: Path, stage: str = "transcribe") -> dict[str, list[str]]:
    """How the attempts of each recording ended."""
    settings = Settings.load(home=home, timezone="UTC")
    found: dict[str, list[str]] = {}
    with open_diary(settings, ScriptedEngine()) as diary:
        for attempt in diary.catalog.attempts.of():
            if attempt["stage"] == stage:
                found.setdefault(attempt["subject"], []).append(attempt["outcome"])
    return found


def leases_run_out(home: Path) -> None:
    """As if the time of all leases had gone by."""
    with (
        open_diary(Settings.load(home=home), ScriptedEngine()) as diary,
        diary.catalog.database.writing() as connection,
    ):
        connection.execute(table.update().where(table.c.outcome.is_(None)).values(lease_until=0))


def wait_for_lines(file: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while not file.exists() or len(file.read_text().splitlines()) < count:
        assert time.monotonic() < deadline


def processed(home: Path, **options: Any) -> Summary:
    with opened(home, **options) as diary:
        return pipeline.process(diary)


def test_kill_9_any_number_of_times_fails_no_memo(fed: Path) -> None:
    for number in range(4):
        killed = (None, "transcribed:1:PARENT") if number else ("transcribed:1:SIGKILL", None)
        assert run(work, fed, at=killed[0], child_at=killed[1]) == -signal.SIGKILL
        leases_run_out(fed)
    summary = processed(fed)
    assert (summary.faults, summary.days) == ([], [f"me/{DAY}"])
    assert {tuple(dict.fromkeys(each)) for each in outcomes(fed).values()} == {("died", "ok")}


def test_a_memo_that_kills_fails_with_that_reason_in_the_run_that_sees_it_and_the_others_are_done(fed: Path) -> None:
    assert run(work, fed, at=KILLS) == -signal.SIGKILL
    leases_run_out(fed)
    first = processed(fed, child_at=KILLS)
    assert [(fault.subject, fault.permanent) for fault in first.faults] == [(DEADLY, False)]
    assert "signal SIGKILL" in first.faults[0].reason
    assert first.written == 3
    second = processed(fed, child_at=KILLS)
    assert [(fault.subject, fault.permanent) for fault in second.faults] == [(DEADLY, True)]
    assert second.failed == 1
    assert outcomes(fed)[DEADLY] == ["died", "crashed", "failed"]
    assert processed(fed, child_at=KILLS).attempts == 0
    with opened(fed) as diary:
        assert {entry["id"]: entry["state"] for entry in status.recordings(diary)}[DEADLY] == "failed"
        pipeline.retry(diary)
    assert processed(fed).failed == 0, "it is still tried alone, and does no harm now"
    assert outcomes(fed)[DEADLY][-1] == "ok"


@pytest.mark.parametrize(
    ("point", "stage"),
    [("copied:1", "ingest"), ("document:1", "transcribe"), ("note:1", "write"), ("page:1", "compose")],
)
def test_the_suspects_of_every_stage_are_tried_in_a_child(point: str, stage: str, fed: Path) -> None:
    assert run(work, fed, at=f"{point}:SIGKILL") == -signal.SIGKILL
    leases_run_out(fed)
    with opened(fed) as diary:
        summary = pipeline.process(diary)
        attempts = [a for a in diary.catalog.attempts.of() if a["stage"] == stage]
    assert summary.faults == []
    suspects = [a["subject"] for a in attempts if a["outcome"] == "died"]
    assert suspects
    assert {a["subject"] for a in attempts if a["outcome"] == "ok"} >= set(suspects)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_stop_gives_claims_back_at_once_any_number_of_times(stop: signal.Signals, fed: Path) -> None:
    for number in range(3):
        calls = fed / f"calls{number}"
        process = start(work_until_stopped, fed, calls=calls, at="transcribed:2:HANG")
        wait_for_lines(calls, 2)
        assert process.pid is not None
        os.kill(process.pid, stop)
        assert ended(process, 60) != 0
    ended_as = outcomes(fed)
    assert {outcome for each in ended_as.values() for outcome in each} == {"ok", "released"}
    assert processed(fed).faults == []


def test_a_child_that_is_stopped_blames_nobody(fed: Path) -> None:
    assert run(work, fed, at="transcribed:1:SIGKILL") == -signal.SIGKILL
    leases_run_out(fed)
    summary = processed(fed, child_at="transcribed:1:SIGTERM")
    assert {fault.permanent for fault in summary.faults} == {False}
    assert len(summary.faults) == len(NAMES)
    assert {each[-1] for each in outcomes(fed).values()} == {"released"}
    assert processed(fed).faults == []


def test_where_no_child_can_be_had_a_suspect_is_tried_here(fed: Path) -> None:
    assert run(work, fed, at="transcribed:1:SIGKILL") == -signal.SIGKILL
    leases_run_out(fed)
    here: list[int] = []
    engine = ScriptedEngine(lambda _: ["Hello."], hook=lambda _: here.append(os.getpid()))
    with open_diary(Settings.load(home=fed, timezone="UTC", settle_seconds=0), engine) as diary:
        assert pipeline.process(diary).faults == []
    assert here == [os.getpid()] * len(NAMES)


def test_the_third_unexpected_fault_is_the_last_and_is_reported_as_one(fed: Path) -> None:
    def script(identity: str) -> list[str]:
        if identity == DEADLY:
            raise KeyError("a word of the diary")
        return ["Hello."]

    with open_diary(Settings.load(home=fed, timezone="UTC", settle_seconds=0), ScriptedEngine(script)) as diary:
        faults = [pipeline.process(diary).faults for _ in range(FAULTS_ALLOWED)]
        assert [fault.permanent for (fault,) in faults] == [False] * (FAULTS_ALLOWED - 1) + [True]
        assert "a word of the diary" not in str(faults)
        assert pipeline.process(diary).attempts == 0
