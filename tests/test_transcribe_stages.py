"""Speech is cut into chunks and words become sentences: each step by itself."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from faster_whisper.vad import SpeechTimestampsMap, VadOptions, collect_chunks, get_speech_timestamps

from diary_pipeline.transcribe.engine import Samples
from diary_pipeline.transcribe.speech import Chunk, Speech
from diary_pipeline.transcribe.stitch import Word, segments
from tests.spoken import three_minutes, windows


@pytest.fixture(scope="module")
def long_audio() -> Samples:
    """Three minutes of several memos."""
    return three_minutes()


def test_chunks_and_their_times_are_upstreams_for_a_recording_searched_whole(long_audio: Samples) -> None:
    audio = long_audio.astype(np.float32) / 32768
    clips = get_speech_timestamps(audio, VadOptions(max_speech_duration_s=30, min_silence_duration_ms=160))
    theirs, about = collect_chunks(audio, clips, max_duration=30)
    ours = list(Speech(windows(long_audio)).chunks())
    assert len(ours) == len(theirs) > 3
    assert all(np.array_equal(a.samples, b) for a, b in zip(ours, theirs, strict=True))
    times = SpeechTimestampsMap(clips, 16_000)
    for chunk, meta in zip(ours, about, strict=True):
        for start in np.arange(0, chunk.seconds - 0.3, 0.7):
            index = times.get_chunk_index(meta["offset"] + start + 0.15)
            expected = [times.get_original_time(meta["offset"] + t, index) for t in (start, start + 0.3)]
            assert chunk.original_times(start, start + 0.3) == pytest.approx(expected, abs=0.006)


def test_a_long_recording_is_searched_in_windows_without_losing_speech(long_audio: Samples) -> None:
    whole, streamed = Speech(windows(long_audio)), Speech(windows(long_audio, 1), analysis_seconds=40)
    once, pieces = list(whole.chunks()), list(streamed.chunks())
    assert streamed.seconds == whole.seconds == pytest.approx(len(long_audio) / 16_000)
    assert streamed.speech_seconds == pytest.approx(whole.speech_seconds, rel=0.03)
    spans = [span for chunk in pieces for span in chunk.spans]
    assert all(begin < end for begin, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert all(chunk.seconds <= 30 for chunk in once + pieces)
    for chunk in pieces:
        at = [long_audio[round(begin * 16_000) : round(end * 16_000)] for begin, end in chunk.spans]
        assert np.array_equal(chunk.samples, np.concatenate(at).astype(np.float32) / 32768)


def test_a_long_recording_that_is_searched_in_windows_is_cut_into_as_many_chunks_as_a_whole_one(
    long_audio: Samples,
) -> None:
    often = np.tile(long_audio, 1 + 16_000 * 400 // len(long_audio))
    once, pieces = (list(Speech(windows(often), analysis_seconds=seconds).chunks()) for seconds in (3600, 150))
    assert len(once) == len(pieces) > 10
    assert all(chunk.seconds > 20 for chunk in pieces[:-1])


def test_a_recording_with_little_speech_does_not_wait_for_a_full_chunk(long_audio: Samples) -> None:
    word, silence = long_audio[: 16_000 * 10], np.zeros(16_000 * 120, np.int16)
    sparse = np.concatenate([word, silence] * 3)
    read = 0

    def counted() -> Iterator[Samples]:
        nonlocal read
        for at in range(0, len(sparse), 16_000):
            read = at // 16_000
            yield sparse[at : at + 16_000]

    first = next(iter(Speech(counted, analysis_seconds=100).chunks()))
    assert 0 < first.seconds < 30
    assert read < 110


def test_no_audio_at_all_is_no_speech() -> None:
    assert list(Speech(lambda: iter(())).chunks()) == []


# ---- stitch ----


def spoken(*texts: str, pause: float = 0.1) -> list[Word]:
    """Words of half a second with the same pause between."""
    return [Word(word, n * (0.5 + pause), n * (0.5 + pause) + 0.5, 0.9) for n, word in enumerate(texts)]


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        ((" Good", " morning.", " It", " rains."), ["Good morning.", "It rains."]),
        ((" Mr.", " Miller", " came."), ["Mr. Miller came."]),
        ((" See", " you", " at", " 7.", " Then", " home!"), ["See you at 7.", "Then home!"]),
        ((" It", " cost", " 3", ".5", " pounds."), ["It cost 3.5 pounds."]),
        ((" About", " 3.", " 5", " pounds."), ["About 3. 5 pounds."]),
        ((" Well...", " maybe", " not."), ["Well... maybe not."]),
        ((" You", " and", " I.", " Always."), ["You and I.", "Always."]),
        ((" He", " said,", ' "Go."', ' "Now?"'), ['He said, "Go."', '"Now?"']),
        (("雨です。", "寒い。"), ["雨です。", "寒い。"]),
        ((" no", " end"), ["no end"]),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(words: tuple[str, ...], sentences: list[str]) -> None:
    assert [segment.text for segment in segments(spoken(*words), 60)] == sentences


def test_a_pause_ends_a_segment_without_any_punctuation() -> None:
    assert [segment.text for segment in segments(spoken(" one", " two", pause=1.3), 60)] == ["one", "two"]


def test_ids_keep_their_order_beyond_a_hundred_segments() -> None:
    made = segments(spoken(*[" Yes."] * 120), 600)
    ids = [segment.id for segment in made]
    assert ids == sorted(ids)
    assert (ids[0], ids[-1]) == ("s001", "s120")


def test_a_word_in_front_of_cut_silence_is_not_stretched_over_it() -> None:
    chunk = Chunk(np.zeros(2 * 16_000, np.float32), ((1.0, 2.0), (9.0, 10.0)))
    assert chunk.original_times(0.6, 1.1) == pytest.approx((1.6, 2.1))
    assert chunk.original_times(1.2, 1.5) == pytest.approx((9.2, 9.5))
