"""A decoder that crashes stops no other work: audio is opened in a child process with limits."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary, reader_factory
from diary_pipeline.errors import PermanentError
from diary_pipeline.media import MediaLimits, MediaReader, Probe, worker
from diary_pipeline.media.ffmpeg import has_known_holes
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from tests.broken_audio import with_damaged_video
from tests.memos import tone

BAD, GOOD = "2026-03-14 08.12.wav", "2026-03-14 09.00.wav"


@pytest.fixture
def reader(settings: Settings) -> Iterator[MediaReader]:
    with reader_factory(settings)() as reader:
        yield reader


class Crashing(MediaReader):
    """A reader whose child crashes over files of one name, as a decoder with a bug would."""

    def probe(self, path: Path, *, whole: bool = False) -> Probe:
        child = self._started()
        if path.name == BAD:
            os.kill(child.pid, signal.SIGSEGV)
            child.wait()
        return super().probe(path) if path.name != BAD else next(self._crashed(path))

    def _crashed(self, path: Path) -> Iterator[Probe]:
        raise self._died(path)
        yield


def test_a_decoder_that_crashes_in_the_middle_names_the_file_and_the_signal_and_the_next_file_is_read(
    reader: MediaReader, tmp_path: Path
) -> None:
    long, short = tone(tmp_path / "long.wav", seconds=30), tone(tmp_path / "short.wav")
    windows = reader.samples(long, window_seconds=1)
    next(windows)
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGSEGV)
    with pytest.raises(PermanentError, match=r"'long.wav' crashed the decoder \(signal SIGSEGV\)"):
        list(windows)
    assert reader.probe(short).seconds == pytest.approx(0.3)


def test_a_memo_that_crashes_its_decoder_is_quarantined_and_kept_and_others_go_on(
    settings: Settings, home: Path
) -> None:
    bad, good = tone(home / "inbox" / BAD), tone(home / "inbox" / GOOD, hertz=500)
    before = bad.read_bytes()
    limits = MediaLimits(max_seconds=3600, max_bytes=10**9, memory_mb=1024, timeout_seconds=20)
    plain = open_diary(settings.model_copy(update={"settle_seconds": 0.0}), ScriptedEngine(lambda _: ["Hello."]))
    diary = replace(plain, new_reader=lambda: Crashing(limits))
    summary = pipeline.process(diary)
    states = {entry["source"]: entry for entry in status.recordings(diary)}
    assert (states[bad.name]["state"], states[good.name]["state"]) == ("quarantined", "done"), states[bad.name][
        "reason"
    ]
    assert "crashed the decoder (signal SIGSEGV)" in states[bad.name]["reason"]
    assert (summary.failed, bad.read_bytes()) == (1, before)
    diary.close()


def test_a_file_that_needs_more_memory_than_allowed_is_an_error_of_that_file(tmp_path: Path) -> None:
    file = tone(tmp_path / "memo.wav", seconds=5)
    limits = MediaLimits(max_seconds=3600, max_bytes=10**9, memory_mb=40, timeout_seconds=20)
    with MediaReader(limits) as small, pytest.raises(PermanentError, match=r"memo\.wav"):
        small.probe(file)


def test_the_child_ends_with_its_reader(settings: Settings, tmp_path: Path) -> None:
    with reader_factory(settings)() as reader:
        reader.probe(tone(tmp_path / "memo.wav"))
        pid = reader.pid
    assert pid is not None
    assert not Path(f"/proc/{pid}").exists()


VIDEO_DECODERS = {"mpeg4", "ffv1"}
WATCHED = """
import json, sys
sys.path.insert(0, sys.argv[1])
import av, av.logging
from diary_pipeline.media import opening, worker
if sys.argv[3] == "without the list":
    opening.CODECS[:] = sorted(av.codecs_available)
av.logging.set_level(av.logging.VERBOSE)
with av.logging.Capture(local=False) as said:
    try:
        headers = [header for header, _ in worker._answer({"do": sys.argv[4], "path": sys.argv[2], **worker_request})]
    except opening.RefusalError as refusal:
        headers = [{"refused": str(refusal)}]
spoke = [name for _, name, text in said if "not on whitelist" not in text]
print(json.dumps({"said": spoke, "headers": headers}))
""".replace("worker_request", '{"window": 16000, "max_samples": 10**9, "max_seconds": 3600, "whole": False}')


def watched(file: Path, do: str, *, listed: bool = True) -> tuple[set[str], list[dict[str, Any]]]:
    """Which parts of FFmpeg spoke while the worker read *file*, and its replies.

    A decoder that gets a damaged picture complains under its name.
    """
    folder = str(Path(worker.__file__).parents[2])
    how = "with the list" if listed else "without the list"
    command = [sys.executable, "-c", WATCHED, folder, str(file), how, do]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return set(said["said"]), said["headers"]


@pytest.mark.parametrize("video", ["mpeg4", "ffv1"])
@pytest.mark.parametrize("do", ["probe", "samples"])
def test_a_memo_with_a_video_in_it_runs_no_video_decoder(tmp_path: Path, video: str, do: str) -> None:
    file = with_damaged_video(tmp_path / "memo.mkv", video)
    spoke, _ = watched(file, do, listed=False)
    assert video in spoke, "without the list of codecs the decoder runs"
    spoke, replies = watched(file, do)
    assert not spoke & VIDEO_DECODERS
    assert "refused" not in replies[0], "its sound is read all the same"


def test_the_sound_of_a_memo_with_a_video_is_whole(reader: MediaReader, tmp_path: Path) -> None:
    file = with_damaged_video(tmp_path / "memo.mkv", "mpeg4")
    assert reader.probe(file).codec == "pcm_s16le"
    assert sum(len(window) for window in reader.samples(file)) == pytest.approx(2 * 16_000, abs=16)


def test_sound_in_a_coding_that_no_recorder_writes_is_refused_by_name(reader: MediaReader, tmp_path: Path) -> None:
    file = tmp_path / "memo.mkv"
    with av.open(str(file), "w", format="matroska") as out:
        stream = out.add_stream("real_144", rate=8_000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=160)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate = 8_000
        for number in range(20):
            frame.pts = number * 160
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with pytest.raises(PermanentError, match="coding that is not opened here"):
        reader.probe(file)
    with pytest.raises(PermanentError, match="coding that is not opened here"):
        list(reader.samples(file))


@pytest.mark.parametrize(
    ("version", "holes"),
    [
        ("8.1.2", False),
        ("8.1.1", True),
        ("8.1", True),
        ("n8.0.2", True),
        ("8.0.3", False),
        ("7.1.4", True),
        ("7.1.5", False),
        ("7.0.9", True),
        ("6.1.2", True),
        ("8.2", False),
        ("9.0.1", False),
        ("N-118193-g5f38c82536", False),
    ],
)
def test_an_ffmpeg_with_known_holes_is_named(version: str, *, holes: bool) -> None:
    assert has_known_holes(version) is holes
