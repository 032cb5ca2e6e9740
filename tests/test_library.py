"""The library's face: the README's lines from an installed wheel, and what commands that only read may import."""

import os
import re
import subprocess
import sys
import sysconfig
import textwrap
from inspect import signature
from pathlib import Path

import pytest

import diary_pipeline
from diary_pipeline.cli.read import show_export, show_search
from diary_pipeline.errors import UserError
from diary_pipeline.library import OpenDiary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.exports import FORMATS
from diary_pipeline.views.search import SEARCH_LIMIT
from tests.memos import day_names, memos

ROOT = Path(__file__).resolve().parent.parent
DAY = "2026-03-14"
HEAVY = re.compile(
    r"dagster\w*|great_expectations|torch|ctranslate2|faster_whisper|openai|anthropic|mistralai|google|pandas|duckdb|av"
)


@pytest.fixture
def filled(home: Path) -> Path:
    """A home with three memos on their page."""
    memos(home / "inbox", day_names(DAY, 3))
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0, whisper_model="tiny.en")
    with OpenDiary(settings, ScriptedEngine(lambda identity: [f"This is what {identity} says."])) as diary:
        assert diary.process().failed == 0
    return home


def test_an_open_diary_gives_what_its_commands_print(home: Path, filled: Path) -> None:
    with OpenDiary(Settings.load(home=filled, timezone="UTC"), ScriptedEngine()) as diary:
        first = diary.recordings([DAY])[0]["id"]
        page, transcript, note = diary.page(DAY), diary.transcript(first), diary.note(first)
        assert transcript is not None
        assert note is not None
        assert transcript.text == f"This is what {first} says."
        assert page is not None
        assert page.count("This is what") == 2 * 3, "as title and as text"
        assert note.title in page
        assert [hit["recording"] for hit in diary.search(f"what {first}")] == [first]
        assert diary.week(DAY).startswith("# Week 11")


def test_days_and_ids_that_are_none_are_named(home: Path) -> None:
    with OpenDiary(Settings.load(home=home, timezone="UTC"), ScriptedEngine()) as diary:
        with pytest.raises(UserError, match="'yesterdy' is not a day"):
            diary.page("yesterdy")
        with pytest.raises(UserError, match="There is no recording 'x'"):
            diary.note("x")


def test_open_makes_a_fresh_home_and_chooses_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    before = dict(os.environ)
    with diary_pipeline.open(tmp_path / "new", timezone="UTC") as diary:
        assert diary.diary.settings.whisper_model == "tiny.en"
        assert diary.process().attempts == 0
    assert "tiny.en" in (tmp_path / "new" / "settings.toml").read_text("utf-8")
    assert dict(os.environ) == before, "neither import nor constructor writes the environment"


def test_the_readmes_lines_run_from_a_wheel(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (lines,) = re.findall(r"^```python\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert len(lines.splitlines()) <= 10
    python = a_venv_with_the_wheel(tmp_path)
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    given = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "UTC", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [python, "-c", lines], cwd=tmp_path, env=given, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# Saturday 14 March 2026")
    assert "water the tomato plants" in done.stdout
    (tmp_path / "memo.txt").write_text("I have to buy milk.")
    looked = [str(python), "-m", "diary_pipeline.cli", "try", "memo.txt", "--json"]
    tried = subprocess.run(looked, cwd=tmp_path, env=given, capture_output=True, text=True, check=False, timeout=60)
    assert "Buy milk" in tried.stdout, tried.stderr
    where = subprocess.run(
        [python, "-c", "import diary_pipeline; print(diary_pipeline.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(tmp_path), "the wheel's own files were used"
    assert (Path(where.stdout.strip()).parent / "py.typed").exists()


def a_venv_with_the_wheel(folder: Path) -> Path:
    """An environment with the project's wheel; its dependencies are those of this environment, the project is not."""
    made = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(made, cwd=ROOT, capture_output=True, check=True, timeout=60)
    (wheel,) = (folder / "dist").glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True, timeout=60)
    python = folder / "venv" / "bin" / "python"
    asked = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(site)], check=True, timeout=60)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")  # its own .pth files are not read
    return python


def test_what_the_command_line_repeats_to_start_quickly_is_what_the_views_say() -> None:
    assert signature(show_search).parameters["limit"].default == SEARCH_LIMIT
    (form,) = signature(show_export).parameters["form"].annotation.__metadata__
    assert form.help == f"One of {', '.join(FORMATS)}."


@pytest.mark.parametrize("arguments", [["--help"], ["status"], ["status", "--json"]], ids=" ".join)
def test_commands_that_only_read_import_nothing_heavy(filled: Path, arguments: list[str]) -> None:
    given = os.environ | {"DIARY_HOME": str(filled), "DIARY_WHISPER_MODEL": "tiny.en", "DIARY_TIMEZONE": "UTC"}
    command = [sys.executable, "-X", "importtime", "-m", "diary_pipeline.cli", *arguments]
    done = subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert len(imported) > 100, textwrap.shorten(done.stderr, 300)
    assert sorted(name for name in imported if HEAVY.fullmatch(name.partition(".")[0])) == []
