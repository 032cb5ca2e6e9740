"""Nightly runs of the whole pipeline with batches of three providers: crashes, failures, deadlines, runs at once."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.llm import explain
from diary_pipeline.testing import Script
from diary_pipeline.views import status
from tests.memos import day_names, memos, tone
from tests.nights import DAY, KINDS, a_diary, faithful, later, notes, page, paid_twice, recordings, said, strings, work
from tests.processes import run
from tests.test_schemas import validator
from tests.wire import Wire

PRIVATE = "Nobody else may know about the doctor."


def night(diary: Diary) -> None:
    assert pipeline.process(diary, mode="nightly").failed == 0


def morning(diary: Diary) -> None:
    assert pipeline.process(diary).failed == 0


def writers(diary: Diary) -> list[str]:
    return [note.writer for note in notes(diary)]


def whole(diary: Diary, home: Path) -> bool:
    """Whether the words of every memo are on the page."""
    return all(sentence.rstrip(".") in page(home) for r in recordings(diary) for sentence in said(r.id))


@pytest.mark.parametrize("kind", KINDS)
def test_a_night_submits_a_batch_the_page_has_placeholder_notes_and_the_morning_the_answers_at_half_the_price(
    home: Path, kind: str
) -> None:
    memos(home / "inbox", day_names(str(DAY), 3))
    tone(home / "inbox" / "private" / f"{DAY} 20.00.wav")

    secret: list[str] = []
    script: Script = lambda identity: [PRIVATE] if identity in secret else said(identity)  # noqa: E731
    with Wire(answer=faithful).running() as wire:
        with a_diary(home, wire, kind, script=script) as diary:
            pipeline.ingest(diary)
            secret += [r.id for r in recordings(diary) if r.privacy == "local_only"]
            night(diary)
            check_placeholders(diary, home, kind)
            night(diary)
            assert wire.batches.submitted == 1
        sent = [body for job in wire.batches.jobs.values() for _, body in job.items]
        assert len(sent) == 3
        assert PRIVATE not in json.dumps(sent)
        wire.batches.ready = True
        with a_diary(home, wire, kind, script=script) as diary:
            assert pipeline.poll_batches(diary) == 0
            assert list(status.pending_new(diary)) == [DAY]
            morning(diary)
            assert writers(diary) == [f"{kind}/m"] * 3 + ["extractive"]
            check_half_price(diary, wire)
    assert wire.seen == [], "no live call"
    assert not wire.batches.files, "every file is deleted at the provider"
    assert page(home).count("\n## ") == 4


def check_placeholders(diary: Diary, home: Path, kind: str) -> None:
    """Three memos wait for a batch and have placeholder notes; the private one is done; nothing is pending."""
    assert writers(diary) == ["extractive"] * 4
    assert all(sentence.rstrip(".") in page(home) for r in recordings(diary)[:3] for sentence in said(r.id))
    *waiting, private = status.recordings(diary)
    reason = f"half-price batch of {kind}/m"
    assert [(e["state"], reason in (e["reason"] or "")) for e in waiting] == [("transcribed", True)] * 3
    assert (private["state"], private["reason"]) == ("done", None)
    assert [a["outcome"] for a in explain(diary.catalog, waiting[0]["id"])] == [None], "not settled"
    assert [fault.message for e in (*waiting, private) for fault in validator("recording").iter_errors(e)] == []
    assert status.pending_new(diary) == {}, "nothing is pending while they wait"


def check_half_price(diary: Diary, wire: Wire) -> None:
    """All memos are done, and each note was paid once, at half the price."""
    assert {e["state"] for e in status.recordings(diary)} == {"done"}
    assert status.pending_new(diary) == {}
    assert paid_twice(diary, wire) == []
    bought, used = explain(diary.catalog, recordings(diary)[0].id)
    assert (bought["kind"], bought["outcome"], used["kind"], used["outcome"]) == ("batch", "answered", "cache", "ok")
    dollars = (bought["input_tokens"] + 2 * bought["output_tokens"]) / 1e6
    assert bought["settled"] == pytest.approx(dollars / 2, abs=2e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_failed_expired_and_rejected_items_are_written_live_and_nothing_is_lost(home: Path, kind: str) -> None:
    memos(home / "inbox", day_names(str(DAY), 5))
    fates = ["ok", "error", "expired", "schema", "false"]
    rejected: list[str] = []

    def answer(body: dict[str, Any]) -> str:
        if not rejected and "I flew" in "\n".join(strings(body)):
            rejected.append("once")
            return json.dumps(
                {"title": "Paris", "statements": [{"text": "I flew to Paris with Robert.", "segments": ["s01"]}]}
            )
        return faithful(body)

    with Wire(answer=answer).running() as wire:
        numbers: dict[str, int] = {}

        def script(identity: str) -> list[str]:
            number = numbers.setdefault(identity, len(numbers))
            return ["I flew a kite on the beach.", *said(identity)] if fates[number] == "false" else said(identity)

        with a_diary(home, wire, kind, script=script) as diary:
            night(diary)
            order = [
                next(n for i, n in numbers.items() if said(i)[0] in "\n".join(strings(body))) for body in items(wire)
            ]
            wire.batches.fate = lambda _, place: {"false": "ok"}.get(fates[order[place]], fates[order[place]])
            wire.batches.ready = True
            morning(diary)
            assert writers(diary) == [f"{kind}/m"] * 5
            assert whole(diary, home)
            twice = {fates[numbers[name]] for name in paid_twice(diary, wire)}
            assert twice == {"schema", "false"}, "only answers that were given, and rejected"
            assert len(wire.seen) == 4
    assert "Paris" not in page(home)
    assert not wire.batches.files


def items(wire: Wire) -> list[dict[str, Any]]:
    (job,) = wire.batches.jobs.values()
    return [body for _, body in job.items]


@pytest.mark.parametrize("kind", KINDS)
def test_at_the_deadline_finished_answers_are_used_and_the_rest_is_written_at_once(home: Path, kind: str) -> None:
    memos(home / "inbox", day_names(str(DAY), 4))
    with Wire(answer=faithful).running() as wire, a_diary(home, wire, kind) as diary:
        wire.batches.done_when_cancelled = 2
        night(diary)
        later(diary.catalog, deadline=timedelta(seconds=1))
        assert pipeline.poll_batches(diary) == 1, "cancelled, and not yet ended: a live call might be paid twice"
        morning(diary)
        assert writers(diary) == [f"{kind}/m"] * 4
        assert (len(wire.seen), paid_twice(diary, wire), whole(diary, home)) == (2, [], True)


CRASHES = [
    ("openai", "nightly", "before-submit:1:SIGKILL"),
    ("anthropic", "nightly", "after-submit:1:SIGKILL"),
    ("mistral", "nightly", "after-submit:1:SIGKILL"),
    ("openai", "interactive", "after-results:1:SIGKILL"),
    ("mistral", "interactive", "before-delete:1:SIGKILL"),
    ("anthropic", "interactive", "after-delete:1:SIGKILL"),
]


@pytest.mark.parametrize(("kind", "mode", "point"), CRASHES)
def test_a_night_with_a_kill_9_pays_nothing_twice_and_loses_nothing(
    home: Path, kind: str, mode: str, point: str
) -> None:
    memos(home / "inbox", day_names(str(DAY), 3))
    with Wire(answer=faithful).running() as wire:
        if mode == "interactive":
            with a_diary(home, wire, kind) as diary:
                night(diary)
            wire.batches.ready = True
        assert run(work, home, wire.url, kind, mode, point) == -signal.SIGKILL
        for job in wire.batches.jobs.values():
            if not job.ended:
                wire.batches._end(job, wire.answer, len(job.items))
        with a_diary(home, wire, kind) as diary:
            pipeline.release_run(diary, "dead")
            later(diary.catalog, started_at=timedelta(minutes=3))
            morning(diary)
            assert writers(diary) == [f"{kind}/m"] * 3
            assert (paid_twice(diary, wire), whole(diary, home)) == ([], True)
            assert {e["state"] for e in status.recordings(diary)} == {"done"}
            assert diary.writer.router is not None
            spent = diary.writer.router.ledger.spent()["month", f"{datetime.now(UTC):%Y-%m}"]
            assert spent == sum(row["settled"] for row in diary.writer.router.ledger.rows())
    assert len(wire.seen) == (3 if point.startswith("before-submit") else 0)
    assert not wire.batches.files


def test_notes_that_a_backfill_submits_are_pending_when_their_batch_has_ended_and_the_old_ones_are_kept_until_then(
    home: Path,
) -> None:
    memos(home / "inbox", day_names(str(DAY), 2))
    with Wire(answer=faithful).running() as wire:
        with a_diary(home, wire) as diary:
            morning(diary)
        before = page(home)
        with a_diary(home, wire, "openai") as diary:
            night(diary)
            assert (wire.batches.submitted, status.pending_new(diary)) == (0, {}), "stale notes are written on request"
            pipeline.process(diary, mode="nightly", wanted="stale")
            assert (page(home), wire.batches.submitted, status.pending_new(diary)) == (before, 1, {})
            wire.batches.ready = True
            pipeline.poll_batches(diary)
            assert list(status.pending_new(diary)) == [DAY]
            morning(diary)
            assert writers(diary) == ["openai/m"] * 2
            assert status.pending_new(diary) == {}


def test_nightly_and_interactive_runs_at_once_pay_for_each_note_once(home: Path) -> None:
    memos(home / "inbox", day_names(str(DAY), 8))
    with Wire(answer=faithful).running() as wire:
        with a_diary(home, wire, "openai") as diary:
            pipeline.ingest(diary)
            pipeline.transcribe(diary)

        def write(mode: Any) -> None:
            with a_diary(home, wire, "openai") as another:
                pipeline.write_notes(another, mode=mode)

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(write, ["nightly", "interactive", "nightly", "interactive"]))
        wire.batches.ready = True
        with a_diary(home, wire, "openai") as diary:
            morning(diary)
            assert (writers(diary), paid_twice(diary, wire)) == (["openai/m"] * 8, [])
    assert len(wire.seen) + len(wire.batches.billed) == 8


def test_shortly_before_the_deadline_nothing_is_submitted(home: Path) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    soon = (datetime.now(UTC) + timedelta(minutes=5)).time().replace(microsecond=0, tzinfo=None)
    with Wire(answer=faithful).running() as wire, a_diary(home, wire, "openai", batch_deadline=soon) as diary:
        night(diary)
        assert (writers(diary), wire.batches.submitted, len(wire.seen)) == (["openai/m"], 0, 1)
