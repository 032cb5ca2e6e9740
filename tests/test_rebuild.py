"""A catalog made anew from the store: the same pages, status and privacy, and nothing is done or paid for again."""

import shutil
import signal
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.tables import privacy_evidence, recordings, sounds
from diary_pipeline.diary import Diary
from diary_pipeline.errors import PermanentError, TransientError, UserError
from diary_pipeline.settings import SETTINGS_FILE, Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from diary_pipeline.views.show import day_view
from tests.command import diary as command
from tests.memos import authors, memos, tone
from tests.nights import faithful
from tests.old_homes import HOMES, SHAPES, OldHome, put_up, without_names
from tests.processes import run
from tests.test_old_home import DONE, DONE_DAYS, opened, private_words
from tests.wire import Wire
from tests.workers import opened as worker_of
from tests.workers import work

KEPT = HOMES / "0.1.0-0004"
DAY, NAMES = "2026-03-14", [f"2026-03-14 {hour:02d}.00.wav" for hour in range(8, 14)]
SHOWN = ("status", *(f"show {day} --author {author}" for day in DONE for author in ("me", "anna")))


# An old home, whose documents are made by the first run that writes anything


@pytest.fixture(params=SHAPES)
def old(request: pytest.FixtureRequest, home: Path) -> Iterator[OldHome]:
    without_names()
    places: dict[str, str] = {}
    if request.param == "bucket":
        places["store"] = f"{request.getfixturevalue('gcs_bucket')}/diary"
    if request.param == "postgresql":
        places["catalog"] = request.getfixturevalue("new_postgres_database")()
    with Wire(answer=faithful).running() as wire:
        yield put_up(KEPT, request.param, home, wire, **places)


def lose_the_catalog(home: Path) -> None:
    """Take away the file, and the address of the database: the new catalog is one of SQLite."""
    for file in home.glob("catalog.db*"):
        file.unlink()
    settings = home / SETTINGS_FILE
    if settings.exists():
        lines = settings.read_text("utf-8").splitlines(keepends=True)
        settings.write_text("".join(line for line in lines if not line.startswith("catalog =")), "utf-8")


def test_an_old_home_gets_its_documents_and_is_the_same_after_its_catalog_is_lost(old: OldHome) -> None:
    with opened(old) as diary:
        assert pipeline.process(diary, DONE).attempts == 0
        known = {recording.id for recording, _ in diary.catalog.recordings.all()}
    before, files = {name: old.ask(name) for name in SHOWN}, old.documents()
    assert {Path(name).stem for name in files if "/recordings/" in name} == known
    assert private_words(old.shape, files) == []
    lose_the_catalog(old.root)
    answer = old.ask("rebuild")
    assert (answer["recordings"], answer["unreadable"], answer["contradicting"]) == (len(known), [], [])
    assert {name: old.ask(name) for name in SHOWN} == before
    for mode in ("", " --nightly"):
        done = old.ask(f"process {DONE_DAYS}{mode}")
        assert (done["attempts"], done["pages"], done["faults"]) == (0, [], [])
    assert {name: old.ask(name) for name in SHOWN} == before
    assert {name: data for name, data in old.documents().items() if "settings.toml" not in name} == {
        name: data for name, data in files.items() if "settings.toml" not in name
    }
    assert old.called_nobody()


# A home of today, with one of each kind


def spoken(identity: str) -> Sequence[str]:
    from diary_pipeline.catalog.recordings import recording_id

    known = {recording_id("me", name, 1): name for name in NAMES}
    if known.get(identity) == NAMES[2]:
        raise PermanentError("This will never be understood.")
    if known.get(identity) == NAMES[3]:
        raise TransientError("The engine is not there yet.")
    opening = ["Private note."] if known.get(identity) == NAMES[4] else []
    return [*opening, f"This is what {identity} says.", "I watered the plants."]


def fill(home: Path) -> None:
    inbox = home / "inbox"
    authors(home, "anna")
    memos(inbox, NAMES)
    shutil.copy2(inbox / NAMES[0], inbox / f"{DAY} 15.00 copy.wav")
    tone(inbox / "private" / f"{DAY} 16.00.wav", hertz=900)
    tone(inbox / "anna" / "2026-03-15 09.00.wav", hertz=950)
    (inbox / f"{DAY} 17.00.m4a").write_bytes(b"no audio")
    (inbox / "anna" / "2026-03-15 09.00.json").write_text('{"recorded_at": "2026-03-15T09:30:00+11:00"}')
    tone(inbox / f"{DAY} 18.00.wav", hertz=990)


def diary_of(home: Path, **places: str) -> Diary:
    return open_diary(Settings.load(home=home, timezone="UTC", settle_seconds=0, **places), ScriptedEngine(spoken))


def live(home: Path, diary: Diary) -> None:
    """Memos come, one goes before it was ingested, a page is edited, a version of a file supersedes another."""
    fill(home)
    pipeline.discover(diary)
    (home / "inbox" / f"{DAY} 18.00.wav").unlink()
    for _ in range(3):
        pipeline.process(diary)
    for page in (diary.store.at(f"days/me/{DAY}.md", privacy) for privacy in ("standard", "local_only")):
        if page.exists():
            page.write_bytes(page.read_bytes() + b"\nMine: I found the photograph.\n")
    ids = {r.source: r.id for r, _ in diary.catalog.recordings.all()}
    diary.catalog.recordings.update(ids[NAMES[5]], superseded_by=ids[NAMES[0]], declared_seconds=12.5)
    with diary.catalog.database.writing() as connection:
        connection.execute(insert(sounds).values(recording=ids[NAMES[5]], hashes='["a", "b"]'))
        evidence = {"sha256": "0" * 64, "recording": ids[NAMES[4]], "privacy": "local_only", "source": "phrase"}
        connection.execute(insert(privacy_evidence).values(found_at=datetime(2026, 3, 14, tzinfo=UTC), **evidence))
    pipeline.process(diary)


def facts(diary: Diary) -> dict[str, Any]:
    with diary.catalog.database.reading() as connection:
        tables = {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(key)).mappings()]
            for table, key in ((recordings, "id"), (sounds, "recording"), (privacy_evidence, "found_at"))
        }
    for row in tables["privacy_evidence"]:
        del row["id"]  # their order counts
    for row in tables["recordings"]:
        del row["known_state"], row["beside"]  # they are found out anew
    return {
        **tables,
        "status": status.recordings(diary),
        "pending": status.pending_new(diary),
        "days": [
            day_view(diary, day, "me")
            for day in {r.day for r, _ in diary.catalog.recordings.all() if r.day}
            if any(r.author == "me" and r.day == day for r, _ in diary.catalog.recordings.all())
        ],
    }


def files_of(home: Path, store: str) -> dict[str, bytes]:
    from upath import UPath

    found = {str(f): f.read_bytes() for f in home.rglob("*") if f.is_file() and not f.name.startswith("catalog.db")}
    return found | ({str(f): f.read_bytes() for f in UPath(store).rglob("*") if f.is_file()} if store else {})


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.slow), "another folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "bucket":
        return f"{request.getfixturevalue('gcs_bucket')}/diary"
    return str(tmp_path / "elsewhere") if request.param == "another folder" else ""


def test_a_rebuilt_catalog_has_the_same_facts_and_nothing_is_done_again(home: Path, store: str) -> None:
    with diary_of(home, store=store) as diary:
        live(home, diary)
        before = facts(diary)
    states = {entry["state"] for entry in before["status"]}
    assert states == {"waiting", "done", "failed", "quarantined", "transcribed"} - {"transcribed"}
    files = files_of(home, store)
    lose_the_catalog(home)
    with diary_of(home, store=store) as diary:
        found = pipeline.rebuild(diary)
        assert (found.unreadable, found.contradicting, found.unknown_audio) == ([], [], [])
        assert facts(diary) == before
        assert diary.catalog.documents.due() == {}
        assert files_of(home, store) == files
        summary = pipeline.process(diary)
        assert [fault.reason for fault in summary.faults] == ["The engine is not there yet."]
        assert (summary.transcribed, summary.written, summary.days) == (0, 0, [])
        assert {name: data for name, data in files_of(home, store).items() if "/days/" in name} == {
            name: data for name, data in files.items() if "/days/" in name
        }


def test_a_document_that_is_damaged_is_named_and_the_others_are_restored(home: Path) -> None:
    memos(home / "inbox", NAMES[:2])
    with diary_of(home) as diary:
        pipeline.process(diary)
        one, other = sorted((home / "recordings").iterdir())
    lose_the_catalog(home)
    one.write_text('{"id": "a secret sentence')
    (home / "audio" / "unknown.wav").write_bytes(b"RIFF")
    answer = command(home, "rebuild", "--json")
    found = answer.json
    assert (answer.code, found["recordings"], found["unreadable"]) == (1, 1, [f"recordings/{one.name}"])
    assert "audio/unknown.wav" in found["unknown_audio"]
    assert "secret" not in answer.out + answer.err
    assert [entry["id"] for entry in command(home, "status", "--json").json["recordings"]] == [other.stem]


def test_a_catalog_in_use_or_with_recordings_is_replaced_only_by_force_and_kept(home: Path) -> None:
    memos(home / "inbox", NAMES[:2])
    with diary_of(home) as diary:
        pipeline.process(diary)
        refused = command(home, "rebuild", "--json")
        assert (refused.code, "--force" in refused.json["error"]["message"]) == (2, True)
        before = command(home, "status", "--json").json
        (claim, *_) = diary.catalog.attempts.claim("write", [_subject()], "somebody", None, 1)
        in_use = command(home, "rebuild", "--force", "--json")
        assert (in_use.code, "in use" in in_use.json["error"]["message"]) == (2, True)
        diary.catalog.attempts.finish(claim, "released")
    answer = command(home, "rebuild", "--force", "--json").json
    assert answer["recordings"] == 2
    assert command(home, "status", "--json").json == before
    assert not list(home.glob("catalog.db.new*"))
    kept = Path(answer["kept"])
    shutil.copy(kept, home / "catalog.db")
    assert command(home, "status", "--json").json == before, "the old file is whole"


def _subject() -> Any:
    from diary_pipeline.catalog import Subject

    return Subject("a memo", "f1")


def test_a_catalog_that_is_no_database_is_replaced_by_force(home: Path) -> None:
    memos(home / "inbox", NAMES[:1])
    with diary_of(home) as diary:
        pipeline.process(diary)
    lose_the_catalog(home)
    (home / "catalog.db").write_bytes(b"this is no database, it is what a bad disk left" * 100)
    answer = command(home, "rebuild", "--force", "--json").json
    assert answer["recordings"] == 1
    assert Path(answer["kept"]).read_bytes().startswith(b"this is no database")
    assert [entry["source"] for entry in command(home, "status", "--json").json["recordings"]] == NAMES[:1]


def test_without_documents_there_is_nothing_to_rebuild_from(home: Path) -> None:
    answer = command(home, "rebuild", "--json")
    assert (answer.code, answer.json["error"]["kind"]) == (2, "UserError")


def test_only_a_catalog_of_sqlite_is_replaced(home: Path) -> None:
    answer = command(home, "rebuild", "--force", "--json", DIARY_CATALOG="postgresql://nobody@127.0.0.1:1/none")
    assert (answer.code, "Make a new database" in answer.json["error"]["message"]) == (2, True)


def test_a_lost_catalog_is_not_filled_from_the_inbox_as_if_all_were_new(home: Path, store: str) -> None:
    memos(home / "inbox", NAMES[:2])
    with diary_of(home, store=store) as diary:
        pipeline.process(diary)
    lose_the_catalog(home)
    with diary_of(home, store=store) as diary:
        for begin in (pipeline.process, pipeline.discover):
            with pytest.raises(UserError, match="`diary rebuild`"):
                begin(diary)
        assert diary.catalog.recordings.all() == []
        pipeline.rebuild(diary)
        assert pipeline.process(diary).attempts == 0


@pytest.mark.parametrize("point", ["facts:1", "facts:4", "facts:6", "document:2", "note:3", "page:1", "facts:13"])
def test_a_catalog_lost_at_any_moment_costs_no_memo_and_no_transcript(point: str, home: Path, tmp_path: Path) -> None:
    memos(home / "inbox", NAMES[:4])
    calls = tmp_path / "calls"
    assert run(work, home, calls=calls, at=f"{point}:SIGKILL") == -signal.SIGKILL
    answered = calls.read_text().splitlines() if calls.exists() else []
    lose_the_catalog(home)
    with worker_of(home) as diary:
        pipeline.rebuild(diary)
    assert run(work, home, calls=calls) == 0
    assert len(calls.read_text().splitlines()) == max(4, len(answered)), "no transcript is made twice"
    with worker_of(home) as diary:
        recordings = [r for r, _ in diary.catalog.recordings.all()]
        assert [r.source for r in recordings] == NAMES[:4]
        page = (home / "days" / "me" / f"{DAY}.md").read_text("utf-8")
        assert [page.count(f"This is what {r.id} says.") for r in recordings] == [1] * 4
        assert diary.catalog.documents.due() == {}
