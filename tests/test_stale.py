"""What is only stale (another model, prompt, program) is counted with its cost, and redone at a person's wish alone."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import new_engine, open_diary
from diary_pipeline.cli.output import print_stale
from diary_pipeline.diary import Diary
from diary_pipeline.errors import PermanentError
from diary_pipeline.fingerprints import Fingerprints
from diary_pipeline.schema import Mode
from diary_pipeline.views import status
from diary_pipeline.views.forecast import forecast
from tests.memos import day_names, memos
from tests.nights import DAY, a_diary, faithful, notes, page
from tests.old_homes import Hearing, answers_of, put_up
from tests.test_old_home import DONE, KEPT, keeps_its_recordings
from tests.wire import Wire

MEMOS = 3
MODES: tuple[Mode, ...] = ("interactive", "nightly")


def other(writer: Mapping[str, Any] | None = None, engine: Mapping[str, Any] | None = None) -> Callable[[Diary], Diary]:
    """The same diary with another recipe: these values instead of those that decide its transcripts or notes."""

    def changed(diary: Diary) -> Diary:
        def of_engine() -> dict[str, Any]:
            return diary.engine.identity() | dict(engine or {})

        def of_writer() -> dict[str, Any]:
            return diary.writer.identity() | dict(writer or {})

        return replace(diary, fingerprints=Fingerprints(diary.settings, of_engine, of_writer))

    return changed


CHANGES: dict[str, tuple[Callable[[Diary], Diary], tuple[str, ...], int]] = {
    "another version of the prompt": (other({"prompt": 99}), ("openai",), 0),
    "another version of the writer": (other({"version": 99}), ("openai",), 0),
    "more names are found": (other({"names": "spacy 9"}), ("openai",), 0),
    "a route that is asked when the first one fails": (replace, ("openai", "mistral"), 0),
    "another route": (replace, ("mistral",), 0),
    "another speech model": (other(engine={"model": "large"}), ("openai",), MEMOS),
    "other options of the speech model": (other(engine={"beam_size": 9}), ("openai",), MEMOS),
}
"""By name: a changed diary, its routes, and how many transcripts are stale; the notes always are."""


def of_yesterday(home: Path, wire: Wire) -> None:
    """A diary whose notes a model has written."""
    memos(home / "inbox", day_names(str(DAY), MEMOS))
    with a_diary(home, wire, "openai", batches=False) as diary:
        assert pipeline.process(diary).written == MEMOS
        assert status.stale_totals(diary) == {"transcripts": 0, "notes": 0, "cost": 0.0}
    assert len(wire.seen) == MEMOS


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_recipe_pays_for_nothing_by_itself_and_is_counted_with_its_cost(home: Path, change: str) -> None:
    changed, routes, transcripts = CHANGES[change]
    with Wire(answer=faithful).running() as wire:
        of_yesterday(home, wire)
        before = page(home)
        with a_diary(home, wire, *routes, batches=False) as opened:
            diary = changed(opened)
            for mode in MODES:
                assert pipeline.process(diary, mode=mode).attempts == 0
            assert (status.pending_new(diary), len(wire.seen), page(home)) == ({}, MEMOS, before)
            assert {e["state"] for e in status.recordings(diary)} == {"done"}
            totals = status.stale_totals(diary)
            assert (totals["transcripts"], totals["notes"]) == (transcripts, MEMOS)
            assert 0 < totals["cost"] < 0.01
            assert status.pending(diary, [DAY])[DAY] == {"ingest": 0, "transcribe": 0, "write": 0, "compose": 0}
            stale = status.stale(diary, [DAY])[DAY]
            assert stale == {"ingest": 0, "transcribe": transcripts, "write": MEMOS, "compose": MEMOS}
            assert forecast(diary, None).recordings == 0
            assert forecast(diary, None, "stale").cost == totals["cost"]
            summary = pipeline.process(diary, wanted="stale")
            assert (summary.failed, summary.transcribed, summary.written) == (0, transcripts, MEMOS)
            assert status.stale_totals(diary) == {"transcripts": 0, "notes": 0, "cost": 0.0}
            assert pipeline.process(diary, wanted="stale").attempts == 0


@pytest.mark.parametrize(
    ("routes", "asked"), [(("mistral", "openai"), "mistral"), (("openai", "mistral"), None), (("mistral",), "mistral")]
)
def test_redoing_what_is_stale_asks_the_model_that_comes_first_now_and_no_model_twice(
    home: Path, routes: tuple[str, ...], asked: str | None
) -> None:
    with Wire(answer=faithful).running() as wire:
        of_yesterday(home, wire)
        with a_diary(home, wire, *routes, batches=False) as diary:
            pipeline.process(diary, wanted="stale")
            assert {note.writer for note in notes(diary)} == {f"{asked or 'openai'}/m"}
        assert [seen.provider for seen in wire.seen[MEMOS:]] == [asked] * (MEMOS if asked else 0)
        with a_diary(home, wire, "openai", batches=False) as diary:
            pipeline.process(diary, wanted="stale")
            assert {note.writer for note in notes(diary)} == {"openai/m"}, "its answers of yesterday are used again"
        assert len(wire.of("openai")) == MEMOS


def test_new_memos_are_written_by_the_new_recipe_beside_stale_ones(home: Path) -> None:
    with Wire(answer=faithful).running() as wire:
        of_yesterday(home, wire)
        memos(home / "inbox", day_names(str(DAY), MEMOS + 1))
        with a_diary(home, wire, "mistral", batches=False) as diary:
            assert pipeline.process(diary).written == 1
            assert [note.writer for note in notes(diary)] == ["openai/m"] * MEMOS + ["mistral/m"]
            assert status.stale_totals(diary)["notes"] == MEMOS


def test_an_outage_leaves_a_stale_note_as_it_was_and_is_told(home: Path) -> None:
    with Wire(answer=faithful).running() as wire:
        of_yesterday(home, wire)
        before = page(home)
        wire.plan = lambda provider, body: "e500"  # noqa: ARG005 - all requests alike
        with a_diary(home, wire, "mistral", batches=False) as diary:
            summary = pipeline.process(diary, wanted="stale")
            assert (summary.failed, summary.written, page(home)) == (MEMOS, 0, before)
            assert all("its note is the one before" in fault.reason for fault in summary.faults)
            assert {e["state"] for e in status.recordings(diary)} == {"done"}
            assert diary.catalog.queue.days_with_provider_unavailable() == []


def test_what_failed_is_tried_once_more_with_another_recipe(home: Path) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with Wire(answer=faithful).running() as wire, a_diary(home, wire, script=_refuse) as opened:
        assert pipeline.process(opened).failed == 1
        assert pipeline.process(opened).attempts == 0
        diary = other(engine={"model": "large"})(opened)
        assert pipeline.process(diary).failed == 1
        assert pipeline.process(diary).attempts == 0


def _refuse(_: str) -> list[str]:
    raise PermanentError("Its sound was made for a test that wants it to fail.")


@pytest.mark.parametrize(
    ("transcripts", "count", "cost", "line"),
    [
        (0, 0, 0.0, ""),
        (0, 12, 0.1234, "12 notes are stale (…); redoing them costs about $0.12: …"),
        (1, 1, 0.0, "1 transcript and 1 note are stale (…); redoing them costs nothing: …"),
        (0, 1, 0.0001, "1 note is stale (…); redoing it costs less than $0.01: …"),
        (0, 2, None, "2 notes are stale (…); redoing them has no known price: …"),
    ],
)
def test_status_says_how_many_and_what_it_costs(
    transcripts: int, count: int, cost: float | None, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_stale({"transcripts": transcripts, "notes": count, "cost": cost})
    said = capsys.readouterr().out.strip()
    assert said == line.replace("(…)", "(model, prompt or program changed)").replace("…", "`diary process --stale`")


def test_an_old_home_pays_for_nothing_by_itself_after_every_recipe_has_changed(home: Path) -> None:
    with Wire(answer=faithful).running() as wire:
        old = put_up(KEPT, "folder", home, wire)
        settings = old.settings()
        engine = Hearing(old.facts["said"], named=new_engine(settings).identity())
        with open_diary(settings, engine) as opened:
            diary = other({"prompt": 99, "version": 99}, {"model": "large"})(opened)
            for mode in MODES:
                pipeline.process(diary, DONE, mode=mode)
            assert old.called_nobody()
            keeps_its_recordings(answers_of(KEPT, "folder")["status"]["recordings"], status.recordings(diary))
            totals = status.stale_totals(diary)
            assert totals["transcripts"] >= totals["notes"] - 1 > 5
            assert totals["cost"] > 0
