"""Bad input, by a table: it is recognised, explained, kept byte for byte, and does not stop other memos."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.errors import TransientError, UserError
from diary_pipeline.recordings.add import AddOptions, put_into_inbox
from diary_pipeline.settings import Settings
from diary_pipeline.summary import Summary
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.show import day_view
from diary_pipeline.views.status import recordings
from tests.broken_audio import picture_only, silence, truncated
from tests.command import DIARY, diary
from tests.memos import tone
from tests.services import Need

Result = TypeVar("Result")
GOOD = "2026-03-14 08.12.wav"
REAL = {"whisper_model": "tiny.en"}  # settings under which the engine is not scripted


def process(home: Path, **settings: Any) -> Summary:
    """Do what is pending, in this process."""
    return with_diary(home, pipeline.process, **settings)


def status(home: Path, **settings: Any) -> list[dict[str, Any]]:
    """Every recording with its state, from a newly opened diary."""
    return with_diary(home, recordings, **settings)


def look(home: Path, source: str, **settings: Any) -> dict[str, Any]:
    return next(entry for entry in status(home, **settings) if entry["source"] == source)


def with_diary(home: Path, ask: Callable[[Diary], Result], **settings: Any) -> Result:
    """Call *ask* with a diary opened for this call: with a real engine where the settings name its model."""
    engine = None if "whisper_model" in settings else ScriptedEngine()
    diary = open_diary(Settings.load(**{"home": home, "timezone": "UTC", "settle_seconds": 0.0, **settings}), engine)
    try:
        return ask(diary)
    finally:
        diary.close()


@dataclass(frozen=True)
class Case:
    """One bad input: its name, how it is made, its state and reason afterwards, and how many failures it is."""

    name: str
    make: Callable[[Path], object]
    state: str
    reason: str
    faults: int
    readable: bool = True


CASES = [
    Case("2026-03-14 09.00.m4a", lambda path: path.write_bytes(b""), "quarantined", "empty", 1),
    Case("2026-03-14 09.01.m4a", truncated, "quarantined", "", 1),
    Case(
        "2026-03-14 09.02.wav", lambda path: path.write_text("Dear diary, this is text.\n" * 50), "quarantined", "", 1
    ),
    Case("2026-03-14 09.03.mp4", picture_only, "quarantined", "no audio", 1),
    Case("2026-03-14 09.04.flac", silence, "quarantined", "DIARY_MAX_RECORDING_HOURS", 1),
    Case(
        "2026-03-14 09.05.m3u8",
        lambda path: path.write_text("#EXTM3U\n#EXTINF:10,\n/etc/passwd\n#EXT-X-ENDLIST\n"),
        "quarantined",
        "",
        1,
    ),
    Case(
        "2026-03-14 09.06.pls",
        lambda path: path.write_text("[playlist]\nFile1=/etc/passwd\nNumberOfEntries=1\n"),
        "quarantined",
        "",
        1,
    ),
    Case(
        "2026-03-14 09.07.wav",
        lambda path: path.write_text("ffconcat version 1.0\nfile /etc/passwd\n"),
        "quarantined",
        "",
        1,
    ),
    Case("2026-03-14 09.08.wav", lambda path: path.symlink_to("nowhere.wav"), "quarantined", "link", 1, readable=False),
    Case("2026-03-14 09.09 \n\N{CAT FACE}.wav", lambda path: tone(path, hertz=700), "done", "", 0),
    Case("New Recording.wav", lambda path: tone(path, hertz=701, modified=0), "quarantined", "recorded", 1),
]


@pytest.mark.parametrize("case", CASES, ids=[ascii(case.name) for case in CASES])
def test_bad_input_is_explained_and_kept_and_the_other_memo_is_done(case: Case, home: Path) -> None:
    tone(home / "inbox" / GOOD)
    bad = home / "inbox" / case.name
    case.make(bad)
    before = digest(bad) if case.readable else None
    summary = process(home, max_recording_hours=2)
    by_name = {entry["source"]: entry for entry in status(home)}
    entry, good = by_name[case.name], by_name[GOOD]
    assert (entry["state"], summary.failed) == (case.state, case.faults), (entry, summary)
    assert case.reason in (entry["reason"] or "")
    assert good["state"] == "done"
    assert entry["sha256"] == before
    assert before is None or digest(bad) == before


@pytest.mark.slow
def test_the_command_says_what_is_wrong_with_each_and_tries_none_again(home: Path) -> None:
    for case in CASES:
        case.make(home / "inbox" / case.name)
    limit = {"DIARY_MAX_RECORDING_HOURS": "2", "DIARY_SETTLE_SECONDS": "0"}
    assert diary(home, "process", "--json", **limit).code == 1
    by_name = {entry["source"]: entry for entry in diary(home, "status", "--json").json["recordings"]}
    assert {name: entry["state"] for name, entry in by_name.items()} == {case.name: case.state for case in CASES}
    assert all(case.reason in (by_name[case.name]["reason"] or "") for case in CASES)
    again = diary(home, "process", "--json", **limit)
    assert (again.code, again.json["attempts"], again.json["faults"]) == (0, 0, [])


@pytest.mark.parametrize(
    ("hours", "engine"), [(3, {}), pytest.param(0.5, REAL, marks=pytest.mark.slow)], ids=["scripted", "real"]
)
def test_hours_of_silence_within_the_limit_are_done_and_empty(hours: float, engine: dict[str, str], home: Path) -> None:
    silence(home / "inbox" / "2026-03-14 09.04.flac", hours)
    assert process(home, **engine).failed == 0
    entry = look(home, "2026-03-14 09.04.flac", **engine)
    assert (entry["state"], entry["seconds"]) == ("done", hours * 3600)
    view = with_diary(home, lambda diary: day_view(diary, date(2026, 3, 14), "me"), **engine)
    assert view["recordings"][0]["transcript"]["text"] == ""


@pytest.mark.slow
def test_a_file_that_nobody_may_read_waits_with_its_reason_and_is_taken_once_it_may(home: Path, need: Need) -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        need.missing("setpriv", "root reads everything unless it gives up that right")
    tone(home / "inbox" / GOOD)
    bad = tone(home / "inbox" / "2026-03-14 09.00.wav", hertz=500)
    bad.chmod(0)
    if os.geteuid() == 0:
        os.chown(bad, 65534, 65534)
    code, entry = without_privilege(home), look(home, bad.name)
    assert (code, entry["state"]) == (1, "quarantined")
    assert "permission" in entry["reason"]
    bad.chmod(0o644)
    code = without_privilege(home)
    assert (code, {e["state"] for e in status(home, **REAL)}) == (0, {"done"})


def without_privilege(home: Path) -> int:
    """Exit status of `diary process` without the privilege to ignore file modes, which root gives up."""
    rights = "-dac_override,-dac_read_search"
    bound = ["setpriv", "--bounding-set", rights, "--inh-caps", rights] if os.geteuid() == 0 else []
    env = {**os.environ, "DIARY_HOME": str(home), "DIARY_WHISPER_MODEL": "tiny.en"}
    return subprocess.run([*bound, DIARY, "process", "--json"], cwd=home.parent, env=env, check=False).returncode


def test_a_file_that_is_still_growing_waits_and_the_other_memo_is_done(home: Path) -> None:
    tone(home / "inbox" / GOOD)
    growing, over = home / "inbox" / "2026-03-14 09.00.wav", threading.Event()
    content = tone(home.parent / "whole.wav", seconds=30, hertz=500).read_bytes()

    def write() -> None:
        with growing.open("wb") as out:
            for start in range(0, len(content), 4000):
                out.write(content[start : start + 4000])
                out.flush()
                if over.wait(0.2):
                    out.write(content[start + 4000 :])
                    return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        summary = process(home, settle_seconds=1)
        entry = look(home, growing.name)
    finally:
        over.set()
        writer.join()
    assert (summary.failed, entry["state"]) == (0, "waiting")
    assert "still being written" in entry["reason"]
    assert look(home, GOOD)["state"] == "done"
    assert process(home, settle_seconds=1).failed == 0
    assert look(home, growing.name)["sha256"] == hashlib.sha256(content).hexdigest()


def test_two_files_of_one_name_are_two_recordings(home: Path) -> None:
    tone(home / "inbox" / "phone" / GOOD, hertz=500)
    tone(home / "inbox" / "phone" / "again" / GOOD, hertz=600)
    assert process(home).failed == 0
    assert [e["state"] for e in status(home)] == ["done", "done"]
    assert len({e["id"] for e in status(home)}) == 2


def test_a_name_that_returns_with_other_bytes_is_another_recording_and_the_first_is_kept(home: Path) -> None:
    first = digest(tone(home / "inbox" / GOOD, hertz=500))
    assert process(home).failed == 0
    second = digest(tone(home / "inbox" / GOOD, hertz=600))
    assert process(home).failed == 0
    assert {e["sha256"] for e in status(home)} == {first, second}
    assert {digest(file) for file in (home / "audio").iterdir()} == {first, second}


def test_the_same_bytes_twice_are_one_recording_and_a_duplicate_that_names_it(home: Path) -> None:
    tone(home / "inbox" / GOOD)
    shutil.copy2(home / "inbox" / GOOD, home / "inbox" / "2026-03-14 10.00.wav")
    summary = process(home)
    first, second = status(home)
    assert (summary.failed, summary.transcribed) == (0, 1)
    assert (first["duplicate_of"], second["duplicate_of"]) == (None, first["id"])
    assert "same bytes" in second["reason"]


def test_a_folder_that_is_called_like_a_recording_is_looked_into_and_cannot_be_added(home: Path) -> None:
    tone(home / "inbox" / "2026-03-14.wav" / "2026-03-14 09.30.wav")
    assert process(home).failed == 0
    assert [e["source"] for e in status(home)] == ["2026-03-14 09.30.wav"]
    with pytest.raises(UserError, match="folder"):
        put_into_inbox(Settings.load(home=home), [home / "inbox" / "2026-03-14.wav"], AddOptions())


def test_a_full_disk_fails_what_it_must_and_the_next_run_does_it(home: Path, need: Need) -> None:
    small = home.parent / "small"
    small.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(small)], capture_output=True, text=True, check=False
    )
    if mount.returncode != 0:
        need.missing("tmpfs", f"mounting needs root: {mount.stderr.strip()}")
    try:
        tone(home / "inbox" / GOOD, seconds=0.5)
        large = tone(home / "inbox" / "2026-03-14 09.00.wav", seconds=20, hertz=500)
        summary = process(home, store=str(small))
        entry = look(home, large.name, store=str(small))
        assert (summary.failed, entry["state"]) == (1, "failed")
        assert "disk is full" in entry["reason"]
        assert look(home, GOOD, store=str(small))["state"] == "done"
        assert subprocess.run(["mount", "-o", "remount,size=4m", str(small)], check=False).returncode == 0
        assert process(home, store=str(small)).failed == 0
        assert look(home, large.name, store=str(small))["state"] == "done"
    finally:
        subprocess.run(["umount", str(small)], check=False)


def test_a_locked_catalog_is_named_and_nothing_is_lost(home: Path) -> None:
    tone(home / "inbox" / GOOD)
    assert status(home) == []
    with sqlite3.connect(home / "catalog.db", isolation_level=None) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TransientError, match="locked"):
            process(home, catalog_timeout_seconds=0.2)
        lock.execute("ROLLBACK")
    assert process(home).failed == 0
    assert look(home, GOOD)["state"] == "done"


@pytest.mark.slow
def test_an_unreachable_bucket_is_named_soon_and_nothing_is_lost(home: Path) -> None:
    tone(home / "inbox" / GOOD)
    away = {
        "DIARY_STORE": "gs://nowhere",
        "STORAGE_EMULATOR_HOST": "http://127.0.0.1:9",
        "DIARY_STORE_TIMEOUT_SECONDS": "3",
    }
    answer = diary(home, "process", "--json", **away)
    assert answer.code == 1
    assert "gs://nowhere cannot be reached" in answer.json["error"]["message"]
    assert process(home).failed == 0
    assert look(home, GOOD)["state"] == "done"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
