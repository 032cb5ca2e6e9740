"""Transcripts that people have already: with audio or alone, they take the place of speech recognition."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.bootstrap import open_diary
from diary_pipeline.cli.output import SCHEMA
from diary_pipeline.errors import UserError
from diary_pipeline.library import OpenDiary
from diary_pipeline.pipeline import rebuild
from diary_pipeline.schema import Recording, Transcript
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.views.day_tables import day_table
from diary_pipeline.views.exports import export
from diary_pipeline.views.forecast import forecast
from diary_pipeline.views.show import day_view
from tests.command import diary as command
from tests.memos import day_names, memos
from tests.test_schemas import checked, validator

DAY = "2026-03-14"
VTT = "WEBVTT\n\n00:01.000 --> 00:03.000\nI have to buy milk.\n\n00:07.000 --> 00:09.000\nMaria is coming.\n"
PLAIN = "I walked to the harbour.\nI have to call the bank.\n"


def settings(home: Path, **more: Any) -> Settings:
    given = {"home": home, "timezone": "UTC", "settle_seconds": 0, "whisper_model": "tiny.en"} | more
    return Settings.load(**given)


@pytest.fixture
def diary(home: Path) -> Iterator[OpenDiary]:
    with OpenDiary(settings(home), ScriptedEngine(lambda _: ["The engine was asked."])) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "mine"
    made.mkdir()
    return made


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def transcript(diary: OpenDiary, identity: str) -> Transcript:
    found = diary.transcript(identity)
    assert found is not None
    return found


def only(diary: OpenDiary, identity: str) -> Recording:
    (found,) = diary.diary.catalog.recordings.get([identity])
    return found


def test_a_transcript_without_audio_is_a_memo_in_every_view(diary: OpenDiary, folder: Path) -> None:
    timed = written(folder, f"{DAY} 09.30.vtt", VTT)
    plain = written(folder, f"{DAY} 11.00.txt", PLAIN)
    first, second = diary.add(transcripts=[timed, plain], language="en")
    expected = forecast(diary.diary, None)
    assert (expected.recordings, expected.not_read, expected.audio_hours) == (2, 2, 0.0), "not ingested yet"
    assert diary.process().failed == 0
    assert (forecast(diary.diary, None).recordings, forecast(diary.diary, None).not_read) == (0, 0)
    page = diary.page(DAY) or ""
    assert "[0:01](../../audio/" in page
    assert f"[transcript](../../audio/{second}.txt#s01)" in page
    assert "[0:00]" not in page, "no time is made up"
    assert "transcript without audio" in page
    assert "The engine was asked" not in page
    timed_one, untimed = transcript(diary, first), transcript(diary, second)
    made = timed_one.provenance
    assert (made.made_by, made.model, made.options["format"], len(made.options["sha256"])) == (
        "imported",
        None,
        "vtt",
        64,
    )
    assert [(s.start, s.end) for s in timed_one.segments] == [(1.0, 3.0), (7.0, 9.0)]
    assert (only(diary, first).seconds, only(diary, second).seconds) == (9.0, 0.0)
    assert (timed_one.language, untimed.language) == ("en", "en")
    note = diary.note(second)
    assert note is not None
    assert [todo.text for todo in note.todos] == ["Call the bank"]
    states = diary.recordings()
    assert [state["state"] for state in states] == ["done", "done"]
    shown = {"schema": SCHEMA, **day_view(diary.diary, date.fromisoformat(DAY), "me")}
    validator("show").validate(json.loads(json.dumps(shown, default=str)))
    assert [one["transcript"]["segments"][0]["start"] for one in shown["recordings"]] == [1.0, None]
    assert [hit["start"] for hit in diary.search("harbour")] == [None]
    assert export(timed_one, "vtt").count("-->") == 2
    assert export(untimed, "txt") == PLAIN
    assert json.loads(export(untimed, "json"))["segments"][0]["start"] is None
    with pytest.raises(UserError, match="no times"):
        export(untimed, "srt")
    assert list(day_table(diary.diary, "transcripts", date.fromisoformat(DAY))["words_per_second"])[1] == 0.0


def test_with_audio_the_transcript_is_used_until_a_person_asks_for_speech_recognition(
    diary: OpenDiary, folder: Path
) -> None:
    (audio,) = memos(folder, day_names(DAY, 1))
    brought = written(folder, f"{audio.stem}.srt", VTT.replace("WEBVTT\n\n", "1\n").replace(".000", ",000"))
    (name,) = diary.add(audio, transcripts=[brought])
    diary.process()
    assert transcript(diary, name).text == "I have to buy milk. Maria is coming."
    assert f"[0:01](../../audio/{name}.wav#t=1)" in (diary.page(DAY) or "")
    assert only(diary, name).codec == "pcm_s16le"
    assert diary.process(stale=True).attempts == 0, "another model makes it not stale"
    assert forecast(diary.diary, None, "stale").to_transcribe == 0
    diary.redo(name, "transcribe")
    assert transcript(diary, name).text == "The engine was asked."
    assert diary.process(stale=True).transcribed == 0


def test_audio_that_lies_beside_a_transcript_is_taken_with_it(diary: OpenDiary, folder: Path) -> None:
    (audio,) = memos(folder, day_names(DAY, 1))
    (name,) = diary.add(transcripts=[written(folder, f"{audio.name}.vtt", VTT)])
    assert only(diary, name).source == audio.name
    diary.process()
    assert transcript(diary, name).provenance.made_by == "imported"
    assert diary.recordings()[0]["state"] == "done"


def test_a_transcript_that_is_brought_later_takes_the_place_of_the_one_that_was_recognised(
    diary: OpenDiary, folder: Path
) -> None:
    (audio,) = memos(folder, day_names(DAY, 1))
    (name,) = diary.add(audio)
    diary.process()
    assert transcript(diary, name).text == "The engine was asked."
    for text in (VTT, VTT.replace("milk", "bread")):
        assert diary.add(audio, transcripts=[written(folder, "other.vtt", text)]) == [name]
        diary.process()
        assert transcript(diary, name).text in text.replace("\n\n00:07.000 --> 00:09.000\n", " ")
    assert "bread" in (diary.page(DAY) or "")
    assert len(diary.recordings()) == 1


def test_a_transcript_that_opens_privately_or_is_said_to_be_private_is(diary: OpenDiary, folder: Path) -> None:
    spoken = written(folder, f"{DAY} 09.30.vtt", VTT.replace("I have", "Private note. I have"))
    named = written(
        folder,
        f"{DAY} 10.30.vtt",
        VTT.replace("I have", "<v Anna>Private note. I have").replace("Maria", "<v Bob>Maria"),
    )
    said = written(folder, f"{DAY} 11.30.txt", PLAIN)
    names = [*diary.add(transcripts=[spoken, named]), *diary.add(transcripts=[said], private=True)]
    diary.process()
    assert [only(diary, name).privacy for name in names] == ["local_only"] * 3
    assert (diary.page(DAY) or "").count("🔒") == 3


def test_what_is_said_of_a_transcript_holds_and_its_bytes_come_in_once(diary: OpenDiary, folder: Path) -> None:
    file = written(folder, "notes.txt", PLAIN)
    when = "2026-03-14T08:12:00+00:00"
    first = diary.add(transcripts=[file], author="anna", recorded_at=when, language="de")
    copy = written(folder, "other copy.txt", PLAIN)
    again = diary.add(transcripts=[copy], author="anna", recorded_at=when)
    diary.process()
    memo = only(diary, first[0])
    assert (memo.author, memo.dated_by, memo.language, str(memo.day)) == ("anna", "request", "de", DAY)
    assert only(diary, again[0]).duplicate_of == first[0] or memo.duplicate_of == again[0]
    assert transcript(diary, first[0]).language == "de"


def test_a_corrected_transcript_replaces_the_one_before_and_another_memo_does_not(
    diary: OpenDiary, home: Path, folder: Path
) -> None:
    diary.add(transcripts=[written(folder, f"{DAY} 09.30.txt", PLAIN)])
    diary.process()
    (place,) = (home / "inbox").glob("*.transcript.txt")
    place.write_text(PLAIN.replace("harbour", "lighthouse"), encoding="utf-8")
    diary.process()
    page = diary.page(DAY) or ""
    assert ("lighthouse" in page, "harbour" in page) == (True, False)
    place.write_text("Nothing of that. Quite another story here.\n", encoding="utf-8")
    diary.process()
    assert ("lighthouse" in (diary.page(DAY) or ""), "another story" in (diary.page(DAY) or "")) == (True, True)


def test_a_page_with_memos_without_times_keeps_a_persons_edits(diary: OpenDiary, home: Path, folder: Path) -> None:
    diary.add(transcripts=[written(folder, f"{DAY} 09.30.txt", PLAIN)])
    diary.process()
    page = home / "days" / "me" / f"{DAY}.md"
    page.write_text(page.read_text("utf-8").replace("I walked to the harbour.", "I ran to the harbour."), "utf-8")
    diary.add(transcripts=[written(folder, f"{DAY} 18.30.txt", "I saw a heron.\n")])
    diary.process()
    edited = page.read_text("utf-8")
    assert ("I ran to the harbour." in edited, "I walked to the harbour." in edited, "heron" in edited) == (
        True,
        False,
        True,
    )


def test_the_catalog_is_made_anew_with_its_transcripts(diary: OpenDiary, home: Path, folder: Path) -> None:
    (audio,) = memos(folder, day_names(DAY, 1))
    diary.add(audio, transcripts=[written(folder, "its.vtt", VTT)])
    diary.add(transcripts=[written(folder, f"{DAY} 18.30.txt", PLAIN)])
    diary.process()
    known, page = diary.diary.catalog.recordings.all(), diary.page(DAY)
    fresh = settings(home, catalog=f"sqlite:///{home / 'other.db'}")
    with open_diary(fresh, ScriptedEngine(lambda _: ["Asked again."])) as again:
        found = rebuild(again)
        assert (found.recordings, found.unknown_audio) == (2, [])
        assert again.catalog.recordings.all() == known
    with OpenDiary(fresh, ScriptedEngine(lambda _: ["Asked again."])) as again:
        assert again.process().attempts == 0
        assert again.page(DAY) == page


def test_only_files_named_as_transcripts_are_taken_from_the_inbox(diary: OpenDiary, home: Path) -> None:
    inbox = home / "inbox"
    inbox.mkdir(exist_ok=True)
    for name in ("shopping.txt", "film.srt", "gone.m4a.its-transcript.vtt", f"{DAY} 09.30.transcript.vtt"):
        (inbox / name).write_text(VTT, encoding="utf-8")
    diary.process()
    assert [state["path"] for state in diary.recordings()] == [f"{DAY} 09.30.transcript.vtt"]


def test_a_broken_transcript_is_refused_before_anything_is_added(diary: OpenDiary, home: Path, folder: Path) -> None:
    good, bad = written(folder, "a.txt", PLAIN), folder / "b.txt"
    bad.write_bytes("K\u00e4se".encode("latin-1"))
    (folder / "c.docx").write_bytes(b"x")
    for transcripts, said in (
        ([good, bad], "b.txt cannot be used. It is not UTF-8"),
        ([folder / "none.vtt"], "is not there"),
        ([folder / "c.docx"], "no transcript that can be read"),
    ):
        with pytest.raises(UserError, match=said):
            diary.add(transcripts=transcripts)
    with pytest.raises(UserError, match="nothing to add"):
        diary.add()
    (first, second) = memos(folder, day_names(DAY, 2))
    with pytest.raises(UserError, match="not clear which recording"):
        diary.add(first, second, transcripts=[good])
    assert not list((home / "inbox").iterdir())


def test_a_transcript_that_became_unreadable_fails_with_its_reason(diary: OpenDiary, home: Path) -> None:
    (home / "inbox").mkdir(exist_ok=True)
    (home / "inbox" / f"{DAY} 09.30.transcript.json").write_text("{}")
    summary = diary.process()
    assert summary.failed == 1
    assert "It has no segments" in summary.faults[0].reason


def test_nothing_of_a_private_transcript_leaves_the_home(home: Path, folder: Path) -> None:
    outside = folder / "store"
    (audio,) = memos(folder, day_names(DAY, 1))
    with OpenDiary(settings(home, store=str(outside)), ScriptedEngine(lambda _: ["No."])) as diary:
        diary.add(audio, transcripts=[written(folder, "its.vtt", VTT.replace("I have", "Private note. I have"))])
        diary.add(transcripts=[written(folder, f"{DAY} 18.30.txt", "Private note. I saw a heron.\n")])
        (open_one,) = diary.add(transcripts=[written(folder, f"{DAY} 19.30.txt", PLAIN)])
        diary.process()
        diary.process()
    lies = [str(path.relative_to(outside)) for path in outside.rglob("*") if path.is_file()]
    assert [path for path in lies if path.startswith(("audio", "transcripts", "notes"))] != []
    assert [path for path in lies if path.startswith(("audio", "transcripts", "notes")) and open_one not in path] == []


def test_the_command_adds_a_transcript_and_says_what_is_wrong_with_one(home: Path, folder: Path) -> None:
    file = written(folder, "memo.vtt", VTT)
    added = checked("add", command(home, "add", "--transcript", file, "--recorded-at", f"{DAY}T09:00:00", "--json"))
    assert [(one["source"], one["day"]) for one in added["recordings"]] == [("memo.transcript.vtt", DAY)]
    file.write_bytes(b"\xff\xfeWEBVTT")
    refused = command(home, "add", "--transcript", file, "--json")
    assert (refused.code, "memo.vtt cannot be used" in checked("error", refused)["error"]["message"]) == (2, True)


def test_plain_text_without_a_language_keeps_every_word_on_the_page(diary: OpenDiary, folder: Path) -> None:
    german = written(folder, f"{DAY} 09.30.txt", "Wir treffen uns um acht.\nEr kommt um neun.\n")
    diary.add(transcripts=[german])
    assert diary.process().failed == 0
    page = diary.page(DAY) or ""
    assert "Wir treffen uns um acht." in page
    assert "Er kommt um neun." in page


def test_a_transcript_without_words_is_not_added(diary: OpenDiary, folder: Path) -> None:
    cues = "1\n00:00:01,000 --> 00:00:02,000\n\n"
    empty = {"a.txt": "", "b.txt": " \n", "c.srt": "", "d.vtt": "WEBVTT\n", "e.srt": cues, "f.json": '{"segments": []}'}
    for name, text in empty.items():
        with pytest.raises(UserError, match=f"{name} is empty: there are no words in it. Nothing was added"):
            diary.add(transcripts=[written(folder, name, text)])
    assert diary.recordings() == []
