"""Sidecars: what is read, what belongs to another program, and what holds a memo back with a sentence that helps."""

import codecs
import json
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.recordings.listing import Sidecars, sort_names
from diary_pipeline.recordings.sidecar import MOST_BYTES, Foreign, Held, Sidecar, parse
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views import status
from tests.memos import tone

MEMO = "2026-03-14 08.12.wav"
TIME = "2026-03-14T08:05:00+01:00"
ZOE = '{"author": "Zoë"}'

USED: dict[str, tuple[bytes, Sidecar]] = {
    "plain": (b'{"priority": -3, "language": "en-GB"}', Sidecar(priority=-3, language="en-GB")),
    "with a byte order mark": (codecs.BOM_UTF8 + ZOE.encode(), Sidecar(author="Zoë")),
    "UTF-16, little end first": (ZOE.encode("utf-16-le").join((codecs.BOM_UTF16_LE, b"")), Sidecar(author="Zoë")),
    "UTF-16, big end first": (codecs.BOM_UTF16_BE + ZOE.encode("utf-16-be"), Sidecar(author="Zoë")),
    "an author with blanks around": (b'{"author": "  Anna "}', Sidecar(author="Anna")),
    "accents apart": ('{"author": "Zoe\N{COMBINING DIAERESIS}"}'.encode(), Sidecar(author="Zoë")),
    "a language alone": (b'{"language": "de"}', Sidecar(language="de")),
    "a request": (json.dumps({"recorded_at": TIME, "by": "request"}).encode(), Sidecar(TIME, requested=True)),
    "nanoseconds": (b'{"recorded_at": "2026-03-13T23:30:00.123456789Z"}', Sidecar("2026-03-13T23:30:00.123456789Z")),
    "private": (b'\r\n{"privacy":\t"local_only"}\r\n', Sidecar(privacy="local_only")),
}

FOREIGN: dict[str, bytes] = {
    "a transcript of Whisper": b'{"text": "Hello.", "segments": [{"id": 0}], "language": "en"}',
    "a long one": json.dumps({"text": "x" * 200_000, "segments": [], "language": "en"}).encode(),
    "an export of Takeout": b'{"title": "Memo.m4a", "creationTime": {"timestamp": "1773471999"}}',
    "a video's metadata": b'{"id": "x", "title": "t", "channel": "c", "language": "en", "duration": 212}',
    "other keys": b'{"mood": "calm", "tags": [1, {}]}',
    "an object without keys": b"{}",
    "a list": b'[{"author": "Anna"}, {"author": "Ben"}]',
    "a number": b"7",
    "nothing in particular": b"NaN",
    "brackets without end": b"[" * 100_000,
    "objects without end": b'{"a":' * 100_000,
    "another language": b"<plist><key>title</key></plist>",
    "cut off": b'{"title": "Memo", "des',
    "bytes": bytes(range(128, 256)),
}

HELD: dict[str, tuple[bytes, str]] = {
    "Latin-1": (ZOE.encode("latin-1"), "Save it as UTF-8"),
    "UTF-16 without its mark": (ZOE.encode("utf-16-le"), "Save it as UTF-8"),
    "UTF-32": (ZOE.encode("utf-32"), "is not JSON"),
    "no bytes": (b"", "is empty"),
    "bytes to come": (bytes(4096), "is empty"),
    "cut off": (b'{"recorded_at": "2026-03-14T08:05:00+01:00", "priv', "is not JSON"),
    "cut off at once": (b'{"priv', "is not JSON"),
    "single quotes": (b"{'privacy': 'local_only'}", "is not JSON"),
    "a comma too many": (b'{"author": "anna",}', "is not JSON"),
    "YAML": (b"recorded_at: today", "is not JSON"),
    "the wish alone": (b'"private"', '{"privacy": "local_only"}'),
    "deep": (b'{"author": "anna", "x": ' + b'{"x":' * 3000 + b"1" + b"}" * 3001, "nested too deep"),
    "long": (b'{"author": "anna", "x": "' + b"x" * MOST_BYTES + b'"}', "longer than 64 KB"),
    "private": (b'{"private": true}', 'Write "privacy": "local_only"'),
    "not private": (b'{"private": "false"}', 'Write "privacy": "local_only"'),
    "in a list": (b'[{"privacy": "local_only"}]', "is a list"),
    "curly quotes": ("{“privacy”: “local_only”}".encode(), "is not JSON"),
    "an author with a line end": (b'{"author": "Anna\\n# Todos"}', "cannot be seen"),
    "an author with invisible letters": ('{"author": "An\N{ZERO WIDTH SPACE}na"}'.encode(), "cannot be seen"),
    "capitals": (b'{"Author": "anna"}', 'Write it in small letters: "author"'),
    "all capitals": (b'{"PRIVACY": "local_only"}', 'Write it in small letters: "privacy"'),
    "a language in capitals": (b'{"Language": "en"}', 'Write it in small letters: "language"'),
    "an unknown key": (b'{"author": "anna", "mood": "calm"}', "the keys are recorded_at, author"),
    "a misspelt key": (b'{"author": "anna", "recorded": "x"}', 'Write "recorded_at"'),
    "a key with a space": (b'{"author ": "anna"}', 'Write it in small letters: "author"'),
    "a key twice": (b'{"privacy": "local_only", "privacy": "standard"}', "twice. Keep one"),
    "a key that is a story": (b'{"author": "a", "Dear diary, it was me": 1}', "has a key, which means nothing"),
    "an American day": (b'{"recorded_at": "03/13/2026"}', "Write one like 2026-03-14T08:12:00+00:00"),
    "a day without a time": (b'{"recorded_at": "2026-03-14"}', "Write one like 2026-03-14T08:12:00+00:00"),
    "30 February": (b'{"recorded_at": "2026-02-30T10:00:00"}', "Write one like"),
    "a number as time": (b'{"recorded_at": 1773471900}', "Write text in double quotes"),
    "a blank author": (b'{"author": " "}', "is empty. Write a name"),
    "an author like a path": (b'{"author": "../../x"}', "Write a plain name"),
    "an author of Windows": (b'{"author": "a\\\\b"}', "Write a plain name"),
    "a hidden author": (b'{"author": ".anna"}', "Write a plain name"),
    "an author called private": (b'{"author": "Private "}', 'write "privacy": "local_only"'),
    "an endless author": (b'{"author": "' + b"x" * 5000 + b'"}', "longer than 200 characters"),
    "an author of half characters": (b'{"author": "a\\ud800"}', "Write a plain name"),
    "an author with a zero byte": (b'{"author": "a\\u0000"}', "Write a plain name"),
    "two authors": (b'{"author": ["a", "b"]}', "Write text in double quotes"),
    "a class that does not exist": (b'{"privacy": "Private"}', 'Write "standard" or "local_only"'),
    "no class": (b'{"privacy": null}', "Write text in double quotes"),
    "a language by its name": (b'{"language": "klingonese"}', 'Write a code like "en"'),
    "an urgent word": (b'{"priority": "high"}', "Write one like 5"),
    "a half priority": (b'{"priority": 0.5}', "Write one like 5"),
    "a priority of 20 digits": (b'{"priority": 99999999999999999999}', "Write one like 5"),
    "a priority of 5,000 digits": (b'{"priority": ' + b"9" * 5000 + b"}", "is not JSON"),
    "a priority without bound": (b'{"priority": 1e400}', "Write one like 5"),
    "a true priority": (b'{"priority": true}', "Write one like 5"),
    "an unknown request": (b'{"author": "anna", "by": "me"}', "Remove it"),
}


@pytest.mark.parametrize(("data", "meant"), USED.values(), ids=list(USED))
def test_what_is_written_well_is_read(data: bytes, meant: Sidecar) -> None:
    read = parse("memo.json", data)
    assert isinstance(read, Sidecar)
    assert {**vars(read), "written": ()} == vars(meant)


@pytest.mark.parametrize("data", FOREIGN.values(), ids=list(FOREIGN))
def test_what_another_program_wrote_is_left_alone(data: bytes) -> None:
    assert parse("memo.json", data[: MOST_BYTES + 1]) == Foreign()


@pytest.mark.parametrize(("data", "mend"), HELD.values(), ids=list(HELD))
def test_what_is_meant_for_the_diary_and_cannot_be_used_holds_the_memo_and_says_what_to_write(
    data: bytes, mend: str
) -> None:
    read = parse("memo.json", data[: MOST_BYTES + 1])
    assert isinstance(read, Held)
    assert mend in read.reason
    assert read.reason.startswith("Its sidecar 'memo.json' ")
    assert read.reason.endswith(".")
    assert len(read.reason) < 250
    assert read.reason.isprintable()
    assert "Dear diary" not in read.reason


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["memo.json"], Sidecars(named=("memo.json",))),
        (["memo.wav.json", "memo.json"], Sidecars(named=("memo.wav.json", "memo.json"))),
        (["memo.JSON"], Sidecars(misnamed=(("memo.JSON", "memo.json"),))),
        (["Memo.json"], Sidecars(misnamed=(("Memo.json", "memo.json"),))),
        (["Memo.json", "Memo.m4a"], Sidecars()),
        (["memo.txt.json"], Sidecars()),
    ],
)
def test_a_sidecar_is_found_by_its_name_also_where_that_is_nearly_right(names: list[str], found: Sidecars) -> None:
    assert sort_names(["memo.wav", *names]).recordings["memo.wav"] == found


def test_a_name_whose_accents_are_written_in_another_way_is_the_same_name() -> None:
    found = sort_names(["U\N{COMBINING DIAERESIS}bung.wav", "Übung.json"])
    assert list(found.recordings.values()) == [Sidecars(named=("Übung.json",))]


def looked(home: Path, **settings: Any) -> dict[str, Any]:
    """The state of the only memo after everything pending was done."""
    given = {"home": home, "timezone": "UTC", "settle_seconds": 0.0, **settings}
    with open_diary(Settings.load(**given), ScriptedEngine()) as diary:
        pipeline.process(diary)
        (entry,) = status.recordings(diary)
    return entry


def test_a_held_memo_waits_with_the_sentence_and_is_done_once_its_sidecar_is_mended(home: Path) -> None:
    tone(home / "inbox" / MEMO)
    sidecar = home / "inbox" / "2026-03-14 08.12.JSON"
    sidecar.write_bytes(b'{"private": true}')
    entry = looked(home)
    assert (entry["state"], entry["sha256"]) == ("waiting", None)
    assert "Rename it to '2026-03-14 08.12.json'" in entry["reason"]
    sidecar = sidecar.rename(sidecar.with_suffix(".json"))
    assert '"private"' in looked(home)["reason"]
    sidecar.write_text('{"privacy": "standard"}')
    entry = looked(home)
    assert (entry["state"], entry["reason"], entry["privacy"]) == ("done", None, "standard")


def test_a_memo_whose_sidecar_breaks_later_is_held_until_it_is_mended_and_nothing_is_done_again(home: Path) -> None:
    tone(home / "inbox" / MEMO)
    done = looked(home)
    sidecar = home / "inbox" / "2026-03-14 08.12.json"
    sidecar.write_bytes(b'{"privacy": "local')
    held = looked(home)
    assert (held["state"], held["stages"]) == ("done", done["stages"])
    assert "is not JSON" in held["reason"]
    sidecar.unlink()
    assert looked(home) == done


def test_a_held_memo_goes_no_further_than_it_was(home: Path) -> None:
    tone(home / "inbox" / MEMO)
    with open_diary(Settings.load(home=home, settle_seconds=0.0), ScriptedEngine()) as diary:
        pipeline.ingest(diary)
        (home / "inbox" / f"{MEMO}.json").write_bytes(b'{"privacy": "private"}')
        pipeline.discover(diary)
        assert pipeline.transcribe(diary).attempts == 0
        assert diary.catalog.queue.new_work() == {}
        (home / "inbox" / f"{MEMO}.json").unlink()
        pipeline.discover(diary)
        assert pipeline.transcribe(diary).done != []


def test_a_time_that_cannot_be_holds_the_memo_although_its_name_has_another(home: Path) -> None:
    tone(home / "inbox" / MEMO)
    (home / "inbox" / f"{MEMO}.json").write_text('{"recorded_at": "2999-01-01T10:00:00Z"}')
    assert "lies in the future" in looked(home)["reason"]


def test_of_two_sidecars_the_first_speaks_and_any_makes_the_memo_private(home: Path) -> None:
    tone(home / "inbox" / MEMO)
    (home / "inbox" / f"{MEMO}.json").write_text('{"author": "anna"}')
    (home / "inbox" / "2026-03-14 08.12.json").write_text('{"author": "ben", "privacy": "local_only"}')
    entry = looked(home)
    assert (entry["author"], entry["privacy"]) == ("anna", "local_only")


def test_a_sidecar_that_is_still_being_written_is_awaited(home: Path) -> None:
    tone(home / "inbox" / MEMO)
    (home / "inbox" / f"{MEMO}.json").write_text('{"privacy": "local_only"}')
    with open_diary(Settings.load(home=home, settle_seconds=3600), ScriptedEngine()) as diary:
        assert pipeline.discover(diary).growing == 1
        assert pipeline.discover(diary, settled=[MEMO]).growing == 0
        assert [r.privacy for r, _ in diary.catalog.recordings.all()] == ["local_only"]


def test_a_sidecar_that_is_a_pipe_a_folder_or_a_broken_link_stops_nobody(home: Path) -> None:
    import os

    inbox = home / "inbox"
    for name in ("pipe", "folder", "link"):
        tone(inbox / f"2026-03-14 {name}.wav", hertz=300 + len(name))
    os.mkfifo(inbox / "2026-03-14 pipe.json")
    (inbox / "2026-03-14 folder.json").mkdir()
    (inbox / "2026-03-14 link.json").symlink_to("nowhere")
    with open_diary(Settings.load(home=home, timezone="UTC", settle_seconds=0.0), ScriptedEngine()) as diary:
        pipeline.process(diary)
        entries = {entry["source"]: entry for entry in status.recordings(diary)}
    assert [entries[f"2026-03-14 {name}.wav"]["state"] for name in ("pipe", "folder")] == ["done", "done"]
    assert "link to a file that is not there" in entries["2026-03-14 link.wav"]["reason"]


def test_a_memo_that_goes_to_an_author_who_has_its_bytes_is_a_duplicate_there_and_no_memo_is_lost(home: Path) -> None:
    inbox = home / "inbox"
    for place in ("anna/2026-03-14 08.00.wav", "anna/2026-03-14 09.00.wav", "ben/2026-03-14 10.00.wav"):
        tone(inbox / place)
    given = Settings.load(home=home, timezone="UTC", settle_seconds=0.0)
    with open_diary(given, ScriptedEngine()) as diary:
        assert pipeline.process(diary).failed == 0
        (inbox / "anna" / "2026-03-14 08.00.json").write_text('{"author": "ben"}')
        assert pipeline.process(diary).failed == 0
        rows = {r.source[11:16]: r for r, _ in diary.catalog.recordings.all()}
        assert (rows["08.00"].author, rows["08.00"].duplicate_of) == ("ben", rows["10.00"].id)
        assert (rows["09.00"].author, rows["09.00"].duplicate_of) == ("anna", None)
        assert {entry["state"] for entry in status.recordings(diary)} == {"done"}
        (inbox / "anna" / "2026-03-14 08.00.json").write_text('{"author": "carl"}')
        assert pipeline.process(diary).failed == 0
        rows = {r.source[11:16]: r for r, _ in diary.catalog.recordings.all()}
        assert (rows["08.00"].author, rows["08.00"].duplicate_of) == ("carl", None)
        assert {entry["state"] for entry in status.recordings(diary)} == {"done"}
    assert {page.parent.name for page in (home / "days").rglob("*.md")} == {"anna", "ben", "carl"}


def test_the_files_of_the_inbox_name_their_sidecars(home: Path) -> None:
    tone(home / "inbox" / "anna" / MEMO)
    (home / "inbox" / "anna" / f"{MEMO}.json").write_text("{}")
    (found,) = Inbox(str(home / "inbox")).files()
    assert found.sidecars == Sidecars(named=(f"{MEMO}.json",))
