"""Notes for which no provider could be used: placeholder notes, and nightly runs that ask again a few times."""

from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from assets.partitions import daily, days_in
from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.llm import explain
from diary_pipeline.notes.unwritten import NIGHTS
from diary_pipeline.schema import DiaryDay, Mode
from diary_pipeline.views import status
from jobs.schedules import nightly_schedule
from tests.memos import day_names, memos
from tests.nights import DAY, a_diary, faithful, notes, page, recordings, said
from tests.wire import Wire

NIGHT: Mode = "nightly"
OUTAGE: list[Mode] = ["interactive", *[NIGHT] * NIGHTS]


def reason(diary: Diary) -> str:
    (entry,) = status.recordings(diary)
    return entry["reason"] or ""


def made_from(home: Path) -> list[str]:
    """The notes that the page was composed from."""
    document = (home / "days" / "me" / f"{DAY}.json").read_text("utf-8")
    return list(DiaryDay.model_validate_json(document).provenance.options["notes"])


def down(wire: Wire, scenario: str) -> None:
    wire.plan = lambda provider, body: scenario  # noqa: ARG005 - all requests alike


@pytest.mark.parametrize("scenario", ["e500", "e529", "quota", "e401", "rl_3600", "rst", "html"])
def test_an_outage_leaves_a_placeholder_note_that_waits_for_the_night_and_no_sensor_asks_again(
    home: Path, scenario: str
) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire(answer=faithful).running() as wire, a_diary(home, wire, "openai") as diary:
        down(wire, scenario)
        assert pipeline.process(diary).failed == 0
        (note,) = notes(diary)
        assert note.writer == "extractive"
        assert said(recordings(diary)[0].id)[0].rstrip(".") in page(home)
        assert "waits for a provider (openai/m: " in reason(diary)
        assert explain(diary.catalog, recordings(diary)[0].id)[-1]["outcome"] in reason(diary)
        asked = len(wire.seen)
        assert (status.pending_new(diary), diary.catalog.queue.days_with_provider_unavailable()) == ({}, [DAY])
        pipeline.process(diary)
        assert len(wire.seen) == asked, "only nightly runs ask again"


@pytest.mark.parametrize("scenario", ["policy400", "ctx", "refusal", "schema"])
def test_a_bad_answer_or_a_rejected_prompt_is_not_asked_for_again(home: Path, scenario: str) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire(answer=faithful).running() as wire, a_diary(home, wire, "openai", batches=False) as diary:
        down(wire, scenario)
        pipeline.process(diary)
        asked = len(wire.seen)
        pipeline.process(diary, mode="nightly")
        assert (len(wire.seen), [e["state"] for e in status.recordings(diary)]) == (asked, ["done"])
        assert diary.catalog.queue.days_with_provider_unavailable() == []


def test_when_the_provider_is_back_the_nightly_run_writes_the_note_and_an_edit_is_kept(home: Path) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire(answer=faithful).running() as wire, a_diary(home, wire, "openai", batches=False) as diary:
        down(wire, "e500")
        pipeline.process(diary)
        place = home / "days" / "me" / f"{DAY}.md"
        place.write_text(page(home) + "\nA line of my own.\n")
        edited, before = page(home), made_from(home)
        pipeline.process(diary, mode="nightly")
        assert page(home) == edited, "another night of the outage changes nothing"
        assert status.pending_new(diary) == {}
        wire.plan = None
        pipeline.process(diary, mode="nightly")
        assert [note.writer for note in notes(diary)] == ["openai/m"]
        assert "A line of my own." in page(home)
        assert made_from(home) != before, "the page is made from the model's note"
        assert (status.recordings(diary)[0]["state"], reason(diary)) == ("done", "")
        assert (status.pending_new(diary), diary.catalog.queue.days_with_provider_unavailable()) == ({}, [])


def test_an_outage_of_many_nights_ends_with_the_current_note_and_no_more_calls(home: Path) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire(answer=faithful).running() as wire:
        for mode in OUTAGE:
            with a_diary(home, wire, "openai", batches=False) as diary:
                assert mode == "interactive" or "waits for a provider" in reason(diary)
                down(wire, "rst")
                pipeline.process(diary, mode=mode)
        with a_diary(home, wire, "openai", batches=False) as diary:
            wire.plan, asked = None, len(wire.seen)
            pipeline.process(diary, mode="nightly")
            assert len(wire.seen) == asked
            assert [e["state"] for e in status.recordings(diary)] == ["done"]
            assert "has the speaker's own words: no provider could be used (openai/m: connection" in reason(diary)
            assert [note.writer for note in notes(diary)] == ["extractive"]
            assert (status.pending_new(diary), diary.catalog.queue.days_with_provider_unavailable()) == ({}, [])


def test_a_models_older_note_is_kept_through_an_outage_and_after_it(home: Path) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire(answer=faithful).running() as wire:
        with a_diary(home, wire, "openai", batches=False) as diary:
            pipeline.process(diary)
        before = page(home)
        for mode in OUTAGE:
            with a_diary(home, wire, "mistral", batches=False) as diary:
                down(wire, "e500")
                pipeline.process(diary, mode=mode)
                assert [note.writer for note in notes(diary)] == ["openai/m"]
                assert status.pending_new(diary) == {}
        assert page(home) == before


def test_a_retry_does_not_wait_for_the_night(home: Path) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire(answer=faithful).running() as wire, a_diary(home, wire, "openai") as diary:
        down(wire, "e500")
        pipeline.process(diary)
        wire.plan = None
        assert pipeline.retry(diary) == 1
        pipeline.process(diary)
        assert [note.writer for note in notes(diary)] == ["openai/m"]


def test_a_note_that_waited_for_a_provider_goes_into_the_nightly_batch_and_is_written_in_the_morning(
    home: Path,
) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire(answer=faithful).running() as wire, a_diary(home, wire, "openai") as diary:
        down(wire, "e500")
        pipeline.process(diary)
        pipeline.process(diary, mode="nightly")
        assert (wire.batches.submitted, status.pending_new(diary)) == (1, {})
        wire.batches.ready = True
        pipeline.poll_batches(diary)
        assert list(status.pending_new(diary)) == [DAY]
        pipeline.process(diary)
        assert [note.writer for note in notes(diary)] == ["openai/m"]
        assert status.pending_new(diary) == {}


def test_the_nightly_schedule_includes_the_days_of_notes_that_wait_for_a_provider(home: Path) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    now = datetime(2026, 3, 20, 4, 30, tzinfo=UTC)
    with Wire(answer=faithful).running() as wire, a_diary(home, wire, "openai") as diary:
        down(wire, "e500")
        pipeline.process(diary)
        partitions = daily(diary.settings)
        schedule = nightly_schedule(diary.settings, partitions)
        with (
            dg.DagsterInstance.ephemeral() as instance,
            dg.build_schedule_context(
                instance=instance, resources={"diary": diary}, scheduled_execution_time=now
            ) as context,
        ):
            requests = schedule.evaluate_tick(context).run_requests or []
        assert [days_in(r.tags, partitions) for r in requests] == [[DAY], [date(2026, 3, 19)]]
