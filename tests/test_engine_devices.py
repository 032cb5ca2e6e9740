"""A device that runs out of memory costs speed and nothing else, and the provenance says so."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest

from benchmarks import corpus
from diary_pipeline.transcribe import Job
from diary_pipeline.transcribe.batch import run
from diary_pipeline.transcribe.fallback import FallbackDecoder
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.rows import DecodedChunk, Features, Row
from diary_pipeline.transcribe.speech import Chunk
from tests.spoken import drawn_out


class ScriptedDevice:
    """A decoder with room for so many rows at the same time."""

    languages = frozenset({"en"})

    def __init__(self, name: str, room: int, fault: str = "CUDA failed with error out of memory") -> None:
        self.about: dict[str, Any] = {"device": name}
        self.room, self.fault = room, fault
        self.sizes: list[int] = []

    def features(self, chunk: Chunk) -> Features:
        return np.zeros((80, 10), np.float32)

    def decode(self, rows: Sequence[Row]) -> list[DecodedChunk]:
        self.sizes.append(len(rows))
        if len(rows) > self.room:
            raise RuntimeError(self.fault)
        return [DecodedChunk(" Yes.", drawn_out(" Yes.", 0, row.chunk.seconds), "en") for row in rows]


@pytest.fixture(scope="module")
def jobs() -> list[Job]:
    memo = next(spoken for spoken in corpus.samples() if spoken.seconds < 13)
    return [Job(str(n), memo.windows(), "en") for n in range(8)]


def test_a_batch_that_does_not_fit_is_cut_until_it_does(jobs: list[Job]) -> None:
    gpu = ScriptedDevice("cuda", room=2)
    done = list(
        run(
            jobs,
            Options(),
            Plan(8, preparation_threads=1),
            lambda: FallbackDecoder(gpu, lambda: ScriptedDevice("cpu", 99)),
        )
    )
    assert gpu.sizes == [8, 4, 2, 2, 2, 2]
    assert {result.counts["device"] for result in done} == {"cuda"}
    assert {result.counts["batch_size_after_out_of_memory"] for result in done} == {2}
    assert len(done) == 8
    assert all(len(result.segments) == 1 for result in done)


def test_a_device_without_room_for_one_row_falls_back_to_the_cpu(jobs: list[Job]) -> None:
    cpu = ScriptedDevice("cpu", room=99)
    done = list(
        run(
            jobs,
            Options(),
            Plan(8, preparation_threads=1),
            lambda: FallbackDecoder(ScriptedDevice("cuda", 0), lambda: cpu),
        )
    )
    assert cpu.sizes == [8]
    assert {result.counts["device"] for result in done} == {"cpu"}
    assert all("out of memory" in result.counts["fallback"] for result in done)
    assert all(len(result.segments) == 1 for result in done)


def test_any_other_fault_and_a_full_cpu_are_errors_of_the_recording(jobs: list[Job]) -> None:
    broken = FallbackDecoder(
        ScriptedDevice("cuda", 0, fault="an illegal instruction"), lambda: ScriptedDevice("cpu", 99)
    )
    full = FallbackDecoder(ScriptedDevice("cpu", 0))
    for decoder in (broken, full):
        done = list(run(jobs[:2], Options(), Plan(8, preparation_threads=1), partial(FallbackDecoder, decoder)))
        assert all(isinstance(result.error, RuntimeError) for result in done)
