"""Steps on devices of their own: never two on one, none left after a cancel, and a killed one is retried."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from deploy.dagster.home import prepare
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe import lease
from diary_pipeline.transcribe.devices import visible_devices
from tests.memos import day_names, memos
from tests.waiting import until


@pytest.fixture
def world(slow: None, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with Dagster's instance, on a host with two devices by its settings; gives the folder of the events."""
    prepare(home)
    monkeypatch.setenv("DAGSTER_HOME", str(home / "dagster"))
    monkeypatch.setenv("DIARY_DEVICES", '["0", "1"]')
    monkeypatch.setenv("DIARY_TEST_FOLDER", str(tmp_path))
    return tmp_path


def start(name: str, folder: Path, **environment: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "tests.device_jobs", name, str(folder)]
    root = Path(__file__).resolve().parent.parent
    return subprocess.Popen(
        command, cwd=root, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def events(folder: Path) -> list[dict[str, Any]]:
    file = folder / "events.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.mark.timeout(120)
def test_six_steps_of_two_runs_never_share_one_of_two_devices(world: Path) -> None:
    runs = [start("holding", world) for _ in range(2)]
    assert [run.wait(110) for run in runs] == [0, 0]
    lines = events(world)
    assert {line["visible"] for line in lines if line["event"] == "cpu"} == {""}
    begun = [line for line in lines if line["event"] == "begin"]
    assert len({line["step"] for line in begun}) == 6
    assert {line["device"] for line in begun} == {"0", "1"}
    assert all(line["device"] == line["visible"] for line in begun)
    for device in ("0", "1"):
        mine = sorted(
            (line for line in lines if line["device"] == device and line["event"] != "cpu"), key=lambda line: line["at"]
        )
        assert [line["event"] for line in mine] == ["begin", "end"] * (len(mine) // 2), "two steps at once"


@pytest.mark.timeout(90)
def test_a_killed_step_is_a_failed_step_within_ten_seconds_and_is_retried(world: Path, home: Path) -> None:
    run = start("hanging", world)
    (first,) = until(lambda: events(world), 40)
    os.kill(first["pid"], signal.SIGKILL)
    assert run.wait(60) == 0
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        (record,) = instance.get_runs()
        logs = instance.all_logs(record.run_id)
    (again,) = [
        e for e in logs if e.dagster_event and e.dagster_event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY
    ]
    started = [e for e in logs if e.dagster_event and e.dagster_event.event_type == dg.DagsterEventType.STEP_START]
    assert again.timestamp - started[0].timestamp < 10 + 5  # the step starts a moment before it is killed
    assert "SIGKILL" in str(again.dagster_event)
    assert [line["step"] for line in events(world)] == ["0", "1"]


@pytest.mark.timeout(90)
def test_a_cancelled_run_leaves_no_process(world: Path, home: Path) -> None:
    run = start("hanging", world)
    (first,) = until(lambda: events(world), 40)
    run.send_signal(signal.SIGINT)
    assert run.wait(30) != 0
    assert not Path(f"/proc/{first['pid']}").exists()
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        assert [r.status for r in instance.get_runs()] in (
            [dg.DagsterRunStatus.CANCELED],
            [dg.DagsterRunStatus.FAILURE],
        )


@pytest.mark.timeout(150)
def test_a_batch_whose_process_was_killed_is_transcribed_again_without_what_was_finished(
    world: Path, home: Path
) -> None:
    for day in ("2026-03-14", "2026-03-15"):
        memos(home / "inbox", day_names(day, 3))
    assert start("transcribing", world).wait(140) == 0
    calls = Counter(line.split()[0] for line in (world / "calls").read_text().splitlines())
    assert sorted(calls.values()) == [1, 1, 1, 1, 1, 2], "only the recording in work is transcribed again"
    assert len(list((home / "transcripts").rglob("*.json"))) == 6
    assert {file.stem for file in (home / "days").rglob("*.md")} == {"2026-03-14", "2026-03-15"}


def test_a_waiting_process_of_higher_priority_goes_first_and_a_dead_one_delays_no_other(tmp_path: Path) -> None:
    order = tmp_path / "order"

    def queue_up(priority: int, command: str) -> "subprocess.Popen[bytes]":
        launcher = [sys.executable, lease.__file__, str(tmp_path), "0", str(priority), str(os.getpid()), "--"]
        return subprocess.Popen([*launcher, "sh", "-c", command])

    with lease.leased(tmp_path, ["0"]) as device:
        assert device == "0"
        waiting = [queue_up(priority, f"echo {priority} >> {order}") for priority in (0, 5, 9)]
        until(lambda: len(list(tmp_path.glob("waiting.*"))) == 3, 20)
        waiting[2].kill()
        waiting[2].wait()
    assert [process.wait(20) for process in waiting[:2]] == [0, 0]
    assert order.read_text().split() == ["5", "0"]
    assert list(tmp_path.glob("waiting.*")) == []


def test_a_machine_without_devices_has_the_cpu_as_its_one(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert visible_devices(settings) == []
    with lease.leased(tmp_path, visible_devices(settings)) as device:
        assert device == lease.CPU


def test_the_settings_name_devices_before_the_driver_does(home: Path) -> None:
    assert visible_devices(Settings.load(home=home, devices=("GPU-1", "GPU-2"))) == ["GPU-1", "GPU-2"]
    assert visible_devices(Settings.load(home=home, devices=("GPU-1",), device="cpu")) == []
