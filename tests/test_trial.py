"""`diary try` and `diary judge`: what the pipeline would make of a transcript and of an answer, and nothing stored."""

import json
import os
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from diary_pipeline.notes.style import Style, load_style
from diary_pipeline.notes.validate_answer import NoteAnswer, validate_answer
from diary_pipeline.views.trial import KINDS, judge_answer, try_note
from diary_pipeline.views.trial_input import transcript_of
from tests.command import DIARY, Answer, typed
from tests.test_schemas import checked, validator

MEMO = [
    "I still have to buy eggs and milk.",
    "Maria is coming on Friday at three.",
    "We stopped at the market in Berlin, and I bought apples.",
    "If I'm still awake, I'll write it down.",
    "Anna told me that she is worried about the budget.",
]
AT = "2026-03-14T09:30:00+00:00"
TRANSCRIPT = {
    "language": "en",
    "recorded_at": AT,
    "segments": [{"id": f"part-{n}.a", "text": text} for n, text in enumerate(MEMO, 1)],
}


def claim(text: str, *segments: object, **more: Any) -> dict[str, Any]:
    return {"text": text, "segments": list(segments), **more}


ANSWER = {
    "title": "I bought apples",
    "statements": [
        claim(MEMO[0], "part-1.a"),
        claim("I met Kate.", "part-2.a"),
        claim("We stopped at the market in Berlin.", "part-3.a"),
        claim("I wrote it down.", "part-4.a"),
        claim(MEMO[2], "part-1.a"),
    ],
    "todos": [claim("Buy eggs and milk", "part-1.a", due="2027-01-01"), claim("Buy apples", "part-3.a")],
    "events": [claim(MEMO[1], "part-2.a"), claim("Maria came on Friday at three.", "part-2.a")],
    "people": ["Maria", "Kate", "Anna"],
    "places": ["Berlin", "Paris"],
    "topics": ["food", "cars"],
    "mood": "worried",
    "highlights": [claim(MEMO[2], "part-3.a"), claim("The best apples ever.", "part-3.a")],
}
OF_THE_DIARY = {"score", "used", "missing_segments"}


@pytest.mark.parametrize("style", ["verbatim", "journal", "summary"])
def test_the_verdicts_are_those_of_the_pipeline_in_every_style(style: str) -> None:
    chosen, given = load_style(style, Path()), transcript_of(TRANSCRIPT)
    verdicts = judge_answer(given, ANSWER, chosen)
    as_answered = json.loads(json.dumps(ANSWER).replace("part-", "s0").replace(".a", ""))
    values = NoteAnswer.model_validate(as_answered).model_dump(mode="json")
    validation = validate_answer(values, given.transcript, chosen, datetime.fromisoformat(AT))
    draft = validation.draft
    assert draft is not None
    accepted: dict[str, list[str]] = {}
    for part in verdicts["parts"]:
        assert part["accepted"] == (not part["reasons"])
        if part["accepted"]:
            accepted.setdefault(part["kind"], []).append(part["text"])
    for key, kind in KINDS.items():
        kept = [one if isinstance(one, str) else one.text for one in getattr(draft, key)]
        assert accepted.get(kind, []) == kept, kind
    assert accepted.get("title", []) == ([ANSWER["title"]] if draft.title == ANSWER["title"] else [])
    rejected = {(p["text"], tuple(p["reasons"])) for p in verdicts["parts"] if p["reasons"] and p["kind"] in CLAIMS}
    assert rejected == {(one.text, one.reasons) for one in draft.unsupported}
    assert verdicts["also_said"] == [
        {"text": one.text, "segments": [f"part-{int(name[1:])}.a" for name in one.segments]} for one in draft.also_said
    ]
    assert verdicts["score"] == validation.score


CLAIMS = {"statement", "todo", "event", "highlight"}


def verdict(answer: dict[str, Any], style: str = "journal", transcript: Any = TRANSCRIPT) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = judge_answer(transcript_of(transcript), answer, load_style(style, Path()))["parts"]
    return parts


def test_every_key_of_an_answer_is_optional_and_an_empty_answer_leaves_everything_also_said() -> None:
    found = judge_answer(transcript_of(TRANSCRIPT), {}, load_style("verbatim", Path()))
    assert (found["parts"], [one["text"] for one in found["also_said"]]) == ([], MEMO)
    (part,) = verdict({"todos": [claim("Buy eggs and milk", "part-1.a")]})
    assert (part["kind"], part["accepted"], part["due"]) == ("todo", True, None)
    (title,) = verdict({"title": "The market in Berlin"})
    assert (title["accepted"], title["segments"]) == (True, ["part-3.a"])


def test_the_moment_of_an_event_is_read_from_the_words_on_the_day_of_the_recording() -> None:
    (part,) = verdict({"events": [claim(MEMO[1], "part-2.a", when="2030-01-01")]})
    assert part["when"] == "2026-03-20T15:00+00:00"


def test_a_statement_that_cites_another_segment_is_given_the_right_one_as_on_a_page() -> None:
    found = judge_answer(
        transcript_of(TRANSCRIPT), {"statements": [claim(MEMO[2], "part-9.a")]}, load_style("journal", Path())
    )
    assert (found["parts"][0]["segments"], found["missing_segments"]) == (["part-3.a"], ["part-9.a"])
    found = judge_answer(
        transcript_of(TRANSCRIPT), {"statements": [claim("I met Kate.", 77)]}, load_style("journal", Path())
    )
    assert found["parts"][0]["reasons"] == ["citation"]
    assert found["missing_segments"] == ["77"]


def test_ids_of_any_form_are_kept_apart_and_found_as_a_model_writes_them() -> None:
    alike = {"segments": [{"id": "a1", "text": MEMO[0]}, {"id": "b1", "text": MEMO[2]}]}
    first, second, neither = verdict(
        {
            "statements": [
                claim(MEMO[0], "a1"),
                claim("We stopped at the market in Berlin.", "b1"),
                claim("I sold apples.", "c1"),
            ]
        },
        transcript=alike,
    )
    assert (first["segments"], second["segments"], neither["reasons"]) == (["a1"], ["b1"], ["citation"])
    numbered = {"segments": [{"id": n, "text": text} for n, text in enumerate(MEMO)]}
    (part,) = verdict({"statements": [claim("We stopped at the market in Berlin.", "[s02]")]}, transcript=numbered)
    assert part["segments"] == ["2"]


def test_whether_the_diary_would_use_the_answer_is_said_beside_the_verdicts_on_its_parts() -> None:
    half = {"statements": [claim("I met Kate.", "part-1.a")], "todos": [claim("Buy eggs and milk", "part-1.a")]}
    found = judge_answer(transcript_of(TRANSCRIPT), half, load_style("journal", Path()))
    assert [part["accepted"] for part in found["parts"]] == [False, True]
    assert found["used"] is False, "a note without a statement is none"


def test_an_export_and_whispers_own_json_are_transcripts_too() -> None:
    segments = [
        {"id": n, "seek": 0, "start": n * 4.0, "end": n * 4.0 + 3, "text": f" {text}", "avg_logprob": -0.2}
        for n, text in enumerate(MEMO)
    ]
    given = transcript_of({"text": " ".join(MEMO), "language": "english", "segments": segments})
    assert [segment.text for segment in given.transcript.segments] == MEMO
    assert given.transcript.language == "en"
    note = try_note(given, load_style("verbatim", Path()))
    assert [one["text"] for one in note["todos"]] == ["Buy eggs and milk"]


def written(folder: Path, **files: object) -> None:
    for name, value in files.items():
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        (folder / name.replace("_", ".")).write_bytes(data)


def test_nothing_is_written_and_no_home_is_needed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    written(work, t_json=TRANSCRIPT, a_json=ANSWER)
    home.chmod(0o500)
    work.chmod(0o500)
    before = listing(tmp_path)
    bad = {"DIARY_HOME": str(home / "none"), "HOME": str(home), "DIARY_CATALOG": "postgresql://127.0.0.1:1/x"}
    tried = typed(work, "try", "t.json", "--json", **bad, DIARY_BEAM_SIZE="0")
    judged = typed(work, "judge", "t.json", "a.json", "--json", **bad, DIARY_BEAM_SIZE="0")
    assert (tried.code, judged.code) == (0, 0), tried.err + judged.err
    note = checked("try", tried)["note"]
    assert note["todos"][0]["segments"] == ["part-1.a"]
    assert [part["kind"] for part in checked("judge", judged)["parts"]][:5] == ["statement"] * 5
    assert listing(tmp_path) == before
    people = typed(work, "judge", "t.json", "a.json", "--style", "journal", **bad)
    assert "rejected person: Kate (" in people.out
    assert "eggs and milk" in typed(work, "try", "t.json", **bad).out


def listing(folder: Path) -> list[tuple[str, float]]:
    return sorted((str(path), path.stat().st_mtime) for path in folder.rglob("*"))


def test_standard_input_is_a_transcript_or_an_answer(tmp_path: Path) -> None:
    written(tmp_path, t_json=TRANSCRIPT, a_json=ANSWER)

    def piped(data: bytes, *arguments: str) -> Answer:
        done = subprocess.run(
            [DIARY, *arguments], input=data, cwd=tmp_path, capture_output=True, check=False, env=os.environ
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    spoken = piped(b"WEBVTT\n\n00:01.000 --> 00:03.000\n<v Anna>I have to buy milk.\n", "try", "-", "--json")
    assert checked("try", spoken)["note"]["todos"][0]["text"] == "Buy milk"
    answered = piped(json.dumps(ANSWER).encode(), "judge", "t.json", "-", "--json")
    assert answered.code == 0
    twice = piped(b"{}", "judge", "-", "-", "--json")
    assert (twice.code, "once" in checked("error", twice)["error"]["message"]) == (2, True)


def test_many_answers_are_judged_in_one_process_each_on_its_line(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(one) for one in [ANSWER, {"titel": "x"}, {}])
    written(tmp_path, t_json=TRANSCRIPT, a_jsonl=lines.encode(), b_json=[ANSWER, ANSWER], c_json=ANSWER)
    answer = typed(tmp_path, "judge", "t.json", "a.jsonl", "b.json", "c.json", "--json")
    found = [json.loads(line) for line in answer.out.splitlines()]
    assert answer.code == 2, "one of them cannot be used"
    assert ["error" in one for one in found] == [False, True, False, False, False, False]
    assert "Did you mean title?" in found[1]["error"]["message"]
    for one in found:
        validator("error" if "error" in one else "judge").validate(one)
    other = {"segments": [{"id": "x", "text": "I slept well."}]}
    written(tmp_path, two_json=[TRANSCRIPT, other], d_json=[ANSWER, {"statements": [claim("I slept well.", "x")]}])
    paired = typed(tmp_path, "judge", "two.json", "d.json", "--json")
    assert paired.code == 0
    assert json.loads(paired.out.splitlines()[1])["parts"][0]["accepted"] is True
    uneven = typed(tmp_path, "judge", "two.json", "c.json", "--json")
    assert (uneven.code, "2 transcripts and 1 answers" in uneven.json["error"]["message"]) == (2, True)


BROKEN: dict[str, tuple[bytes, bytes, str]] = {
    "a transcript that is not JSON": (b'{"segments": [', b"{}", "not JSON"),
    "an answer that is not JSON": (json.dumps(TRANSCRIPT).encode(), b"I went home.", "not JSON"),
    "no segments": (b'{"language": "en"}', b"{}", "no segments"),
    "a misspelt key": (b'{"segmants": []}', b"{}", "Did you mean segments?"),
    "a misspelt key of a segment": (b'{"segments": [{"id": "s1", "txt": "x"}]}', b"{}", "Did you mean text?"),
    "a misspelt key of an answer": (json.dumps(TRANSCRIPT).encode(), b'{"statments": []}', "Did you mean statements?"),
    "a misspelt key of a statement": (
        json.dumps(TRANSCRIPT).encode(),
        b'{"statements": [{"text": "x", "segment": []}]}',
        "Did you mean segments?",
    ),
    "a statement that is text": (json.dumps(TRANSCRIPT).encode(), b'{"statements": ["x"]}', "statements[0]"),
    "an answer that is a number": (json.dumps(TRANSCRIPT).encode(), b"3", "no answer"),
    "a text that is a number": (b'{"segments": [{"id": "s1", "text": 3}]}', b"{}", "Segment 1 has no text"),
    "segments that are text": (b'{"segments": "x"}', b"{}", "no segments"),
    "a date that is none": (b'{"recorded_at": "last week", "segments": []}', b"{}", "recorded_at"),
    "a language that is none": (b'{"language": "??", "segments": []}', b"{}", "language"),
    "two segments of one id": (
        b'{"segments": [{"id": 1, "text": "a"}, {"id": "1", "text": "b"}]}',
        b"{}",
        "Two segments",
    ),
    "Latin-1": ('{"segments": [{"id": 1, "text": "K\u00e4se"}]}'.encode("latin-1"), b"{}", "not UTF-8"),
    "audio": (b"RIFF\0\0\0\0WAVE", b"{}", "zero bytes"),
    "a huge file": (b" " * (33 * 2**20), b"{}", "larger than 32 MB"),
    "lists in lists": (b"[" * 100_000, b"{}", "too deep"),
}


def test_what_cannot_be_used_is_said_in_a_sentence_with_exit_status_2(tmp_path: Path) -> None:
    for case, (transcript, answer, said) in BROKEN.items():
        (tmp_path / "t.json").write_bytes(transcript)
        (tmp_path / "a.json").write_bytes(answer)
        found = typed(tmp_path, "judge", "t.json", "a.json", "--json")
        message = checked("error", found)["error"]["message"]
        assert (found.code, said in message) == (2, True), f"{case}: {message}"
        assert found.err == ""
    missing = typed(tmp_path, "try", "nothing.json", "--json")
    assert (missing.code, "nothing.json" in missing.json["error"]["message"]) == (2, True)
    style = typed(tmp_path, "try", "nothing.json", "--style", "poem", "--json")
    assert "journal, summary, verbatim" in style.json["error"]["message"]


def test_a_style_of_ones_own_is_a_file(tmp_path: Path) -> None:
    written(tmp_path, t_json=TRANSCRIPT, a_json={"title": "The market in Berlin"}, mine_md=b"---\nwords: free\n---\nx")
    free = typed(tmp_path, "judge", "t.json", "a.json", "--style", "mine.md", "--json")
    own = typed(tmp_path, "judge", "t.json", "a.json", "--json")
    assert [one.json["parts"][0]["accepted"] for one in (free, own)] == [True, False]


def test_a_day_without_an_hour_and_none_at_all_are_dates_enough() -> None:
    style = Style("verbatim", "", "", 9)
    at = transcript_of({**TRANSCRIPT, "recorded_at": "2026-03-14"}).recorded_at
    assert at is not None
    assert at.date().isoformat() == "2026-03-14"
    assert try_note(transcript_of({**TRANSCRIPT, "recorded_at": None}), style)["events"] == []


def test_plain_text_gets_its_language_from_its_words_or_from_an_option(tmp_path: Path) -> None:
    written(tmp_path, de_txt=b"Wir treffen uns um acht.\n", en_txt=b"Um, call Anna tomorrow.\n")

    def tried(*arguments: str) -> dict[str, Any]:
        note: dict[str, Any] = checked("try", typed(tmp_path, "try", *arguments, "--json"))["note"]
        return note

    assert tried("de.txt")["statements"][0]["text"] == "Wir treffen uns um acht."
    english = tried("en.txt", "--recorded-at", "2026-03-14")
    assert [(one["text"], one["due"]) for one in english["todos"]] == [("Call Anna", "2026-03-15")]
    assert tried("en.txt", "--language", "de")["todos"] == []
    refused = typed(tmp_path, "try", "en.txt", "--language", "??")
    assert (refused.code, "--language is no code" in refused.err) == (2, True)
    assert "--recorded-at" in typed(tmp_path, "try", "en.txt", "--recorded-at", "soon").err
