"""Many recordings are transcribed together, each as by faster-whisper alone, and none disturbs another."""

import importlib
import json
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest
from faster_whisper import BatchedInferencePipeline, decode_audio

from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.transcribe import Engine, Job, Result
from diary_pipeline.transcribe.engine import Samples
from diary_pipeline.transcribe.options import Options, Plan
from diary_pipeline.transcribe.upstream import PRIVATE_API
from diary_pipeline.transcribe.weights import locate
from diary_pipeline.transcribe.whisper import WhisperEngine, load_model
from tests.spoken import samples, text, windows

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
SILENT = "2026-03-15 17.03.m4a"
MEMOS = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in {".flac", ".m4a", ".mp3", ".ogg", ".wav"})


@pytest.fixture(scope="module")
def engine(slow: None, tmp_path_factory: pytest.TempPathFactory) -> WhisperEngine:
    """Whisper tiny.en as installed."""
    return WhisperEngine(locate("tiny.en", tmp_path_factory.mktemp("home")))


def broken(after: int) -> Callable[[], Iterator[Samples]]:
    """Audio that fails after so many windows of speech."""

    def read() -> Iterator[Samples]:
        for number, window in enumerate(windows(samples("2026-03-14 18.40.wav"), 5)()):
            if number == after:
                raise OSError("the stream broke off")
            yield window

    return read


@pytest.fixture(scope="module")
def results(engine: WhisperEngine) -> dict[str, Result]:
    """The sample memos and two that cannot be read, in one run."""
    jobs = [Job(name, windows(samples(name)), "en-GB" if name == MEMOS[0] else None) for name in MEMOS]
    jobs[3:3] = [Job("broken at once", broken(0)), Job("broken later", broken(2))]
    return {result.id: result for result in engine.transcribe(jobs)}


def test_the_sample_memos_are_transcribed_with_few_errors(results: dict[str, Result]) -> None:
    with warnings.catch_warnings(
        action="ignore"
    ):  # the package's source has an escape that newer Pythons complain about
        from whisper_normalizer.english import EnglishTextNormalizer
    normal = EnglishTextNormalizer()
    # A word on both sides keeps the silent memo countable: whatever it is given too much counts.
    references = ["memo " + normal((SAMPLES / name).with_suffix(".txt").read_text(encoding="utf-8")) for name in MEMOS]
    texts = ["memo " + normal(text(results[name])) for name in MEMOS]
    measured = jiwer.process_words(references, texts)
    errors = measured.substitutions + measured.insertions + measured.deletions
    assert errors / (sum(len(line.split()) for line in references) - len(references)) <= 0.035


def test_a_silent_memo_has_only_a_length(results: dict[str, Result]) -> None:
    silent = results[SILENT]
    assert {name for name in MEMOS if results[name].coverage.wordless} == set(), "all voice of the samples has words"
    assert (silent.segments, silent.language, silent.error) == ((), None, None)
    assert silent.seconds == pytest.approx(20.6, abs=0.1)
    assert silent.counts["speech_seconds"] == 0


def test_a_broken_recording_stops_no_other(results: dict[str, Result]) -> None:
    assert set(results) == {*MEMOS, "broken at once", "broken later"}
    for name, result in results.items():
        assert isinstance(result.error, OSError) if name.startswith("broken") else result.error is None
    assert results["broken later"].segments == ()


def test_the_text_is_upstreams_for_the_same_recording_alone(engine: WhisperEngine) -> None:
    names = ("2026-03-14 18.40.wav", "2026-03-14 21.58.mp3", "2026-03-16 22.06.m4a")
    as_upstream = WhisperEngine(engine.weights, options=Options().as_upstream(), plan=Plan(batch_size=4))
    texts = {
        result.id: text(result)
        for result in as_upstream.transcribe(Job(name, windows(samples(name)), "en") for name in names)
    }
    pipeline = BatchedInferencePipeline(load_model(engine))
    for name in names:
        upstream, _ = pipeline.transcribe(
            decode_audio(str(SAMPLES / name)), language="en", without_timestamps=True, batch_size=8
        )
        assert texts[name] == " ".join(" ".join(segment.text for segment in upstream).split())


def test_sentences_begin_when_they_were_spoken(results: dict[str, Result]) -> None:
    spoken = {
        memo["file"]: memo["sentences"] for memo in json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
    }
    pairs = [(start, name) for name in MEMOS for start, _, _ in spoken[name] if name != SILENT]
    near = [min(abs(segment.start - start) for segment in results[name].segments) <= 0.7 for start, name in pairs]
    assert sum(near) / len(near) >= 0.85


def test_segments_are_numbered_ordered_and_within_the_recording(results: dict[str, Result]) -> None:
    for name in MEMOS:
        made = results[name].segments
        assert [segment.id for segment in made] == [f"s{number + 1:02d}" for number in range(len(made))]
        assert [segment.start for segment in made] == sorted(segment.start for segment in made)
        assert all(0 <= segment.start <= segment.end <= results[name].seconds + 0.01 for segment in made)
        assert all(segment.confidence is not None and 0 < segment.confidence <= 1 for segment in made)


def test_an_english_model_records_a_hint_for_another_language(engine: WhisperEngine) -> None:
    (result,) = engine.transcribe([Job("a", windows(samples("2026-03-14 18.40.wav")), "de")])
    assert result.language == "en"
    assert result.counts["ignored_language_hint"] == "de"


def test_the_identity_holds_what_changes_the_text_and_nothing_else(engine: WhisperEngine) -> None:
    same = WhisperEngine(lambda: engine.weights, device="cuda", plan=Plan(batch_size=64), threads=1)
    assert same.identity() == engine.identity() == json.loads(json.dumps(engine.identity()))
    assert WhisperEngine(engine.weights, options=Options(beam_size=1)).identity() != engine.identity()


@pytest.mark.parametrize("borrowed", PRIVATE_API)
def test_faster_whisper_still_has_the_private_functions_that_are_used(borrowed: str) -> None:
    module, _, path = borrowed.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        assert hasattr(found, name), (
            f"This version of faster-whisper has no {borrowed}: adapt transcribe/upstream.py, then raise the pin."
        )
        found = getattr(found, name)


def test_importing_the_stage_loads_no_model_code() -> None:
    program = (
        "import sys, diary_pipeline.transcribe.whisper, diary_pipeline.testing;"
        "sys.exit(', '.join({'numpy', 'faster_whisper', 'ctranslate2', 'huggingface_hub'} & set(sys.modules)) or 0)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


# ---- the scripted engine ----


def test_the_scripted_engine_answers_counts_and_keeps_errors_apart(tmp_path: Path) -> None:
    seen: list[str] = []
    scripted: Engine = ScriptedEngine({"a": ["One.", "Two."]}, calls=tmp_path / "calls", hook=seen.append)
    audio = windows(np.zeros(4 * 16_000, np.int16))
    a, b, c = scripted.transcribe([Job("a", audio), Job("b", audio), Job("c", broken(0))])
    assert (text(a), a.seconds, a.segments[1].start) == ("One. Two.", 4.0, 2.0)
    assert (b.segments, b.seconds, b.error) == ((), 4.0, None)
    assert isinstance(c.error, OSError)
    assert seen == ["a", "b", "c"]
    assert [line.split()[0] for line in (tmp_path / "calls").read_text().splitlines()] == ["a", "b", "c"]
