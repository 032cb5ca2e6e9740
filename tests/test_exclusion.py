"""Any number of processes may work on one day: every memo is decoded once and stands on the page once."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from diary_pipeline.bootstrap import open_diary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.show import day_view
from tests.memos import day_names, memos
from tests.processes import ended, run, start
from tests.workers import work, work_on_request

DAY = "2026-03-14"
ROUNDS, MEMOS = 20, 4


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def new_catalog(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes catalog URLs; "" is the SQLite file in the home."""
    if request.param == "postgresql":
        make: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        return make
    return lambda: ""


@pytest.mark.timeout(280)
def test_two_processes_released_together_decode_every_memo_once(tmp_path: Path, new_catalog: Callable[[], str]) -> None:
    pipes = [Pipe() for _ in range(2)]
    pair = [(start(work_on_request, theirs), ours) for ours, theirs in pipes]
    for _, theirs in pipes:
        theirs.close()  # so that the death of a process ends its pipe
    for number in range(ROUNDS):
        home, calls, catalog = tmp_path / f"home{number}", tmp_path / f"calls{number}", new_catalog()
        memos(home / "inbox", day_names(DAY, MEMOS))
        send(pair, {"home": home, "options": {"calls": calls, "catalog": catalog}}, "ready")
        send(pair, "go", "done")
        assert_done_once(home, calls, catalog)
    for worker, pipe in pair:
        pipe.send(None)
        assert ended(worker, 30) == 0


def send(pair: Sequence[tuple[ForkServerProcess, Connection]], request: object, answer: str) -> None:
    """Send the same to both, and wait until both have sent that answer."""
    for _, pipe in pair:
        pipe.send(request)
    for worker, pipe in pair:
        assert pipe.poll(120), f"process {worker.pid} has not answered"
        assert pipe.recv() == answer


def assert_done_once(home: Path, calls: Path, catalog: str) -> None:
    decoded = Counter(line.split()[0] for line in calls.read_text().splitlines())
    diary = open_diary(Settings.load(home=home, catalog=catalog, timezone="UTC"), ScriptedEngine())
    recordings = [r for r, _ in diary.catalog.recordings.all()]
    assert dict(decoded) == {r.id: 1 for r in recordings}
    assert len(recordings) == MEMOS
    successes = Counter((a["subject"], a["stage"]) for a in diary.catalog.attempts.of() if a["outcome"] == "ok")
    assert successes == Counter(
        (name, stage) for name in decoded for stage in ("ingest", "transcribe", "write")
    ) + Counter([(f"me/{DAY}", "compose")])
    page = day_view(diary, recordings[0].day, "me")["markdown"]  # type: ignore[arg-type]
    assert all(f"This is what {identity} says" in page for identity in decoded)
    diary.close()


def test_a_worker_stopped_past_its_lease_commits_nothing(tmp_path: Path, new_catalog: Callable[[], str]) -> None:
    home, calls, catalog = tmp_path / "home", tmp_path / "calls", new_catalog()
    memos(home / "inbox", day_names(DAY, MEMOS))
    short = {"calls": calls, "catalog": catalog, "lease": 0.5}
    sleeper = start(work, home, **short, run_id="sleeper", at="transcribed:2:SIGSTOP")
    wait_until_stopped(sleeper)
    settings = Settings.load(home=home, catalog=catalog, timezone="UTC", lease_seconds=0.5)
    deadline = time.monotonic() + 60
    while not (home / "days" / "me" / f"{DAY}.md").exists() or open_claims(settings):
        assert run(work, home, **short, run_id="heir", seconds=60) == 0
        assert time.monotonic() < deadline
    before = snapshot(home)
    assert sleeper.pid is not None
    os.kill(sleeper.pid, signal.SIGCONT)
    assert ended(sleeper, 60) == 0
    assert snapshot(home) == before
    diary = open_diary(settings, ScriptedEngine())
    done = [a for a in diary.catalog.attempts.of() if a["outcome"] == "ok"]
    assert max(Counter((a["subject"], a["stage"]) for a in done).values()) == 1
    assert {a["run_id"] for a in done if a["stage"] == "write"} == {"heir"}
    diary.close()


def wait_until_stopped(process: ForkServerProcess) -> None:
    deadline = time.monotonic() + 60
    while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        assert process.is_alive()
        assert time.monotonic() < deadline


def open_claims(settings: Settings) -> bool:
    diary = open_diary(settings, ScriptedEngine())
    claims = [a for a in diary.catalog.attempts.of() if a["outcome"] is None and a["run_id"] != "sleeper"]
    written = [a for a in diary.catalog.attempts.of() if a["stage"] == "write" and a["outcome"] == "ok"]
    diary.close()
    return bool(claims) or len(written) < MEMOS


def snapshot(home: Path) -> dict[str, bytes]:
    folders = ("audio", "transcripts", "notes", "days")
    return {
        str(file): file.read_bytes()
        for folder in folders
        for file in sorted((home / folder).rglob("*"))
        if file.is_file()
    }
