"""Text with a time before each line or paragraph, as programs print it, comes in with these times."""

import json

import pytest

from diary_pipeline.transcribe.imported import read_file

SENTENCES = ["We rowed to the island.", "The oars were wet & cold.", "Ring Olga about the rope."]
STARTS = [0.0, 4.5, 61.0]
PRINTED = {
    "arrows": "[00:00.000 --> 00:04.500]   {}\n[00:04.500 --> 00:07.000]   {}\n[01:01.000 --> 01:04.000]  {}",
    "seconds": "Detected language 'en' with p 0.98\n[0.00s -> 4.50s] {}\n[4.50s -> 7.00s] {}\n[61.00s -> 64.00s] {}",
    "brackets": "Transcript\n\n[00:00:00] {}\n[00:00:04.5] {}\n[00:01:01] {}\n",
    "bare": "0:00 {}\n0:04.5 {}\n1:01 {}\n",
    "headers": "Olga Berg  0:00\n{}\n\nOlga Berg  0:04.5\n{}\n\nOlga Berg  1:01\n{}\n\nMade with https://example.org\n",
    "speakers": "[0:00] Olga: {}\n[0:04.5] Olga: {}\n[1:01] Olga: {}",
}


LINKED = "I read all of it on www.example.org and then I wrote to Maria about it."


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "I walked.\nI call the bank.\n(7:30) dinner with Olga.\n",
            "I walked. I call the bank. (7:30) dinner with Olga.",
        ),
        ("(7:30) dinner with Olga.\n", "(7:30) dinner with Olga."),
        ("(7:30) got up\n(8:12) went out\n", "(7:30) got up (8:12) went out"),
        ("I walked.\n\n[0:03] I ran.\n[0:09] I swam.\n[0:20] I slept.\n", "I walked. I ran. I swam. I slept."),
        ("I walked.\n0:03 I ran.\n0:09 I swam.\n", "I walked. I ran. I swam."),
        (
            f"Olga 0:03\nI ran.\n\nOlga 0:09\nI swam.\n\n{LINKED}\n",
            f"I ran. I swam. {LINKED}",
        ),
        ("[0:03] I ran.\n[0:09] I swam.\n\nSee www.example.org\n", "I ran. I swam. See www.example.org"),
    ],
)
def test_no_words_are_lost_around_times(text: str, words: str) -> None:
    assert " ".join(segment.text for segment in read_file(text.encode(), ".txt").segments) == words


def test_what_stands_before_the_first_time_has_none_and_the_others_keep_theirs() -> None:
    read = read_file(b"Boat talk\n\n[0:03] I ran.\n[0:09] I swam.\n", ".txt")
    assert [(s.start, s.text) for s in read.segments] == [(0.0, "Boat talk"), (3.0, "I ran."), (9.0, "I swam.")]


def test_a_number_in_a_paragraph_of_its_own_is_spoken_unless_a_cue_follows() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nHow many?\n\n42\n\n2\n\n00:00:03,000 --> 00:00:04,000\nSo many.\n\n7\n"
    assert " ".join(s.text for s in read_file(text.encode(), ".srt").segments) == "How many? 42 So many. 7"
