"""Long memos: bounds that follow their length, and servers that hold less than they say."""

import json
import re
from pathlib import Path
from typing import Any

from diary_pipeline import pipeline
from diary_pipeline.llm import explain
from diary_pipeline.llm.provider import Call, Limits
from diary_pipeline.notes.validate_answer import MAX_ITEMS
from tests.asking import a_provider, a_route
from tests.memos import day_names, memos
from tests.test_notes_routed import DAY, asked, diary_over, route, the_note
from tests.wire import Wire

LETTERS = [f"On shelf {n} I found {n + 2} old letters from my aunt and read every one of them." for n in range(3, 80)]


def test_a_note_of_more_statements_than_a_short_memo_has_is_kept(home: Path) -> None:
    said = [f"On walk {n} I saw bird {n}." for n in range(1, MAX_ITEMS + 30)]

    def script(call: Call) -> dict[str, Any]:
        lines = re.findall(r"^\[(\w+)\] (.*)$", call.turns[0].text, re.MULTILINE)
        assert call.max_tokens > 2 * sum(len(text) for _, text in lines) // 4
        return {"title": lines[0][1], "statements": [{"text": text, "segments": [name]} for name, text in lines]}

    memos(home / "inbox", day_names(DAY, 1))
    cloud = route(script)
    with diary_over(home, cloud, said=said) as diary:
        pipeline.process(diary)
        assert (the_note(diary).writer, len(the_note(diary).statements)) == ("cloud/m-2026-01-01", len(said))
    assert asked(cloud) == 1


def test_a_server_that_silently_cuts_the_prompt_is_asked_in_parts(home: Path) -> None:
    def answer(body: dict[str, Any]) -> str:
        lines = re.findall(r"\[(\w+)\] (.+)", body["messages"][-1]["content"])
        return json.dumps({"title": "", "statements": [{"text": text, "segments": [name]} for name, text in lines]})

    memos(home / "inbox", day_names(DAY, 1))
    with Wire(answer, prompt_holds=1500).running() as wire:
        provider = a_provider("local", wire.base("local"), limits=Limits(concurrency=1, context=100_000))
        with diary_over(home, a_route(provider), said=LETTERS) as diary:
            assert pipeline.process(diary).failed == 0
            attempts = explain(diary.catalog, the_note(diary).recording)
            assert the_note(diary).writer == "local/m"
            assert [s.text for s in the_note(diary).statements] == LETTERS
    assert [(a["purpose"], a["outcome"]) for a in attempts[:2]] == [("note", "context"), ("facts", "ok")]
    assert {a["outcome"] for a in attempts[1:]} == {"ok"}
