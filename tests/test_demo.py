"""`make demo` from an empty home: twelve memos, three pages, and nothing private where it does not belong."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.notes.draft import Draft
from diary_pipeline.notes.evidence.source import SpokenSource
from samples.wer import word_errors
from tests.command import diary
from tests.sample_facts import missed_events, missed_names, missed_todos, untrue
from tests.transcripts import said

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
DAYS = ("2026-03-14", "2026-03-15", "2026-03-16")
ALLOWED = 0.035
PRIVATE = "2026-03-16 12.34"


@dataclass(frozen=True)
class Demo:
    """A demo that was run twice over one home: what it said, and what `diary show` knows of each memo."""

    home: Path
    first: str
    second: str
    logs: str
    memos: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def demo(slow: None, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("demo") / "home"
    runs = [
        subprocess.run(
            [sys.executable, "-m", "samples.demo", str(home)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for _ in "12"
    ]
    views = [diary(home, "show", day, "--json", DIARY_TIMEZONE="Europe/London").json for day in DAYS]
    memos = {
        recording["source"]: recording | {"day": view["day"]} for view in views for recording in view["recordings"]
    }
    return Demo(home, runs[0].stdout, runs[1].stdout, "".join(run.stderr for run in runs), memos)


def figures(said: str) -> dict[str, str]:
    last = said.strip().splitlines()[-1]
    assert last.startswith("demo: ")
    return dict(re.findall(r"(\w+)=(\S+)", last))


@pytest.mark.timeout(200)
def test_every_memo_is_on_a_page_and_a_second_demo_does_nothing_again(demo: Demo) -> None:
    first, second = figures(demo.first), figures(demo.second)
    assert {name: first[name] for name in ("recordings", "transcribed", "notes", "days", "failed")} == {
        "recordings": "12",
        "transcribed": "12",
        "notes": "12",
        "days": "3",
        "failed": "0",
    }
    assert second | {"seconds": ""} == first | {"transcribed": "0", "seconds": ""}
    for day in DAYS:
        assert str(demo.home / "days" / "me" / f"{day}.md") in demo.first
    assert "make ui" in demo.first


def test_the_words_are_right_as_far_as_the_model_can(demo: Demo) -> None:
    pairs = [
        (SAMPLES.joinpath(source).with_suffix(".txt").read_text("utf-8"), memo["transcript"]["text"])
        for source, memo in demo.memos.items()
    ]
    errors, words = word_errors(pairs)
    assert len(pairs) == 12
    assert errors / words <= ALLOWED
    assert figures(demo.first)["wer"] == f"{errors / words:.3f}"


def test_what_the_samples_tell_is_in_the_notes_of_what_was_heard(demo: Demo) -> None:
    notes = {
        source: Draft.model_validate({key: memo["note"][key] for key in Draft.model_fields})
        for source, memo in demo.memos.items()
    }
    assert len(missed_todos(notes)) <= 1, missed_todos(notes)
    assert len(missed_events(notes)) <= 1, missed_events(notes)
    assert untrue(notes) == []
    assert len(missed_names(notes, "people")) <= 1, missed_names(notes, "people")
    assert len(missed_names(notes, "places")) <= 1, missed_names(notes, "places")
    for source, note in notes.items():
        spoken = SpokenSource.of(said(*(segment["text"] for segment in demo.memos[source]["transcript"]["segments"])))
        keys = spoken.read(note.title).keys
        assert any(keys <= spoken.window((segment.id,)).keys for segment in spoken.segments) or not keys, note.title


def test_each_memo_is_on_the_day_on_which_it_was_lived(demo: Demo) -> None:
    index = json.loads((SAMPLES / "index.json").read_text("utf-8"))
    assert {entry["file"]: entry["day"] for entry in index} == {
        source: memo["day"] for source, memo in demo.memos.items()
    }
    assert demo.memos["2026-03-16 01.38.m4a"]["day"] == "2026-03-15"


def test_the_private_memo_is_marked_and_its_words_are_in_no_log_and_not_in_dagsters_storage(demo: Demo) -> None:
    assert {source for source, memo in demo.memos.items() if memo["privacy"] == "local_only"} == {f"{PRIVATE}.m4a"}
    assert "🔒" in (demo.home / "days" / "me" / "2026-03-16.md").read_text("utf-8")
    stored = b"".join(file.read_bytes() for file in (demo.home / "dagster").rglob("*") if file.is_file()).lower()
    told = demo.logs.lower() + demo.first.partition("The pages:")[2].lower()
    for memo in demo.memos.values():
        words = re.findall(r"[a-z']+", memo["transcript"]["text"].lower())
        for spoken in {" ".join(words[n : n + 4]) for n in range(len(words) - 3)}:
            assert spoken not in told
            assert spoken.encode() not in stored
    for word in ("doctor", "blood", "pressure"):
        assert word in demo.memos[f"{PRIVATE}.m4a"]["transcript"]["text"].lower()
        assert word not in told
        assert word.encode() not in stored
