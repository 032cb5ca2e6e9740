"""Every command in every broken world ends with a sentence that helps, or does its work; never with a traceback."""

import json
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.dagster import ui
from diary_pipeline.bootstrap import open_catalog
from diary_pipeline.cli.commands import run
from diary_pipeline.errors import UserError
from diary_pipeline.settings import Settings, settings_text
from tests.broken_worlds import WORLDS, World
from tests.memos import tone
from tests.services import free_port

MEMO = "2001-01-01 10.00.wav"  # before the diary's first day: registered and never transcribed
COMMANDS: list[list[str]] = [
    ["status"],
    ["process"],
    ["doctor"],
    ["show", "2026-03-14"],
    ["week", "2026-03-14"],
    ["search", "dentist"],
    ["explain", "0123456789abcdef"],
    ["export", "0123456789abcdef"],
    ["report"],
    ["forecast"],
    ["models"],
    ["models", "add", ".", "mine"],
    ["add", MEMO],
    ["redo", "0123456789abcdef"],
    ["privacy", "0123456789abcdef", "local_only"],
    ["rebuild"],
    ["setup"],
]
UNUSABLE: dict[str, tuple[list[str], str]] = {
    "no hits": (["search", "milk", "--limit", "-1"], "limit"),
    "a word as limit": (["search", "milk", "--limit", "many"], "integer"),
    "too many hits": (["search", "milk", "--limit", "9" * 30], "between 1 and"),
    "no word": (["search", " "], "no word to search for"),
    "a word that is no text": (["search", "caf\udce9"], ""),
    "30 February": (["show", "2026-02-30"], "2026-03-14"),
    "a German day": (["show", "14.3.2026"], "2026-03-14"),
    "the year 0": (["week", "0000-01-01"], "2026-03-14"),
    "the last day": (["week", "9999-12-31"], "2026-03-14"),
    "a day of nobody": (["show", "1999-12-31"], "no recordings"),
    "a day without end": (["process", "--day", "9" * 5000], "is not a day"),
    "an id that is no text": (["explain", "\udcff"], "There is no recording '\\xff'"),
    "nothing to explain": (["explain"], "needs RECORDING"),
    "no such command": (["proces"], "process"),
    "no such option": (["status", "--loud"], "--loud"),
    "a file that is not there": (["add", "nowhere.m4a"], "is not there"),
    "a file that is no text": (["add", "caf\udce9.m4a"], "is not there"),
    "a folder": (["add", "."], "is a folder"),
    "a time that is none": (["add", MEMO, "--recorded-at", "tomorrow at noonish"], "2026-03-14T08:12:00"),
    "a time to come": (["add", MEMO, "--recorded-at", "2999-01-01T10:00:00"], "lies in the future"),
    "a language that is none": (["add", MEMO, "--language", "klingonese"], '"en"'),
    "an author like a path": (["add", MEMO, "--author", "../x"], "Write a plain name"),
    "an endless author": (["add", MEMO, "--author", "x" * 5000], "Write a shorter name"),
    "an author that is no text": (["add", MEMO, "--author", "caf\udce9"], "Write a plain name"),
    "an endless priority": (["add", MEMO, "--priority", "9" * 30], "whole number"),
    "a format that is none": (["export", "x", "--format", "docx"], "vtt, srt, txt, json"),
    "a file to export": (["export", "nowhere.m4a"], "no file that was in the inbox"),
    "nothing to make private": (["privacy", "0123456789abcdef", "standard"], "There is no recording"),
    "a class that is none": (["privacy", "x", "publik"], "standard or local_only"),
    "nothing to redo": (["redo", "zzzz"], "diary status"),
    "no model": (["models", "add", "/dev/null", "mine"], "is no CTranslate2 Whisper model"),
    "a model that nobody knows": (["setup", "--model", "enormous"], "diary models add"),
}


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an inbox and a catalog, both empty."""
    home = tmp_path_factory.mktemp("template") / "home"
    (home / "inbox").mkdir(parents=True)
    open_catalog(Settings.load(home=home)).close()
    return home


@pytest.fixture
def fresh(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own, in which the tested command runs; logging is as it was when it ends."""
    shutil.copytree(template, tmp_path / "home")
    tone(tmp_path / MEMO)
    monkeypatch.setenv("DIARY_WHISPER_MODEL", "tiny.en")
    monkeypatch.setenv("DIARY_SETTLE_SECONDS", "0")
    logger = logging.getLogger("diary")
    before = logger.handlers, logger.propagate, logger.level
    yield tmp_path / "home"
    logger.handlers, logger.propagate = before[0], before[1]
    logger.setLevel(before[2])


def ended(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Ended:
    """Run a command in this process."""
    monkeypatch.setattr(sys, "argv", ["diary", *arguments])
    with pytest.raises(SystemExit) as end:
        run()
    sys.stdout.flush()
    printed = capfd.readouterr()
    return Ended(end.value.code if isinstance(end.value.code, int) else 0, printed.out, printed.err)


def helps(answer: Ended, words: str = "") -> None:
    """The answer is no traceback, quotes no secret, and says in a sentence what is wrong, if anything is."""
    both = answer.out + answer.err
    assert answer.code in (0, 1, 2), both
    assert not any(sign in both for sign in ("Traceback", "unexpected", "secret")), both
    if answer.code:
        assert words in " ".join(both.split()), both
        assert both.strip(), answer


@pytest.mark.parametrize("world", WORLDS.values(), ids=list(WORLDS))
def test_every_command_in_a_broken_world_ends_with_a_sentence(
    world: World, fresh: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.make(fresh)
    for name, value in world.env.items():
        monkeypatch.setenv(name, value.format(fresh))
    before = bystanders(fresh)
    for command in COMMANDS:
        answer = ended(capfd, monkeypatch, *command)
        is_about_it = 0 not in world.codes and command[0] not in ("models", "doctor")
        helps(answer, world.says if is_about_it else "")
        if command == ["status"]:
            assert answer.code in world.codes, answer
            if answer.code:
                said = json.loads(ended(capfd, monkeypatch, "status", "--json").out)["error"]["message"]
                assert world.says in said
                assert said.endswith("."), said
        if command == ["doctor"] and 0 not in world.codes:
            assert world.says in " ".join((answer.out + answer.err).split()), answer
    assert bystanders(fresh).items() >= before.items(), "a command changed what it could not read"


def bystanders(home: Path) -> dict[str, bytes]:
    """The files of the home that no command may change, because it could not use them."""
    names = ("settings.toml", "days", "audio", "models", "store", "inbox", "vocabulary.txt")
    return {name: (home / name).read_bytes() for name in names if (home / name).is_file()}


@pytest.mark.parametrize(("arguments", "words"), UNUSABLE.values(), ids=list(UNUSABLE))
def test_what_cannot_be_done_as_asked_is_said(
    arguments: list[str], words: str, fresh: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fresh.is_dir()
    answer = ended(capfd, monkeypatch, *arguments)
    helps(answer, words)
    assert answer.code == (2 if words else 0), answer


def test_there_are_enough_of_them() -> None:
    assert len(WORLDS) + len(UNUSABLE) >= 100


def test_a_misspelt_variable_is_named_with_the_one_that_may_be_meant(
    fresh: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fresh.is_dir()
    monkeypatch.setenv("DIARY_BEAMSIZE", "3")
    answer = ended(capfd, monkeypatch, "doctor")
    assert answer.code == 1
    assert "'DIARY_BEAMSIZE' in the environment is no setting. Did you mean DIARY_BEAM_SIZE?" in answer.out


def test_a_name_that_steers_a_terminal_or_is_markup_is_printed_harmlessly(
    fresh: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tone(fresh / "inbox" / os.fsdecode(b"caf\xe9/2001 [b]\x1b[2J\n\xe2\x80\xae.wav"))
    ended(capfd, monkeypatch, "process")
    printed = ended(capfd, monkeypatch, "status").out
    assert "[b]\\x1b[2J\\n\\u202e" in "".join(printed.split())
    assert json.loads(ended(capfd, monkeypatch, "status", "--json").out)["recordings"][0]["author"] == "caf\\xe9"


def test_what_is_passed_over_is_in_the_status(
    fresh: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (".hidden.wav", "notes.txt", "memo.wav.part"):
        (fresh / "inbox" / name).touch()
    printed = " ".join(ended(capfd, monkeypatch, "status").out.split())
    assert (
        "3 files are passed over: .hidden.wav (hidden), memo.wav.part (an unfinished copy), "
        "notes.txt (.txt is no recording)." in printed
    )


@pytest.mark.parametrize("variables", [{"DIARY_WHISPER_MODEL": "enormous"}, {"DIARY_UI_PORT": "http"}, {"PORT": ""}])
def test_the_ui_says_what_is_wrong_before_it_starts_anything(
    variables: dict[str, str], fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIARY_UI_PORT", str(free_port()))
    monkeypatch.setenv("DIARY_CODE_PORT", str(free_port()))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if "PORT" in variables:
        (fresh / "settings.toml").mkdir()
    with pytest.raises(SystemExit) as end:
        ui.main()
    assert isinstance(end.value.code, str)
    assert end.value.code.endswith(".")


def test_settings_that_are_a_pipe_are_not_waited_for(fresh: Path) -> None:
    os.mkfifo(fresh / "settings.toml")
    with pytest.raises(UserError, match="is no file"):
        settings_text(fresh)
