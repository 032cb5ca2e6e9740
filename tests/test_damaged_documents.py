"""A transcript or note that is missing or damaged is made again, tells nobody its words, and stops no other memo."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.diary import Diary
from diary_pipeline.settings import Settings
from diary_pipeline.store import Store
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from diary_pipeline.views.search import search
from diary_pipeline.views.show import day_view, note_of, transcript_of, week_view
from jobs.jobs import ARRIVALS
from tests.command import diary as command
from tests.dagster_world import DAY, a_world
from tests.memos import day_names, memos

NAMES = day_names(DAY, 3)
HURT = recording_id("me", NAMES[0], 1)
SENTINEL = "Quetzalcoatl"
DAMAGES = {
    "deleted": None,
    "empty": "",
    "cut": '{"recording": "' + HURT + '", "title": "' + SENTINEL + " was",
    "of another shape": json.dumps({"title": SENTINEL, SENTINEL: [SENTINEL], "language": {"words": SENTINEL}}),
    "a list": json.dumps([SENTINEL]),
    "not text": b"\xff\xfe" + SENTINEL.encode("utf-16"),
    "deep": '{"x":' * 5000 + f'"{SENTINEL}"' + "}" * 5000,
}


def sentences(identity: str) -> list[str]:
    return [f"This is what {identity} says.", "And then it says goodbye."]


@pytest.fixture
def diary(home: Path) -> Iterator[Diary]:
    """A day of three memos, done."""
    memos(home / "inbox", NAMES)
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    with open_diary(settings, ScriptedEngine(sentences, calls=home / "calls")) as diary:
        assert pipeline.process(diary).faults == []
        yield diary


def damage(home: Path, kind: str, how: str) -> Path:
    (file,) = (home / kind / HURT).glob("*.json")
    file.unlink()
    if how != "deleted":
        file.write_bytes(content_of(how))
    return file


def content_of(how: str) -> bytes:
    content = DAMAGES[how]
    return content if isinstance(content, bytes) else (content or "").encode()


def late_memo(home: Path) -> str:
    name = f"{DAY} 21.30.wav"
    memos(home / "inbox", [name])
    return recording_id("me", name, 1)


def page(diary: Diary) -> str:
    return (diary.settings.root / "days" / "me" / f"{DAY}.md").read_text("utf-8")


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("kinds", [("notes",), ("transcripts",), ("notes", "transcripts")])
def test_what_is_damaged_is_made_again_in_the_same_run_and_kept_beside(
    kinds: tuple[str, ...], how: str, diary: Diary, capfd: pytest.CaptureFixture[str]
) -> None:
    home = diary.settings.root
    files = [damage(home, kind, how) for kind in kinds]
    late = late_memo(home)
    summary = pipeline.process(diary)
    assert (summary.faults, summary.days) == ([], [f"me/{DAY}"])
    for name in (*(recording_id("me", name, 1) for name in NAMES), late):
        assert page(diary).count(f"This is what {name} says") == 2, "once as title, once as text"
    assert all(entry["state"] == "done" for entry in status.recordings(diary))
    for file in files:
        if how != "deleted":
            assert file.with_name(f"{file.name}.damaged-1").read_bytes() == content_of(how)
        assert json.loads(file.read_text())["recording"] == HURT
    calls = (home / "calls").read_text().count(HURT)
    assert calls == 1 + ("transcripts" in kinds)
    assert SENTINEL not in "".join(capfd.readouterr())


@pytest.mark.parametrize("how", ["deleted", "cut"])
def test_what_cannot_be_made_again_is_told_and_the_others_are_on_their_page(how: str, diary: Diary) -> None:
    home = diary.settings.root
    damage(home, "transcripts", how)
    for file in (home / "audio").glob(f"{HURT}.*"):
        file.unlink()
    late = late_memo(home)
    summary = pipeline.process(diary)
    assert {fault.subject for fault in summary.faults} == {HURT}
    assert f"This is what {late} says" in page(diary)
    states = {entry["id"]: entry["state"] for entry in status.recordings(diary)}
    assert [name for name, state in states.items() if state != "done"] == [HURT]


def test_a_transcript_that_was_made_again_has_a_note_that_cites_it(home: Path) -> None:
    memos(home / "inbox", NAMES)
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    with open_diary(settings, ScriptedEngine(sentences)) as diary:
        pipeline.process(diary)
    damage(home, "transcripts", "cut")
    late_memo(home)
    other = ScriptedEngine(lambda name: ["It was decoded a little differently.", *sentences(name)])
    with open_diary(settings, other) as diary:
        assert pipeline.process(diary).faults == []
        (recording,) = diary.catalog.recordings.get([HURT])
        transcript, note = transcript_of(diary, recording), note_of(diary, recording)
        assert transcript is not None
        assert note is not None
        words = {segment.id: segment.text for segment in transcript.segments}
        assert {words[name] for s in (*note.statements, *note.also_said) for name in s.segments} == set(words.values())
        assert "decoded a little differently" in page(diary)


@pytest.mark.parametrize("kind", ["notes", "transcripts"])
def test_views_go_on_without_it_name_the_document_and_have_it_made_again(
    kind: str, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    file = damage(diary.settings.root, kind, "of another shape")
    (recording,) = diary.catalog.recordings.get([HURT])
    assert recording.day is not None
    found = [day_view(diary, recording.day, "me"), week_view(diary, recording.day, "me"), search(diary, "goodbye")]
    assert len(found[2]) == len(NAMES)  # where the transcript is damaged, its note says it
    assert SENTINEL not in str(found) + caplog.text
    assert f"{kind}/{HURT}/{file.name} is damaged. `diary process` makes it again." in caplog.text
    assert pipeline.process(diary).faults == []
    assert SENTINEL not in file.read_text()


def test_no_command_says_a_word_of_it(diary: Diary) -> None:
    home = diary.settings.root
    for kind in ("notes", "transcripts"):
        damage(home, kind, "of another shape")
    asked = (f"show {DAY}", f"show {DAY} --json", "search goodbye", f"week {DAY}", f"export {HURT}", "status")
    for arguments in (*asked, "forecast"):
        answer = command(home, *arguments.split())
        assert SENTINEL not in answer.out + answer.err
        assert "Traceback" not in answer.err


def test_dagster_makes_it_again_and_its_event_log_has_not_a_word_of_it(home: Path) -> None:
    with a_world(home) as world:
        world.put(DAY, 3)
        assert world.run(ARRIVALS, DAY).success
        for kind in ("notes", "transcripts"):
            damage(home, kind, "of another shape")
        late_memo(home)
        for _ in range(3):
            assert world.run(ARRIVALS, DAY).success
        assert all(entry["state"] == "done" for entry in status.recordings(world.diary))
        runs = world.instance.get_runs()
        logs = "".join(str(record) for run in runs for record in world.instance.all_logs(run.run_id))
        assert dg.DagsterEventType.ASSET_MATERIALIZATION.value in logs
        assert SENTINEL not in logs


def test_a_bucket_keeps_a_damaged_document_beside_too(gcs_bucket: str, home: Path) -> None:
    store = Store(gcs_bucket, home, 15)
    store.write_new("notes/a/b.json", b"{", "standard")
    assert store.set_aside("notes/a/b.json", "standard") == "notes/a/b.json.damaged-1"
    assert store.set_aside("notes/a/b.json", "standard") is None
    assert store.read("notes/a/b.json.damaged-1", "standard") == b"{"
