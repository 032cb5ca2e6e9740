"""Hidden names and models on trial, from memo to page: what other machines get, what is printed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.llm import explain, report
from tests.memos import day_names, memos
from tests.nights import DAY, KINDS, a_diary, faithful, notes, page, recordings
from tests.wire import Wire

SAID = [
    "I met Helen Carter at the library.",
    "Helen told me about the Zephyr project.",
    "Then Robert called from the station.",
]
NAMES = ("Helen", "Carter", "Zephyr", "Robert")


def with_names(home: Path) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    (home / "vocabulary.txt").write_text("# people and projects\nZephyr\nRobert\n")


@pytest.mark.parametrize("mode", ["interactive", "nightly"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_name_of_a_memo_is_in_any_byte_that_is_sent_and_the_page_has_them_all(
    home: Path, kind: str, mode: Any
) -> None:
    with_names(home)
    with Wire(answer=faithful).running() as wire:
        wire.batches.ready = True
        for _ in range(2):
            with a_diary(home, wire, kind, script=lambda _: SAID, pseudonyms=True) as diary:
                pipeline.process(diary, mode=mode)
        assert [note.writer for note in notes(diary)] == [f"{kind}/m"]
    assert (wire.batches.submitted, len(wire.seen)) == ((1, 0) if mode == "nightly" else (0, 1))
    sent = b"\n".join(wire.raw)
    assert b"library" in sent
    assert [name for name in NAMES if name.lower().encode() in sent.lower()] == []
    assert all(sentence.rstrip(".") in page(home) for sentence in SAID)
    assert "PERSON" not in page(home)


@pytest.mark.parametrize("altered", ["Somebody", "PERSONX_9"])
def test_an_answer_that_lost_or_made_up_a_name_is_no_note(home: Path, altered: str) -> None:
    with_names(home)

    def answer(body: dict[str, Any]) -> str:
        return re.sub(r"PERSONX_4", altered, faithful(body)) if "input" in body else faithful(body)

    diary_of: dict[str, Any] = {"script": lambda _: SAID, "pseudonyms": True}
    with Wire(answer=answer).running() as wire, a_diary(home, wire, "openai", "mistral", **diary_of) as diary:
        pipeline.process(diary)
        attempts = explain(diary.catalog, recordings(diary)[0].id)
        assert [(a["route"], a["kind"], a["outcome"]) for a in attempts] == [
            ("openai/m", "live", "placeholder"),
            ("openai/m", "repair", "placeholder"),
            ("mistral/m", "live", "ok"),
        ]
        assert [note.writer for note in notes(diary)] == ["mistral/m"]
    assert b"PERSONX_4" in b"".join(wire.raw)
    assert (altered in page(home), all(name in page(home) for name in NAMES)) == (False, True)


def half_false_on_trial(body: dict[str, Any]) -> str:
    """A true answer of the model that is used; of the one on trial, half is false."""
    if "input" in body:
        return faithful(body)
    statements = [*json.loads(faithful(body))["statements"][:1], {"text": "I flew to Paris.", "segments": ["s01"]}]
    return json.dumps({"title": "On trial", "statements": statements})


@pytest.mark.parametrize("mode", ["interactive", "nightly"])
def test_a_model_on_trial_is_paid_and_reported_separately_and_none_of_its_words_is_on_a_page(
    home: Path, mode: Any
) -> None:
    memos(home / "inbox", day_names(str(DAY), 3))
    trial: dict[str, Any] = {"routes": ["openai/m"], "shadows": {"mistral/m": 1.0}}
    with Wire(answer=half_false_on_trial).running() as wire:
        wire.batches.ready = True
        for _ in range(2):
            with a_diary(home, wire, "openai", "mistral", **trial) as diary:
                pipeline.process(diary, mode=mode)
        billed = [seen.billed or (0, 0) for seen in wire.of("mistral")]
        dollars = sum(read + 2 * written for read, written in billed) / 1e6
        with a_diary(home, wire, "openai", "mistral", **trial) as diary:
            assert {note.writer for note in notes(diary)} == {"openai/m"}
            rows = [a for r in recordings(diary) for a in explain(diary.catalog, r.id) if a["kind"] == "shadow"]
            assert [(a["route"], a["outcome"]) for a in rows] == [("mistral/m", "rejected")] * 3
            assert sum(a["settled"] for a in rows) == pytest.approx(dollars)
            used, tried = report(diary.catalog)
    assert (used.route, used.prompt, used.trial, used.asked, used.fallback_rate) == ("openai/m", "1", False, 3, 0.0)
    assert (used.evidence_score, used.also_said) == (1.0, 0.0)
    assert (tried.route, tried.prompt, tried.trial, tried.asked) == ("mistral/m", "1", True, 3)
    assert (tried.evidence_score, tried.also_said) == (0.5, 0.5)
    assert tried.dollars == pytest.approx(dollars)
    assert len(billed) == 3, "once each, however often the pipeline runs"
    assert "Paris" not in page(home)
    assert "On trial" not in page(home)
