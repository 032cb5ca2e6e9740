"""What `diary forecast` expects of the sample memos, and what the run then records."""

import json
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_catalog, open_diary, open_store
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.diary import Diary
from diary_pipeline.llm import Router, explain
from diary_pipeline.llm.prices import FixedPrice
from diary_pipeline.llm.provider import Call, Route
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.testing.provider import ScriptedProvider
from diary_pipeline.views.forecast import forecast
from diary_pipeline.views.show import transcript_of

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
INDEX = json.loads((SAMPLES / "index.json").read_text("utf-8"))
PRICE = FixedPrice(Decimal(1), Decimal(4))
SPEED = 25.0  # seconds of audio per second of the scripted engine
FIRST, SECOND = [date(2026, 3, 14), date(2026, 3, 15)], [date(2026, 3, 16)]


@dataclass(frozen=True)
class Recorded:
    """What a run has done, by the catalog and the ledger."""

    transcribed: int
    written: int
    audio_hours: float
    work_hours: float
    cost: float


def recorded(diary: Diary, days: list[date]) -> Recorded:
    recordings = [recording for recording, _ in diary.catalog.recordings.all(days)]
    identities = {recording.id for recording in recordings}
    done = [a for a in diary.catalog.attempts.of() if a["subject"] in identities and a["outcome"] == "ok"]
    transcribed = [a for a in done if a["stage"] == "transcribe"]
    return Recorded(
        transcribed=len(transcribed),
        written=sum(a["stage"] == "write" for a in done),
        audio_hours=sum(t.seconds for r in recordings if (t := transcript_of(diary, r))) / 3600,
        work_hours=(max(a["finished_at"] for a in transcribed) - min(a["started_at"] for a in transcribed)) / 3_600_000,
        cost=sum(step["settled"] for recording in recordings for step in explain(diary.catalog, recording.id)),
    )


def repeats(call: Call) -> Mapping[str, Any]:
    """A provider's note: every sentence as it was said, and empty lists."""
    lines = re.findall(r"^\[(\w+)\] (.*)$", call.turns[0].text, re.MULTILINE)
    empty = dict.fromkeys(("todos", "events", "people", "places", "topics", "highlights"), ())
    return {
        "title": lines[0][1],
        "statements": [{"text": text, "segments": [name]} for name, text in lines],
        "mood": None,
        **empty,
    }


@contextmanager
def diary_of_the_samples(home: Path) -> Iterator[Diary]:
    lengths, script = {}, {}
    for memo in INDEX:
        shutil.copy2(SAMPLES / memo["file"], home / "inbox" / memo["file"])
        identity = recording_id("me", memo["file"], 1)
        lengths[identity], script[identity] = memo["seconds"], [text for _, _, text in memo["sentences"]]
    settings = Settings.load(home=home, timezone="Europe/London", settle_seconds=0)
    catalog = open_catalog(settings)
    route = Route(ScriptedProvider(repeats, name="cloud", host="cloud.example", cost=PRICE), "m-2026-01-01")
    engine = ScriptedEngine(script, hook=lambda identity: time.sleep(lengths[identity] / SPEED))
    diary = open_diary(settings, engine, Router([route], catalog, open_store(settings)))
    pipeline.ingest(diary)
    yield diary
    diary.close()
    catalog.close()


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_the_forecast_of_the_samples_is_within_a_fifth_of_what_the_run_then_records(home: Path) -> None:
    with diary_of_the_samples(home) as diary:
        first = forecast(diary, FIRST)
        assert not first.measured
        run(diary, FIRST)
        done = recorded(diary, FIRST)
        assert (first.to_transcribe, first.to_write) == (done.transcribed, done.written) == (9, 9)
        assert first.audio_hours == pytest.approx(done.audio_hours, rel=0.01)
        assert first.cost == pytest.approx(done.cost, rel=0.2), "by the default figures"

        second = forecast(diary, SECOND)
        assert second.measured
        run(diary, SECOND)
        done = recorded(diary, SECOND)
        assert (second.to_transcribe, second.to_write) == (done.transcribed, done.written) == (3, 3)
        assert second.audio_hours == pytest.approx(done.audio_hours, rel=0.01)
        assert second.work_hours == pytest.approx(done.work_hours, rel=0.2)
        assert second.cost == pytest.approx(done.cost, rel=0.2), "by the tokens of earlier notes"
        assert forecast(diary, None).recordings == 0


def run(diary: Diary, days: list[date]) -> None:
    assert pipeline.transcribe(diary, days).faults == []
    assert pipeline.write_notes(diary, days).faults == []
