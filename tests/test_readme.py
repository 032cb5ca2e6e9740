"""The documents say what is: commands are run, names exist, links lead somewhere, figures are those of the tests."""

import json
import os
import re
import shlex
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from benchmarks.evidence import PARTS
from diary_pipeline.cli.commands import app
from diary_pipeline.recordings.sidecar import Sidecar, parse
from diary_pipeline.settings import Settings
from docs.settings_page import PAGE, page
from tests.characterize import frozen
from tests.command import DIARY, Answer, typed

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "tests" / "data").glob("*/README.md")),
]
COLUMNS = 120
# Where each command of the README's and CONTRIBUTING's code blocks is checked. A command that is in neither list fails
# the test.
RUN_HERE = {  # in this order, in one home, by test_the_readmes_commands_keep_a_diary; with what each must say
    "diary setup --model tiny.en": "whisper_model: tiny.en",
    'diary add "samples/2026-03-14 18.40.wav" "samples/2026-03-16 12.34.m4a"': "waiting",
    "diary process": "transcribed=2 written=2 days=2 failed=0",
    "diary show 2026-03-14": "# Saturday 14 March 2026",
    "diary status": "done",
    "diary search dentist": "dentist",
    "diary doctor": "digests match",
    "diary models": "large-v3-turbo",
    "diary week 2026-03-14": "# Week 11",
    "diary forecast": "recordings: 0",
    "diary report": "No language model was asked.",
    "diary status --json": '"schema": 1',
}
BY_A_SHELL = set(list(RUN_HERE)[:2])  # with the model's name, and with quotes; the others begin in the same way
TOO_LONG = {  # they run the tests, or do not end by themselves: they must be targets of the Makefile with help
    "make demo",
    "make ui DIARY_HOME=.demo",
    "make test",
    "make test-fast",
    "make lint",
    "make setup",
}
OF_THE_SHELL = {". .venv/bin/activate"}  # the tests find `diary` beside their own Python instead


def blocks(document: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", document.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def block_commands(document: Path) -> list[str]:
    return [line for block in blocks(document, "sh") for line in block.splitlines() if line]


def inline_commands() -> Iterator[tuple[str, list[str]]]:
    """Every `diary ...` and `make ...` between backticks, with the document that says it."""
    for document in DOCUMENTS:
        for text in re.findall(r"`((?:diary|make) [^`]+)`", document.read_text("utf-8")):
            yield f"{document.relative_to(ROOT)}: {text}", shlex.split(text)


def targets() -> set[str]:
    return {
        match[1] for match in re.finditer(r"^([a-z-]+):.*## \S", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    }


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder in which the README's relative paths are right, and no `.env` of a developer."""
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    return tmp_path


def test_every_command_in_a_code_block_is_checked_somewhere() -> None:
    known = RUN_HERE.keys() | TOO_LONG | OF_THE_SHELL
    written = [command for document in DOCUMENTS for command in block_commands(document)]
    assert [command for command in written if command not in known] == [], (
        "Add it to RUN_HERE with what it must say, or to TOO_LONG."
    )
    assert [command for command in known if command not in written] == [], (
        "No document says this any more; take it out of the list."
    )
    assert [command for command in block_commands(ROOT / "README.md") if command in RUN_HERE] == list(RUN_HERE)


@pytest.mark.slow
def test_the_readmes_commands_keep_a_diary(desk: Path, home: Path) -> None:
    for command, said in RUN_HERE.items():
        done = (
            by_a_shell(command, desk)
            if command in BY_A_SHELL
            else typed(desk, *shlex.split(command)[1:], COLUMNS="200")
        )
        assert (done.code, said in done.out) == (0, True), f"{command}\n{done.out}\n{done.err}"
    layout = next(block for block in blocks(ROOT / "README.md", "text") if "inbox/" in block)
    named = re.findall(r"^[\w.]+", layout, re.MULTILINE)
    assert [found.name for found in home.iterdir() if not found.name.startswith(tuple(named))] == [], (
        "The README's layout lacks it."
    )


def by_a_shell(command: str, folder: Path) -> Answer:
    """What the installed command says to whoever types it."""
    given = os.environ | {"PATH": f"{DIARY.parent}:{os.environ['PATH']}", "COLUMNS": "200"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=given, capture_output=True, text=True, check=False, timeout=120
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("command", sorted(TOO_LONG))
def test_a_long_command_is_a_target_with_a_line_of_help(command: str) -> None:
    assert command.split()[1] in targets()


def test_the_readmes_second_line_opens_the_diary_of_the_demo(tmp_path: Path) -> None:
    (tmp_path / "python").write_text('#!/bin/sh\necho "$DIARY_HOME"\n')
    (tmp_path / "python").chmod(0o755)
    command = [*shlex.split(block_commands(ROOT / "README.md")[1]), f"BIN={tmp_path}", "PYTHON=true"]
    command.insert(1, "--no-print-directory")  # else make says where it is, when another make runs the tests
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (ROOT / done.stdout.strip()) == ROOT / ".demo"


def test_commands_in_sentences_name_what_exists() -> None:
    group = typer.main.get_command(app)
    for where, words in inline_commands():
        if words[0] == "make":
            assert words[1] in targets(), where
            benches = [word.removeprefix("NAME=") for word in words if word.startswith("NAME=")]
            assert [name for name in benches if not (ROOT / "benchmarks" / f"{name}.py").exists()] == [], where
            continue
        command: Any = group
        while len(words) > 1 and words[1] in getattr(command, "commands", {}):
            command = command.commands[words.pop(1)]
        assert command is not group or words[1:] in (["--help"], ["--version"]), where
        options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= options, where


def test_every_link_leads_to_a_file() -> None:
    links = [
        (document, link)
        for document in DOCUMENTS
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8"))
    ]
    dead = [
        f"{document.relative_to(ROOT)}: {link}"
        for document, link in links
        if "://" not in link and not (document.parent / link).exists()
    ]
    assert dead == []


def test_every_file_and_test_named_in_a_document_exists() -> None:
    rooms = ("assets", "benchmarks", "deploy", "diary_pipeline", "docs", "jobs", "resources", "samples", "tests")
    modules = [f"/{path.relative_to(ROOT)}" for path in ROOT.glob("*.py")]
    modules += [f"/{path.relative_to(ROOT)}" for room in rooms for path in (ROOT / room).rglob("*.py")]
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").glob("test_*.py"))

    def exists(name: str) -> bool:
        """Files and folders by their path from the root, modules also by the end of it."""
        if name.startswith("test_"):
            return f"def {name}(" in tests
        if name.endswith(".py"):
            return any(module.endswith(f"/{name.removeprefix('../')}") for module in modules)
        return (ROOT / name).exists() or "/" not in name or name.partition("/")[0] not in rooms

    missing = [
        f"{document.relative_to(ROOT)}: {name}"
        for document in DOCUMENTS
        for name in re.findall(r"[`(]([\w./-]+)[`)]", document.read_text("utf-8"))
        if not exists(name)
    ]
    assert missing == []


def test_the_lines_of_documents_fit_a_window() -> None:
    """Settings' own texts are one row of a table each, however long."""
    long = [
        f"{document.relative_to(ROOT)}:{number}"
        for document in DOCUMENTS
        for number, line in enumerate(document.read_text("utf-8").splitlines(), 1)
        if len(line) > COLUMNS and not line.startswith("|")
    ]
    assert long == []


def test_the_figures_of_the_evidence_page_are_those_of_the_frozen_verdicts() -> None:
    counts: Counter[tuple[str, str, bool, bool]] = Counter()
    for line in frozen().values():
        for alone, verdict in ((False, line.found), (True, line.found if line.alone == "=" else line.alone)):
            right = verdict == "accepted" if line.label == "supported" else not verdict.startswith("accepted")
            right = right or (line.label == "citation" and "cited anew" in verdict)
            counts[line.source, line.label, alone, right] += 1
    text = (ROOT / "docs" / "evidence.md").read_text("utf-8")
    tables = re.findall(r"^\| kind \|(.*)\|\n\|[-:|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    for (heads, body), alone in zip(tables, (False, False, True, False), strict=True):
        for row in body.splitlines():
            kind, *cells = [cell.strip() for cell in row.strip("|").split("|")]
            for head, cell in zip(heads.split("|"), cells, strict=True):
                parts = PARTS if head.strip() == "this check" else [head.strip()]
                good, bad = (sum(counts[part, kind, alone, which] for part in parts) for which in (True, False))
                assert head.strip() == "words alone" or cell == f"{good}/{good + bad}", f"{head}, {kind}"


def test_the_readmes_sidecar_is_one() -> None:
    (example,) = blocks(ROOT / "README.md", "json")
    read = parse("memo.json", example.encode())
    assert isinstance(read, Sidecar)
    assert dict(read.written) == json.loads(example)


def test_the_page_of_settings_is_what_the_settings_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "Run: python -m docs.settings_page"


def test_the_settings_files_in_the_documents_are_accepted(home: Path) -> None:
    for example in (example for document in DOCUMENTS for example in blocks(document, "toml")):
        (home / "settings.toml").write_text(example, encoding="utf-8")
        loaded = Settings.load(home=home).model_dump(mode="json", exclude_defaults=True)
        assert loaded.keys() >= tomllib.loads(example).keys()


def test_every_setting_named_in_a_document_exists() -> None:
    known = {f"DIARY_{name.upper()}" for name in Settings.model_fields}
    of_the_tests = {"DIARY_REQUIRE", "DIARY_SHARED", "DIARY_NAME"}
    for document in DOCUMENTS:
        named = {match.partition("__")[0] for match in re.findall(r"\bDIARY_[A-Z_]*[A-Z]", document.read_text("utf-8"))}
        assert named <= known | of_the_tests, document.name
