"""A long recording is read in windows, stores its chunks, and resumes after a crash."""

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


class StoppingDecoder:
    """A decoder that says how long each chunk is, and dies at one of them."""

    def __init__(self, *languages: str, stops_at: int | None = None) -> None:
        self.languages = frozenset(languages or ("en",))
        self.about: dict[str, Any] = {}
        self.decoded: list[int] = []
        self.stops_at = stops_at

    def features(self, chunk: Chunk) -> Features:
        return np.zeros((80, 10), np.float32)

    def decode(self, rows: Sequence[Row]) -> list[DecodedChunk]:
        if self.stops_at in [row.index for row in rows]:
            raise KeyboardInterrupt
        self.decoded += [row.index for row in rows]
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


def test_after_a_crash_only_chunks_that_were_not_stored_are_decoded(memo: Samples, tmp_path: Path) -> None:
    store = Store(str(tmp_path), tmp_path, 5)
    progress: list[float] = []

    def job() -> Job:
        return Job(
            "r", repeated(memo, MINUTES * 60), "en", chunk_store=StoredChunks(store, "r", "f"), progress=progress.append
        )

    plan = Plan(batch_size=2, look_ahead=1, preparation_threads=1)
    first = StoppingDecoder(stops_at=12)
    with pytest.raises(KeyboardInterrupt):
        list(run([job()], Options(), plan, lambda: first))
    second = StoppingDecoder()
    (resumed,) = run([job()], Options(), plan, lambda: second)
    whole = StoppingDecoder()
    (once,) = run([Job("r", repeated(memo, MINUTES * 60), "en")], Options(), plan, lambda: whole)
    assert min(second.decoded) >= 12 > max(first.decoded)
    assert sorted(first.decoded + second.decoded) == sorted(whole.decoded)
    assert [s.model_dump() for s in resumed.segments] == [s.model_dump() for s in once.segments]
    assert resumed.coverage == once.coverage
    assert progress == sorted(progress)


def test_a_recording_whose_end_has_changed_is_decoded_again_only_there(memo: Samples, tmp_path: Path) -> None:
    store = Store(str(tmp_path), tmp_path, 5)
    plan = Plan(batch_size=2, look_ahead=1, preparation_threads=1)

    def decoded(
        name: str, decoder: StoppingDecoder, audio: Callable[[], Iterator[Samples]], language: str | None = "en"
    ) -> Result:
        (result,) = run(
            [Job(name, audio, language, chunk_store=StoredChunks(store, name, "f"))], Options(), plan, lambda: decoder
        )
        StoredChunks(store, name, "f").trim(200)
        return result

    whole, changed, moved, german = StoppingDecoder(), StoppingDecoder(), StoppingDecoder(), StoppingDecoder("de", "en")
    once = decoded("r", whole, repeated(memo, MINUTES * 60))
    tail = decoded("another file", changed, repeated(memo, MINUTES * 60, changed_from=9 * 60))
    assert min(changed.decoded) > len(whole.decoded) / 2
    early = [[word for s in result.segments for word in s.words if word.end < 530] for result in (tail, once)]
    assert early[0] == early[1]

    pause = np.zeros(160 * 512, np.int16)  # whole steps of the search for speech: 5.12 s
    later = decoded("with a pause before it", moved, lambda: iter([pause, *repeated(memo, 100)()]))
    alone = decoded("alone", StoppingDecoder(), repeated(memo, 100))
    assert later.counts["remembered"] > 0
    assert {round(s.start - 5.12, 2) for s in later.segments} & {s.start for s in alone.segments}, (
        "words move with their sound"
    )

    detected = decoded("without a hint", german, repeated(memo, 100), None)
    assert "remembered" not in detected.counts, "chunks decoded with a hint have no vote on the language"


def test_stored_chunks_are_kept_within_their_megabytes_the_latest_first(tmp_path: Path) -> None:
    store = Store(str(tmp_path), tmp_path, 5)
    decoded = {name: StoredChunks(store, name, "f") for name in ("old", "older", "in progress", "new")}
    for name, chunks in decoded.items():
        chunks.save("sound", {"text": name * 1000})
        written = time.time() - {"old": 2, "older": 3, "in progress": 0.5, "new": 0}[name] * 3600
        os.utime(tmp_path / "chunks" / name / "f" / "sound.json", (written, written))
    decoded["new"].trim(0.020)
    assert {folder.name for folder in (tmp_path / "chunks").iterdir()} == {"old", "in progress", "new"}
    decoded["new"].trim(0.001)
    assert {folder.name for folder in (tmp_path / "chunks").iterdir()} == {"in progress"}
    decoded["in progress"].trim(0)
    assert list((tmp_path / "chunks").iterdir()) == []


@pytest.mark.slow
def test_the_memory_of_a_long_recording_does_not_grow_with_its_length(memo: Samples) -> None:
    """Counted by the allocator: what the process has from the system depends on the tests before."""

    def peak(minutes: int) -> int:
        tracemalloc.reset_peak()
        list(
            run([Job("r", repeated(memo, minutes * 60), "en")], Options(), Plan(preparation_threads=1), StoppingDecoder)
        )
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start(1)
    try:
        peak(1)
        short, long = peak(25), peak(50)
    finally:
        tracemalloc.stop()
    assert long - short < 20_000_000, "of the samples alone, 25 minutes more are 96 MB as floats"


def test_progress_reports_the_share_done_and_the_time_left(caplog: pytest.LogCaptureFixture) -> None:
    moment, reports = 0.0, list[tuple[float, float | None]]()
    progress = ProgressMeter("r", 1000, lambda share, left: reports.append((share, left)), clock=lambda: moment)
    with caplog.at_level("INFO", "diary.transcribe"):
        for remembered in range(10, 301, 10):  # chunks of an earlier run
            progress(remembered)
        for batch in range(300, 1000, 100):  # ten chunks of ten seconds at once, each ten seconds
            moment += 10.0
            for chunk in range(batch, batch + 100, 10):
                progress(chunk + 10.0)
    contexts = [record.__dict__["ctx"] for record in caplog.records]
    assert [context["percent"] for context in contexts] == list(range(5, 101, 5))
    assert contexts[-1]["eta_seconds"] == 0
    assert reports[29] == (0.3, None)
    assert dict(reports)[0.5] == pytest.approx(50.0, abs=2)
    assert dict(reports)[0.8] == pytest.approx(20.0, abs=2)


def test_an_engine_with_scripted_words_numbers_its_chunks(memo: Samples) -> None:
    requested: list[int] = []
    engine = CountingEngine(CountingDecoder(requested.extend))
    (result,) = engine.transcribe([Job("r", repeated(memo, 100), "en")])
    numbers = [int(word.text) for segment in result.segments for word in segment.words if word.text.isdigit()]
    assert numbers == requested == list(range(result.counts["chunks"]))
    assert len(numbers) > 2
    assert result.coverage.uncovered == ()
