"""What of a stranger's file is heard, beyond the draws of the containers' proof."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from diary_pipeline.bootstrap import reader_factory
from diary_pipeline.errors import PermanentError
from diary_pipeline.media import MediaReader
from diary_pipeline.media.mixing import Spans, mixed
from diary_pipeline.settings import Settings
from tests.memos import tone
from tests.proof.container_files import KINDS, container, of_channels


@pytest.fixture
def reader(settings: Settings) -> Iterator[MediaReader]:
    with reader_factory(settings)() as reader:
        yield reader


@pytest.mark.parametrize(
    ("name", "begin", "kind"),
    [
        ("memo.dss", b"\x02dss", "DSS"),
        ("memo.ds2", b"\x03ds2", "DS2"),
        ("memo.dvf", b"?", "DVF"),
        ("memo.wav", b"\x03dss", "DSS"),
        ("memo.ape", b"MAC ", "Monkey's Audio"),
    ],
)
def test_a_file_in_a_format_that_is_not_opened_says_to_convert_it(
    name: str, begin: bytes, kind: str, reader: MediaReader, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(begin + bytes(range(256)) * 20)
    with pytest.raises(PermanentError, match=rf"not opened here \({kind}\). Convert it"):
        reader.probe(file, whole=True)
    with pytest.raises(PermanentError, match="Convert it"):
        list(reader.samples(file))
    assert reader.probe(tone(tmp_path / "good.dss")).seconds == pytest.approx(0.3), "a name alone refuses nothing"


def test_empty_packets_that_a_phone_writes_in_a_pause_are_silence_of_their_length(
    reader: MediaReader, tmp_path: Path
) -> None:
    spoken, pause = (b"\x3c" + bytes(range(7, 38))) * 25, b"\x7c" * 50  # 20 ms each
    file = tmp_path / "memo.amr"
    file.write_bytes(b"#!AMR\n" + pause + spoken + pause + spoken + pause)
    sound = np.concatenate(list(reader.samples(file))) / 32767
    loud = [float(np.abs(sound[int(at * 16_000) :][:8000]).max()) > 0.01 for at in (0.2, 1.0, 1.8, 2.5, 3.4)]
    assert len(sound) / 16_000 == pytest.approx(4.0, abs=0.05)
    assert loud == [False, True, False, True, False]


def test_stereo_that_is_alike_is_the_mean_and_a_part_in_opposite_phase_is_turned_round(
    reader: MediaReader, tmp_path: Path
) -> None:
    t = np.arange(4 * 16_000) / 16_000
    left = (np.sin(2 * np.pi * 300 * t) * 0.3).astype(np.float32)
    right = np.where((t >= 1) & (t < 2), -left, left * 0.5)
    file = tmp_path / "memo.wav"
    file.write_bytes(of_channels(np.stack((left, right)), 16_000))
    sound = np.concatenate(list(reader.samples(file))) / 32767
    loud = [float(np.abs(sound[at : at + 16_000]).max()) for at in (0, 16_000, 32_000)]
    assert loud == pytest.approx([0.225, 0.3, 0.225], abs=0.01)


def test_the_layout_changes_back_and_forth_and_nothing_shifts(reader: MediaReader, tmp_path: Path) -> None:
    second = (np.sin(2 * np.pi * 300 * np.arange(16_000) / 16_000) * 0.3).astype(np.float32)
    parts = [
        container(KINDS["mp3"], [np.stack([second] * (1 + number % 2))], rate, ("mono", "stereo")[number % 2])
        for number, rate in enumerate((44_100, 22_050, 48_000, 16_000, 32_000, 44_100))
    ]
    file = tmp_path / "memo.mp3"
    file.write_bytes(b"".join(parts))
    heard = sum(map(len, reader.samples(file))) / 16_000
    assert reader.probe(file, whole=True).seconds == pytest.approx(heard, abs=0.3)
    assert heard == pytest.approx(len(parts), abs=1.0)


def speaks(track: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> Spans:
    """Where a track is loud; a stand-in for the search for speech."""
    loud = np.flatnonzero(np.abs(track) > 1000)
    return [(int(loud[0]), int(loud[-1]) + 1)] if len(loud) else []


def test_two_voices_on_two_tracks_are_both_heard_and_one_voice_on_two_is_heard_once() -> None:
    one, two = np.zeros(48_000, np.int16), np.zeros(48_000, np.int16)
    one[:20_000], two[30_000:40_000] = 5000, 4000
    both = mixed([one, two], speaks)
    assert (both[10_000], both[35_000]) == (5000, 4000)
    again = (one * 0.9).astype(np.int16)
    assert mixed([one, again, two], speaks)[10_000] == 5000
    assert mixed([one, -one], None).max() == 5000, "the mean turns an opposite round"


def test_a_damaged_part_of_a_joined_file_loses_no_other_part(reader: MediaReader, tmp_path: Path) -> None:
    second = np.full((1, 16_000), 0.2, np.float32)
    whole = container(KINDS["flac"], [second], 16_000, "mono")
    file = tmp_path / "memo.flac"
    file.write_bytes(whole + whole[:60] + whole)
    assert sum(map(len, reader.samples(file))) == 32_000


def test_sixty_four_channels_do_not_need_more_memory_than_allowed(reader: MediaReader, tmp_path: Path) -> None:
    file = tmp_path / "memo.wav"
    file.write_bytes(of_channels(np.full((64, 16_000 * 20), 0.1, np.float32), 16_000))
    assert sum(map(len, reader.samples(file))) == 16_000 * 20
