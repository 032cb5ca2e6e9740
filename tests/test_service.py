"""What keeps a diary running: the unit that is written, the commands around it, and the watch that it runs."""

import os
import plistlib
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from diary_pipeline.cli.units import unit_of
from diary_pipeline.errors import UserError
from tests.command import diary
from tests.memos import tone
from tests.test_schemas import checked
from tests.waiting import until

ODD = ("my diary", "100% mine", 'say "hello"', "it's", "back\\slash", "$HOME/${x}", "ünï café", "#1 ;x", "a%h%%b")
WORD = re.compile(r'"((?:[^"\\]|\\.)*)"')


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's folders, and a service manager that writes down what it is told."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "bin").mkdir()
    for name in ("systemctl", "launchctl"):
        program = tmp_path / "bin" / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/asked\ntest ! -e {tmp_path}/broken\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    return tmp_path


def words(text: str, key: str) -> list[str]:
    """The words of a systemd line as systemd reads them."""
    line = next(line for line in text.splitlines() if line.startswith(key))
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in WORD.findall(line)]


@pytest.mark.parametrize("name", ODD)
def test_a_home_of_any_name_is_escaped(name: str, tmp_path: Path) -> None:
    unit = unit_of(tmp_path / name, "systemd")
    text = unit.text().decode()
    assert words(text, "Environment=") == [f"DIARY_HOME={tmp_path / name}"]
    assert words(text, "ExecStart=:") == list(unit.command)
    assert re.fullmatch(r"diary-[a-z0-9-]+-[0-9a-f]{8}\.service", unit.name)
    if tool := shutil.which("systemd-analyze"):
        file = tmp_path / unit.name
        file.write_text(text)
        command = [tool, "verify", "--user", "--man=no", str(file)]
        given = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}
        done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_a_launchd_agent_is_a_property_list_with_the_same_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    unit = unit_of(tmp_path / 'a <b> & "c"', "launchd")
    read = plistlib.loads(unit.text())
    assert read["ProgramArguments"] == [sys.executable, "-P", "-m", "diary_pipeline.cli", "process", "--watch"]
    assert read["EnvironmentVariables"]["DIARY_HOME"] == str(tmp_path / 'a <b> & "c"')
    assert (read["KeepAlive"], read["RunAtLoad"], read["Label"]) == (True, True, unit.name)
    assert unit.file == tmp_path / "Library" / "LaunchAgents" / f"{unit.name}.plist"


def test_two_homes_have_units_of_their_own_and_a_line_end_is_refused(tmp_path: Path) -> None:
    assert unit_of(tmp_path / "a" / "diary", "systemd").name != unit_of(tmp_path / "b" / "diary", "systemd").name
    with pytest.raises(UserError, match="Rename it"):
        unit_of(tmp_path / "two\nlines", "systemd")


def test_a_service_is_installed_asked_and_removed(machine: Path, home: Path) -> None:
    before = diary(home, "service", "status", "--json")
    assert (before.code, before.json["installed"]) == (1, False)
    answer = diary(home, "service", "install", DIARY_BEAM_SIZE="3", OPENAI_API_KEY="secret")
    assert answer.code == 0
    for said in ("Wrote ", "It runs now", "loginctl enable-linger", "DIARY_BEAM_SIZE", "OPENAI_API_KEY"):
        assert said in answer.out, said
    assert "secret" not in answer.out
    installed = checked("service-install", diary(home, "service", "install", "--json"))
    file = Path(installed["file"])
    assert file.parent == machine / "config" / "systemd" / "user"
    assert f"DIARY_HOME={home}" in file.read_text()
    assert diary(home, "service", "status").code == 0
    (machine / "broken").touch()
    assert checked("service-status", diary(home, "service", "status", "--json"))["active"] is False
    by_hand = diary(home, "service", "install").out
    assert "could not be started from here" in by_hand
    assert f"systemctl --user enable --now {file.name}" in by_hand
    (machine / "broken").unlink()
    removed = checked("service-uninstall", diary(home, "service", "uninstall", "--json"))
    assert (removed["removed"], removed["installed"], file.exists()) == (True, False, False)
    assert "There is no service for this home" in diary(home, "service", "uninstall").out
    asked = (machine / "asked").read_text()
    for command in ("daemon-reload", f"enable --now {file.name}", f"disable --now {file.name}", "is-active"):
        assert command in asked


def test_what_cannot_be_installed_is_said(machine: Path, tmp_path: Path, home: Path) -> None:
    assert "Run `diary setup` first" in diary(tmp_path / "new", "service", "install").err
    assert "systemd or launchd" in diary(home, "service", "install", "--kind", "cron").err
    nowhere = diary(home, "service", "install", PATH="/nowhere")
    assert (nowhere.code, "neither systemd nor launchd" in nowhere.err) == (2, True)
    (machine / "config").write_text("in the way")
    assert "cannot be written" in diary(home, "service", "install").err


def test_the_watch_processes_what_arrives_and_ends_with_its_run(slow: None, home: Path) -> None:
    refused = diary(home, "process", "--watch", "--nightly")
    assert (refused.code, "--watch goes with --stale alone" in refused.err) == (2, True)
    command = unit_of(home, "systemd").command
    given = {"DIARY_HOME": str(home), "DIARY_WHISPER_MODEL": "tiny.en", "DIARY_TIMEZONE": "UTC"}
    process = subprocess.Popen(
        command,
        env=os.environ | given | {"DIARY_SETTLE_SECONDS": "0.1"},
        cwd=home.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for number, day in enumerate(("2026-03-14", "2026-03-15")):
            tone(home / "inbox" / f"{day} 08.00.wav", hertz=500 + number)
            until((home / "days" / "me" / f"{day}.md").exists, 60)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
    assert code == 143
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_the_log_of_the_watch_has_no_name_of_a_file_and_no_words_of_the_diary(slow: None, home: Path) -> None:
    for name, text in (("secret visit 2026-03-14 09.00", "I met niner there."), ("secret broken", "\0")):
        (home / "inbox" / f"{name}.transcript.txt").write_text(text)
    diary(home, "process", DIARY_SETTLE_SECONDS="0")
    page = home / "days" / "me" / "2026-03-14.md"
    page.write_text(page.read_text().replace("met niner", "met Nina"))
    log = home.parent / "log"
    given = {"DIARY_HOME": str(home), "DIARY_TIMEZONE": "UTC", "DIARY_SETTLE_SECONDS": "0.1"}
    (home / "inbox" / "secret 2026-03-15 09.00.wav").write_text("no audio")
    with log.open("w") as out:
        command = unit_of(home, "systemd").command
        process = subprocess.Popen(command, env=os.environ | given, cwd=home.parent, stdout=out, stderr=out)
    try:
        until(lambda: "notices=1" in log.read_text(), 60)
    finally:
        process.terminate()
        process.wait(60)
    told = log.read_text()
    assert [word for word in ("niner", "Nina", "secret", "inbox") if word in told] == []
    assert "attempts=" in told
