"""Nothing is invented and nothing is dropped, with real weights: noise gives no words, two languages stay two."""

from functools import partial
from pathlib import Path

import pytest

from benchmarks import corpus, models
from benchmarks.corpus import Spoken
from diary_pipeline.transcribe import Job, Result
from diary_pipeline.transcribe.engine import Samples
from diary_pipeline.transcribe.whisper import WhisperEngine
from tests.nonspeech import sounds
from tests.services import Need

GERMAN = {"jeden", "der", "diese", "die", "und", "das", "recht", "zu", "unter", "anderen"}


@pytest.fixture(scope="module", params=["tiny.en", "base"])
def engine(request: pytest.FixtureRequest, slow: None) -> WhisperEngine:
    """One engine per model."""
    return WhisperEngine(models.weights(request.param), device="cpu")


def transcribed(engine: WhisperEngine, recordings: dict[str, Samples]) -> dict[str, Result]:
    results = engine.transcribe(Job(name, partial(iter, [audio])) for name, audio in recordings.items())
    return {result.id: result for result in results}


def spoken(need: Need, *names: str) -> list[Spoken]:
    found = {clip.name: clip for clip in corpus.clips()}
    if not found:
        need.missing("real voices", "no audio/manifest.tsv in DIARY_SHARED or ../shared")
    return [found[name] for name in names]


def test_fourteen_kinds_of_noise_give_no_words(engine: WhisperEngine) -> None:
    memo = corpus.decoded(Path(corpus.ROOT) / "samples" / "2026-03-14 08.12.m4a")
    silent = corpus.decoded(Path(corpus.ROOT) / "samples" / "2026-03-15 17.03.m4a")
    noises = {**sounds(0, memo), "a silent memo": silent}
    results = transcribed(engine, noises)
    assert {name: result.segments for name, result in results.items() if result.segments or result.error} == {}
    told = {name for name, result in results.items() if result.coverage.wordless}
    assert told <= {"reversed speech"}, "a voice that nobody understands is one, other noise is not"
    removed = [result.counts["removed"] for result in results.values() if "removed" in result.counts]
    assert removed, "at least the reversed voices get past the search for speech, so the filters were not tested"


@pytest.mark.slow
def test_a_memo_that_changes_its_language_keeps_both(need: Need) -> None:
    (memo,) = spoken(need, "fw_multilingual.mp3")
    result = transcribed(WhisperEngine(models.weights("base"), device="cpu"), {memo.name: memo.audio})[memo.name]
    assert result.language == "en"
    first = " ".join(s.text for s in result.segments if s.end < 29)
    second = {word.strip(".,").lower() for s in result.segments if s.start > 29 for word in s.text.split()}
    assert first.startswith("Permission is hereby granted")
    assert second >= GERMAN
    assert {s.language for s in result.segments if s.start > 29} == {"de"}


@pytest.mark.slow
def test_real_clips_lose_no_stretch_of_speech_and_no_chunk(need: Need) -> None:
    german = "leopard_test_de.wav"
    clips = spoken(
        need, "jfk.flac", german, "leopard_test_fr.wav", "leopard_test_es.wav", "ps_goforward.wav", "leopard_empty.wav"
    )
    results = transcribed(
        WhisperEngine(models.weights("base"), device="cpu"), {clip.name: clip.audio for clip in clips}
    )
    for clip in clips:
        assert results[clip.name].coverage.uncovered == ()
        assert "dropped" not in results[clip.name].counts
        assert bool(results[clip.name].segments) == (clip.language != "-")
    assert results[german].language == "de"
