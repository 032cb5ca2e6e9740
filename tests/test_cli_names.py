"""How people name memos and days on the command line, and what it says to them: one small diary, many commands."""

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest

import diary_pipeline
from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.errors import UserError
from diary_pipeline.file_names import quoted
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.days import today
from tests.command import Answer, diary, typed
from tests.memos import tone

LATIN = os.fsdecode(b"caf\xe9.wav")
MEMO = "2026-03-14 08.00.wav"
START = f"{(datetime.now(UTC).hour + 12) % 24}:00"
"""A diary day that neither begins nor ends while these tests run."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a memo of March and one of today, done, and two that cannot be read."""
    home = tmp_path_factory.mktemp("person") / "home"
    tone(home / "inbox" / MEMO)
    now = datetime.now(UTC) - timedelta(minutes=1)
    tone(home / "inbox" / "now.wav", hertz=600, modified=now.timestamp())
    (home / "inbox" / LATIN).write_bytes(b"no sound at all" * 100)
    (home / "inbox" / "it's [b]bad.wav").write_bytes(b"no sound either" * 100)
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0, day_start=START)
    with open_diary(settings, ScriptedEngine()) as opened:
        assert pipeline.process(opened).written == 2
    return home


@pytest.fixture
def ask(kept: Path) -> Callable[..., Answer]:
    return lambda *words: diary(kept, *words, DIARY_DAY_START=START, COLUMNS="300")


def test_explain_export_redo_and_privacy_take_a_file(ask: Callable[..., Answer], kept: Path) -> None:
    memo = next(r for r in ask("status", "--json").json["recordings"] if r["source"] == MEMO)
    for name in (MEMO, memo["id"], memo["id"][:6], "2026-03-14 08.00", str(kept / "inbox" / MEMO)):
        assert ask("explain", name, "--json").json["recording"] == memo["id"], name
    assert ask("export", MEMO, "--json").json["recording"] == memo["id"]
    assert ask("privacy", MEMO, "local_only", "--json").json["recording"] == memo["id"]
    assert ask("redo", MEMO, "--from", "compose").code == 0
    refused = ask("explain", "nowhere.m4a")
    assert (refused.code, "no recording 'nowhere.m4a': it is no id, and no file" in refused.err) == (2, True)
    with diary_pipeline.open(kept, whisper_model="tiny.en") as opened:
        assert opened.transcript(MEMO) == opened.transcript(memo["id"])
        with pytest.raises(UserError, match="no file that was in the inbox"):
            opened.note("nowhere.m4a")


def test_a_day_is_also_today_yesterday_or_days_ago(ask: Callable[..., Answer]) -> None:
    settings = Settings.load(timezone="UTC", day_start=START)
    day = today(settings)
    before = day - timedelta(days=1)
    assert ask("show", "--json").json["day"] == str(day)
    assert ask("show", "-0", "--json").json["day"] == str(day)
    assert f"no recordings on {before}" in ask("show", "-1").err
    assert f"no recordings on {before}" in ask("show", "--author", "me", "yesterday").err
    for words in (["week", "-1"], ["week", "--json", "yesterday"]):
        monday = before - timedelta(days=before.weekday())
        answer = ask(*words)
        assert answer.code == 0
        assert (str(monday) if "--json" in words else "# Week") in answer.out
    assert ask("forecast", "--day", "-1").code == ask("report", "--day", "today").code == 0
    assert ask("redo", "today", "--from", "compose").code == 0
    assert "or today, yesterday, -1." in ask("show", "tomorrow").err
    assert "--limit" in ask("search", "x", "--limit", "-5").err


@pytest.mark.parametrize(
    ("moment", "author", "day"),
    [
        ("2026-03-14T03:59:00+00:00", "me", "2026-03-13"),
        ("2026-03-14T04:00:00+00:00", "me", "2026-03-14"),
        ("2026-03-14T16:30:00+00:00", "mere", "2026-03-15"),
        ("2026-03-14T14:00:00+00:00", "mere", "2026-03-14"),
    ],
)
def test_today_begins_when_the_diary_day_does_for_its_author(moment: str, author: str, day: str, home: Path) -> None:
    mere = {"mere": {"timezone": "Pacific/Auckland"}}
    settings = Settings.load(home=home, timezone="UTC", authors=mere)
    assert str(today(settings, author, datetime.fromisoformat(moment))) == day


def test_what_is_missing_is_said_in_a_sentence(ask: Callable[..., Answer]) -> None:
    said = ask("explain")
    assert said.code == 2
    assert "`diary explain` needs RECORDING. A recording: its file" in said.err
    for command in ("export", "redo", "privacy", "search"):
        assert f"`diary {command}` needs " in ask(command).err
    assert "There is nothing to add: name a recording" in ask("add").err
    assert "needs" in ask("explain", "--json").json["error"]["message"]


def test_version_and_help(ask: Callable[..., Answer], tmp_path: Path) -> None:
    for option in ("--version", "-V"):
        assert typed(tmp_path, option).out == f"diary-pipeline {version('diary-pipeline')}\n"
    assert typed(tmp_path, "-h").out == typed(tmp_path, "--help").out
    assert "Usage" in ask("models", "-h").out
    assert "Usage" in ask("show", "-h").out


def test_the_model_in_use_is_marked(ask: Callable[..., Answer], kept: Path) -> None:
    lines = ask("models").out.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("*")] == ["tiny.en"]
    assert [line for line in lines if line.endswith("in use")] == [line for line in lines if line.startswith("*")]
    assert "`diary setup` chooses one" in typed(kept, "models", DIARY_HOME=str(kept)).out
    assert "In use is enormous" in typed(kept, "models", DIARY_HOME=str(kept), DIARY_WHISPER_MODEL="enormous").out


@pytest.mark.parametrize("name", ["notes.txt", "talk.VTT", "page.md", "memo.srt", "letter.docx"])
def test_a_text_is_no_recording_and_the_error_names_the_option(name: str, home: Path) -> None:
    (home.parent / name).write_text("words")
    answer = diary(home, "add", name)
    assert (answer.code, "--transcript" in answer.err) == (2, True)
    assert list((home / "inbox").iterdir()) == []


@pytest.mark.parametrize("name", ["photo.jpg", ".hidden.wav", "half.wav.part", "memo.json", ".DS_Store"])
def test_what_the_inbox_would_pass_over_is_not_added(name: str, home: Path) -> None:
    (home.parent / name).write_text("{}")
    tone(home.parent / MEMO)
    answer = diary(home, "add", MEMO, name)
    assert (answer.code, "would be passed over" in answer.err) == (2, True)
    assert list((home / "inbox").iterdir()) == []


def test_reasons_name_the_memo_in_one_way_everywhere(ask: Callable[..., Answer], kept: Path) -> None:
    status = ask("status")
    assert r"caf\xe9.wav" in status.out
    assert "udce9" not in status.out
    assert r"\\xe9" not in status.out
    reasons = {r["source"]: r["reason"] or "" for r in ask("status", "--json").json["recordings"]}
    assert quoted(LATIN) in reasons[r"caf\xe9.wav"]
    assert '"it\'s [b]bad.wav"' in reasons["it's [b]bad.wav"]
    failed = ask("process", "--retry")
    assert re.search(r"^'caf\\xe9.wav' ", failed.err, re.MULTILINE), failed.err
    assert not re.search("^[0-9a-f]{16}", failed.err, re.MULTILINE)
    for name in (LATIN, r"caf\xe9.wav"):
        assert ask("explain", name).code == 0
    assert kept.is_dir()


def test_an_empty_diary_says_what_to_do_first(home: Path) -> None:
    answer = diary(home, "status")
    assert answer.code == 0
    assert f"The diary in {home} is empty. Run `diary add FILE`" in answer.out
    assert "day  recorded" not in answer.out
    assert diary(home, "status", "--json").json["recordings"] == []


def test_off_a_terminal_logs_are_json_and_figures_stay(ask: Callable[..., Answer]) -> None:
    answer = ask("process")
    assert re.fullmatch(r"attempts=\d+ transcribed=0 written=0 days=0 failed=\d conflicts=0\n", answer.out)
    assert [json.loads(line)["level"] for line in answer.err.splitlines() if line.startswith("{")]


READING = [
    ("status",), ("show",), ("search", "milk"), ("week",), ("explain", "a.wav"), ("export", "a.wav"), ("forecast",),
    ("report",), ("query", "SELECT 1"), ("authors",), ("privacy", "a.wav", "local_only"),
]  # fmt: skip


def test_a_command_that_only_reads_makes_no_home_where_there_is_none(tmp_path: Path) -> None:
    missing, empty = tmp_path / "dairy", tmp_path / "empty"
    empty.mkdir()
    for arguments in READING:
        answer = diary(missing, *arguments)
        assert (answer.code, answer.out) == (2, ""), arguments
        assert f"There is no diary in {missing}. `diary setup` makes one; check DIARY_HOME." in answer.err, arguments
    assert diary(empty, "status", "--json").json["error"]["kind"] == "UserError"
    assert (missing.exists(), list(empty.iterdir())) == (False, [])
