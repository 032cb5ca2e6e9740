"""Every recording has a document that says what the catalog knows of it; it follows each change, where it belongs."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from upath import UPath

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.facts import RecordingDocument
from diary_pipeline.catalog.tables import recordings
from diary_pipeline.diary import Diary
from diary_pipeline.recordings.documents import write_documents
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.testing import ScriptedEngine
from tests.memos import day_names, memos

DAY = "2026-03-14"


def diary_of(home: Path, **places: str) -> Diary:
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0, **places)
    return open_diary(settings, ScriptedEngine(lambda identity: [f"This is what {identity} says."]))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def diary(request: pytest.FixtureRequest, home: Path) -> Iterator[Diary]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    with diary_of(home, catalog=url) as opened:
        yield opened


def document(folder: Any, identity: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "recordings" / f"{identity}.json").read_text())
    return value


def test_every_column_of_a_recording_is_in_its_document() -> None:
    said_otherwise = {"utc_offset", "beside", "known_state"}  # the offset of recorded_at; what is found out anew
    assert {column.name for column in recordings.columns} - said_otherwise <= RecordingDocument.model_fields.keys()


def test_every_field_of_a_document_is_described() -> None:
    text = (Path(__file__).parent.parent / "docs" / "backup.md").read_text("utf-8")
    (table,) = re.findall(r"^\| Fields \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    described = [name for row in table.splitlines() for name in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert sorted(described) == sorted(RecordingDocument.model_fields)


def test_a_document_follows_every_change(home: Path, diary: Diary) -> None:
    memos(home / "inbox", day_names(DAY, 2))
    pipeline.discover(diary)
    (one, other) = (r for r, _ in diary.catalog.recordings.all())
    assert "sha256" not in document(home, one.id)
    stages = (pipeline.ingest, pipeline.transcribe, pipeline.write_notes)
    for number, stage in enumerate(stages, 1):
        stage(diary)
        assert len(document(home, one.id)["attempts"]) == number
    pipeline.compose_days(diary)
    assert json.loads((home / "compositions" / "me" / f"{DAY}.json").read_text())["attempts"][0]["outcome"] == "ok"
    diary.catalog.recordings.update(one.id, quarantine="It is quarantined by hand.")
    assert list(diary.catalog.documents.due()) == [one.id], "and no other one"
    pipeline.discover(diary)
    assert document(home, one.id)["quarantine"] == "It is quarantined by hand."
    assert "quarantine" not in document(home, other.id)
    assert diary.catalog.documents.due() == {}


def test_a_document_is_rewritten_only_where_it_changes(home: Path, diary: Diary) -> None:
    memos(home / "inbox", day_names(DAY, 2))
    pipeline.process(diary)
    written = {file: file.stat().st_ino for file in (home / "recordings").iterdir()}
    diary.catalog.recordings.update(next(iter(written)).stem, priority=0)
    assert len(diary.catalog.documents.due()) == 1
    pipeline.process(diary)
    assert {file: file.stat().st_ino for file in (home / "recordings").iterdir()} == written


class FullStore(Store):
    """A store in which no documents of some recordings can be written."""

    full: Callable[[str], bool]

    def replace(self, path: str, data: bytes, privacy: Any) -> None:
        if path.startswith("recordings/") and self.full(path):
            raise OSError(28, "No space left on device")
        super().replace(path, data, privacy)


def test_a_document_that_cannot_be_written_is_a_fault_and_the_next_run_writes_it(home: Path, diary: Diary) -> None:
    from dataclasses import replace

    memos(home / "inbox", day_names(DAY, 3))
    pipeline.discover(diary)
    (one, *others) = (r.id for r, _ in diary.catalog.recordings.all())
    for file in (home / "recordings").iterdir():
        file.unlink()
    store = FullStore(diary.settings.store_url, home, 10)
    store.full = lambda path: one in path
    report = pipeline.ingest(replace(diary, store=store))
    assert [(fault.subject, fault.permanent) for fault in report.faults] == [(one, False)]
    assert {file.stem for file in (home / "recordings").iterdir()} == {*others}
    assert pipeline.ingest(diary).faults == []
    assert document(home, one)["sha256"]


def test_two_that_write_documents_take_turns(home: Path, diary: Diary) -> None:
    memos(home / "inbox", day_names(DAY, 1))
    with diary.catalog.documents.alone(0) as mine:
        assert mine
        pipeline.discover(diary)
        assert not (home / "recordings").exists(), "it is left to the other one"
        with diary.catalog.documents.alone(0) as also_mine:
            assert not also_mine
    pipeline.discover(diary)
    assert len(list((home / "recordings").iterdir())) == 1


def test_equal_attempts_in_a_row_are_one_entry(home: Path, diary: Diary) -> None:
    from diary_pipeline.catalog import Subject

    memos(home / "inbox", day_names(DAY, 1))
    pipeline.discover(diary)
    ((one, _),) = diary.catalog.recordings.all()
    for number in range(50):
        (claim,) = diary.catalog.attempts.claim("transcribe", [Subject(one.id, "f1")], "w", None, 1)
        diary.catalog.attempts.finish(claim, "error", error="The disk is full." if number else "The disk is slow.")
    write_documents(diary.work())
    assert [attempt["times"] for attempt in document(home, one.id)["attempts"]] == [1, 49]


def test_the_document_of_a_memo_lies_where_its_class_says_and_follows_it_home(home: Path, gcs_bucket: str) -> None:
    bucket, names = UPath(gcs_bucket) / "diary", day_names(DAY, 2)
    memos(home / "inbox", [names[0], f"private/{names[1]}"])
    with diary_of(home, store=str(bucket)) as diary:
        pipeline.ingest(diary)
        (one, private) = (r.id for r, _ in diary.catalog.recordings.all())
        assert not (bucket / "recordings").exists(), "before its opening is transcribed, its class is not settled"
        pipeline.process(diary)
        assert [file.name for file in (bucket / "recordings").iterdir()] == [f"{one}.json"]
        assert [file.stem for file in (home / "recordings").iterdir()] == [private]
        diary.catalog.recordings.update(one, privacy="local_only")
        write_documents(diary.work())
        assert document(home, one)["privacy"] == "local_only"
        bucket.fs.invalidate_cache()
        assert not (bucket / "recordings" / f"{one}.json").exists()


def test_a_death_between_the_two_places_is_healed_by_the_next_run(home: Path, gcs_bucket: str) -> None:
    bucket = UPath(gcs_bucket) / "diary"
    memos(home / "inbox", day_names(DAY, 1))
    with diary_of(home, store=str(bucket)) as diary:
        pipeline.process(diary)
        ((one, _),) = diary.catalog.recordings.all()
        standard = (bucket / "recordings" / f"{one.id}.json").read_bytes()
        diary.catalog.recordings.update(one.id, privacy="local_only")
        (home / "recordings" / f"{one.id}.json").parent.mkdir(exist_ok=True)
        (home / "recordings" / f"{one.id}.json").write_bytes(standard)  # so far it came
        pipeline.discover(diary)
        bucket.fs.invalidate_cache()
        assert not (bucket / "recordings" / f"{one.id}.json").exists()
        assert document(home, one.id)["privacy"] == "local_only"
