"""Transcripts beside recordings: which recording each is of, while both come, change and go."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diary_pipeline.library import OpenDiary
from diary_pipeline.recordings.beside import read_beside
from diary_pipeline.recordings.inbox import Inbox
from diary_pipeline.settings import Settings
from diary_pipeline.testing import ScriptedEngine
from tests.memos import tone

DAY = "2026-03-14"
MEMO = "memo.wav"


def vtt(words: str) -> str:
    return f"WEBVTT\n\n00:01.000 --> 00:03.000\n{words}\n"


OAK, BIRCH = vtt("I sat under the oak."), vtt("I sat under the birch.")


@pytest.fixture
def inbox(home: Path) -> Path:
    made = home / "inbox"
    made.mkdir(parents=True, exist_ok=True)
    return made


@pytest.fixture
def diary(home: Path, inbox: Path) -> Iterator[OpenDiary]:
    given = Settings.load(home=home, timezone="UTC", settle_seconds=0)
    with OpenDiary(given, ScriptedEngine(lambda _: ["I saw a heron."])) as opened:
        yield opened


def texts(diary: OpenDiary) -> list[str]:
    found = [diary.transcript(str(one["id"])) for one in diary.recordings()]
    return sorted(one.text for one in found if one)


def beside(inbox: Path, text: str, name: str = f"{MEMO}.its-transcript.vtt") -> Path:
    file = inbox / name
    file.write_text(text)
    return file


@pytest.mark.parametrize("how", ["replaced", "moved away"])
def test_a_transcript_that_is_left_over_becomes_no_words_of_another_recording(
    diary: OpenDiary, inbox: Path, tmp_path: Path, how: str
) -> None:
    memo = tone(inbox / MEMO, hertz=300)
    beside(inbox, OAK)
    assert diary.process().notices == []
    if how == "moved away":
        (inbox / "old").mkdir()
        memo.rename(inbox / "old" / MEMO)
    other = tone(inbox / MEMO, hertz=700)
    summary = diary.process()
    assert [notice for notice in summary.notices if "memo.wav.its-transcript.vtt" in notice] != []
    assert texts(diary) == ["I sat under the oak.", "I saw a heron."]
    beside(inbox, BIRCH)
    assert diary.process().notices == []
    assert texts(diary) == ["I sat under the birch.", "I sat under the oak."]
    beside(inbox, OAK)
    (notice,) = diary.process().notices
    assert "came with another recording of that name" in notice
    assert texts(diary) == ["I sat under the birch.", "I sat under the oak."]
    (tmp_path / "its.vtt").write_text(OAK)
    diary.add(other, transcripts=[tmp_path / "its.vtt"])
    diary.process()
    assert texts(diary) == ["I sat under the oak."] * 2, "a person has said so"


def test_the_same_words_on_two_days_are_two_memos(diary: OpenDiary, inbox: Path) -> None:
    for name in (f"{DAY} 09.30", f"{DAY} 09.30 (2)", "2026-03-15 09.30"):
        beside(inbox, "I took my pills.\n", f"{name}.transcript.txt")
    assert diary.process().failed == 0
    for day in (DAY, "2026-03-15"):
        assert (diary.page(day) or "").count("I took my pills.") == 1
    assert len([one for one in diary.recordings() if "same bytes" in str(one["reason"])]) == 1


def test_the_same_text_added_with_another_time_is_another_memo(diary: OpenDiary, tmp_path: Path) -> None:
    file = tmp_path / "pills.txt"
    file.write_text("I took my pills.\n")
    when = [f"2026-03-{day}T09:30:00+00:00" for day in (14, 15, 14, 15)]
    names = [name for moment in when for name in diary.add(transcripts=[file], recorded_at=moment)]
    assert (names[:2], len(set(names))) == (names[2:], 2)
    assert diary.process().failed == 0
    assert ["pills" in (diary.page(day) or "") for day in (DAY, "2026-03-15")] == [True, True]


@pytest.mark.parametrize("comes", ["with its copy", "later"])
def test_the_transcript_of_a_copy_is_its_originals_unless_that_has_one(
    diary: OpenDiary, inbox: Path, comes: str
) -> None:
    tone(inbox / MEMO)
    assert diary.process().failed == 0
    shutil.copy2(inbox / MEMO, inbox / "other.wav")
    if comes == "later":
        diary.process()
    beside(inbox, OAK, "other.wav.its-transcript.vtt")
    diary.process()
    diary.process()
    assert texts(diary) == ["I sat under the oak."]
    shutil.copy2(inbox / MEMO, inbox / "third.wav")
    beside(inbox, BIRCH, "third.wav.its-transcript.vtt")
    assert [notice for notice in diary.process().notices if "has another transcript" in notice] != []
    assert texts(diary) == ["I sat under the oak."]


def whisper(words: str) -> bytes:
    one = {"id": 0, "seek": 0, "start": 0.0, "end": 3.0, "text": words, "tokens": [1], "temperature": 0.0}
    rest = {"avg_logprob": -0.3, "compression_ratio": 1.2, "no_speech_prob": 0.01}
    return json.dumps({"text": words, "segments": [one | rest], "language": "en"}).encode()


@pytest.mark.parametrize(
    ("form", "encoded"),
    [("json", whisper), ("txt", lambda words: words.encode("utf-16")), ("vtt", lambda w: vtt(w).encode())],
)
def test_another_memo_under_the_same_name_stands_beside_the_first_in_every_format(
    diary: OpenDiary, inbox: Path, form: str, encoded: Callable[[str], bytes]
) -> None:
    place = inbox / f"{DAY} 09.30.transcript.{form}"
    for words in ("I met Helen at the harbour.", "I met Helen at the old harbour.", "Buy three dozen eggs tomorrow."):
        place.write_bytes(encoded(words))
        assert diary.process().failed == 0
    page = diary.page(DAY) or ""
    assert [words in page for words in ("at the harbour", "old harbour", "dozen eggs")] == [False, True, True]


def test_a_transcript_beside_a_recording_settles_before_it_is_used(inbox: Path) -> None:
    tone(inbox / MEMO)
    beside(inbox, OAK[:40])
    (found,) = Inbox(str(inbox)).files()
    assert [read_beside(Inbox(str(inbox)), found, seconds).growing for seconds in (600.0, 0.0)] == [True, False]


def test_a_transcript_that_was_not_complete_or_came_later_is_a_correction(diary: OpenDiary, inbox: Path) -> None:
    tone(inbox / MEMO)
    for text, said in ((None, "I saw a heron."), (OAK[:45], "I sa"), (OAK, "I sat under the oak."), (BIRCH, "birch")):
        if text:
            beside(inbox, text)
        assert diary.process().failed == 0
        (words,) = texts(diary)
        assert said in words
        assert diary.process().attempts == 0
    (memo,) = diary.recordings()
    assert "birch" in (diary.page(str(memo["day"])) or "")
