"""Text with a time before each line or paragraph, as programs print it, comes in with these times."""

import json

import pytest

from diary_pipeline.transcribe.imported import read_file

SENTENCES = ["We rowed to the island.", "The oars were wet & cold.", "Ring Olga about the rope."]
STARTS = [0.0, 4.5, 61.0]
PRINTED = {
    "arrows": "[00:00.000 --> 00:04.500]   {}\n[00:04.500 --> 00:07.000]   {}\n[01:01.000 --> 01:04.000]  {}",
    "seconds": "Detected language 'en' with p 0.98\n[0.00s -> 4.50s] {}\n[4.50s -> 7.00s] {}\n[61.00s -> 64.00s] {}",
    "brackets": "Boat talk\n\n[00:00:00] {}\n[00:00:04.5] {}\n[00:01:01] {}\n",
    "bare": "0:00 {}\n0:04.5 {}\n1:01 {}\n",
    "headers": "Olga Berg  0:00\n{}\n\nOlga Berg  0:04.5\n{}\n\nOlga Berg  1:01\n{}\n\nMade with https://example.org\n",
    "speakers": "[0:00] Olga: {}\n[0:04.5] Olga: {}\n[1:01] Olga: {}",
}


@pytest.mark.parametrize("form", PRINTED)
def test_each_line_has_the_time_before_it_and_the_programs_own_words_are_not_speech(form: str) -> None:
    read = read_file(PRINTED[form].format(*SENTENCES).encode(), ".txt")
    assert [segment.text for segment in read.segments] == SENTENCES
    assert [segment.start for segment in read.segments] == STARTS
    assert read.segments[0].end in (4.5, 7.0)


@pytest.mark.parametrize(
    "text",
    [
        "7:30 got up\n8:12 had breakfast with Olga\n",
        "The ferry leaves at 9:05.\nThen we row.\n",
        "0:45 is the record\n0:12 was mine\n",
    ],
)
def test_times_that_somebody_wrote_about_are_words(text: str) -> None:
    read = read_file(text.encode(), ".txt")
    assert " ".join(segment.text for segment in read.segments) == " ".join(text.split())
    assert {segment.start for segment in read.segments} == {0.0}


def test_a_line_without_a_time_goes_on_with_the_one_before() -> None:
    read = read_file(b"[00:02] We rowed to the island\nand back again.\n[00:09] Nobody sang.\n", ".txt")
    assert [(s.start, s.text) for s in read.segments] == [
        (2.0, "We rowed to the island and back again."),
        (9.0, "Nobody sang."),
    ]


def test_json_of_other_programs_is_read_by_what_its_parts_are_called() -> None:
    rows = [
        {
            "startTime": f"00:0{int(start) // 60}:{start % 60:06.3f}".replace(".", ","),
            "endTime": "00:01:05,000",
            "text": t,
        }
        for start, t in zip(STARTS, SENTENCES, strict=True)
    ]
    read = read_file(json.dumps({"lines": rows}).encode(), ".json")
    assert [(s.start, s.text) for s in read.segments] == list(zip(STARTS, SENTENCES, strict=True))


def test_rolling_captions_say_a_line_once_also_after_a_pause() -> None:
    cues = ["{0}", "{0}\n{1}", "{1}\n{2}", "{2}\n{3}"]
    times = [(0, 3), (3, 6), (6, 9), (11, 14)]
    lines = [*SENTENCES, "Nobody sang."]
    text = "WEBVTT\n\n" + "\n\n".join(
        f"00:{start:02d}.000 --> 00:{end:02d}.000\n{cue.format(*lines)}"
        for (start, end), cue in zip(times, cues, strict=True)
    )
    assert [segment.text for segment in read_file(text.encode(), ".vtt").segments] == lines
