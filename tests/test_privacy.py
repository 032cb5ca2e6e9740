"""Private stays private: evidence belongs to the bytes, whoever brings them, and a person alone may loosen it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.catalog.recordings import recording_id
from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from tests.becoming_private import WAYS, copied, moved
from tests.command import diary as command
from tests.memos import day_names, memos, tone
from tests.nights import a_diary, faithful, said
from tests.wire import Wire

DAY = "2026-03-14"
MEMO, OTHER = f"{DAY} 08.00.wav", f"{DAY} 09.00.wav"


@pytest.fixture
def diary(home: Path) -> Iterator[Diary]:
    """A diary with two ordinary memos in its inbox."""
    tone(home / "inbox" / MEMO, hertz=300)
    tone(home / "inbox" / OTHER, hertz=400)
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    with open_diary(settings, ScriptedEngine(lambda _: ["This is a secret."])) as diary:
        yield diary


def classes(diary: Diary) -> dict[str, str]:
    return {r.path: r.privacy for r, _ in diary.catalog.recordings.all()}


def the_id(diary: Diary, path: str = MEMO) -> str:
    return next(r.id for r, _ in diary.catalog.recordings.all() if r.path == path)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("moment", ["before", "discovered", "ingested", "done"])
def test_whatever_makes_its_bytes_private_makes_the_memo_private_and_no_other(
    way: str, moment: str, diary: Diary, home: Path
) -> None:
    if moment == "discovered":
        pipeline.discover(diary)
    elif moment == "ingested":
        pipeline.ingest(diary)
    elif moment == "done":
        pipeline.process(diary)
    memo = the_id(diary) if moment in ("ingested", "done") else None
    WAYS[way](diary, home / "inbox" / MEMO)
    pipeline.discover(diary)
    known = diary.catalog.recordings.get([memo] if memo else [])
    assert {recording.privacy for recording in known} <= {"local_only"}, "at once, before the new file is ingested"
    summary = pipeline.process(diary)
    found = classes(diary)
    assert summary.failed == 0
    assert found.pop(OTHER) == "standard"
    assert set(found.values()) == {"local_only"}
    assert (home / "days" / "me" / f"{DAY}.md").read_text().count("🔒") == 1
    assert pipeline.process(diary).attempts == 0


def test_a_private_copy_of_another_day_counts_although_only_one_day_is_processed(diary: Diary, home: Path) -> None:
    pipeline.ingest(diary)
    tone(home / "inbox" / "private" / "2026-03-19 08.00.wav", hertz=300)
    day = next(r.day for r, _ in diary.catalog.recordings.all())
    assert day is not None
    pipeline.process(diary, [day])
    assert classes(diary)[MEMO] == "local_only"


def test_a_later_copy_of_a_private_memo_is_private_wherever_it_lies(diary: Diary, home: Path) -> None:
    moved(diary, home / "inbox" / MEMO)
    pipeline.process(diary)
    shutil.copy2(home / "inbox" / "private" / MEMO, home / "inbox" / "open.wav")
    (home / "inbox" / "anna").mkdir()
    shutil.copy2(home / "inbox" / "private" / MEMO, home / "inbox" / "anna" / MEMO)
    pipeline.process(diary)
    assert {path: found for path, found in classes(diary).items() if found == "standard"} == {OTHER: "standard"}


def test_a_person_loosens_one_recording_and_later_evidence_tightens_it_again(diary: Diary, home: Path) -> None:
    (home / "inbox" / "anna").mkdir()
    shutil.copy2(home / "inbox" / MEMO, home / "inbox" / "anna" / MEMO)
    copied(diary, home / "inbox" / MEMO)
    pipeline.process(diary)
    assert pipeline.set_privacy(diary, the_id(diary), "standard") == [the_id(diary)]
    pipeline.process(diary)
    assert classes(diary)[MEMO] == "standard"
    assert classes(diary)[f"anna/{MEMO}"] == "local_only", "only the one that was named"
    assert "🔒" not in (home / "days" / "me" / f"{DAY}.md").read_text()
    shutil.copy2(home / "inbox" / MEMO, home / "inbox" / "private" / "once more.wav")
    pipeline.process(diary)
    assert classes(diary)[MEMO] == "local_only"
    sources = [(row["source"], row["privacy"]) for row in diary.catalog.privacy.explain(the_id(diary))]
    assert sources == [("folder", "local_only"), ("person", "standard"), ("folder", "local_only")]


def test_a_loosened_memo_that_said_so_aloud_stays_loosened_when_it_is_transcribed_again(home: Path) -> None:
    tone(home / "inbox" / MEMO, hertz=300)
    settings = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    for model, expected in (("first", "local_only"), ("second", "standard")):
        engine = ScriptedEngine(lambda _: ["Private. This is a secret."], model=model)
        with open_diary(settings, engine) as diary:
            pipeline.process(diary, wanted="stale")
            assert classes(diary)[MEMO] == expected
            pipeline.set_privacy(diary, the_id(diary), "standard")


def test_a_catalog_from_before_there_was_evidence_takes_it_from_its_recordings(diary: Diary, home: Path) -> None:
    moved(diary, home / "inbox" / MEMO)
    pipeline.process(diary)
    with diary.catalog.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM privacy_evidence")
    shutil.copy2(home / "inbox" / "private" / MEMO, home / "inbox" / "open.wav")
    pipeline.process(diary)
    assert classes(diary)["open.wav"] == "local_only"
    private = the_id(diary, f"private/{MEMO}")
    pipeline.set_privacy(diary, private, "standard")
    assert [row["source"] for row in diary.catalog.privacy.explain(private)] == ["earlier", "earlier", "person"]


def test_what_is_not_ingested_cannot_be_loosened_but_tightened(diary: Diary, home: Path) -> None:
    moved(diary, home / "inbox" / MEMO)
    pipeline.discover(diary)
    with pytest.raises(UserError, match="not ingested yet"):
        pipeline.set_privacy(diary, the_id(diary, f"private/{MEMO}"), "standard")
    assert pipeline.set_privacy(diary, the_id(diary, OTHER), "local_only") == [the_id(diary, OTHER)]
    pipeline.process(diary)
    assert set(classes(diary).values()) == {"local_only"}
    assert diary.catalog.privacy.explain(the_id(diary, OTHER))[0]["source"] == "person"


def test_the_command_asks_back_before_it_loosens_and_explain_tells_why(diary: Diary, home: Path) -> None:
    moved(diary, home / "inbox" / MEMO)
    pipeline.process(diary)
    private = the_id(diary, f"private/{MEMO}")
    assert command(home, "privacy", private, "open").code == 2
    assert command(home, "privacy", private, "standard", "--json").code == 2
    refused = command(home, "privacy", private, "standard")
    assert (refused.code, "leave this machine" in refused.err) == (1, True)
    assert classes(diary)[f"private/{MEMO}"] == "local_only"
    changed = command(home, "privacy", private, "standard", "--yes", "--json").json
    assert (changed["privacy"], changed["changed"]) == ("standard", [private])
    assert command(home, "privacy", private, "local_only", "--json").json["changed"] == [private]
    assert command(home, "privacy", private, "local_only", "--json").json["changed"] == []
    evidence = command(home, "explain", private, "--json").json["privacy"]
    assert [row["source"] for row in evidence][:2] == ["folder", "person"]
    assert "standard by person" in command(home, "explain", private).out
    assert json.dumps(evidence).count(private) == len(evidence)


@pytest.mark.parametrize("how", ["moved", "a sidecar that holds it"])
def test_what_becomes_private_while_the_notes_of_others_are_written_is_not_sent(home: Path, how: str) -> None:
    names = day_names(DAY, 4)
    memos(home / "inbox", names)
    last = home / "inbox" / names[-1]

    def answer(body: dict[str, Any]) -> str:
        if last.exists() and how == "moved":
            last.parent.joinpath("private").mkdir()
            last.rename(last.parent / "private" / last.name)
        elif how != "moved":
            last.with_suffix(".json").write_text('{"private": true}')
        return faithful(body)

    with Wire(answer=answer).running() as wire, a_diary(home, wire, "openai", batches=False, notes_at_once=1) as diary:
        pipeline.process(diary)
        sent = [json.dumps(request.body) for request in wire.seen]
        assert [said(recording_id("me", name, 1))[0] in "".join(sent) for name in names] == [True, True, True, False]


@pytest.mark.parametrize("place", ["inbox/private", "elsewhere/private"])
def test_a_link_to_a_file_in_a_private_folder_is_private(diary: Diary, home: Path, place: str) -> None:
    link = home / "inbox" / "best of" / MEMO
    link.parent.mkdir()
    tone(home / place / "talk.wav", hertz=500)
    link.symlink_to(home / place / "talk.wav")
    pipeline.process(diary)
    assert {path: found for path, found in classes(diary).items() if path not in (MEMO, OTHER)} == {
        f"best of/{MEMO}": "local_only"
    } | ({"private/talk.wav": "local_only"} if place.startswith("inbox") else {})
