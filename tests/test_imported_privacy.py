"""Transcripts of other programs that are private, by what they open with, lie beside, or are copies of."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from diary_pipeline import pipeline
from diary_pipeline.library import OpenDiary
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from diary_pipeline.transcribe.imported import read_file
from diary_pipeline.transcribe.privacy import opens_imported_privately
from tests.becoming_private import in_bucket, leaks
from tests.memos import tone

DAY = "2026-03-14"
MEMO = f"{DAY} 09.30.wav"

OPENINGS = {
    "timecode of an hour": (".srt", "1\n01:00:00,500 --> 01:00:03,000\nPrivate note. I saw the doctor.\n"),
    "after music": (
        ".srt",
        "1\n00:00:00,500 --> 00:00:14,000\n[Music]\n\n2\n00:00:15,500 --> 00:00:18,000\nPrivate note. I rest.\n",
    ),
    "titles": (".txt", "Recording 12\n14 March 2026\n\nPrivate note. I saw the doctor.\n"),
    "titles above times": (".txt", "Recording 12\n\n[01:00:01] Private note. I saw her.\n[01:00:09] Then I slept.\n"),
    "one line with a clock": (".txt", "0:00 Private note. I saw the doctor.\n"),
    "one paragraph with a clock": (".txt", "Anna Smith  0:00\nPrivate note. I saw the doctor.\n"),
    "a name above": (".txt", "Anna Smith:\nPrivate note. I saw the doctor.\n"),
    "two names": (".txt", "Speaker 1: Anna: Private note: I saw the doctor.\n"),
    "a name in brackets": (".txt", "Speaker 1 (Anna): Private note: I saw the doctor.\n"),
    "a name in bold": (".txt", "**Anna:** Private note. I saw the doctor.\n"),
    "a bold name and a clock": (".txt", "**Anna Smith** (0:01) Private, I saw the doctor.\n"),
    "a name in capitals": (".txt", "ANNA Private note. I saw the doctor.\n"),
    "arrows": (".srt", "1\n00:00:00,500 --> 00:00:04,000\n>> ANNA: Private note. I rest.\n"),
    "a number": (".txt", "1. Private note. I saw the doctor.\n"),
    "words with times": (
        ".json",
        '{"segments": [{"start": 3600.5, "end": 3603, "text": "Private. I rest."}]}',
    ),
}


@pytest.mark.parametrize("way", OPENINGS)
def test_what_programs_write_before_the_first_words_hides_no_wish_for_privacy(way: str, settings: Settings) -> None:
    suffix, text = OPENINGS[way]
    assert opens_imported_privately(read_file(text.encode(), suffix), settings.private_phrases)


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".txt", "Anna: Private schools are dear.\n"),
        (".txt", "I walked.\nI ran.\nI swam.\nI rode.\nI slept.\nPrivate note. No.\n"),
        (".srt", "1\n01:00:00,500 --> 01:00:03,000\nI ran.\n\n2\n01:00:20,500 --> 01:00:23,000\nPrivate note.\n"),
        (".txt", "I wrote a private note today.\n"),
    ],
)
def test_a_phrase_that_opens_nothing_makes_no_transcript_private(suffix: str, text: str, settings: Settings) -> None:
    assert not opens_imported_privately(read_file(text.encode(), suffix), settings.private_phrases)


def vtt(words: str) -> str:
    return f"WEBVTT\n\n00:01.000 --> 00:03.000\n{words}\n"


OAK, BIRCH = vtt("The gold lies under the oak."), vtt("The gold lies under the birch.")


@pytest.mark.parametrize(
    ("memo", "sidecar"),
    [
        ("09.30.transcript.vtt", "09.30.json"),
        ("09.30.transcript.vtt", "09.30.transcript.json"),
        ("09.30.transcript.vtt", "09.30.transcript.vtt.json"),
        ("09.30.Transcript.VTT", "09.30.json"),
        ("09.30.transcript.json", "09.30.json"),
        ("09.30.transcript.json", "09.30.transcript.json.json"),
    ],
)
def test_a_sidecar_makes_a_transcript_without_audio_private_by_each_of_its_names(
    home: Path, memo: str, sidecar: str
) -> None:
    inbox = home / "inbox"
    inbox.mkdir(exist_ok=True)
    (inbox / f"{DAY} {sidecar}").write_text(json.dumps({"privacy": "local_only"}))
    text = json.dumps({"text": "I saw her."}) if memo.endswith("json") else OAK
    (inbox / f"{DAY} {memo}").write_text(text)
    given = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    with OpenDiary(given, ScriptedEngine(lambda _: ["No."])) as diary:
        assert diary.process().failed == 0
        assert [(one["path"], one["privacy"]) for one in diary.recordings()] == [(f"{DAY} {memo}", "local_only")]


def test_a_sidecar_that_came_before_its_memo_is_no_transcript(home: Path) -> None:
    inbox = home / "inbox"
    inbox.mkdir(exist_ok=True)
    (inbox / f"{DAY} 09.30.transcript.json").write_text(json.dumps({"privacy": "local_only"}))
    given = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    with OpenDiary(given, ScriptedEngine(lambda _: ["No."])) as diary:
        (fault,) = diary.process().faults
        assert "the sidecar of a recording that is not there" in fault.reason
        (inbox / f"{DAY} 09.30.transcript.vtt").write_text(OAK)
        diary.process()
        states = {str(one["path"]): one["privacy"] for one in diary.recordings() if one["state"] == "done"}
    assert states == {f"{DAY} 09.30.transcript.vtt": "local_only"}


@pytest.fixture
def diary(home: Path, gcs_bucket: str) -> Iterator[OpenDiary]:
    given = Settings.load(home=home, store=f"{gcs_bucket}/diary", timezone="UTC", settle_seconds=0)
    (home / "inbox" / "private").mkdir(parents=True)
    with OpenDiary(given, ScriptedEngine(lambda _: ["I saw a heron."])) as opened:
        yield opened


def outside(bucket: str) -> bytes:
    return b"".join(in_bucket(bucket).values())


def test_no_bucket_gets_a_brought_transcript_before_its_opening_was_read_or_while_its_memo_is_held(
    diary: OpenDiary, home: Path, gcs_bucket: str, tmp_path: Path
) -> None:
    file, its = tone(tmp_path / MEMO), tmp_path / "its.vtt"
    diary.add(file)
    diary.process()
    sidecar = home / "inbox" / f"{DAY} 09.30.json"
    sidecar.write_text('{"privacy": "privat"}')
    diary.process()
    its.write_text(OAK)
    held = home / "inbox" / f"{MEMO}.its-transcript.vtt"
    held.write_text(OAK)
    diary.process()
    assert b"oak" not in outside(gcs_bucket)
    sidecar.unlink()
    its.write_text(OAK.replace("The gold", "Private note. The gold"))
    diary.add(file, transcripts=[its])
    assert b"oak" not in outside(gcs_bucket)
    diary.process()
    assert (b"oak" in outside(gcs_bucket), diary.recordings()[0]["privacy"]) == (False, "local_only")


def test_transcripts_that_were_replaced_come_home_and_are_known_to_a_new_catalog(
    diary: OpenDiary, home: Path, gcs_bucket: str, tmp_path: Path
) -> None:
    file, its = tone(tmp_path / MEMO), tmp_path / "its.vtt"
    for text in (OAK, BIRCH):
        its.write_text(text)
        (name,) = diary.add(file, transcripts=[its])
        diary.process()
        assert b"oak" in outside(gcs_bucket), "a replaced transcript is kept"
    pipeline.set_privacy(diary.diary, name, "local_only")
    diary.process()
    assert (b"oak" in outside(gcs_bucket), leaks(diary.diary, gcs_bucket, "gold")) == (False, [])
    other = Settings.load(home=home, store=f"{gcs_bucket}/diary", timezone="UTC", catalog=f"sqlite:///{tmp_path}/n.db")
    with OpenDiary(other, ScriptedEngine(lambda _: ["No."])) as again:
        assert pipeline.rebuild(again.diary).unknown_audio == []


@pytest.mark.parametrize("first", ["the private one", "the open one", "a link"])
def test_a_transcript_with_the_bytes_of_a_private_one_makes_its_recording_private(
    diary: OpenDiary, home: Path, gcs_bucket: str, first: str
) -> None:
    inbox = home / "inbox"
    tone(inbox / MEMO)
    beside, private = inbox / f"{MEMO}.its-transcript.vtt", inbox / "private" / f"{DAY} 11.30.transcript.vtt"
    if first == "a link":
        private = private.with_name("mine.vtt")
        beside.symlink_to(private)
    if first == "the open one":
        beside.write_text(OAK)
        diary.process()
        assert b"oak" in outside(gcs_bucket)
    private.write_text(OAK)
    if first == "the private one":
        beside.write_text(OAK)
    diary.process()
    diary.process()
    assert {one["privacy"] for one in diary.recordings()} == {"local_only"}
    assert (b"oak" in outside(gcs_bucket), leaks(diary.diary, gcs_bucket, "oak")) == (False, [])
