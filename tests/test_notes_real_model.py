"""A real small language model is asked for notes of two sample memos: no false statement that is listed for them is on a page."""

import json
import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_catalog, open_diary, open_store
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.llm import Router, explain
from diary_pipeline.llm.provider import Limits
from diary_pipeline.settings import Settings
from diary_pipeline.show import note_of
from diary_pipeline.testing import ScriptedEngine
from tests.asking import a_provider, a_route
from tests.llama_server import MODEL, LlamaServer, serving
from tests.memos import tone
from tests.services import Need

ROOT = Path(__file__).resolve().parent.parent
FOLDER, SAMPLES = ROOT / ".venv" / ".llm", ROOT / "samples"
MEMOS = ("2026-03-14 21.58", "2026-03-15 09.30")  # a meeting and who got a job; a time that is taken back
DEADLINE, CONTEXT = 30.0, 4096


@pytest.fixture(scope="module")
def server(need: Need) -> Iterator[LlamaServer]:
    if not (FOLDER / "xllamacpp").is_dir():
        need.missing("llm", "no llama.cpp server and model in .venv/.llm; make llm installs them")
    with serving(FOLDER, CONTEXT) as running:
        yield running


def sentences(index: list[dict[str, Any]], name: str) -> list[str]:
    (memo,) = [entry for entry in index if entry["file"].startswith(name)]
    return [text for _, _, text in memo["sentences"]]


@pytest.mark.timeout(200)
def test_no_listed_false_statement_is_on_a_page_that_a_real_small_model_was_asked_for(server: LlamaServer, home: Path) -> None:
    index = json.loads((SAMPLES / "index.json").read_text("utf-8"))
    facts = json.loads((SAMPLES / "facts.json").read_text("utf-8"))
    for number, name in enumerate(MEMOS):
        tone(home / "inbox" / f"{name}.wav", hertz=300 + number)
    said = {recording_id("me", f"{name}.wav", 1): sentences(index, name) for name in MEMOS}
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0, llm={"deadline_seconds": DEADLINE})
    catalog = open_catalog(settings)
    provider = a_provider("local", server.url, limits=Limits(concurrency=1, context=CONTEXT))
    diary = open_diary(settings, ScriptedEngine(said), Router([a_route(provider, MODEL)], catalog, open_store(settings)))
    pipeline.take_in(diary)
    pipeline.transcribe(diary)
    started = time.monotonic()
    assert pipeline.write_notes(diary).faults == []
    assert time.monotonic() - started < len(MEMOS) * DEADLINE + 10
    pipeline.compose_days(diary)
    asked = [attempt for identity in said for attempt in explain(diary.catalog, identity) if attempt["outcome"] != "skipped"]
    assert asked, "the model was asked; on busy cores its one slot may be taken until the second memo's time is over"
    days = (date(2026, 3, 14), date(2026, 3, 15))
    notes = [note_of(diary, recording) for recording, _ in diary.catalog.recordings.all(days)]
    assert all(note is not None and note.statements for note in notes)
    for day in days:
        page = (home / "days" / "me" / f"{day}.md").read_text("utf-8")
        for false in facts["never"]:
            rest = page
            for allowed in false["allowed"]:
                rest = rest.replace(allowed, "").replace(allowed.replace(" um,", ""), "")
            told = re.search(false["pattern"], rest, re.IGNORECASE)
            assert told is None, told
    diary.close()
    catalog.close()


@pytest.mark.timeout(200)
def test_a_memo_too_long_for_the_real_context_of_a_real_server_is_asked_about_in_parts(need: Need, home: Path) -> None:
    if not (FOLDER / "xllamacpp").is_dir():
        need.missing("llm", "no llama.cpp server and model in .venv/.llm; make llm installs them")
    tone(home / "inbox" / "2026-03-14 09.00.wav")
    said = [f"On shelf {n} I found {n + 2} old letters from my aunt and read every one of them." for n in range(3, 60)]
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0, llm={"deadline_seconds": 8})
    catalog = open_catalog(settings)
    with serving(FOLDER, 2048) as small:
        provider = a_provider("local", small.url, limits=Limits(concurrency=1, context=100_000))
        router = Router([a_route(provider, MODEL)], catalog, open_store(settings))
        diary = open_diary(settings, ScriptedEngine(lambda _: said), router)
        assert router.room("standard") == 2048
        assert pipeline.process(diary).failed == 0
        ((recording, _),) = diary.catalog.recordings.all()
        asked = explain(diary.catalog, recording.id)
        note = note_of(diary, recording)
        diary.close()
    catalog.close()
    assert len([a for a in asked if a["purpose"] == "facts"]) > 1
    assert {"context"}.isdisjoint({a["reason"] for a in asked} | {a["outcome"] for a in asked}), "every part fits"
    assert note is not None
    assert note.statements
