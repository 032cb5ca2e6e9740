"""A long recording is read in windows, remembers what was heard, and goes on after a crash where it was."""

import os
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import corpus
from diary_pipeline.store import Store
from diary_pipeline.testing.decoder import CountingDecoder, CountingEngine
from diary_pipeline.transcribe import Job, Result
from diary_pipeline.transcribe.batch import run
from diary_pipeline.transcribe.engine import Samples
from diary_pipeline.transcribe.long import ProgressMeter, StoredChunks
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.rows import DecodedChunk, Features, Row
from diary_pipeline.transcribe.speech import Chunk
from tests.spoken import drawn_out

MINUTES = 12  # two windows of the search for speech


class Counting:
    """A decoder that says how long each chunk is, and dies at one of them."""

    def __init__(self, *languages: str, dies_at: int | None = None) -> None:
        self.languages = frozenset(languages or ("en",))
        self.about: dict[str, Any] = {}
        self.heard: list[int] = []
        self.dies_at = dies_at

    def features(self, chunk: Chunk) -> Features:
        return np.zeros((80, 10), np.float32)

    def decode(self, rows: Sequence[Row]) -> list[DecodedChunk]:
        if self.dies_at in [row.index for row in rows]:
            raise KeyboardInterrupt
        self.heard += [row.index for row in rows]
        for row in rows:
            if row.known_language is None:
                row.recording.vote(row, {"de": 0.95})
        return [
            DecodedChunk(
                f" {row.chunk.seconds:.2f}.",
                drawn_out(f" {row.chunk.seconds:.2f}.", 0, row.chunk.seconds),
                row.recording.language_of(row),
            )
            for row in rows
        ]


@pytest.fixture(scope="module")
def memo() -> Samples:
    return corpus.decoded(corpus.ROOT / "samples" / "2026-03-16 22.06.m4a")


def repeated(memo: Samples, seconds: int, changed_from: float = 1e9) -> Callable[[], Iterator[Samples]]:
    """The memo again and again, a minute at a time; quieter from some second on."""

    def audio() -> Iterator[Samples]:
        minute = 60 * 16_000
        long = np.tile(memo, 3)
        for start in range(0, seconds * 16_000, minute):
            window = long[start % len(memo) :][:minute]
            yield window // 2 if start / 16_000 >= changed_from else window

    return audio


def test_after_a_crash_only_what_was_not_heard_yet_is_decoded(memo: Samples, tmp_path: Path) -> None:
    store = Store(str(tmp_path), tmp_path, 5)
    progress: list[float] = []

    def job() -> Job:
        return Job(
            "r", repeated(memo, MINUTES * 60), "en", memory=StoredChunks(store, "r", "f"), progress=progress.append
        )

    plan = Plan(batch_size=2, look_ahead=1, preparation_threads=1)
    first = Counting(dies_at=12)
    with pytest.raises(KeyboardInterrupt):
        list(run([job()], Options(), plan, lambda: first))
    second = Counting()
    (resumed,) = run([job()], Options(), plan, lambda: second)
    whole = Counting()
    (once,) = run([Job("r", repeated(memo, MINUTES * 60), "en")], Options(), plan, lambda: whole)
    assert min(second.heard) >= 12 > max(first.heard)
    assert sorted(first.heard + second.heard) == sorted(whole.heard)
    assert [s.model_dump() for s in resumed.segments] == [s.model_dump() for s in once.segments]
    assert resumed.coverage == once.coverage
    assert progress == sorted(progress)


def test_a_recording_whose_end_has_changed_is_heard_again_only_there(memo: Samples, tmp_path: Path) -> None:
    store = Store(str(tmp_path), tmp_path, 5)
    plan = Plan(batch_size=2, look_ahead=1, preparation_threads=1)

    def heard(name: str, ear: Counting, audio: Callable[[], Iterator[Samples]], language: str | None = "en") -> Result:
        (result,) = run(
            [Job(name, audio, language, memory=StoredChunks(store, name, "f"))], Options(), plan, lambda: ear
        )
        StoredChunks(store, name, "f").settle(200)
        return result

    whole, changed, moved, german = Counting(), Counting(), Counting(), Counting("de", "en")
    once = heard("r", whole, repeated(memo, MINUTES * 60))
    tail = heard("another file", changed, repeated(memo, MINUTES * 60, changed_from=9 * 60))
    assert min(changed.heard) > len(whole.heard) / 2
    early = [[word for s in result.segments for word in s.words if word.end < 530] for result in (tail, once)]
    assert early[0] == early[1]

    pause = np.zeros(160 * 512, np.int16)  # whole steps of the search for speech: 5.12 s
    later = heard("with a pause before it", moved, lambda: iter([pause, *repeated(memo, 100)()]))
    alone = heard("alone", Counting(), repeated(memo, 100))
    assert later.counts["remembered"] > 0
    assert {round(s.start - 5.12, 2) for s in later.segments} & {s.start for s in alone.segments}, (
        "words move with their sound"
    )

    asked = heard("nobody says what it is in", german, repeated(memo, 100), None)
    assert "remembered" not in asked.counts, "what was heard as English, unasked, says nothing about the language"


def test_what_was_heard_is_kept_within_its_megabytes_the_latest_first(tmp_path: Path) -> None:
    store = Store(str(tmp_path), tmp_path, 5)
    heard = {name: StoredChunks(store, name, "f") for name in ("old", "older", "being heard", "new")}
    for name, chunks in heard.items():
        chunks.save("sound", {"text": name * 1000})
        written = time.time() - {"old": 2, "older": 3, "being heard": 0.5, "new": 0}[name] * 3600
        os.utime(tmp_path / "chunks" / name / "f" / "sound.json", (written, written))
    heard["new"].settle(0.020)
    assert {folder.name for folder in (tmp_path / "chunks").iterdir()} == {"old", "being heard", "new"}
    heard["new"].settle(0.001)
    assert {folder.name for folder in (tmp_path / "chunks").iterdir()} == {"being heard"}
    heard["being heard"].settle(0)
    assert list((tmp_path / "chunks").iterdir()) == []


def test_the_memory_of_a_long_recording_does_not_grow_with_its_length(memo: Samples) -> None:
    """Counted by the allocator: what the process has from the system depends on the tests before."""

    def peak(minutes: int) -> int:
        tracemalloc.reset_peak()
        list(run([Job("r", repeated(memo, minutes * 60), "en")], Options(), Plan(preparation_threads=1), Counting))
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start(1)
    try:
        peak(1)
        short, long = peak(25), peak(50)
    finally:
        tracemalloc.stop()
    assert long - short < 20_000_000, "of the samples alone, 25 minutes more are 96 MB as floats"


def test_progress_says_how_far_and_how_long_still(caplog: pytest.LogCaptureFixture) -> None:
    moment, told = 0.0, list[tuple[float, float | None]]()
    progress = ProgressMeter("r", 1000, lambda share, left: told.append((share, left)), clock=lambda: moment)
    with caplog.at_level("INFO", "diary.transcribe"):
        for remembered in range(10, 301, 10):  # an earlier run heard these
            progress(remembered)
        for batch in range(300, 1000, 100):  # ten chunks of ten seconds at once, each ten seconds
            moment += 10.0
            for chunk in range(batch, batch + 100, 10):
                progress(chunk + 10.0)
    contexts = [record.__dict__["ctx"] for record in caplog.records]
    assert [context["percent"] for context in contexts] == list(range(5, 101, 5))
    assert contexts[-1]["eta_seconds"] == 0
    assert told[29] == (0.3, None)
    assert dict(told)[0.5] == pytest.approx(50.0, abs=2)
    assert dict(told)[0.8] == pytest.approx(20.0, abs=2)


def test_an_engine_with_scripted_words_numbers_the_chunks_that_it_found(memo: Samples) -> None:
    asked: list[int] = []
    engine = CountingEngine(CountingDecoder(asked.extend))
    (result,) = engine.transcribe([Job("r", repeated(memo, 100), "en")])
    numbers = [int(word.text) for segment in result.segments for word in segment.words if word.text.isdigit()]
    assert numbers == asked == list(range(result.counts["chunks"]))
    assert len(numbers) > 2
    assert result.coverage.uncovered == ()
