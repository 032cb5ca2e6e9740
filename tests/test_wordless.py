"""Voice that a model cannot put into words is told with what helps; words that it doubts are no source of anything."""

import shutil
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest

from benchmarks import models
from benchmarks.corpus import decoded
from diary_pipeline import pipeline
from diary_pipeline.bootstrap import open_diary
from diary_pipeline.home import prepare
from diary_pipeline.notes.day import PageEntry, compose
from diary_pipeline.notes.extractive import write
from diary_pipeline.notes.note_writer import NoteWriter
from diary_pipeline.notes.reliable import reliable
from diary_pipeline.notes.validate_answer import validate_answer
from diary_pipeline.schema import Coverage, Doubt, Transcript
from diary_pipeline.settings import Settings
from diary_pipeline.transcribe import Job
from diary_pipeline.transcribe.whisper import WhisperEngine
from diary_pipeline.views.day_tables import day_table
from diary_pipeline.views.status import recordings
from diary_pipeline.wordless import VoiceWithoutWords
from tests.page_entries import DAY, VERBATIM, entry
from tests.transcripts import said

MENDS = "`diary setup --model small`, then `diary process --stale`"


@pytest.mark.slow
def test_voice_in_languages_that_the_model_does_not_know_is_told_everywhere(
    home: Path, foreign_voices: dict[str, Path]
) -> None:
    for hour, file in enumerate(foreign_voices.values(), 10):
        shutil.copy(file, home / "inbox" / f"2026-03-14 {hour}.00.wav")
    settings = Settings.load(home=home, timezone="UTC", whisper_model="tiny.en", settle_seconds=0)
    with open_diary(prepare(settings)) as diary:
        assert pipeline.process(diary).failed == 0
        page = (home / "days" / "me" / f"{DAY}.md").read_text("utf-8")
        shown = recordings(diary)
        told = day_table(diary, "transcripts", date(2026, 3, 14))["uncovered_seconds"]
    assert "nothing was said" not in page
    assert page.count(f"s of voice without words (tiny.en knows English only): {MENDS} [0:0") == len(foreign_voices)
    for one, seconds in zip(shown, told, strict=True):
        assert one["state"] == "done"
        expected = f"It has {round(seconds)} s of voice without words (tiny.en knows English only): {MENDS}."
        assert (one["reason"], seconds > 4) == (expected, True)
    assert "## To do" not in page


@pytest.mark.slow
def test_a_model_that_knows_the_language_leaves_no_voice_without_words(foreign_voices: dict[str, Path]) -> None:
    engine = WhisperEngine(models.weights("base"), device="cpu")
    (result,) = engine.transcribe([Job("de", partial(iter, [decoded(foreign_voices["de"])]))])
    assert (result.language, result.coverage.wordless) == ("de", ())


def with_voice(made_by: str = "faster-whisper", model: str = "base", **counts: str) -> Transcript:
    silent = said()
    made = silent.provenance.model_copy(update={"made_by": made_by, "model": model, "counts": counts})
    coverage = Coverage(voice_seconds=9, wordless=((0.5, 4.0, 3.2), (61.0, 67.0, 5.9)))
    return silent.model_copy(update={"provenance": made, "coverage": coverage, "seconds": 70.0})


def page_of(transcript: Transcript) -> str:
    given = entry("08:00")
    note = write(transcript, VERBATIM).note(given.recording.id, "extractive", transcript.provenance)
    return compose("me", DAY, [PageEntry(given.recording, transcript, note, "a.m4a")])


def test_a_model_of_many_languages_is_named_without_a_command() -> None:
    assert "08:00 — 9 s of voice without words (base found none) [0:00](a.m4a#t=0.5) [1:01](a.m4a#t=61)" in page_of(
        with_voice()
    )


def test_where_this_machine_stood_in_for_a_server_its_model_is_meant() -> None:
    found = VoiceWithoutWords.of(with_voice("endpoint", "whisper-1", knows_only="en"))
    assert found
    assert found.sentence() == f"9 s of voice without words (this machine's model knows English only): {MENDS}"
    assert VoiceWithoutWords.parse(found.dump()) == found
    assert VoiceWithoutWords.parse("a reason of an earlier version") is None


def test_sound_that_may_be_a_voice_is_not_said_to_be_none() -> None:
    maybe = with_voice().model_copy(update={"coverage": Coverage(uncovered=((0.0, 12.0),), wordless=())})
    assert "08:00 — no words were found (70 s)." in page_of(maybe)
    assert "08:00 — nothing was said (70 s)." in page_of(maybe.model_copy(update={"coverage": Coverage(wordless=())}))


def doubted(memo: Transcript, *doubtful: str, doubt: Doubt = "unlikely") -> Transcript:
    segments = tuple(s.model_copy(update={"doubt": doubt}) if s.id in doubtful else s for s in memo.segments)
    return memo.model_copy(update={"segments": segments})


MEMO = said(
    "Remind me to call Maria on Friday.", "I must buy bread tomorrow.", "I was in Lisbon with Peter.", "I felt happy."
)
AT = datetime.fromisoformat("2026-03-14T09:30:00+00:00")


def test_doubtful_segments_make_no_finding_and_are_marked_on_the_page() -> None:
    sure, doubtful = write(MEMO, VERBATIM, AT), doubted(MEMO, "s01", "s03", "s04")
    draft = write(doubtful, VERBATIM, AT)
    assert (len(sure.todos), sure.people, sure.title) == (2, ("Maria", "Peter"), "Remind me to call Maria on Friday")
    assert [todo.segments for todo in draft.todos] == [("s02",)]
    assert (draft.people, draft.places, draft.mood, draft.title) == ((), (), None, "I must buy bread tomorrow")
    assert [s.text for s in draft.statements] == [s.text for s in sure.statements], "no word is lost"
    page = page_of(doubtful)
    assert "Remind me to call Maria on Friday. (doubtful) I must buy bread tomorrow. I was" in page
    assert page.count("(doubtful)") == 3


@pytest.mark.parametrize("language", ["en", "de", None])
def test_a_memo_of_doubtful_words_alone_has_no_title_to_do_or_person(language: str | None) -> None:
    memo = said("Thank you very much.", "Remind me to call Maria on Friday.", language=language)
    draft = write(doubted(memo, "s01", "s02", doubt="no speech"), VERBATIM, AT)
    assert len(draft.statements) == 2
    found = draft.model_dump(exclude={"statements"})
    assert not any(found.values()), found


def test_a_model_is_not_told_doubtful_words_and_may_use_none_of_them() -> None:
    doubtful = doubted(MEMO, "s01", "s03")
    material = (
        NoteWriter(VERBATIM)
        .request(entry("08:00").recording, doubtful, "interactive", None, write(doubtful, VERBATIM))
        .material
    )
    assert "bread" in material
    assert not any(word in material for word in ("Maria", "Lisbon", "Peter"))
    answer = {
        "title": "Remind me to call Maria",
        "statements": [{"text": s.text, "segments": [s.id]} for s in MEMO.segments],
        "todos": [{"text": "Call Maria", "said": "call Maria", "segments": ["s01"]}],
        "events": [{"text": "Call Maria on Friday", "said": "call Maria on Friday", "segments": ["s01"]}],
        "people": ["Maria", "Peter"],
        "places": ["Lisbon"],
        "highlights": [{"text": "I was in Lisbon with Peter.", "segments": ["s03"]}],
    }
    draft = validate_answer(answer, doubtful, VERBATIM, AT).draft
    assert draft
    assert [s.segments for s in draft.statements] == [("s02",), ("s04",)]
    assert [s.segments for s in draft.also_said] == [("s01",), ("s03",)]
    assert (draft.title, draft.people, draft.places) == ("I must buy bread tomorrow", (), ())
    assert not {"s01", "s03"} & {one for part in (draft.todos, draft.events, draft.highlights) for p in part
                                 for one in p.segments}  # fmt: skip
    accepted = validate_answer(answer, MEMO, VERBATIM, AT).draft
    assert accepted
    assert accepted.people == ("Maria", "Peter"), "the same answer stands where nothing is doubtful"


def test_a_transcript_without_doubts_is_used_as_it_is() -> None:
    assert reliable(MEMO) is MEMO
