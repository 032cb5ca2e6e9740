"""Bad input, by a table: it is told apart, explained, kept byte for byte, and stops nobody else."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.memos import tone
from tests.services import Need

GOOD = "2026-03-14 08.12.wav"


def diary(home: Path, *command: str, **environment: str) -> tuple[int, dict[str, Any]]:
    """Run the command line as a person would; its exit code and its JSON."""
    env = {
        **os.environ,
        "DIARY_HOME": str(home),
        "DIARY_WHISPER_MODEL": "tiny.en",
        "DIARY_TIMEZONE": "UTC",
        **environment,
    }
    run = subprocess.run(
        [sys.executable, "-m", "diary_pipeline.cli", *command, "--json"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout, run.stderr
    return run.returncode, json.loads(run.stdout)


@dataclass(frozen=True)
class Case:
    """One bad input: what it is called, how it is made, and what must become of it."""

    name: str
    make: Callable[[Path], object]
    state: str
    reason: str
    code: int
    readable: bool = True


def truncated(path: Path) -> None:
    import av

    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=16_000)
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))  # else the encoder may find what is no number
        frame.sample_rate = 16_000
        for number in range(60):
            frame.pts = number * 1024
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    path.write_bytes(path.read_bytes()[:600])


def picture_only(path: Path) -> None:
    import av

    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 64
        for _ in range(5):
            out.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        out.mux(stream.encode(None))


def hours_of_silence(path: Path) -> None:
    import av

    with av.open(str(path), "w", format="flac") as out:
        stream = out.add_stream("flac", rate=16_000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=160_000)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = 16_000
        for number in range(3 * 360):
            frame.pts = number * 160_000
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


CASES = [
    Case("2026-03-14 09.00.m4a", lambda path: path.write_bytes(b""), "quarantined", "empty", 1),
    Case("2026-03-14 09.01.m4a", truncated, "quarantined", "", 1),
    Case(
        "2026-03-14 09.02.wav", lambda path: path.write_text("Dear diary, this is text.\n" * 50), "quarantined", "", 1
    ),
    Case("2026-03-14 09.03.mp4", picture_only, "quarantined", "no audio", 1),
    Case("2026-03-14 09.04.flac", hours_of_silence, "quarantined", "DIARY_MAX_RECORDING_HOURS", 1),
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
    code, summary = diary(home, "process", DIARY_MAX_RECORDING_HOURS="2")
    by_name = {entry["source"]: entry for entry in status(home)}
    entry, good = by_name[case.name], by_name[GOOD]
    assert (entry["state"], code) == (case.state, case.code), (entry, summary)
    assert case.reason in (entry["reason"] or "")
    assert good["state"] == "done"
    assert entry["sha256"] == before
    assert before is None or digest(bad) == before


def test_bad_input_is_not_tried_again_and_again(home: Path) -> None:
    for case in CASES:
        case.make(home / "inbox" / case.name)
    assert diary(home, "process", DIARY_MAX_RECORDING_HOURS="2")[0] == 1
    code, summary = diary(home, "process", DIARY_MAX_RECORDING_HOURS="2")
    assert (code, summary["attempts"], summary["faults"]) == (0, 0, [])


def test_three_hours_of_silence_within_the_limit_are_done_and_empty(home: Path) -> None:
    hours_of_silence(home / "inbox" / "2026-03-14 09.04.flac")
    code, _ = diary(home, "process")
    assert (code, look(home, "2026-03-14 09.04.flac")["state"]) == (0, "done")
    _, view = diary(home, "show", "2026-03-14")
    assert view["recordings"][0]["transcript"]["text"] == ""


def test_a_file_that_nobody_may_read_waits_with_its_reason_and_is_taken_once_it_may(home: Path, need: Need) -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        need.missing("setpriv", "root reads everything unless it gives up that right")
    tone(home / "inbox" / GOOD)
    bad = tone(home / "inbox" / "2026-03-14 09.00.wav", hertz=500)
    bad.chmod(0)
    if os.geteuid() == 0:
        os.chown(bad, 65534, 65534)
    code, entries = without_privilege(home)
    entry = next(e for e in entries if e["source"] == bad.name)
    assert (code, entry["state"]) == (1, "quarantined")
    assert "permission" in entry["reason"]
    bad.chmod(0o644)
    code, entries = without_privilege(home)
    assert (code, {e["state"] for e in entries}) == (0, {"done"})


def without_privilege(home: Path) -> tuple[int, list[dict[str, Any]]]:
    """`process` and `status` as somebody whom file modes bind; root gives up what lets it read everything."""
    rights = "-dac_override,-dac_read_search"
    bound = ["setpriv", "--bounding-set", rights, "--inh-caps", rights] if os.geteuid() == 0 else []
    env = {**os.environ, "DIARY_HOME": str(home), "DIARY_WHISPER_MODEL": "tiny.en"}
    code, output = 0, ""
    for command in ("process", "status"):
        argv = [*bound, sys.executable, "-m", "diary_pipeline.cli", command, "--json"]
        run = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
        code, output = (run.returncode, run.stdout) if command == "process" else (code, run.stdout)
    return code, json.loads(output)["recordings"]


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
        code, _ = diary(home, "process", DIARY_SETTLE_SECONDS="1")
        entry = look(home, growing.name)
    finally:
        over.set()
        writer.join()
    assert (code, entry["state"]) == (0, "waiting")
    assert "still being written" in entry["reason"]
    assert look(home, GOOD)["state"] == "done"
    assert diary(home, "process", DIARY_SETTLE_SECONDS="1")[0] == 0
    assert look(home, growing.name)["sha256"] == hashlib.sha256(content).hexdigest()


def test_two_files_of_one_name_are_two_recordings(home: Path) -> None:
    tone(home / "inbox" / "phone" / GOOD, hertz=500)
    tone(home / "inbox" / "phone" / "again" / GOOD, hertz=600)
    assert diary(home, "process")[0] == 0
    assert [e["state"] for e in status(home)] == ["done", "done"]
    assert len({e["id"] for e in status(home)}) == 2


def test_a_name_that_returns_with_other_bytes_is_another_recording_and_the_first_is_kept(home: Path) -> None:
    first = digest(tone(home / "inbox" / GOOD, hertz=500))
    assert diary(home, "process")[0] == 0
    second = digest(tone(home / "inbox" / GOOD, hertz=600))
    assert diary(home, "process")[0] == 0
    assert {e["sha256"] for e in status(home)} == {first, second}
    assert {digest(file) for file in (home / "audio").iterdir()} == {first, second}


def test_the_same_bytes_twice_are_one_recording_and_a_duplicate_that_names_it(home: Path) -> None:
    tone(home / "inbox" / GOOD)
    shutil.copy2(home / "inbox" / GOOD, home / "inbox" / "2026-03-14 10.00.wav")
    code, summary = diary(home, "process")
    first, second = status(home)
    assert (code, summary["transcribed"]) == (0, 1)
    assert (first["duplicate_of"], second["duplicate_of"]) == (None, first["id"])
    assert "same bytes" in second["reason"]


def test_a_folder_that_is_called_like_a_recording_is_looked_into_and_cannot_be_added(home: Path) -> None:
    tone(home / "inbox" / "2026-03-14.wav" / "2026-03-14 09.30.wav")
    assert diary(home, "process")[0] == 0
    assert [e["source"] for e in status(home)] == ["2026-03-14 09.30.wav"]
    code, answer = diary(home, "add", str(home / "inbox" / "2026-03-14.wav"))
    assert code == 2
    assert "folder" in answer["error"]["message"]


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
        code, _ = diary(home, "process", DIARY_STORE=str(small))
        entry = look(home, large.name, DIARY_STORE=str(small))
        assert (code, entry["state"]) == (1, "failed")
        assert "disk is full" in entry["reason"]
        assert look(home, GOOD, DIARY_STORE=str(small))["state"] == "done"
        assert subprocess.run(["mount", "-o", "remount,size=4m", str(small)], check=False).returncode == 0
        assert diary(home, "process", DIARY_STORE=str(small))[0] == 0
        assert look(home, large.name, DIARY_STORE=str(small))["state"] == "done"
    finally:
        subprocess.run(["umount", str(small)], check=False)


def test_a_locked_catalog_is_named_and_nothing_is_lost(home: Path) -> None:
    tone(home / "inbox" / GOOD)
    assert diary(home, "status")[0] == 0
    with sqlite3.connect(home / "catalog.db", isolation_level=None) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        code, answer = diary(home, "process", DIARY_CATALOG_TIMEOUT_SECONDS="0.2")
        lock.execute("ROLLBACK")
    assert code == 1
    assert "locked" in answer["error"]["message"]
    assert diary(home, "process")[0] == 0
    assert look(home, GOOD)["state"] == "done"


def test_an_unreachable_bucket_is_named_soon_and_nothing_is_lost(home: Path) -> None:
    tone(home / "inbox" / GOOD)
    away = {
        "DIARY_STORE": "gs://nowhere",
        "STORAGE_EMULATOR_HOST": "http://127.0.0.1:9",
        "DIARY_STORE_TIMEOUT_SECONDS": "3",
    }
    code, answer = diary(home, "process", **away)
    assert code == 1
    assert "gs://nowhere cannot be reached" in answer["error"]["message"]
    assert diary(home, "process")[0] == 0
    assert look(home, GOOD)["state"] == "done"


def look(home: Path, source: str, **environment: str) -> dict[str, Any]:
    return next(entry for entry in diary(home, "status", **environment)[1]["recordings"] if entry["source"] == source)


def status(home: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = diary(home, "status")[1]["recordings"]
    return entries


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
