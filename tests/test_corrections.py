"""What a person corrects takes effect: files moved or renamed, options added again, dates, languages, zones, names."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.recordings.add import AddOptions, put_into_inbox
from diary_pipeline.schema import Recording
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from diary_pipeline.views.show import note_of, transcript_of
from tests.memos import tone
from tests.nights import a_diary, faithful
from tests.wire import Wire

DAY, NEXT = "2026-03-14", "2026-03-17"
MEMO = f"{DAY} 08.12.wav"
SAID = ["I need to call Emma on Friday.", "Then I watered the plants."]


@contextmanager
def opened(home: Path, **settings: Any) -> Iterator[Diary]:
    options = {"home": home, "settle_seconds": 0, "timezone": "UTC", "watch_seconds": 0} | settings
    diary = open_diary(Settings.load(**options), ScriptedEngine(lambda _: SAID))
    try:
        yield diary
    finally:
        diary.close()


def processed(home: Path, **settings: Any) -> Recording:
    """Process, and the one recording that is there; duplicates of it are left out."""
    with opened(home, **settings) as diary:
        summary = pipeline.process(diary)
        assert summary.faults == []
        (recording,) = [r for r, _ in diary.catalog.recordings.all() if not r.duplicate_of]
        assert pipeline.process(diary).attempts == 0, "everything is done at once, and once"
        assert [e["state"] for e in status.recordings(diary)] == ["done"] * len(diary.catalog.recordings.all())
    return recording


def pages(home: Path) -> dict[str, str]:
    """The pages that have a memo, by AUTHOR/DAY."""
    found = {f.relative_to(home / "days").with_suffix("").as_posix(): f for f in (home / "days").rglob("*.md")}
    return {name: file.read_text() for name, file in sorted(found.items()) if "watered" in file.read_text()}


def put(home: Path, path: str = MEMO, **options: Any) -> Path:
    return tone(home / "inbox" / path, **options)


def move(home: Path, path: str) -> None:
    (file,) = (home / "inbox").rglob("*.wav")
    target = home / "inbox" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    file.rename(target)


@pytest.mark.parametrize(
    ("path", "page", "privacy"),
    [
        (f"{NEXT} 09.00.wav", f"me/{NEXT}", "standard"),
        (f"anna/{MEMO}", f"anna/{DAY}", "standard"),
        (f"anna/{NEXT} 09.00.wav", f"anna/{NEXT}", "standard"),
        ("anna/talk with the plumber.wav", f"anna/{DAY}", "standard"),
        (f"private/{MEMO}", f"me/{DAY}", "local_only"),
        (f"anna/private/{MEMO}", f"anna/{DAY}", "local_only"),
    ],
)
def test_a_file_that_is_moved_or_renamed_is_the_same_memo_under_its_new_path(
    home: Path, path: str, page: str, privacy: str
) -> None:
    put(home)
    before = processed(home)
    move(home, path)
    after = processed(home)
    assert (after.id, after.path, after.source) == (before.id, path, path.rpartition("/")[2])
    assert (after.privacy, after.audio) == (privacy, before.audio)
    assert list(pages(home)) == [page]
    assert pages(home)[page].count("watered the plants") == 1
    assert after.source in pages(home)[page]


def test_a_copy_that_is_registered_before_the_first_file_is_deleted_is_a_move_too(home: Path) -> None:
    first = put(home)
    before = processed(home)
    put(home, f"{NEXT} 09.00.wav")
    processed(home)
    assert list(pages(home)) == [f"me/{DAY}"], "two copies are one memo"
    first.unlink()
    after = processed(home)
    assert (after.id, after.path) == (before.id, f"{NEXT} 09.00.wav")
    assert list(pages(home)) == [f"me/{NEXT}"]


def test_a_new_memo_under_the_name_of_one_that_was_renamed_is_another_memo(home: Path) -> None:
    put(home, "New Recording.wav")
    before = processed(home)
    move(home, f"{NEXT} 09.00.wav")
    put(home, "New Recording.wav", hertz=900.0)
    with opened(home) as diary:
        assert pipeline.process(diary).failed == 0
        found = {r.path: r.id for r, _ in diary.catalog.recordings.all()}
    assert found[f"{NEXT} 09.00.wav"] == before.id
    assert len(set(found.values())) == 2
    assert len(pages(home)) == 2


def test_a_memo_that_waits_follows_its_file_too(home: Path) -> None:
    settings = {"start_date": date(2026, 3, 10)}
    put(home, "2026-03-01 08.00.wav")
    with opened(home, **settings) as diary:
        assert pipeline.process(diary).failed == 1
    move(home, MEMO)
    assert processed(home, **settings).path == MEMO


def test_a_name_without_a_date_keeps_the_date_and_a_sidecar_that_was_left_behind_still_counts(home: Path) -> None:
    file = put(home, "memo.wav")
    file.with_suffix(".json").write_text(json.dumps({"recorded_at": f"{DAY}T08:12:00+00:00", "language": "de"}))
    processed(home)
    os.utime(file, (0, datetime(2026, 3, 19, tzinfo=UTC).timestamp()))
    move(home, "anna/memo.wav")
    after = processed(home)
    assert (str(after.day), after.dated_by, after.language, after.author) == (DAY, "sidecar", "de", "anna")


def test_a_new_date_moves_the_page_and_its_to_dos_are_due_on_other_days(home: Path) -> None:
    put(home)
    processed(home)
    assert "**Friday 20 March**" in pages(home)[f"me/{DAY}"]
    sidecar = home / "inbox" / f"{MEMO}.json"
    sidecar.write_text(json.dumps({"recorded_at": "2026-04-07T09:00:00+00:00"}))
    processed(home)
    assert list(pages(home)) == ["me/2026-04-07"]
    assert "**Friday 10 April**" in pages(home)["me/2026-04-07"]
    sidecar.unlink()
    processed(home)
    assert list(pages(home)) == [f"me/{DAY}"]
    assert "**Friday 20 March**" in pages(home)[f"me/{DAY}"]


def test_a_changed_language_is_transcribed_anew_and_then_written_anew(home: Path) -> None:
    put(home)
    processed(home)
    with opened(home) as diary:
        before = diary.catalog.results.document("transcribe", diary.catalog.recordings.all()[0][0].id)
        (home / "inbox" / f"{MEMO}.json").write_text('{"language": "de"}')
        summary = pipeline.process(diary)
        (recording,) = [r for r, _ in diary.catalog.recordings.all()]
        transcript, note = transcript_of(diary, recording), note_of(diary, recording)
        after = diary.catalog.results.document("transcribe", recording.id)
    assert (summary.transcribed, summary.written) == (1, 1)
    assert transcript is not None
    assert note is not None
    assert (after != before, note.provenance.source) == (True, after)
    (home / "inbox" / f"{MEMO}.json").unlink()
    with opened(home) as diary:
        assert pipeline.process(diary).transcribed == 1
        assert diary.catalog.results.document("transcribe", recording.id) == before, "made once, kept, used again"


@pytest.mark.parametrize(
    ("name", "page", "clock"),
    [
        (f"{DAY} 08.12.wav", f"me/{DAY}", "08:12"),  # a local time
        (f"{DAY}T20-00-00Z.wav", "me/2026-03-15", "09:00"),  # a moment
        ("memo.wav", "me/2026-03-21", "05:00"),  # the file's time, a moment
    ],
)
def test_another_time_zone_of_an_author_corrects_the_dates_of_earlier_memos(
    home: Path, name: str, page: str, clock: str
) -> None:
    put(home, name, modified=datetime(2026, 3, 20, 16, 0, tzinfo=UTC).timestamp())
    first = processed(home)
    (home / "inbox" / name).unlink()
    after = processed(home, authors={"me": {"timezone": "Pacific/Auckland"}})
    assert after.recorded_at is not None
    assert (f"{after.recorded_at:%H:%M %z}", list(pages(home))) == (f"{clock} +1300", [page])
    assert processed(home).recorded_at == first.recorded_at, "and back again"


def test_the_zone_of_the_machine_corrects_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home)
    first = processed(home)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    settings = Settings.load(home=home, settle_seconds=0)
    with open_diary(settings, ScriptedEngine(lambda _: SAID)) as diary:
        assert pipeline.process(diary).attempts == 0
        assert diary.catalog.recordings.get([first.id])[0].recorded_at == first.recorded_at


def add(home: Path, file: Path, **options: Any) -> list[str]:
    with opened(home) as diary:
        paths = put_into_inbox(diary.settings, [file], AddOptions(**options))
        pipeline.discover(diary, settled=paths)
        assert pipeline.process(diary).failed == 0
    return paths


def test_adding_a_file_again_changes_what_is_said_now_and_keeps_what_was_said_then(home: Path, tmp_path: Path) -> None:
    file = tone(tmp_path / "memo.wav")
    assert add(home, file, recorded_at=f"{DAY}T08:12:00+00:00", language="de") == ["memo.wav"]
    assert add(home, file, priority=3) == ["memo.wav"]
    assert add(home, file, recorded_at=f"{NEXT}T08:12:00+00:00") == ["memo.wav"]
    assert add(home, file, author="anna") == ["memo.wav"]
    after = processed(home)
    assert (after.author, str(after.day), after.language, after.priority) == ("anna", NEXT, "de", 3)
    assert list(pages(home)) == [f"anna/{NEXT}"]
    assert add(home, file, language="en") == ["memo.wav"], "without an author it stays whose it is"
    assert processed(home).author == "anna"


def test_adding_again_keeps_a_sidecar_of_ones_own_and_the_files_of_other_programs(home: Path, tmp_path: Path) -> None:
    file, inbox = tone(tmp_path / "memo.wav"), home / "inbox"
    put(home, "memo.wav")
    (inbox / "memo.json").write_text(json.dumps({"recorded_at": f"{DAY}T08:12:00+00:00"}))
    foreign = json.dumps({"text": "Hello.", "segments": []})
    (inbox / "memo.wav.json").write_text(foreign)
    add(home, file, language="de")
    assert (inbox / "memo.wav.json").read_text() == foreign
    assert json.loads((inbox / "memo.json").read_text()) == {
        "recorded_at": f"{DAY}T08:12:00+00:00",
        "language": "de",
    }
    (inbox / "memo.json").write_text(foreign)
    with pytest.raises(UserError, match="other programs"):
        add(home, file, language="en")


def test_a_sensor_notices_corrections_and_waits_after_a_failure(home: Path) -> None:
    put(home)
    processed(home)
    with opened(home) as diary:
        assert status.pending_new(diary) == {}
        (home / "inbox" / f"{MEMO}.json").write_text('{"language": "de"}')
        pipeline.discover(diary)
        assert list(status.pending_new(diary)) == [date.fromisoformat(DAY)]
        pipeline.process(diary)
        assert status.pending_new(diary) == {}
    with opened(home, authors={"me": {"language": "fr"}}) as diary:
        (home / "inbox" / f"{MEMO}.json").unlink()
        pipeline.discover(diary)
        assert list(status.pending_new(diary)) == [date.fromisoformat(DAY)]


def without_inputs(diary: Diary) -> None:
    """As an earlier version left the catalog."""
    with diary.catalog.database.writing() as connection:
        connection.execute(text("UPDATE attempts SET inputs = NULL"))


def test_a_home_of_a_version_that_kept_no_inputs_has_nothing_to_do_and_notices_corrections_from_then_on(
    home: Path,
) -> None:
    put(home)
    processed(home)
    with opened(home) as diary:
        without_inputs(diary)
        assert pipeline.process(diary).attempts == 0
        (home / "inbox" / f"{MEMO}.json").write_text(json.dumps({"recorded_at": f"{DAY}T21:00:00+00:00"}))
        assert pipeline.process(diary).written == 1


def test_a_correction_asks_the_model_once_and_one_that_is_taken_back_asks_nobody(home: Path) -> None:
    put(home)
    sidecar = home / "inbox" / f"{MEMO}.json"
    with Wire(answer=faithful).running() as wire, a_diary(home, wire, "openai") as diary:
        pipeline.process(diary)
        sidecar.write_text(json.dumps({"recorded_at": f"{NEXT}T08:12:00+00:00"}))
        pipeline.process(diary)
        assert len(wire.seen) == 2
        sidecar.unlink()
        pipeline.process(diary)
        move(home, f"anna/{MEMO}")
        assert pipeline.process(diary).written == 1
        assert len(wire.seen) == 2
        assert status.stale_totals(diary) == {"transcripts": 0, "notes": 0, "cost": 0.0}
