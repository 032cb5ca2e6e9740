"""Names of files and folders that are no text, and what lies in the inbox and is not read: each is reported."""

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.file_names import as_file, as_name, as_stored, printable, readable
from diary_pipeline.recordings.authors import folder_name
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.recordings.inbox_paths import privacy_of
from diary_pipeline.recordings.listing import passed_over, sort_names
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from tests.memos import authors, tone

LATIN = os.fsdecode(b"caf\xe9")
HALF = os.fsdecode(b"\xff2026-03-14 08.12.wav")


def processed(home: Path, **settings: Any) -> list[dict[str, Any]]:
    given = {"home": home, "timezone": "UTC", "settle_seconds": 0.0, **settings}
    with open_diary(Settings.load(**given), ScriptedEngine()) as diary:
        pipeline.process(diary)
        return status.recordings(diary)


def test_what_is_passed_over_in_a_folder_is_the_same_when_it_is_found_quickly() -> None:
    names = (
        "a.wav A.WAV a.json b.json a.wav.json c.m4a.its-transcript.vtt c.m4a d.m4a.its-transcript.vtt ~$e.wav .f.wav"
    )
    names += (
        " ._g.wav thumbs.db desktop.ini h.wav:zone.identifier i j. k.part l.TXT m.transcript.vtt n.icloud o.wäv é.wav"
    )
    assert passed_over(names.split()) == sort_names(names.split()).passed_over
    assert len(passed_over(names.split())) == 7


def test_names_that_are_no_text_are_stored_as_text_and_found_again() -> None:
    random = Random(3)
    for _ in range(2000):
        path = os.fsdecode(bytes(random.choice(b"a./\\x\xe9\xc3\xa9\xff") for _ in range(random.randint(1, 12))))
        path = "/".join(part for part in path.split("/") if part.strip("."))
        stored = as_stored(path)
        stored.encode()
        assert as_file(stored) == path
    assert as_stored("a\\xe9/b") == "a\\xe9/b"


def test_names_are_shown_as_something_that_can_be_printed() -> None:
    assert readable(LATIN) == "caf\\xe9"
    assert readable("a\ud83d") == "a\\ud83d"
    assert printable(f"{LATIN}\x1b[31m\u202efdp\ta\n") == "caf\\xe9\\x1b[31m\\u202efdp\ta\n"


def test_any_author_has_a_folder_of_the_length_that_file_systems_take() -> None:
    names = {as_name(author) for author in ("anna", ".anna", "日" * 85, "日" * 84, "x" * 200, "../a")}
    assert len(names) == 6
    assert all(len(name) <= 255 and "/" not in name and not name.startswith(".") for name in names)
    assert as_name("Zoë") == "Zo%C3%AB"


@pytest.mark.parametrize("catalog", ["sqlite", "postgresql"])
def test_a_name_and_a_folder_in_latin_1_are_done_like_any_other(
    catalog: str, home: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if catalog == "postgresql" else ""
    authors(home, "caf\\xe9")
    tone(home / "inbox" / LATIN / HALF)
    tone(home / "inbox" / LATIN / "2026-03-15 08.12.wav", hertz=500)
    (home / "inbox" / LATIN / f"{HALF}.json").write_text('{"priority": 3}')
    longest = f"2026-03-16 08.12 {'x' * 234}.wav"  # no file beside it can have a longer name
    tone(home / "inbox" / longest, hertz=600)
    first, second, third = processed(home, catalog=url)
    assert [first["state"], second["state"], third["state"]] == ["done", "done", "done"]
    assert third["source"] == longest
    assert (first["author"], first["source"], first["day"]) == ("caf\\xe9", "\\xff2026-03-14 08.12.wav", "2026-03-14")
    assert (home / "inbox" / as_file(first["path"])).exists()
    json.dumps([first, second], ensure_ascii=False).encode()
    assert (home / "days" / "caf%5Cxe9" / "2026-03-14.md").is_file()


def test_a_folder_is_private_also_as_a_telephone_writes_it_and_one_author_is_one_however_accents_are_written() -> None:
    names = ("private", "Private", "PRIVATE ", "_private_", "PRIVATE (2)", "private2", "Private Notes", "my, private")
    assert {privacy_of(f"anna/{name}/a.wav") for name in names} == {"local_only"}
    assert privacy_of("anna/privately/a.wav") == "standard"
    assert folder_name("Zoe\N{COMBINING DIAERESIS}") == folder_name("Zoë") == "Zoë"
    assert len(folder_name("x" * 255)) == 200


PASSED_OVER = {
    ".hidden.wav": "hidden",
    "notes.TXT": ".txt is no recording",
    "memo.wav.part": "an unfinished copy",
    ".Memo 8.m4a.icloud": "not downloaded from iCloud yet",
    "Rechnung\u202ea4m.exe": ".exe is no recording",
    "nobody's.json": "belongs to no recording",
    ".cache/": "a hidden folder",
    "linked/": "a link to a folder, which is not followed",
    "pipe.wav": "neither a file nor a folder",
}
NEVER_READ = (
    "#recycle/anna $RECYCLE.BIN @eaDir anna/@eaDir/memo.wav lost+found .Trash-1000/files .Trashes .stversions "
    ".Spotlight-V100 __MACOSX"
).split()


def test_what_is_passed_over_is_named_with_its_reason_and_what_was_thrown_away_is_never_read(home: Path) -> None:
    inbox, elsewhere = home / "inbox", home.parent / "elsewhere"
    for folder in [*NEVER_READ, "System Volume Information"]:
        tone(inbox / folder / "2026-03-14 07.00.wav", hertz=300)
    tone(elsewhere / "2026-03-14 09.00.wav", hertz=301)
    (inbox / "linked").symlink_to(elsewhere)
    for number, name in enumerate(name for name in PASSED_OVER if name not in ("linked/", "pipe.wav")):
        tone(inbox / (f"{name}2026-03-14 10.00.wav" if name.endswith("/") else name), hertz=400 + number)
    os.mkfifo(inbox / "pipe.wav")
    for name in ("._memo.wav", ".DS_Store", "memo.m4a:Zone.Identifier"):
        tone(inbox / name, hertz=500)
    tone(inbox / "2026-03-14 08.12.wav", hertz=600)
    (inbox / "2026-03-14 08.12.json").write_text("{}")
    assert [entry["source"] for entry in processed(home)] == ["2026-03-14 08.12.wav"]
    assert {found.path: found.reason for found in Inbox(str(inbox)).passed_over()} == PASSED_OVER


def test_a_bucket_is_sorted_like_a_folder(home: Path, gcs_bucket: str) -> None:
    from upath import UPath

    names = ["anna/2026-03-14 08.12.wav", "anna/2026-03-14 08.12.json", "#recycle/a.wav", ".x/y/a.wav", "a/notes.txt"]
    for name in names:
        (UPath(gcs_bucket) / "inbox" / name).write_bytes(b'{"author": "ben", "mood": 1}')
    inbox = Inbox(f"{gcs_bucket}/inbox")
    (found,) = inbox.files()
    assert (found.path, found.sidecars.named) == (names[0], ("2026-03-14 08.12.json",))
    assert [(one.path, one.reason) for one in inbox.passed_over()] == [
        (".x/", "a hidden folder"),
        ("a/notes.txt", ".txt is no recording"),
    ]
    (entry,) = processed(home, inbox=inbox.url)
    assert "mood" in entry["reason"]


def test_a_file_that_vanished_before_it_was_ingested_is_said_to_be_gone_also_when_it_was_held(home: Path) -> None:
    memo = tone(home / "inbox" / "2026-03-14 08.12.wav")
    sidecar = memo.with_suffix(".json")
    sidecar.write_text('{"private": true}')
    assert '"private"' in processed(home)[0]["reason"]
    memo.unlink()
    assert "no longer in the inbox" in processed(home)[0]["reason"]
