"""Spans hold what was done, for how long, at what price, and no spoken words, whatever the environment says."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.llm.budget import Budgets
from diary_pipeline.llm.ledger import Ledger
from diary_pipeline.observability.traces import ATTRIBUTES, span
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.show import transcript_of
from tests.memos import memos
from tests.wire import Wire

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
SPOKEN = ("2026-03-14 18.40.wav", "2026-03-15 17.03.m4a", "2026-03-16 12.34.m4a")
SECRETS = ("sk-secret-one", "sk-secret-two", "sk-secret-three")


@pytest.fixture(scope="module")
def exporter() -> Iterator[InMemorySpanExporter]:
    """Collects every span of this process, other libraries' too."""
    collected, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(collected))
    trace.set_tracer_provider(provider)
    yield collected
    provider.shutdown()


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> InMemorySpanExporter:
    exporter.clear()
    return exporter


def span_text(one: ReadableSpan) -> str:
    """Everything in a span, as text."""
    return f"{one.name} {one.to_json()} {one.status.description}"


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def leaks(spans: InMemorySpanExporter, texts: list[str]) -> set[str]:
    """Runs of four words of *texts* that are in any span."""
    written = [f" {' '.join(words(span_text(one)))} " for one in spans.get_finished_spans()]
    runs = {" ".join(said[n : n + 4]) for said in map(words, texts) for n in range(len(said) - 3)}
    return {run for run in runs if any(f" {run} " in line for line in written)}


def of(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [one for one in spans.get_finished_spans() if one.name == name]


def attributes(one: ReadableSpan) -> dict[str, Any]:
    return dict(one.attributes or {})


def quoting(body: dict[str, Any]) -> str:
    """A note that says every segment again, word for word, and one thing more that nobody said."""
    asked = json.dumps(body, ensure_ascii=False)
    lines = re.findall(r"\[(s\d+)\] (.*?)(?:\\n|\\\")", asked)
    statements = [{"text": text, "segments": [name]} for name, text in lines]
    return json.dumps(
        {"title": "", "statements": [*statements, {"text": "I flew to Paris with Robert.", "segments": ["s01"]}]}
    )


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A server for all providers, in an environment that asks their SDKs for spans with content."""
    for name, value in {
        "ANTHROPIC_OPEN_TELEMETRY": "true",
        "ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE": "content",
        "MISTRAL_SDK_TELEMETRY": "global",
        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true",
    }.items():
        monkeypatch.setenv(name, value)
    scenarios = {"anthropic": "prose", "mistral": "schema", "openai": "trunc", "local": "ok"}
    with Wire(quoting, lambda provider, _: scenarios[provider]).running() as running:
        yield running


def asking(home: Path, wire: Wire) -> Settings:
    names = ("anthropic", "mistral", "openai", "local")
    llm = {
        "routes": [f"{name}/m" for name in names],
        "providers": {name: {"base_url": wire.base(name), "context": 100_000} for name in names},
        "prices": {f"{name}/m": {"input": 1, "output": 2} for name in names},
        "hedging": False,
    }
    keys = dict(zip(("anthropic_api_key", "mistral_api_key", "openai_api_key"), SECRETS, strict=True))
    return Settings.load(home=home, timezone="UTC", settle_seconds=0, whisper_model="tiny.en", llm=llm, **keys)


def transcripts(diary: Diary) -> list[str]:
    found = [transcript_of(diary, r) for r, _ in diary.catalog.recordings.all()]
    return [" ".join(segment.text for segment in one.segments) for one in found if one]


@pytest.mark.slow
def test_a_whole_run_is_in_spans_without_any_spoken_words(home: Path, wire: Wire, spans: InMemorySpanExporter) -> None:
    for name in SPOKEN:
        shutil.copy(SAMPLES / name, home / "inbox")
    diary = open_diary(asking(home, wire)).of_run("run-1")
    assert pipeline.process(diary).failed == 0
    said = transcripts(diary)
    assert sum(len(words(text)) for text in said) > 30
    diary.close()
    assert {seen.provider for seen in wire.seen} == {"anthropic", "mistral", "openai", "local"}
    assert leaks(spans, said) == set()
    everything = " ".join(map(span_text, spans.get_finished_spans()))
    assert [secret for secret in SECRETS if secret in everything] == []
    assert [
        one.name for one in spans.get_finished_spans() if not set(attributes(one)) <= ATTRIBUTES or one.events
    ] == []

    stages = {attributes(one)["diary.stage"]: one for one in of(spans, "diary.stage")}
    assert {name: attributes(one)["diary.done"] for name, one in stages.items()} == {
        "ingest": 3,
        "transcribe": 3,
        "write": 3,
        "compose": 3,
    }
    assert {attributes(one)["diary.run"] for one in stages.values()} == {"run-1"}
    batches = of(spans, "diary.engine.batch")
    assert sum(attributes(one)["diary.engine.speech.seconds"] for one in batches) > 10
    assert {one.parent and one.parent.span_id for one in batches} == {stages["transcribe"].context.span_id}
    notes = {one.context.span_id: one for one in of(spans, "diary.note")}
    assert {one.parent and one.parent.span_id for one in notes.values()} == {stages["write"].context.span_id}
    calls = of(spans, "chat m")
    assert {attributes(one)["diary.llm.outcome"] for one in calls} >= {"schema", "truncated"}
    for one in calls:
        assert one.parent is not None
        assert attributes(one)["diary.recording"] == attributes(notes[one.parent.span_id])["diary.recording"]
        assert attributes(one)["gen_ai.usage.input_tokens"] > 0
    paid = sum(attributes(one)["diary.llm.cost"] for one in calls)
    assert paid == pytest.approx(sum(row["settled"] for row in open_ledger(home)) / 1e9)


def open_ledger(home: Path) -> list[Any]:
    with open_diary(Settings.load(home=home), ScriptedEngine()) as diary:
        return list(Ledger(diary.catalog.database, Budgets(0, 0, 0, 0)).rows())


def test_an_exceptions_message_is_in_no_span(home: Path, spans: InMemorySpanExporter) -> None:
    text = "My doctor said that the Zanzibar results are fine."

    def broken(identity: str) -> None:
        raise RuntimeError(text)

    memos(home / "inbox", ["2026-03-14 09.00.wav"])
    diary = open_diary(Settings.load(home=home, settle_seconds=0), ScriptedEngine(lambda _: [text], hook=broken))
    with pytest.raises(RuntimeError, match="Zanzibar"):
        pipeline.process(diary)
    diary.close()
    (stage,) = [one for one in of(spans, "diary.stage") if attributes(one)["diary.stage"] == "transcribe"]
    assert (stage.status.status_code, stage.status.description, stage.events) == (StatusCode.ERROR, "RuntimeError", ())
    assert attributes(stage)["error.type"] == "RuntimeError"
    assert leaks(spans, [text]) == set()


def test_a_value_that_could_be_text_is_omitted_and_an_unlisted_name_is_an_error(spans: InMemorySpanExporter) -> None:
    with span("diary.stage", {"diary.stage": "I met Nina", "diary.run": "run-1", "diary.done": 3, "diary.mode": None}):
        pass
    with pytest.raises(KeyError, match=r"diary\.text"), span("diary.stage", {}) as one:
        one.add({"diary.text": "Nina"})
    assert attributes(spans.get_finished_spans()[0]) == {"diary.run": "run-1", "diary.done": 3}
