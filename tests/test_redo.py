"""Redoing at a person's wish: what is named, from which stage, and what stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.redo import redo
from diary_pipeline.schema import RedoStage
from diary_pipeline.views import status
from diary_pipeline.views.selection import recordings_named
from tests.memos import day_names, memos, tone
from tests.nights import DAY, a_diary, faithful, notes, page, recordings
from tests.wire import Wire


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire(answer=faithful).running() as running:
        yield running


@pytest.fixture
def diary(home: Path, wire: Wire) -> Iterator[Diary]:
    """Two memos of one day, done."""
    memos(home / "inbox", day_names(str(DAY), 2))
    with a_diary(home, wire, "openai", batches=False) as opened:
        assert pipeline.process(opened).written == 2
        yield opened


def documents(home: Path) -> dict[str, bytes]:
    files = [file for kind in ("transcripts", "notes") for file in (home / kind).rglob("*.json")]
    return {file.relative_to(home).as_posix(): file.read_bytes() for file in files}


@pytest.mark.parametrize(
    ("from_stage", "transcripts", "written"), [("transcribe", 1, 1), ("write", 0, 1), ("compose", 0, 0)]
)
def test_a_redone_memo_is_made_anew_from_that_stage_on_and_the_old_documents_stay(
    home: Path, wire: Wire, diary: Diary, from_stage: RedoStage, transcripts: int, written: int
) -> None:
    before, memo = documents(home), recordings(diary)[0]
    summary = redo(diary, [memo.id], from_stage)
    assert (summary.failed, summary.transcribed, summary.written) == (0, transcripts, written)
    assert summary.days == [f"me/{DAY}"]
    after = documents(home)
    assert {name: after.get(name) for name in before} == before
    new = after.keys() - before.keys()
    assert sorted(name.split("/")[0] for name in new) == sorted(["transcripts"] * transcripts + ["notes"] * written)
    assert all(f"/{memo.id}/" in name for name in new)
    assert len(wire.seen) == 2 + written, "the model is asked again, although its answer is known"
    note = notes(diary)[0]
    assert note.provenance.source == diary.catalog.results.document("transcribe", memo.id)
    assert diary.catalog.results.document("write", memo.id) in (new if written else before)
    assert pipeline.process(diary).attempts == 0, "nothing follows by itself"
    assert status.stale_totals(diary)["notes"] == 0
    redo(diary, [memo.id], from_stage)
    assert len(documents(home)) == len(after) + len(new), "each time anew"


def test_redo_asks_the_model_that_is_configured_now(home: Path, wire: Wire) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with a_diary(home, wire, "openai", batches=False) as diary:
        pipeline.process(diary)
    with a_diary(home, wire, "mistral", batches=False) as diary:
        redo(diary, [recordings(diary)[0].id])
        assert [note.writer for note in notes(diary)] == ["mistral/m"]
    assert [seen.provider for seen in wire.seen] == ["openai", "mistral"]


def test_a_deleted_sentence_stays_deleted_and_only_redoing_the_page_puts_it_back(home: Path, diary: Diary) -> None:
    place, memo = home / "days" / "me" / f"{DAY}.md", recordings(diary)[0]
    place.write_text(page(home).replace(" Then I met Helen at the library at three.", "", 1) + "\nMy own line.\n")
    redo(diary, [memo.id])
    assert page(home).count("Helen at the library") == 1
    redo(diary, [memo.id], "transcribe")
    assert (page(home).count("Helen at the library"), page(home).count("My own line.")) == (1, 1)


def test_a_memo_that_was_taken_off_its_page_is_back_after_its_page_was_redone(home: Path, diary: Diary) -> None:
    place, memo = home / "days" / "me" / f"{DAY}.md", recordings(diary)[0]
    head, _, rest = page(home).partition("\n## ")
    place.write_text(f"{head}\n## {rest.partition(chr(10) + '## ')[2]}")
    pipeline.process(diary)
    redo(diary, [memo.id])
    assert page(home).count("\n## ") == 1
    redo(diary, [memo.id], "compose")
    assert page(home).count("\n## ") == 2


def test_without_a_provider_the_note_stays_and_the_run_says_so(home: Path, wire: Wire, diary: Diary) -> None:
    before = page(home)
    wire.plan = lambda provider, body: "e500"  # noqa: ARG005 - all requests alike
    summary = redo(diary, [recordings(diary)[0].id])
    assert (summary.failed, summary.written, page(home)) == (1, 0, before)
    assert "no provider was available (openai/m" in summary.faults[0].reason
    assert {e["state"] for e in status.recordings(diary)} == {"done"}
    assert pipeline.process(diary, mode="nightly").attempts == 0, "nor is it paid for at night"


def test_a_note_that_waits_for_a_batch_is_not_paid_for_twice(home: Path, wire: Wire) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with a_diary(home, wire, "openai") as diary:
        pipeline.process(diary, mode="nightly")
        summary = redo(diary, [recordings(diary)[0].id])
        assert ["waits for a batch" in fault.reason for fault in summary.faults] == [True]
    assert (wire.batches.submitted, len(wire.seen)) == (1, 0)


def test_one_run_redoes_everything_once_however_often_it_begins(home: Path, wire: Wire, diary: Diary) -> None:
    names = [recording.id for recording in recordings(diary)]
    run = diary.of_run("the-run")
    redo(run, names[:1], "transcribe")
    made = documents(home)
    redo(run, names, "transcribe")
    assert len(documents(home)) == len(made) + 2, "only of the other memo"
    assert len(wire.seen) == 4


def test_a_memo_that_failed_can_be_redone(home: Path, wire: Wire) -> None:
    memos(home / "inbox", day_names(str(DAY), 1))
    with a_diary(home, wire, "openai", script=lambda _: 1 / 0) as diary:  # type: ignore[arg-type,return-value]
        for _ in range(4):
            pipeline.process(diary)
        assert [e["state"] for e in status.recordings(diary)] == ["failed"]
    with a_diary(home, wire, "openai", batches=False) as diary:
        assert pipeline.process(diary).attempts == 0
        assert redo(diary, [recordings(diary)[0].id], "transcribe").failed == 0
        assert [e["state"] for e in status.recordings(diary)] == ["done"]


def test_a_recording_is_named_by_its_id_its_file_or_its_day(home: Path, diary: Diary) -> None:
    tone(home / "inbox" / "anna" / f"{DAY} 08.00.wav", hertz=900.0)
    tone(home / "inbox" / "anna" / "talk.wav", hertz=950.0)
    now = datetime.now(UTC)
    today, yesterday = (f"{now - timedelta(days=days, hours=4):%Y-%m-%d} 12.00.wav" for days in (0, 1))
    memos(home / "inbox", [today, yesterday])
    pipeline.process(diary)
    ids = {recording.path: recording.id for recording in recordings(diary)}
    first, anna, talk = (ids[path] for path in (f"{DAY} 08.00.wav", f"anna/{DAY} 08.00.wav", "anna/talk.wav"))

    def named(text: str) -> set[str]:
        return {recording.id for recording in recordings_named(diary, text)}

    assert named(first) == named(first[:9]) == named(str(home / "inbox" / f"{DAY} 08.00.wav")) == {first}
    assert named(f"{DAY} 08.00.wav") == {first}, "a path before a name"
    assert named("talk.wav") == named("anna/talk.wav") == {talk}
    assert named(str(DAY)) == {first, ids[f"{DAY} 09.00.wav"], anna}
    assert (named("today"), named("yesterday")) == ({ids[today]}, {ids[yesterday]})
    for text, why in [("2020-01-01", "no ingested recording of"), ("nothing.wav", "is no day"), ("zzzz", "is no day")]:
        with pytest.raises(UserError, match=why):
            named(text)


def test_a_name_that_two_files_have_is_asked_for_by_path_and_a_copy_stands_for_its_original(
    home: Path, diary: Diary
) -> None:
    for author in ("anna", "ben"):
        tone(home / "inbox" / author / "talk.wav", hertz=900.0 + len(author))
    tone(home / "inbox" / "copy.wav", hertz=904.0)
    tone(home / "inbox" / "again.wav", hertz=904.0)
    (home / "inbox" / "noise.wav").write_bytes(b"no audio at all")
    pipeline.process(diary)
    with pytest.raises(UserError, match="names 2 recordings: 'anna/talk"):
        recordings_named(diary, "talk.wav")
    (one,) = recordings_named(diary, "copy.wav")
    (other,) = recordings_named(diary, "again.wav")
    assert one.id == other.id
    with pytest.raises(UserError, match="is not ingested, or is held back, so nothing of it can be redone"):
        recordings_named(diary, "noise.wav")
