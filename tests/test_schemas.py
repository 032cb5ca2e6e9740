"""What `--json` promises, asked of the real command over real memos with real weights."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from diary_pipeline.cli.commands import app
from diary_pipeline.transcribe.weights import locate
from tests.command import Answer, diary

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "docs" / "schemas"
SPOKEN, SILENT, PRIVATE = (
    ROOT / "samples" / name for name in ("2026-03-14 18.40.wav", "2026-03-15 17.03.m4a", "2026-03-16 12.34.m4a")
)
STATE_KEYS = (
    "id source path author sha256 recorded_at dated_by day seconds "
    "language privacy duplicate_of superseded_by declared_seconds state reason stages progress"
).split()
BREAKS: dict[str, tuple[list[str], dict[str, str], int, str]] = {
    "a day without recordings": (["show", "2020-01-01"], {}, 2, "UserError"),
    "a day that is none": (["show", "14.3.2026"], {}, 2, "UserError"),
    "a file that is not there": (["add", "nothing.wav"], {}, 2, "UserError"),
    "a folder that is no model": (["models", "add", ".", "mine"], {}, 2, "UserError"),
    "a setting that cannot be used": (["process"], {"DIARY_BEAM_SIZE": "0"}, 2, "UserError"),
    "a model that nobody knows": (["process"], {"DIARY_WHISPER_MODEL": "enormous"}, 2, "UserError"),
    "a home that cannot be made": (["setup"], {"DIARY_HOME": "/dev/null/home"}, 1, "TransientError"),
}


@cache
def validator(name: str) -> Draft202012Validator:
    files = {file.name: json.loads(file.read_text("utf-8")) for file in SCHEMAS.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (key, Resource.from_contents(value)) for key, value in files.items()
    )
    return Draft202012Validator(files[f"{name}.json"], registry=registry, format_checker=FormatChecker())


def checked(name: str, answer: Answer) -> dict[str, Any]:
    """The answer's object, after a look whether it has the promised shape."""
    value = answer.json
    faults = [f"{fault.json_path}: {fault.message}" for fault in validator(name).iter_errors(value)]
    assert faults == [], f"docs/schemas/{name}.json"
    return value


@pytest.fixture(scope="module")
def answers(slow: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """One small diary, from set-up to search; a late start of each command tells more than one long process would."""
    home = tmp_path_factory.mktemp("person") / "home"
    (home / "inbox").mkdir(parents=True)
    steps: dict[str, list[str | Path]] = {
        "setup": ["setup"],
        "add": ["add", PRIVATE, SPOKEN, SILENT],
        "process": ["process"],
        "again": ["process"],
        "redo": ["redo", SPOKEN.name],
        "status": ["status"],
        "authors": ["authors"],
        "authors-add": ["authors", "add", "anna"],
        "authors-folder": ["authors", "folder", "Interviews", "--author", "anna"],
        "show": ["show", "2026-03-14"],
        "show private": ["show", "2026-03-16", "--author", "me"],
        "show silent": ["show", "2026-03-15"],
        "search": ["search", "dentist"],
        "week": ["week", "2026-03-14"],
        "forecast": ["forecast", "--redo"],
        "report": ["report", "--day", "2026-03-14"],
        "models": ["models"],
        "models-add": ["models", "add", locate("tiny.en", home).folder, "mine"],
        "doctor": ["doctor"],
        "rebuild": ["rebuild", "--force"],
    }
    return {name: diary(home, *step, "--json", DIARY_LOG_LEVEL="DEBUG") for name, step in steps.items()}


@pytest.mark.parametrize("file", sorted(SCHEMAS.glob("*.json")), ids=lambda file: file.stem)
def test_every_schema_is_one_and_is_closed(file: Path) -> None:
    schema = json.loads(file.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    if file.stem != "recording":  # a part of others
        assert schema["properties"]["schema"]["const"] == 1
        assert "schema" in schema["required"]


def commands(group: Any, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name}-")
        if any(parameter.name == "as_json" for parameter in command.params):
            yield f"{before}{name}"


def test_every_command_speaks_json_and_has_a_schema() -> None:
    assert sorted([*commands(typer.main.get_command(app)), "error", "recording"]) == sorted(
        file.stem for file in SCHEMAS.glob("*.json")
    )


@pytest.mark.parametrize(
    "name",
    [
        "setup",
        "add",
        "process",
        "redo",
        "status",
        "show",
        "search",
        "week",
        "forecast",
        "report",
        "models",
        "models-add",
        "authors",
        "authors-add",
        "authors-folder",
        "doctor",
        "rebuild",
    ],
)
def test_each_answer_has_its_promised_shape(name: str, answers: dict[str, Answer]) -> None:
    checked(name, answers[name])
    assert answers[name].code == 0, answers[name].err


def test_status_is_by_time_of_recording_and_says_all_it_promises(answers: dict[str, Answer]) -> None:
    recordings = checked("status", answers["status"])["recordings"]
    assert [r["source"] for r in recordings] == [SPOKEN.name, SILENT.name, PRIVATE.name]
    assert all(list(r) == STATE_KEYS for r in recordings)
    assert [r["state"] for r in recordings] == ["done"] * 3
    assert [r["privacy"] for r in recordings] == ["standard", "standard", "local_only"]
    assert [r["day"] for r in recordings] == ["2026-03-14", "2026-03-15", "2026-03-16"]
    assert {stage["outcome"] for r in recordings for stage in r["stages"].values()} == {"ok"}


def test_explain_tells_of_every_model_that_was_asked_and_export_gives_the_transcript(
    answers: dict[str, Answer], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = Path(answers["setup"].json["home"])
    identity = answers["status"].json["recordings"][0]["id"]
    assert checked("explain", diary(home, "explain", identity, "--json"))["attempts"] == []
    assert diary(home, "explain", "nobody", "--json").code == 2
    exported = checked("export", diary(home, "export", identity, "--format", "vtt", "--json"))
    assert exported["text"].startswith("WEBVTT")
    assert "dentist" in diary(home, "export", identity).out
    assert diary(home, "export", identity, "--format", "docx").code == 2


def test_a_forecast_knows_the_diarys_own_speed(answers: dict[str, Answer]) -> None:
    told = checked("forecast", answers["forecast"])
    assert (told["recordings"], told["to_transcribe"], told["cost"], told["measured"]) == (3, 3, 0, True)
    assert told["audio_hours"] > told["work_hours"] > 0


def test_process_counts_what_it_did_and_a_second_one_does_nothing(answers: dict[str, Answer]) -> None:
    first, second = checked("process", answers["process"]), checked("process", answers["again"])
    assert [first[name] for name in ("attempts", "transcribed", "written", "days", "failed")] == [12, 3, 3, 3, 0]
    assert [second[name] for name in ("attempts", "transcribed", "written", "days", "failed")] == [0, 0, 0, 0, 0]


def test_show_gives_the_words_their_seconds_and_the_statements_that_cite_them(answers: dict[str, Answer]) -> None:
    view = checked("show", answers["show"])
    (recording,) = view["recordings"]
    segments, statements = recording["transcript"]["segments"], recording["note"]["statements"]
    assert (view["day"], view["author"], recording["transcript"]["model"]) == ("2026-03-14", "me", "tiny.en")
    assert Path(view["page_path"]).read_text("utf-8") == view["markdown"]
    assert "dentist" in recording["transcript"]["text"]
    assert all(0 <= s["start"] < s["end"] <= 12.2 for s in segments)
    assert {cited for statement in statements for cited in statement["segments"]} <= {s["id"] for s in segments}


def test_a_silent_memo_ends_done_with_an_empty_text(answers: dict[str, Answer]) -> None:
    (recording,) = checked("show", answers["show silent"])["recordings"]
    assert (recording["transcript"]["text"], recording["transcript"]["segments"], recording["note"]["statements"]) == (
        "",
        [],
        [],
    )


def test_logs_are_json_lines_without_a_word_that_was_said(answers: dict[str, Answer]) -> None:
    lines = [line for answer in answers.values() for line in answer.err.splitlines() if line]
    assert len(lines) >= 8
    assert all(isinstance(json.loads(line), dict) for line in lines)
    said = {
        word
        for name in ("show", "show private")
        for r in answers[name].json["recordings"]
        for word in words(r["transcript"]["text"])
    }
    assert len(said) > 20
    assert said & set(words("\n".join(lines))) == set()


def words(text: str) -> list[str]:
    """The words of five letters or more: shorter ones occur anywhere."""
    return re.findall(r"[a-z]{5,}", text.lower())


def test_a_memo_that_fails_is_told_with_exit_status_1(home: Path) -> None:
    (home.parent / "2026-03-14 09.00.wav").write_bytes(b"")
    assert diary(home, "add", "2026-03-14 09.00.wav", "--json").code == 0
    answer = diary(home, "process", "--json")
    (fault,) = checked("process", answer)["faults"]
    (recording,) = checked("status", diary(home, "status", "--json"))["recordings"]
    assert (answer.code, recording["state"], recording["reason"]) == (1, "quarantined", fault["reason"])
    assert fault["subject"] == recording["id"]


@pytest.mark.parametrize("case", BREAKS)
def test_what_cannot_be_done_is_an_error_object_with_its_exit_status(case: str, home: Path) -> None:
    arguments, environment, code, kind = BREAKS[case]
    answer = diary(home, *arguments, "--json", **environment)
    error = checked("error", answer)["error"]
    assert (answer.code, error["kind"]) == (code, kind)


def test_a_doctor_that_finds_something_says_so_with_exit_status_1(home: Path) -> None:
    answer = diary(home, "doctor", "--json", DIARY_WHISPER_MODEL="enormous")
    assert answer.code == 1
    assert [check["name"] for check in checked("doctor", answer)["checks"] if not check["ok"]] == ["model"]


def test_a_misspelt_option_leaves_stdout_empty_and_exits_with_2(home: Path) -> None:
    answer = diary(home, "status", "--jsno")
    assert (answer.code, answer.out) == (2, "")
    assert "--jsno" in answer.err
