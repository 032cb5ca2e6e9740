"""A decoder that crashes stops no other work: audio is opened in a child process with limits."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary, reader_factory
from diary_pipeline.errors import PermanentError
from diary_pipeline.media import MediaLimits, MediaReader, Probe
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
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
