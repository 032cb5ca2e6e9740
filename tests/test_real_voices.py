"""Real people's recordings through the whole pipeline with real weights, if there are any (DIARY_SHARED, ../shared)."""

import csv
import os
import shutil
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.settings import Settings
from diary_pipeline.views.show import transcript_of
from samples.wer import word_errors
from tests.services import Need

WORST = 0.07


def clips(need: Need) -> Path:
    shared = Path(os.environ.get("DIARY_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    if not (shared / "audio" / "manifest.tsv").exists():
        need.missing("real voices", "no audio/manifest.tsv in DIARY_SHARED or ../shared")
    return shared / "audio"


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_english_clips_are_understood_and_the_clip_without_speech_gives_nothing(home: Path, need: Need) -> None:
    folder = clips(need)
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["lang"] in ("en", "-")]
    for number, row in enumerate(rows):
        shutil.copy(
            folder / row["file"],
            home / "inbox" / f"2026-03-14 {10 + number // 60:02d}.{number % 60:02d}{Path(row['file']).suffix}",
        )
    settings = Settings.load(home=home, whisper_model="tiny.en", timezone="UTC", settle_seconds=0)
    diary = open_diary(settings)
    summary = pipeline.process(diary)
    assert summary.failed == 0
    heard = {r.source: transcript_of(diary, r) for r, _ in diary.catalog.recordings.all()}
    pairs = []
    for number, row in enumerate(rows):
        transcript = heard.get(f"2026-03-14 {10 + number // 60:02d}.{number % 60:02d}{Path(row['file']).suffix}")
        assert transcript is not None
        pairs.append((row["reference"] or "", transcript.text))
        if row["lang"] == "-":
            assert transcript.text == ""
    errors, words = word_errors(pairs)
    assert errors / words <= WORST, f"{errors} errors in {words} words"
    diary.close()
