"""Notes that no model wrote, for each reason that the world can mend: told, counted, and asked again when mended."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.notes.unwritten import NIGHTS
from diary_pipeline.schema import Mode
from diary_pipeline.views import status
from diary_pipeline.views.own_words import own_words
from tests.memos import day_names, memos
from tests.nights import DAY, a_diary, faithful, notes
from tests.wire import Wire

CALL = 0.004
"""Dollars that are enough for one call's reservation, and no more than two."""


def at_once(body: dict[str, Any]) -> str:
    """Far more statements than were said."""
    answer = json.loads(faithful(body))
    return json.dumps({**answer, "statements": answer["statements"] * 1000})


@dataclass
class Case:
    """What is broken, what names it, and the settings that mend it."""

    cause: str
    remedy: str
    scenario: str = "ok"
    answer: Callable[[dict[str, Any]], str] = faithful
    broken: dict[str, Any] = field(default_factory=dict)
    mended: dict[str, Any] = field(default_factory=dict)


ROUTED = {"routes": ["mistral/m"]}
CASES = {
    "model gone": Case("not_found", "DIARY_LLM__ROUTES", "e404", mended=ROUTED),
    "wrong key": Case("auth", "API_KEY", "e401", mended=ROUTED),
    "no price": Case("no price", "DIARY_LLM__PRICES", broken={"prices": {}}),
    "no budget": Case("budget", "DIARY_LLM__BUDGET_DAY", broken={"budget_day": 0.000_001}),
    "no run's budget": Case("budget", "DIARY_LLM__BUDGET_RUN", broken={"budget_run": 0.0}),
    "cut off": Case("truncated", "DIARY_LLM__ROUTES", "trunc", mended=ROUTED),
    "too much": Case("oversized", "DIARY_LLM__ROUTES", answer=at_once, mended=ROUTED),
    "nothing": Case("empty", "DIARY_LLM__ROUTES", "empty", mended=ROUTED),
    "cannot be held": Case("context", "context", "ctx", mended=ROUTED),
}
STAYS = ("cannot be held",)


def told(diary: Diary) -> str:
    return " ".join(entry["reason"] or "" for entry in status.recordings(diary))


def a_broken_diary(home: Path, wire: Wire, case: Case, **changes: Any) -> Any:
    wire.plan = lambda provider, _: case.scenario if provider == "openai" else "ok"
    wire.answer = lambda body: (case.answer if "openai" in str(body) or "text" in body else faithful)(body)
    settings: dict[str, Any] = {"routes": ["openai/m"], "batches": False, **changes}
    return a_diary(home, wire, "openai", "mistral", **settings)


@pytest.mark.parametrize("name", CASES)
def test_what_can_be_mended_is_told_once_counted_and_asked_again_when_the_setting_has_changed(
    home: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    case = CASES[name]
    memos(home / "inbox", day_names(str(DAY), 3))
    with Wire().running() as wire:
        with a_broken_diary(home, wire, case, **case.broken) as diary, caplog.at_level(logging.WARNING, "diary.llm"):
            summary = pipeline.process(diary)
            assert (summary.failed, {note.writer for note in notes(diary)}) == (0, {"extractive"})
            assert [case.remedy in r["reason"] for r in status.recordings(diary)] == [True] * 3
            (line,) = [line for line in own_words(diary) if line["reason"].startswith(case.cause)]
            assert (line["route"], line["notes"], line["waiting"]) == ("openai/m", 3, 0 if name in STAYS else 3)
            assert case.remedy in line["remedy"]
            assert [n for n in summary.notices if case.cause in n and "words: 3 of" in n], summary.notices
            alerts = [r.getMessage() for r in caplog.records if "cannot be used" in r.getMessage()]
            assert [a for a in alerts if f"openai/m: {case.cause}" in a] == alerts[:1] == alerts
            asked = len(wire.seen)
            assert pipeline.process(diary).attempts == 0
            assert (len(wire.seen), status.pending_new(diary)) == (asked, {}), "nothing has changed"
        with a_broken_diary(home, wire, case, **case.mended) as diary:
            if case.mended:
                assert name in STAYS or list(status.pending_new(diary)) == [DAY]
            pipeline.process(diary)
            assert {note.writer for note in notes(diary)} == {"mistral/m" if case.mended else "openai/m"}
            assert (told(diary).strip(), own_words(diary), status.pending_new(diary)) == ("", [], {})


def test_a_note_that_was_given_up_is_asked_again_when_a_setting_changes(home: Path) -> None:
    case, modes = Case("not_found", "", "e404"), ["interactive", *["nightly"] * NIGHTS]
    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire().running() as wire:
        for mode in modes:
            with a_broken_diary(home, wire, case) as diary:
                pipeline.process(diary, mode=mode)  # type: ignore[arg-type]
        night: Mode = "nightly"
        with a_broken_diary(home, wire, case) as diary:
            asked = len(wire.seen)
            pipeline.process(diary, mode=night)
            assert (asked, len(wire.seen)) == (NIGHTS + 1, NIGHTS + 1)
            assert "has the speaker's own words: no provider could be used (openai/m: not_found" in told(diary)
            assert [(line["notes"], line["waiting"]) for line in own_words(diary)] == [(1, 0)]
            assert not diary.catalog.known_states.open(diary.fingerprints.basis), "it is known to be done"
        key = {"providers": {"openai": {"base_url": wire.base("openai"), "api_key": "sk-new"}}}
        with a_broken_diary(home, wire, Case("", ""), **key) as diary:
            assert list(status.pending_new(diary)) == [DAY]
            pipeline.process(diary)
            assert ([note.writer for note in notes(diary)], told(diary)) == (["openai/m"], "")


def test_a_note_whose_every_answer_was_refused_is_final_and_says_so(home: Path) -> None:
    def false(_: dict[str, Any]) -> str:
        return json.dumps({"title": "Paris", "statements": [{"text": "I flew to Paris.", "segments": ["s01"]}]})

    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire().running() as wire:
        with a_broken_diary(home, wire, Case("", "", answer=false)) as diary:
            pipeline.process(diary)
            assert "every answer was refused (openai/m: rejected). `diary redo` asks again." in told(diary)
            assert [(line["reason"], line["remedy"]) for line in own_words(diary)] == [("rejected", None)]
        asked = len(wire.seen)
        with a_broken_diary(home, wire, Case("", "", answer=false), budget_day=1.5) as diary:
            pipeline.process(diary, mode="nightly")
            assert (len(wire.seen), status.pending_new(diary)) == (asked, {})


def test_a_budget_that_is_released_or_begins_anew_lets_the_next_run_ask(home: Path) -> None:
    memos(home / "inbox", day_names(str(DAY), 2))
    with Wire().running() as wire, a_broken_diary(home, wire, Case("", ""), budget_run=CALL) as diary:
        pipeline.process(diary.of_run("one"))
        for run in ("two", "three", "four"):
            if {note.writer for note in notes(diary)} == {"openai/m"}:
                break
            assert list(status.pending_new(diary)) == [DAY], "another run has a budget of its own"
            pipeline.process(diary.of_run(run))
        assert {note.writer for note in notes(diary)} == {"openai/m"}
        assert len(wire.seen) == 2


def test_a_refused_answer_is_not_paid_for_again_while_another_route_is_waited_for(home: Path) -> None:
    def false(_: dict[str, Any]) -> str:
        return json.dumps({"title": "Paris", "statements": [{"text": "I flew to Paris.", "segments": ["s01"]}]})

    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire().running() as wire:
        for scenario in ("e404", "e500", "ok"):
            with a_broken_diary(home, wire, Case("", ""), routes=["openai/m", "mistral/m"]) as diary:
                wire.plan = lambda provider, _, now=scenario: now if provider == "mistral" else "ok"
                wire.answer = lambda body: (false if "text" in body else faithful)(body)
                pipeline.process(diary, mode="nightly")
                assert len(wire.of("openai")) == 2, "once, and its repair"
        with a_broken_diary(home, wire, Case("", "")) as diary:
            assert [note.writer for note in notes(diary)] == ["mistral/m"]
