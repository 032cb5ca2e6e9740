"""The engine follows the settings: prompts and names reach the model, and change the fingerprint with the text."""

from pathlib import Path

import pytest

from benchmarks import corpus, models
from diary_pipeline.bootstrap import new_engine, new_fingerprints, style_loader
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.schema import Recording
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe import Job
from diary_pipeline.transcribe.options import Options
from diary_pipeline.transcribe.whisper import WhisperEngine

MEMO = Recording(id="0" * 16, author="Ana", source="a.wav", path="Ana/a.wav")


def fingerprints(settings: Settings) -> Fingerprints:
    return new_fingerprints(settings, style_loader(settings), lambda: new_engine(settings))


def fingerprint(settings: Settings) -> str:
    return fingerprints(settings).transcribe(MEMO)


@pytest.mark.parametrize(
    "change",
    [
        {"translate": True},
        {"initial_prompt": "Dear diary."},
        {"short_input": "off"},
        {"beam_size": 1},
        {"whisper_model": "small"},
    ],
)
def test_what_changes_the_text_changes_the_fingerprint(home: Path, change: dict[str, object]) -> None:
    assert fingerprint(Settings.load(**{"home": home, "whisper_model": "base", **change})) != fingerprint(
        Settings.load(home=home, whisper_model="base")
    )


@pytest.mark.parametrize("change", [{"batch_size": 32}, {"preparation_threads": 8}, {"look_ahead": 2}, {"threads": 1}])
def test_what_only_changes_speed_does_not(home: Path, change: dict[str, object]) -> None:
    assert fingerprint(Settings.load(**{"home": home, "whisper_model": "base", **change})) == fingerprint(
        Settings.load(home=home, whisper_model="base")
    )


def test_short_input_is_on_only_for_models_that_were_measured(home: Path) -> None:
    short_input = {
        name: new_engine(Settings.load(home=home, whisper_model=name)).options.short_input
        for name in ("base", "tiny.en", "small")
    }
    assert short_input == {"base": True, "tiny.en": True, "small": False}


def test_shared_names_and_the_authors_names_reach_the_model_only_when_hotwords_are_on(home: Path) -> None:
    (home / "vocabulary").mkdir()
    (home / "vocabulary.txt").write_text("# names\nNina\n\nClara\n", encoding="utf-8")
    (home / "vocabulary" / "Ana.txt").write_text("Clara\nBo\n", encoding="utf-8")
    (home / "vocabulary" / "Eve.txt").write_text("Zed\n", encoding="utf-8")
    off, on = (
        Settings.load(home=home, whisper_model="base"),
        Settings.load(home=home, whisper_model="base", hotwords=True),
    )
    assert fingerprints(off).hotwords(MEMO) == ""
    assert fingerprints(on).hotwords(MEMO) == "Nina, Clara, Bo"
    assert fingerprint(on) != fingerprint(off)


@pytest.mark.slow
def test_memos_with_and_without_names_share_no_prompt_and_are_all_transcribed() -> None:
    memo = next(spoken for spoken in corpus.samples() if spoken.seconds < 13)
    engine = WhisperEngine(
        models.weights("tiny.en"), device="cpu", options=Options(short_input=True, initial_prompt="Dear diary.")
    )
    jobs = [Job("names", memo.windows(), "en", "Nina, Clara"), Job("none", memo.windows(), "en")]
    texts = {result.id: " ".join(segment.text for segment in result.segments) for result in engine.transcribe(jobs)}
    assert set(texts) == {"names", "none"}
    assert all("water the tomato plants" in text.lower() for text in texts.values())
