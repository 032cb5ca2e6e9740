"""Whose memos a folder of the inbox holds: known people, recorders and dates, and folders that must be asked about."""

import json
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.diary import Diary
from diary_pipeline.errors import UserError
from diary_pipeline.recordings.add import AddOptions, put_into_inbox
from diary_pipeline.recordings.authors import add_author, add_folder, read_authors
from diary_pipeline.settings import Settings
from diary_pipeline.summary import Summary
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from tests.command import diary as command
from tests.memos import memos, tone
from tests.test_schemas import checked

DAY = "2026-03-14"
MEMO = f"{DAY} 08.12.wav"
ZOE = unicodedata.normalize("NFC", "Zoë")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of which nobody has said who keeps it."""
    (tmp_path / "home" / "inbox").mkdir(parents=True)
    return tmp_path / "home"


def opened(home: Path, **settings: Any) -> Diary:
    options = {"home": home, "settle_seconds": 0, "timezone": "UTC"} | settings
    return open_diary(Settings.load(**options), ScriptedEngine(lambda _: ["I watered the plants."]))


def processed(home: Path, **settings: Any) -> tuple[dict[str, dict[str, Any]], Summary]:
    with opened(home, **settings) as diary:
        summary = pipeline.process(diary)
        return {entry["path"]: entry for entry in status.recordings(diary)}, summary


def pages(home: Path) -> list[str]:
    return sorted(file.relative_to(home / "days").as_posix() for file in (home / "days").rglob("*.md"))


def test_an_unknown_folder_is_held_with_one_line_until_a_person_says_whose_it_is(home: Path) -> None:
    question = "Is inbox/anna a person? `diary authors add anna`, else `diary authors folder anna`"
    memos(home / "inbox", [MEMO, f"anna/{MEMO}", f"anna/late/{DAY} 09.00.wav", f"Holiday talks/{MEMO}"])
    found, summary = processed(home)
    other = "Is inbox/Holiday talks a person? `diary authors add 'Holiday talks'`, "
    other += "else `diary authors folder 'Holiday talks'`"
    assert {path: (entry["state"], entry["reason"]) for path, entry in found.items()} == {
        MEMO: ("done", None),
        f"anna/{MEMO}": ("waiting", question),
        f"anna/late/{DAY} 09.00.wav": ("waiting", question),
        f"Holiday talks/{MEMO}": ("waiting", other),
    }
    assert sorted(summary.notices) == [other, question]
    assert (pages(home), summary.attempts > 0) == ([f"me/{DAY}.md"], True)
    assert "09:00" not in (home / "days" / "me" / f"{DAY}.md").read_text()
    assert processed(home)[1].attempts == 0, "a question is asked, and nothing is done meanwhile"
    answer = command(home, "authors", "add", "anna", "--json", DIARY_SETTLE_SECONDS="0")
    assert {one["name"]: one["recordings"] for one in checked("authors-add", answer)["authors"]} == {"me": 1, "anna": 2}
    assert checked("authors-add", answer)["questions"] == [other]
    checked("authors-folder", command(home, "authors", "folder", "Holiday talks", "--json", DIARY_SETTLE_SECONDS="0"))
    found, summary = processed(home)
    assert {(entry["author"], entry["state"], entry["reason"]) for entry in found.values()} == {
        ("me", "done", None),
        ("anna", "done", None),
    }
    assert (pages(home), summary.notices) == ([f"anna/{DAY}.md", f"me/{DAY}.md"], [])
    assert "hold" not in {key for row in found.values() for key in row}


def test_folders_of_dates_and_recorders_are_no_authors_and_people_in_them_are_known(home: Path) -> None:
    mine = ["2026-03-14/08-12-33.wav", "FOLDER01/ZOOM0001.wav", "Voice Memos/talk.wav", "2026/03/14/09-12-33.wav"]
    memos(home / "inbox", [*mine, f"Voice Memos/anna/{MEMO}", f"Voice Memos/Work/{DAY} 10.00.wav", f"May/{MEMO}"])
    add_author(Settings.load(home=home), "Anna")
    found, _ = processed(home)
    assert [found[path]["author"] for path in mine] == ["me"] * 4
    assert (found[f"Voice Memos/anna/{MEMO}"]["author"], found[f"Voice Memos/Work/{DAY} 10.00.wav"]["author"]) == (
        "Anna",
        "me",
    )
    assert "Is inbox/May a person?" in found[f"May/{MEMO}"]["reason"], "a month is also a woman"
    add_author(Settings.load(home=home), "Voice Memos")  # a person's word goes before a guess
    tone(home / "inbox" / "Voice Memos" / "late.wav", hertz=990)
    assert processed(home)[0]["Voice Memos/late.wav"]["author"] == "Voice Memos"


def test_folders_whose_names_differ_in_case_or_accents_are_one_person(home: Path) -> None:
    folders = ["ANNA", "anna", " Anna", unicodedata.normalize("NFD", "ZOË"), ZOE]
    paths = [f"{folder}/{DAY} 1{number}.00.wav" for number, folder in enumerate(folders)]
    memos(home / "inbox", paths)
    (home / "inbox" / f"{DAY} 20.00.json").write_text('{"author": "aNNA"}')
    tone(home / "inbox" / f"{DAY} 20.00.wav", hertz=991)
    found, _ = processed(home, authors={"anna": {"timezone": "Pacific/Auckland"}, ZOE: {}})
    assert [found[path]["author"] for path in paths] == ["anna", "anna", "anna", ZOE, ZOE]
    assert found[f"{DAY} 20.00.wav"]["author"] == "anna"
    assert {found[path]["recorded_at"][-6:] for path in paths[:3]} == {"+13:00"}
    assert pages(home) == [f"{folder}/{DAY}.md" for folder in ("Zo%C3%AB", "anna")]


def test_who_has_recordings_is_known_and_of_two_spellings_the_one_with_more_is_used(home: Path) -> None:
    add_author(Settings.load(home=home), "ANNA")
    memos(home / "inbox", [f"ANNA/{DAY} 08.00.wav", f"ANNA/{DAY} 09.00.wav"])
    processed(home)
    (home / "authors.toml").unlink()
    memos(home / "inbox", [f"anna/{DAY} 10.00.wav"])
    found, _ = processed(home)
    assert {(entry["author"], entry["state"]) for entry in found.values()} == {("ANNA", "done")}
    assert pages(home) == [f"ANNA/{DAY}.md"]


def test_a_folder_that_a_person_told_survives_the_loss_of_the_catalog(home: Path) -> None:
    memos(home / "inbox", [MEMO, f"Interviews/{DAY} 09.00.wav", f"anna/{DAY} 10.00.wav"])
    settings = Settings.load(home=home)
    add_folder(settings, "inbox/Interviews/", "me")
    add_author(settings, "anna")
    before, _ = processed(home)
    for file in home.glob("catalog.db*"):
        file.unlink()
    with opened(home) as diary:
        pipeline.rebuild(diary)
    memos(home / "inbox", [f"Interviews/{DAY} 11.00.wav"])
    found, _ = processed(home)
    assert {path: found[path]["author"] for path in before} == {path: row["author"] for path, row in before.items()}
    assert (found[f"Interviews/{DAY} 11.00.wav"]["author"], found[f"Interviews/{DAY} 11.00.wav"]["state"]) == (
        "me",
        "done",
    )


def test_who_is_named_by_a_person_is_an_author_without_being_asked_about(home: Path, tmp_path: Path) -> None:
    with opened(home) as diary:
        (path,) = put_into_inbox(diary.settings, [tone(tmp_path / MEMO)], AddOptions(author="anna"))
        (again,) = put_into_inbox(diary.settings, [tone(tmp_path / f"{DAY} 09.00.wav")], AddOptions(author="Anna"))
        (mine,) = put_into_inbox(
            diary.settings, [tone(tmp_path / f"{DAY} 10.00.wav", hertz=9)], AddOptions(author="ME")
        )
    assert (path, again, mine) == (f"anna/{MEMO}", f"anna/{DAY} 09.00.wav", f"{DAY} 10.00.wav")
    tone(home / "inbox" / "unknown" / MEMO, hertz=700)
    (home / "inbox" / "unknown" / f"{MEMO}.json").write_text(json.dumps({"author": "ben"}))
    found, summary = processed(home)
    assert ({row["state"] for row in found.values()}, summary.notices) == ({"done"}, [])
    assert found[f"unknown/{MEMO}"]["author"] == "ben"
    tone(home / "inbox" / "unknown" / f"{DAY} 11.00.wav", hertz=710)
    assert "Is inbox/unknown a person?" in processed(home)[0][f"unknown/{DAY} 11.00.wav"]["reason"]


def test_a_done_memo_that_moves_into_an_unknown_folder_is_held_and_nothing_of_it_leaves(home: Path) -> None:
    memos(home / "inbox", [MEMO])
    processed(home)
    (home / "inbox" / "zoe").mkdir()
    shutil.move(home / "inbox" / MEMO, home / "inbox" / "zoe" / MEMO)
    ((held, summary),) = [processed(home)]
    assert ("Is inbox/zoe a person?" in next(iter(held.values()))["reason"], summary.attempts) == (True, 0)
    add_author(Settings.load(home=home), "zoe")
    ((found, _),) = [processed(home)]
    assert [(row["path"], row["author"], row["state"], row["reason"]) for row in found.values()] == [
        (f"zoe/{MEMO}", "zoe", "done", None)
    ]


def test_a_folder_of_points_is_no_hidden_one(home: Path) -> None:
    memos(home / "inbox", [f".../{MEMO}", f".hidden/{DAY} 09.00.wav"])
    found, _ = processed(home)
    assert list(found) == [f".../{MEMO}"]
    assert "`diary authors add ...`" in found[f".../{MEMO}"]["reason"]
    add_author(Settings.load(home=home), "...")
    assert [(row["author"], row["state"]) for row in processed(home)[0].values()] == [("...", "done")]


@pytest.mark.parametrize("name", ["", " ", ".", "..", "../x", "a/b", "private", "a\0b", "x" * 201])
def test_a_name_that_no_folder_can_have_is_refused(home: Path, name: str) -> None:
    with pytest.raises(UserError, match="author's name"):
        add_author(Settings.load(home=home), name)
    assert not (home / "authors.toml").exists()


def test_the_file_of_authors_is_written_whole_and_one_that_is_broken_is_named(home: Path) -> None:
    settings = Settings.load(home=home, authors={"ben": {}})
    for name in ('A "quoted" \\xe9 name', "日菜子", "Ben", "anna", "ANNA"):
        add_author(settings, name)
    add_folder(settings, "Talks = [1]", "anna")
    add_folder(settings, "Anna", "me")
    assert read_authors(home).people == ('A "quoted" \\xe9 name', "日菜子")
    assert read_authors(home).folders == {"Anna": "me", "Talks = [1]": "anna"}
    add_author(settings, "anna")
    assert (read_authors(home).people[1], list(read_authors(home).folders)) == ("anna", ["Talks = [1]"])
    with pytest.raises(UserError, match="author of the settings"):
        add_folder(settings, "BEN", "me")
    for broken in ("people = [", "people = 'anna'", "people = [1]", "folders = ['x']", "[folders]\nx = 1"):
        (home / "authors.toml").write_text(broken)
        answer = command(home, "process", "--json")
        assert (answer.code, "authors.toml" in answer.json["error"]["message"]) == (2, True)
