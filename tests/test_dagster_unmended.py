"""The check on memos that are not on their page: red until they are mended, by id and reason, whoever mends them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.on_its_page import MEMOS, ON_ITS_PAGE
from diary_pipeline import pipeline
from diary_pipeline.catalog import Subject
from diary_pipeline.settings import Settings
from jobs.jobs import ARRIVALS
from tests.dagster_world import DAY, Ticks, World, a_world
from tests.memos import day_names, memos

NEXT = "2026-03-15"
NAME = "Dentist"


@pytest.fixture
def world(home: Path) -> Iterator[World]:
    with a_world(home) as world:
        yield world


def evaluated(result: dg.ExecuteInProcessResult) -> Any:
    """What the run's evaluation lists, as (state, reason) by id."""
    (check,) = [e for e in result.get_asset_check_evaluations() if e.check_name == ON_ITS_PAGE.name]
    listed: Any = check.metadata[MEMOS].value
    assert check.passed == (not listed)
    assert NAME not in str(check)
    return {memo["recording"]: (memo["state"], memo["reason"]) for memo in listed}


def put(world: World, kind: str) -> Path:
    """A memo that is refused, held or fails."""
    file = world.home / "inbox" / f"{DAY} 20.00 {NAME}.wav"
    if kind == "too early":
        file = file.with_name(f"2001-03-14 20.00 {NAME}.wav")
    memos(world.home / "inbox", [file.name])
    if kind == "no audio":
        file.write_bytes(b"no audio at all")
    if kind == "sidecar":
        file.with_suffix(".json").write_text("{")
    return file


def mend(kind: str, file: Path) -> None:
    if kind == "too early":
        file.with_suffix(".json").write_text('{"recorded_at": "2026-03-14T20:00:00+00:00"}')
    elif kind == "no audio":
        memos(file.parent, [file.name])
    else:
        file.with_suffix(".json").unlink()


@pytest.mark.parametrize("kind", ["no audio", "too early", "sidecar"])
def test_a_memo_that_was_refused_or_is_held_stays_in_the_check_until_it_is_mended(kind: str, world: World) -> None:
    file = put(world, kind)
    listed = evaluated(world.run(ARRIVALS, DAY))
    assert [reason.partition(":")[0] for _, reason in listed.values()] == ["held" if kind == "sidecar" else "refused"]
    world.put(NEXT, 1)
    assert evaluated(world.run(ARRIVALS, NEXT)) == listed, "the next good memo does not hide it"
    ticks = Ticks(world)
    ticks.tick()
    assert not newest(world).passed
    mend(kind, file)
    pipeline.process(world.diary)
    ticks.tick()
    assert newest(world).passed
    ticks.tick()
    assert len(evaluations(world)) == 3, "what is known is not said again"


def test_what_failed_is_listed_until_it_is_done_and_not_only_until_it_is_tried_again(world: World) -> None:
    world.put(DAY, 1)
    pipeline.ingest(world.diary)
    ticks, attempts = Ticks(world), world.diary.catalog.attempts
    ((recording, _),) = world.diary.catalog.recordings.all()
    (claim,) = attempts.claim("transcribe", [Subject(recording.id, "f")], "worker", None, 1)
    attempts.finish(claim, "failed", error=f"{NAME} was too much for it.")
    ticks.tick()
    assert (reasons(world), NAME in str(newest(world))) == (["transcribe: failed"], False)
    pipeline.retry(world.diary)
    world.put(NEXT, 1)
    assert evaluated(world.run(ARRIVALS, NEXT)) == {recording.id: ("ingested", "not on its page yet")}
    pipeline.process(world.diary)
    ticks.tick()
    assert newest(world).passed


def test_a_memo_that_is_only_being_copied_or_was_removed_before_it_was_taken_in_does_not_warn(world: World) -> None:
    file = put(world, "too early")
    pipeline.discover(world.diary)
    ticks = Ticks(world)
    ticks.tick()
    assert reasons(world) == ["refused: it is dated before the diary's first day"]
    file.unlink()
    pipeline.discover(world.diary)
    ticks.tick()
    assert newest(world).passed
    copied = World(world.instance, replace(world.diary, settings=copying(world)))
    memos(world.home / "inbox", day_names(DAY, 1))
    pipeline.discover(copied.diary)
    ticks.tick()
    assert newest(world).passed


def copying(world: World) -> Settings:
    return world.diary.settings.model_copy(update={"settle_seconds": 600})


def reasons(world: World) -> list[str]:
    value: Any = newest(world).metadata[MEMOS].value
    return [memo["reason"] for memo in value]


def evaluations(world: World) -> list[dg.AssetCheckEvaluation]:
    """Newest first."""
    history = world.instance.event_log_storage.get_asset_check_execution_history(ON_ITS_PAGE, limit=50)
    return [one for record in history if isinstance(one := record.evaluation, dg.AssetCheckEvaluation)]


def newest(world: World) -> dg.AssetCheckEvaluation:
    return evaluations(world)[0]
