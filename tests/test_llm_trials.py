"""A command waits for a paid answer of a model on trial, and an interrupt still ends it at once."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.llm import explain
from diary_pipeline.settings import Settings
from diary_pipeline.store import page_path
from tests.nights import DAY, faithful, llm_settings
from tests.waiting import until
from tests.wire import Wire

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {"DIARY_WHISPER_MODEL": "tiny.en", "DIARY_TIMEZONE": "UTC", "DIARY_SETTLE_SECONDS": "0"}


@pytest.fixture(scope="module")
def transcribed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one transcribed memo that has no note yet."""
    home = tmp_path_factory.mktemp("transcribed") / "home"
    (home / "inbox").mkdir(parents=True)
    shutil.copy(ROOT / "samples" / f"{DAY} 18.40.wav", home / "inbox")
    settings = Settings.load(home=home, whisper_model="tiny.en", timezone="UTC", settle_seconds=0)
    with open_diary(settings) as diary:
        pipeline.ingest(diary)
        pipeline.transcribe(diary)
    return home


@pytest.fixture
def copied(transcribed: Path, home: Path) -> Path:
    return Path(shutil.copytree(transcribed, home, dirs_exist_ok=True))


@contextmanager
def process(home: Path, wire: Wire) -> "Iterator[subprocess.Popen[str]]":
    """`diary process` with a model and one on trial."""
    llm = {**llm_settings(wire.url, "openai", "mistral"), "routes": ["openai/m"], "shadows": {"mistral/m": 1.0}}
    environment = {**os.environ, **ENVIRONMENT, "DIARY_HOME": str(home), "DIARY_LLM": json.dumps(llm)}
    command = [sys.executable, "-m", "diary_pipeline.cli", "process", "--json"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, cwd=home, **pipes) as started:
        try:
            yield started
        finally:
            started.kill()


def calls(home: Path) -> list[dict[str, Any]]:
    """The calls to models, as the ledger has them."""
    with open_diary(Settings.load(home=home, timezone="UTC")) as diary:
        (recording,) = [recording for recording, _ in diary.catalog.recordings.all(None)]
        return explain(diary.catalog, recording.id)


def test_a_trial_answer_that_arrives_after_3_seconds_is_settled_when_the_command_has_ended(copied: Path) -> None:
    plan = lambda provider, _: "slow3" if provider == "mistral" else "ok"  # noqa: E731
    with Wire(answer=faithful, plan=plan).running() as wire, process(copied, wire) as command:
        out, err = command.communicate(timeout=60)
        assert command.returncode == 0, err
        (seen,) = wire.of("mistral")
    live, row = calls(copied)
    assert json.loads(out)["written"] == 1
    assert (live["outcome"], row["kind"], row["outcome"], row["usage"]) == ("ok", "shadow", "ok", "reported")
    assert (row["input_tokens"], row["output_tokens"]) == seen.billed
    assert row["settled"] < row["reserved"]
    assert row["seconds"] >= 3


@pytest.mark.parametrize(
    ("interrupt", "hung"), [(signal.SIGINT, "mistral"), (signal.SIGTERM, "mistral"), (signal.SIGTERM, "openai")]
)
def test_an_interrupt_ends_the_command_at_once_and_settles_the_call_under_way_as_assumed(
    copied: Path, interrupt: signal.Signals, hung: str
) -> None:
    page = copied / f"{page_path('me', DAY)}.md"
    plan = lambda provider, _: "hang" if provider == hung else "ok"  # noqa: E731
    with Wire(answer=faithful, plan=plan).running() as wire, process(copied, wire) as command:
        until(lambda: wire.of(hung) and (hung == "openai" or page.exists()), 60)
        interrupted = time.monotonic()
        command.send_signal(interrupt)
        _, err = command.communicate(timeout=20)
        assert time.monotonic() - interrupted < 10, "the provider would have hung for 30 s"
    assert command.returncode == 128 + interrupt, err
    row = calls(copied)[-1]
    assert (row["route"], row["outcome"], row["usage"]) == (f"{hung}/m", "cancelled", "assumed")
    assert row["settled"] == row["reserved"] > 0
