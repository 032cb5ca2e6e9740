"""What `diary doctor` finds, and the ports that two homes never share."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.home import prepare
from diary_pipeline.ports import port_states
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.doctor import Check, examine
from diary_pipeline.views.examined import unreadable
from tests.command import diary
from tests.memos import day_names, memos, tone
from tests.processes import run

NOBODY = 65534


@pytest.fixture
def given(home: Path) -> dict[str, Any]:
    """Settings of a home that is set up and holds two memos, done."""
    values: dict[str, Any] = {"home": home, "timezone": "UTC", "whisper_model": "tiny.en", "settle_seconds": 0}
    memos(home / "inbox", day_names("2026-03-14", 2))
    with open_diary(prepare(Settings.load(**values)), ScriptedEngine()) as opened:
        assert pipeline.process(opened).written == 2
    return values


def found(given: Mapping[str, Any], **more: Any) -> dict[str, Check]:
    return {check.name: check for check in examine(Settings.load(**given, **more))}


def faults(given: Mapping[str, Any], **more: Any) -> dict[str, str]:
    return {name: check.detail for name, check in found(given, **more).items() if not check.ok}


def test_a_home_in_order_has_no_fault(given: dict[str, Any]) -> None:
    assert faults(given) == {}


@pytest.mark.parametrize("folder", ["audio", "transcripts", "notes"])
def test_documents_that_are_gone_are_named_with_what_to_do(folder: str, given: dict[str, Any]) -> None:
    victim = min(file for file in (given["home"] / folder).rglob("*") if file.is_file())
    victim.unlink()
    said = faults(given)["documents"]
    assert f"1 in {folder}/ are missing: '2026-03-14 0" in said
    assert said.count("missing") == 1
    assert "backup" in said


def test_an_inbox_that_is_gone_or_closed_is_found(given: dict[str, Any], tmp_path: Path) -> None:
    assert "is not there" in faults(given, inbox=str(tmp_path / "unmounted"))["inbox"]
    assert not (tmp_path / "unmounted").exists(), "the doctor makes nothing"
    (tmp_path / "loop").symlink_to("loop")
    assert "cannot be read" in faults(given, inbox=str(tmp_path / "loop"))["inbox"]
    tone(given["home"] / "inbox" / "anna" / "2026-03-15 08.00.wav").chmod(0)
    (given["home"] / "inbox" / "bert").mkdir(mode=0)
    parents = [given["home"], *given["home"].parents]
    modes = {folder: folder.stat().st_mode for folder in parents}
    report = tmp_path / "report"
    report.touch(0o666)
    report.chmod(0o666)
    settings = Settings.load(**given)
    assert unreadable(settings) == [] or os.getuid()
    try:
        for folder in parents:
            folder.chmod(0o755)
        run(as_somebody_else, settings, report)
    finally:
        for folder, mode in modes.items():
            folder.chmod(mode)
    assert report.read_text() == "bert/ anna/2026-03-15 08.00.wav"


def as_somebody_else(settings: Settings, report: Path) -> None:
    """Write down what is unreadable to a user who owns nothing of it."""
    with report.open("w") as out:
        if os.getuid() == 0:
            os.setresuid(NOBODY, NOBODY, NOBODY)
        out.write(" ".join(unreadable(settings)))


def test_a_route_without_key_or_price_is_found_also_one_on_trial(given: dict[str, Any]) -> None:
    routes = ["openai/gpt-5-mini-2025-08-07", "anthropic/claude-nobody-knows", "mine/x", "local/qwen3:8b"]
    said = faults(given, llm={"routes": routes, "shadows": {"mistral/m": 0.5}}, anthropic_api_key="k")["routes"]
    for words in ("DIARY_OPENAI_API_KEY", "DIARY_MISTRAL_API_KEY", "claude-nobody-knows has no known price", "mine"):
        assert words in said
    assert "qwen3" not in said
    prices = {"anthropic/claude-nobody-knows": {"input": 1, "output": 2}}
    good = found(given, llm={"routes": routes[1:2], "prices": prices}, anthropic_api_key="k")["routes"]
    assert (good.ok, good.detail) == (True, "1 with key and price")


@pytest.mark.skipif(os.path.exists("/dev/nvidiactl"), reason="this machine has a GPU")  # noqa: PTH110
def test_a_gpu_that_is_not_there_is_found(given: dict[str, Any]) -> None:
    assert "no GPU can be used here" in faults(given, device="cuda")["devices"]
    assert "DIARY_DEVICES names GPU-1" in faults(given, devices=["GPU-1"])["devices"]
    assert "devices" not in faults(given, devices=["GPU-1"], device="cpu")


def test_a_home_never_set_up_is_found_and_nothing_is_made(tmp_path: Path) -> None:
    answer = diary(tmp_path / "new", "doctor")
    assert answer.code == 1
    assert "FAIL home: " in answer.out
    assert "Run `diary setup`" in answer.out
    assert not (tmp_path / "new").exists()


def test_an_english_model_where_other_languages_are_in_use_is_found(given: dict[str, Any]) -> None:
    anna = {"anna": {"language": "de-AT"}}
    assert "tiny.en knows English only, and de is in use" in faults(given, authors=anna)["languages"]
    assert "languages" not in faults(given, authors={"anna": {"language": "en-GB"}})
    tone(given["home"] / "inbox" / "2026-03-15 09.00.wav", hertz=700)
    (given["home"] / "inbox" / "2026-03-15 09.00.json").write_text('{"language": "fr"}')
    with open_diary(Settings.load(**given), ScriptedEngine()) as opened:
        pipeline.discover(opened)
    assert "fr is in use" in faults(given)["languages"]


HOLD = """
import sys
from diary_pipeline.errors import DiaryError
from diary_pipeline.ports import reserve
from diary_pipeline.settings import Settings
try:
    print(sorted(reserve(Settings.load()).items()), flush=True)
except DiaryError as error:
    sys.exit(str(error))
sys.stdin.read()
"""


def holding(home: Path, **variables: str) -> "subprocess.Popen[str]":
    """A process that reserves the ports of *home* until its input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env=os.environ | {"DIARY_HOME": str(home)} | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline()


def test_two_homes_started_at_once_get_ports_of_their_own_and_keep_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    homes = [tmp_path / name for name in ("one", "two", "three")]
    running = [holding(home) for home in homes]
    lines = [first_line(process) for process in running]
    assert len(set(lines)) == 3, lines
    again = holding(homes[0])
    assert "already: http://127.0.0.1:" in again.communicate()[1]
    for process in running:
        process.communicate()
    ended = [holding(home) for home in reversed(homes)]
    assert [first_line(process) for process in reversed(ended)] == lines, "each finds its own again"
    for process in ended:
        process.communicate()


def test_two_homes_on_one_port_are_found(
    given: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    other = holding(tmp_path / "other", DIARY_UI_PORT=str(port))
    assert str(port) in first_line(other)
    said = faults(given, ui_port=port)["ports"]
    assert f"Port {port} is used by the diary in {tmp_path / 'other'}" in said
    refused = holding(given["home"], DIARY_UI_PORT=str(port))
    assert f"Port {port} is used by the diary in" in refused.communicate()[1]
    other.communicate()
    assert "is used by the diary in" in faults(given, ui_port=port)["ports"], "also while the other one rests"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert "another program" in faults(given, ui_port=listener.getsockname()[1])["ports"]


def test_a_home_says_where_its_own_ui_runs(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    mine = holding(home)
    first_line(mine)
    states = port_states(Settings.load(home=home))
    assert [(state.in_use, state.trouble) for state in states] == [(True, None)] * 2
    mine.communicate()
    assert [state.in_use for state in port_states(Settings.load(home=home))] == [False, False]
