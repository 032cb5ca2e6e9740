"""A process that transcribes on a GPU host holds a device alone, also from the command line, and leases it once."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from diary_pipeline.settings import Settings
from diary_pipeline.transcribe import Job, lease
from diary_pipeline.transcribe.chain import EngineContext
from diary_pipeline.transcribe.devices import leased_device
from diary_pipeline.transcribe.weights import locate
from diary_pipeline.transcribe.whisper import WhisperEngine
from tests.leasing import hold
from tests.processes import ended, start
from tests.spoken import SAMPLES, samples, windows
from tests.waiting import until

MEMO = "2026-03-14 18.40.wav"
TWO = ("0", "1")


@pytest.mark.timeout(60)
def test_processes_of_a_host_with_two_devices_never_share_one_and_each_keeps_to_its_own(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = tmp_path / "events"
    monkeypatch.setenv("DIARY_DEVICES", json.dumps(TWO))
    processes = [start(hold, home, events, 2) for _ in range(4)]
    assert [ended(process, 50) for process in processes] == [0] * 4
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    assert len(lines) == 4 * 2 * 2
    assert {line["device"] for line in lines} == set(TWO)
    for device in TWO:
        mine = sorted((line for line in lines if line["device"] == device), key=lambda line: line["at"])
        assert [line["word"] for line in mine] == ["begin", "end"] * (len(mine) // 2)
        assert all(begin["pid"] == end["pid"] for begin, end in zip(mine[::2], mine[1::2], strict=True)), (
            "two processes at the same time"
        )
    for pid in {line["pid"] for line in lines}:
        assert len({line["device"] for line in lines if line["pid"] == pid}) == 1, "CUDA sees what it saw first"


def test_a_process_that_queues_up_while_another_looks_at_the_queue_keeps_its_place(tmp_path: Path) -> None:
    enough, mine, theirs = threading.Event(), tmp_path / "waiting.1.0", tmp_path / "waiting.2.9"

    def look() -> None:
        while not enough.is_set():
            lease.higher_priority_waits(tmp_path, mine, 0)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        kept = 0
        for _ in range(2000):
            with lease.queued(theirs):
                kept += theirs.exists()
    finally:
        enough.set()
        looking.join()
    assert kept == 2000
    assert not theirs.exists()


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_diary_process_waits_until_a_device_is_free_and_then_transcribes(home: Path) -> None:
    shutil.copy(SAMPLES / MEMO, home / "inbox" / MEMO)
    environment = os.environ | {
        "DIARY_HOME": str(home),
        "DIARY_DEVICES": json.dumps(TWO),
        "DIARY_WHISPER_MODEL": "tiny.en",
    }
    command = [sys.executable, "-m", "diary_pipeline.cli", "process", "--json"]
    with ExitStack() as stack:
        held = [stack.enter_context(lease.leased(home / "devices", TWO)) for _ in TWO]
        assert sorted(held) == list(TWO)
        process = subprocess.Popen(
            command, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        (waiting,) = until(lambda: list((home / "devices").glob("waiting.*")), 40)
        assert waiting.name.split(".")[1] == str(process.pid)
        assert process.poll() is None
        assert not (home / "transcripts").exists()
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert json.loads(out)["transcribed"] == 1
    with lease.leased(home / "devices", [waiting_for := json.loads(device_line(errors))["device"]]) as device:
        assert device == waiting_for, "it was given back"


def device_line(errors: str) -> str:
    return next(line for line in errors.splitlines() if "device leased" in line)


def test_a_step_whose_launcher_leased_a_device_does_not_lease_another(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.load(home=home, devices=("0",))
    monkeypatch.setenv(lease.DEVICE_VARIABLE, "0")
    handle = lease.acquire(home / "devices", ["0"])[1]  # as its launcher holds it
    with leased_device(settings):
        pass
    os.close(handle)


def test_a_host_without_a_gpu_leases_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with lease.leased(home / "devices", []), leased_device(Settings.load(home=home)):
        assert os.environ["CUDA_VISIBLE_DEVICES"] == ""


@pytest.mark.slow
def test_the_engine_holds_its_lease_from_before_it_decodes_until_its_last_result(tmp_path: Path) -> None:
    events: list[str] = []

    @contextmanager
    def held() -> Iterator[None]:
        events.append("leased")
        try:
            yield
        finally:
            events.append("freed")

    engine = WhisperEngine(locate("tiny.en", tmp_path), device="cpu", context=EngineContext(lease=held))
    job = Job("r1", windows(samples(MEMO)[: 5 * 16_000]), "en", progress=lambda _: events.append("decoded"))
    assert len(list(engine.transcribe([job]))) == 1
    assert events == ["leased", "decoded", "freed"]
    results = engine.transcribe([job, job])
    next(results)
    results.close()
    assert events.count("leased") == events.count("freed") == 2, "a caller that stops early frees the device"
