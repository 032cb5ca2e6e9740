"""A look opens only what has changed, also where it is asked for a few files, and finds out the same."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.tables import recordings
from diary_pipeline.diary import Diary
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.schema import Recording
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from tests.memos import authors, tone

DAY = "2026-03-14"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(home=tmp_path / "home", timezone="UTC", settle_seconds=0, whisper_model="tiny.en")


def opened(settings: Settings) -> Diary:
    return open_diary(settings, ScriptedEngine(lambda _: ["I watered the plants today."]))


def by_path(diary: Diary) -> dict[str, Recording]:
    return {recording.path: recording for recording, _ in diary.catalog.recordings.all()}


def write(place: Path, said: object, *, modified: float = 1_700_000_000) -> Path:
    place.write_text(json.dumps(said))
    os.utime(place, (modified, modified))
    return place


LOOKS: dict[str, Callable[[Diary, list[str]], object]] = {
    "everything": lambda diary, _: pipeline.discover(diary),
    "some": lambda diary, paths: pipeline.discover(diary, only=paths),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_look_at_a_few_files_finds_what_a_look_at_everything_does(
    settings: Settings, look: Callable[[Diary, list[str]], object]
) -> None:
    inbox = settings.root / "inbox"
    for number in range(4):
        tone(inbox / f"{DAY} 0{number}.00.wav", hertz=400 + number)
    with opened(settings) as diary:
        pipeline.process(diary)
        before = by_path(diary)
        first = before[f"{DAY} 00.00.wav"]
        (inbox / "anna").mkdir()
        (inbox / first.path).rename(inbox / "anna" / "walk.wav")
        look(diary, [first.path, "anna/walk.wav"])
        assert by_path(diary)[first.path].hold, "nobody has said whose the folder is"
        authors(settings.root, "anna")
        look(diary, ["anna/walk.wav"])
        assert by_path(diary)["anna/walk.wav"].id == first.id, "a file that was moved"
        write(inbox / f"{DAY} 01.00.JSON", {"privacy": "local_only"})
        look(diary, [f"{DAY} 01.00.JSON"])
        assert by_path(diary)[f"{DAY} 01.00.wav"].hold, "a sidecar with a wrong ending"
        (inbox / f"{DAY} 01.00.JSON").rename(inbox / f"{DAY} 01.00.json")
        look(diary, [f"{DAY} 01.00.JSON", f"{DAY} 01.00.json"])
        assert by_path(diary)[f"{DAY} 01.00.wav"].privacy == "local_only"
        assert not by_path(diary)[f"{DAY} 01.00.wav"].hold
        tone(inbox / "copy.wav", hertz=402)
        look(diary, ["copy.wav"])
        pipeline.process(diary)
        (inbox / f"{DAY} 02.00.wav").unlink()
        look(diary, [f"{DAY} 02.00.wav"])
        assert by_path(diary)["copy.wav"].id == before[f"{DAY} 02.00.wav"].id, "a copy takes its original's place"
        tone(inbox / f"{DAY} 03.00.wav", hertz=999)
        look(diary, [f"{DAY} 03.00.wav"])
        assert len([r for r, _ in diary.catalog.recordings.all() if r.path.endswith("03.00.wav")]) == 2, "a new version"


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_transcript_that_is_laid_beside_a_recording_later_is_taken_once(
    settings: Settings, look: Callable[[Diary, list[str]], object]
) -> None:
    memo = tone(settings.root / "inbox" / f"{DAY} 08.00.wav")
    with opened(settings) as diary:
        pipeline.process(diary)
        beside = memo.with_name(f"{memo.name}.its-transcript.txt")
        beside.write_text("I bought bread.\n")
        look(diary, [beside.name])
        (recording,) = diary.catalog.known_states.open(diary.fingerprints.basis)
        assert recording.transcript, "its state is not known any more"
        pipeline.process(diary)
        (entry,) = status.recordings(diary)
        assert (entry["state"], entry["stages"]["transcribe"]["attempts"]) == ("done", 2)
        (file,) = Inbox(settings.inbox_url).files()
        assert file.sidecars.transcripts == (beside.name,)
        diary.catalog.recordings.remember([(recording.id, file.stamp, "0123456789abcdef")])
        assert not Inbox(settings.inbox_url).listed(lambda _, __, stamp: stamp == file.beside).files
        place = recording.transcript
        beside.unlink()
        look(diary, [beside.name])
        assert by_path(diary)[memo.name].transcript == place, "what was taken stays"
        assert diary.catalog.known_states.open(diary.fingerprints.basis) == []


def test_every_column_of_a_recording_is_said_to_decide_something_or_not(settings: Settings) -> None:
    decides_nothing = {"id", "priority", "codec", "seen", "registered_at", "beside", "known_state"}
    with opened(settings) as diary, diary.catalog.database.reading() as connection:
        made = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    triggers = {name: set(re.split(r"UPDATE OF | ON ", sql)[1].split(", ")) for name, sql in made if "UPDATE OF" in sql}
    columns = {column.name for column in recordings.columns}
    assert triggers["recordings_update_changes_known_state"] == columns - decides_nothing
    for name in ("recordings_update_changes_document", "recordings_update_changes_day"):
        assert triggers[name] == columns - {"beside", "known_state"}


def test_a_look_opens_no_sidecar_that_it_has_read(settings: Settings) -> None:
    inbox = settings.root / "inbox"
    memo = tone(inbox / f"{DAY} 08.00.wav")
    sidecar = write(memo.with_suffix(".json"), {"language": "en"})
    with opened(settings) as diary:
        pipeline.process(diary)
        (known,) = diary.catalog.recordings.known().values()
        assert known.beside is None, "its time may be too coarse to show a change that comes now"
        stamp = "0123456789abcdef"
        diary.catalog.recordings.remember([(known.id, known.seen, stamp), (known.id, "something else", "x")])
        (known,) = diary.catalog.recordings.remembered().others.values()
        assert known.beside == stamp
        assert not Inbox(settings.inbox_url).listed(lambda _, __, beside: beside != stamp).files
        write(sidecar, {"language": "de"})  # the same size, the same time
        pipeline.discover(diary)
        assert by_path(diary)[memo.name].language == "de"


def test_bytes_that_are_changed_in_place_under_their_old_time_are_another_version(settings: Settings) -> None:
    memo = tone(settings.root / "inbox" / f"{DAY} 08.00.wav")
    before = memo.stat()
    with opened(settings) as diary:
        pipeline.process(diary)
        memo.write_bytes(memo.read_bytes()[:-2] + b"\x11\x11")
        os.utime(memo, ns=(before.st_atime_ns, before.st_mtime_ns))
        pipeline.process(diary)
        assert len(diary.catalog.recordings.all()) == 2


def test_what_is_held_or_refused_changes_nothing_in_the_catalog_at_every_look(settings: Settings) -> None:
    inbox = settings.root / "inbox"
    write(tone(inbox / f"{DAY} 08.00.wav").with_suffix(".json"), {"privacy": "secret"})
    tone(inbox / "1999-03-14 08.00.wav")
    with opened(settings) as diary:
        pipeline.ingest(diary)
        assert not diary.catalog.documents.due()
        pipeline.discover(diary, documents=False)
        assert not diary.catalog.documents.due()


def test_how_recordings_stand_is_remembered_until_something_changes(settings: Settings) -> None:
    inbox = settings.root / "inbox"
    for number in range(3):
        tone(inbox / f"{DAY} 0{number}.00.wav", hertz=400 + number)
    with opened(settings) as diary:
        pipeline.process(diary)
        basis, known_states = diary.fingerprints.basis, diary.catalog.known_states
        assert known_states.open(basis) == []
        assert len(known_states.open(f"{basis[:-1]}~")) == 3, "another model, another name: all is asked again"
        write(inbox / f"{DAY} 01.00.json", {"language": "de"})
        pipeline.discover(diary)
        assert [r.path for r in known_states.open(basis)] == [f"{DAY} 01.00.wav"]
        pipeline.process(diary)
        assert known_states.open(basis) == []
        first = by_path(diary)[f"{DAY} 00.00.wav"]
        for found in known_states.examined("another basis"):
            diary.catalog.recordings.update(first.id, language="fr")  # meanwhile
            found.settle({r.id: basis for r in found.recordings})
        assert [r.id for r in known_states.open(basis)] == [first.id]
        (settings.root / "vocabulary.txt").write_text("Ana\tanna\n")
        assert diary.fingerprints.basis != basis
