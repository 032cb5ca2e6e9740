"""Memory of a process that transcribes: limited if a bound is set, recorded in provenance, and freed."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assets.metadata import engine_figures
from assets.transcripts import merged_report
from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.transcribe.environment import ALLOCATOR_VARIABLES
from diary_pipeline.transcribe.memory import DIMENSIONS, dimensions, fit_plan, predicted_mib
from diary_pipeline.transcribe.official import OFFICIAL
from diary_pipeline.transcribe.options import Plan
from diary_pipeline.transcribe.resident import ModelSpec, ResidentModel
from diary_pipeline.views.show import transcript_of
from tests.memos import day_names, memos
from tests.waiting import until

ROOT = Path(__file__).parents[1]
MOST_MIB = 900
TIGHT_MIB = 420
WANTED = ModelSpec("folder", "digest", "cpu", "int8", 1)


def measured(batch_size: int, memory_mb: int) -> dict[str, Any]:
    """What a new process reports of its memory, started with the allocator's variables."""
    command = [sys.executable, "-m", "tests.transcribing_process", str(batch_size), str(memory_mb)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | ALLOCATOR_VARIABLES, capture_output=True, text=True, check=True
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_batch_of_eight_takes_less_than_900_mib_and_a_bound_makes_it_smaller_with_the_same_words() -> None:
    free, bound = measured(8, 0), measured(8, TIGHT_MIB)
    assert bound["texts"] == free["texts"]
    assert sum(len(text.split()) for text in free["texts"]) > 40
    assert free["peak"] <= MOST_MIB
    assert bound["peak"] <= TIGHT_MIB < free["peak"]
    assert free["peak"] <= predicted_mib(Plan(8), DIMENSIONS["tiny"], free["before"]), (
        "the prediction must not be too low"
    )
    (size,) = {counts["batch_size_for_memory"] for counts in bound["counts"]}
    assert 1 <= size < 8
    for counts in free["counts"]:
        assert "batch_size_for_memory" not in counts
        assert (counts["device"], counts["compute_type"]) == ("cpu", "int8")
        assert counts["load_seconds"] > 0
        assert 100 < counts["peak_mib"] <= free["peak"]
    assert free["unloaded"] < free["before"] + 100 < free["peak"], "an unloaded model's memory is the system's again"


def test_the_batch_is_the_largest_that_fits_and_at_least_one(caplog: pytest.LogCaptureFixture) -> None:
    plan, tiny = Plan(16), DIMENSIONS["tiny"]
    assert fit_plan(plan, tiny, 0, 100) == plan
    assert fit_plan(plan, tiny, 10_000, 100) == plan
    sizes = [fit_plan(plan, tiny, bound, 100).batch_size for bound in (900, 700, 500, 400)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 4
    assert all(
        predicted_mib(Plan(n), tiny, 100) <= bound < predicted_mib(Plan(n + 1), tiny, 100)
        for n, bound in zip(sizes, (900, 700, 500, 400), strict=True)
    )
    assert fit_plan(plan, tiny, 50, 100).batch_size == 1
    assert "DIARY_MEMORY_MB" in caplog.text


@pytest.mark.parametrize("name", OFFICIAL)
def test_every_official_model_has_its_dimensions(name: str) -> None:
    assert dimensions(name, 0).size == pytest.approx(OFFICIAL[name].size, rel=0.01)


def test_an_unknown_model_counts_as_the_next_larger_official_one() -> None:
    assert dimensions("our-finetuned", 140_000_000) == DIMENSIONS["base"]
    assert dimensions("our-finetuned", 200_000_000) == DIMENSIONS["small"]
    assert dimensions("our-finetuned", 9_000_000_000) == DIMENSIONS["large"]


class Clock:
    """Time that passes when the test says so; and what was loaded."""

    def __init__(self) -> None:
        self.now = 0.0
        self.loads: list[str] = []

    def __call__(self) -> float:
        return self.now

    def load(self, spec: ModelSpec) -> str:
        self.loads.append(spec.device)
        return spec.device


def test_a_model_is_loaded_once_and_unloaded_after_it_was_idle_for_so_long() -> None:
    clock = Clock()
    resident = ResidentModel(clock.load, clock)
    first = resident.get(WANTED)
    assert resident.get(WANTED) is first
    clock.now = 59
    assert not resident.unload_idle(60)
    with resident.in_use():
        clock.now = 1000
        assert not resident.unload_idle(60), "it is in use, however long ago it was asked for"
    assert not resident.unload_idle(60), "it was in use a moment ago"
    clock.now = 1060
    assert not resident.unload_idle(0), "0 is never"
    assert resident.unload_idle(60)
    assert not resident.unload_idle(60), "there is nothing left to unload"
    resident.get(WANTED)
    assert clock.loads == ["cpu", "cpu"]


def test_asking_whether_a_model_is_idle_never_waits_for_one_that_is_loading() -> None:
    loading, loaded = threading.Event(), threading.Event()

    def load(_: ModelSpec) -> str:
        loading.set()
        loaded.wait(20)
        return "model"

    resident = ResidentModel(load)
    thread = threading.Thread(target=resident.get, args=(WANTED,))
    thread.start()
    assert loading.wait(20)
    assert not resident.unload_idle(0.001)
    assert not loaded.is_set()
    loaded.set()
    thread.join(20)


def test_work_that_goes_on_after_transcription_unloads_the_model_at_a_heartbeat(home: Path) -> None:
    beaten = threading.Event()
    memos(home / "inbox", day_names("2026-03-14", 1))

    def wait(_: str) -> None:
        until(beaten.is_set, 20)

    engine = ScriptedEngine(lambda _: ["Yes."], hook=wait)
    diary = open_diary(Settings.load(home=home, settle_seconds=0, lease_seconds=0.1), engine)
    assert diary.on_heartbeat() is False, "by default a model stays"
    watched = replace(diary, on_heartbeat=beaten.set)
    assert pipeline.process(watched).transcribed == 1
    diary.close()


def test_the_device_of_a_run_is_in_its_report_its_documents_and_once_in_dagster(home: Path) -> None:
    about = {"device": "cuda", "load_seconds": 2.5, "peak_mib": 812, "fallback": "cpu, because it was full"}
    memos(home / "inbox", day_names("2026-03-14", 2))
    diary = open_diary(Settings.load(home=home, settle_seconds=0), ScriptedEngine(lambda _: ["Yes."], about=about))
    pipeline.ingest(diary)
    report = pipeline.transcribe(diary)
    assert report.about == about
    for recording, _ in diary.catalog.recordings.all():
        transcript = transcript_of(diary, recording)
        assert transcript is not None
        assert about.items() <= transcript.provenance.counts.items()
    diary.close()
    parts = [vars(report), vars(report) | {"about": {}}]
    assert engine_figures(merged_report(parts).about) == {
        "device": "cuda",
        "seconds to load the model": 2.5,
        "peak memory (MiB)": 812,
        "fallback": "cpu, because it was full",
    }
