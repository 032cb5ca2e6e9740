"""Notes with a real small language model: nothing false is printed, true statements are kept, failures end in notes.

Each spoken sample is in the diary twice. The private copy is sent to the model only, whose answers are of the right
shape and mostly false; the other one to a scripted provider whose answers are true. One run writes both.
"""

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_catalog, open_diary, open_store
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.diary import Diary
from diary_pipeline.llm import Router, explain
from diary_pipeline.llm.adapters.local_chat import LocalProvider
from diary_pipeline.llm.provider import Call, Limits, Reply, Route
from diary_pipeline.net.failures import ProviderError
from diary_pipeline.notes.extract.clean import clean
from diary_pipeline.schema import DiaryNote, Event, Recording, Statement, Todo
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.show import note_of
from tests.asking import a_provider, a_route
from tests.llama_server import MODEL, LlamaServer, serving
from tests.memos import day_names, memos, tone
from tests.sample_facts import SAMPLES, facts
from tests.wire import Wire

ROOT = Path(__file__).resolve().parent.parent
INDEX = [memo for memo in json.loads((SAMPLES / "index.json").read_text("utf-8")) if memo["sentences"]]
TRUE = yaml.safe_load((ROOT / "tests" / "data" / "sample_statements.yaml").read_text("utf-8"))
KEPT = 54
PRIVATE = "2026-03-16 12.34.m4a"  # private by its own words, so the scripted provider would not get it anyway
DAY, DAYS = "2026-03-14", [date(2026, 3, day) for day in (14, 15, 16)]
CONTEXT, DEADLINE = 4096, 60.0
STYLE = """---
words: free
---
An answer: {"statements":[{"text":"I met Kate at the library and we painted a wall.","segments":["s02"]},\
{"text":"I am pleased with the
colour.","segments":["s03"]}],"todos":[{"text":"Call the plumber","segments":["s04"]}],\
"events":[{"text":"The fair opens on Monday",
"segments":["s05"]}]}
"""  # a small model copies its example, and cites what is there
LEAKED = "Kate|library|painted|pleased|plumber|fair opens"
LINES, LONGEST = (
    {"statements": 1, "todos": 1, "events": 1},
    60,
)  # of a brief answer: lines of each kind, and their characters


@dataclass
class BriefModel(LocalProvider):
    """The real adapter with short answers that cite existing segments, without repairs: else it would take minutes."""

    async def generate(self, call: Call) -> Reply:
        if len(call.turns) > 1:
            raise ProviderError("refused", "a repair would take as long again")
        ids = sorted(set(re.findall(r"\b[sf]\d+\b", call.turns[0].text)))
        return await super().generate(replace(call, schema=brief(call.schema, ids)))


def brief(schema: Mapping[str, Any], ids: list[str]) -> dict[str, Any]:
    """The answer's schema with one statement, to-do and event."""
    segments = {"type": "array", "items": {"type": "string", "enum": ids}, "minItems": 1, "maxItems": 1}
    claim = {"text": {"type": "string", "maxLength": LONGEST}, "segments": segments}
    item = {"type": "object", "properties": claim, "required": list(claim), "additionalProperties": False}
    lists = {
        name: {"type": "array", "items": item, "minItems": 1, "maxItems": most}
        for name, most in LINES.items()
        if name in schema["properties"]
    }
    return {**schema, "properties": lists, "required": list(lists)}


@pytest.fixture(scope="module")
def server(small_language_model: Path) -> Iterator[LlamaServer]:
    with serving(small_language_model, CONTEXT) as running:
        yield running


def model(server: LlamaServer, kind: type[LocalProvider] = BriefModel, context: int = CONTEXT) -> Route:
    limits = Limits(concurrency=1, context=context)
    return a_route(kind(name="local", base_url=server.url, api_key="x", limits=limits, prices={}, free=True), MODEL)


def said(memo: Mapping[str, Any]) -> list[str]:
    return [text for _, _, text in memo["sentences"]]


def true_answer(body: Mapping[str, Any]) -> str:
    """The scripted provider's answer: what is true of the memo that it is asked about."""
    asked = json.dumps(body, ensure_ascii=False)
    (memo,) = [memo for memo in INDEX if f"[s02] {said(memo)[1]}" in asked]
    empty = dict.fromkeys(("todos", "events", "people", "places", "topics", "highlights"), ())
    statements = [{"text": text, "segments": cited} for cited, text in TRUE[memo["file"]]]
    return json.dumps({"title": "", "statements": statements, "mood": None, **empty})


@contextmanager
def diary_over(
    home: Path, script: Mapping[str, list[str]], *routes: Route, deadline: float = DEADLINE
) -> Iterator[Diary]:
    """A diary whose memos are transcribed, in a style whose example is not true of any of them."""
    (home / "prompts").mkdir()
    (home / "prompts" / "story.md").write_text(STYLE, "utf-8")
    models = {
        "deadline_seconds": deadline,
        "notes_at_once": 2,
    }  # the model has one slot; waiting counts to the deadline
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0, note_style="story", llm=models)
    catalog = open_catalog(settings)
    diary = open_diary(settings, ScriptedEngine(script), Router(routes, catalog, open_store(settings)))
    pipeline.ingest(diary)
    pipeline.transcribe(diary)
    yield diary
    diary.close()
    catalog.close()


@pytest.mark.timeout(200)
def test_a_memo_too_long_for_the_real_context_of_a_real_server_is_asked_about_in_parts(
    small_language_model: Path, home: Path
) -> None:
    said = [f"On shelf {n} I found {n + 2} old letters from my aunt and read every one of them." for n in range(3, 60)]
    with serving(small_language_model, 2048) as small:
        route = model(small, context=100_000)
        with diary_over(home, memos_of(home, said=said), route, deadline=6.0) as diary:
            assert diary.writer.router is not None
            assert diary.writer.router.largest_context("standard") == 2048
            assert pipeline.write_notes(diary).faults == []
            ((recording, note),) = notes(diary)
            asked = explain(diary.catalog, recording.id)
    assert len([a for a in asked if a["purpose"] == "facts"]) > 1
    assert {"context"}.isdisjoint({a["reason"] for a in asked} | {a["outcome"] for a in asked}), "every part fits"
    assert note.statements
    for statement in note.statements:  # even a model that repeats itself must name the shelf that it cites
        shelves = {int(cited[1:]) + 2 for cited in statement.segments}
        assert set(re.findall(r"\d+", statement.text)) <= {str(n) for shelf in shelves for n in (shelf, shelf + 2)}


def twice(home: Path) -> dict[str, list[str]]:
    """Every spoken sample in the inbox, and once more among the private ones; what is said in each."""
    script = {}
    for number, memo in enumerate(INDEX):
        name = f"{memo['recorded_at'][:10]} {memo['recorded_at'][11:16].replace(':', '.')}.wav"
        for folder in ("private/",) if memo["file"] == PRIVATE else ("", "private/"):
            tone(home / "inbox" / f"{folder}{name}", hertz=300 + 10 * number + len(folder))
            script[recording_id("me", f"{folder}{name}", 1)] = said(memo)
    return script


def notes(diary: Diary) -> list[tuple[Recording, DiaryNote]]:
    found = [(recording, note_of(diary, recording)) for recording, _ in diary.catalog.recordings.all()]
    assert all(note is not None and note.statements for _, note in found)
    return [(recording, note) for recording, note in found if note is not None]


def untrue(text: str) -> list[str]:
    """False facts of the samples in *text*, outside the sentences that may say them; and words of the example."""
    allowed = {sentence for never in facts()["never"] for sentence in never["allowed"]} | true_statements()
    for sentence in sorted(allowed, key=len, reverse=True):
        text = text.replace(sentence, "").replace(clean(sentence), "")
    patterns = [LEAKED, *(never["pattern"] for never in facts()["never"])]
    return [match[0] for pattern in patterns if (match := re.search(pattern, text, re.IGNORECASE))]


def true_statements() -> set[str]:
    return {text for statements in TRUE.values() for _, text in statements}


@pytest.mark.timeout(240)
def test_nothing_false_of_a_real_small_model_is_on_a_page_and_the_true_statements_of_the_same_run_are(
    server: LlamaServer, home: Path
) -> None:
    script = twice(home)
    with Wire(answer=true_answer).running() as wire:
        routes = a_route(a_provider("openai", wire.base("openai"))), model(server)
        with diary_over(home, script, *routes) as diary:
            assert pipeline.write_notes(diary).faults == []
            pipeline.compose_days(diary)
            written = notes(diary)
            answers = [
                step for recording, _ in written for step in explain(diary.catalog, recording.id) if of_the_model(step)
            ]
    text = "\n".join(part for _, note in written for part in printed(note))
    pages = "\n".join((home / "days" / "me" / f"{day}.md").read_text("utf-8") for day in DAYS)
    assert (untrue(text), untrue(pages)) == ([], [])
    private = [note.writer for recording, note in written if recording.privacy == "local_only"]
    assert len(private) == len(INDEX)
    assert "extractive" in private, "a note without an accepted statement is the extractive draft"
    kept = {statement.text for _, note in written if note.writer.startswith("openai/") for statement in note.statements}
    assert len(true_statements()) == 60
    assert len(kept & true_statements()) >= KEPT, sorted(true_statements() - kept)
    assert answers, "the model has answered; on busy cores not about every memo in time, and then its breaker opens"


def of_the_model(step: Mapping[str, Any]) -> bool:
    return step["route"].startswith("local/") and step["outcome"] in ("ok", "rejected")


def printed(note: DiaryNote) -> list[str]:
    parts: tuple[Statement | Todo | Event, ...] = (
        *note.statements,
        *note.todos,
        *note.events,
        *note.highlights,
        *note.also_said,
    )
    return [note.title, *note.people, *note.places, note.mood or "", *(part.text for part in parts)]


@dataclass
class CutModel(LocalProvider):
    """The real adapter, its answers cut after a few tokens."""

    async def generate(self, call: Call) -> Reply:
        return await super().generate(replace(call, max_tokens=6))


SAID = [
    "I watered the plants this morning.",
    "Then I met Helen at the market at three.",
    "I must not forget to call the baker.",
]
LATE = 8.0  # seconds after the deadline, for the note itself on busy cores


def outcomes(diary: Diary) -> list[str]:
    """The outcome of each call to the model; every memo has an extractive note."""
    assert [note.writer for _, note in notes(diary)] == ["extractive"] * len(notes(diary))
    return [step["outcome"] for recording, _ in notes(diary) for step in explain(diary.catalog, recording.id)]


def memos_of(home: Path, count: int = 1, said: list[str] = SAID) -> dict[str, list[str]]:
    """So many memos in the inbox, the same words in each."""
    names = day_names(DAY, count)
    memos(home / "inbox", names)
    return {recording_id("me", name, 1): said for name in names}


def test_an_answer_cut_at_max_tokens_ends_in_a_note_and_so_do_two_notes_at_once(
    server: LlamaServer, home: Path
) -> None:
    with diary_over(home, memos_of(home, 2), model(server, CutModel)) as diary:
        assert pipeline.write_notes(diary).faults == []
        assert set(outcomes(diary)) == {"truncated"}


def test_a_server_hung_in_a_grammar_ends_in_a_note_within_the_deadline(small_language_model: Path, home: Path) -> None:
    with (
        serving(small_language_model, CONTEXT) as local,
        diary_over(home, memos_of(home), model(local), deadline=3.0) as diary,
    ):
        with local.wedged():
            began = time.monotonic()
            assert pipeline.write_notes(diary).faults == []
        assert time.monotonic() - began < 3.0 + LATE
        assert outcomes(diary) == ["timeout"]


def test_a_server_killed_in_the_middle_ends_in_a_note_within_the_deadline(
    small_language_model: Path, home: Path
) -> None:
    with serving(small_language_model, CONTEXT) as local, diary_over(home, memos_of(home), model(local)) as diary:
        writing = threading.Thread(target=pipeline.write_notes, args=(diary,))
        writing.start()
        local.wait_until_busy()
        local.kill()
        began = time.monotonic()
        writing.join(DEADLINE)
        assert not writing.is_alive()
        assert time.monotonic() - began < LATE
        assert set(outcomes(diary)) <= {"connection", "bad_response", "skipped"}
