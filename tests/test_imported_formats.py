"""Transcripts of other programs become segments, as those programs really write them."""

import json
from typing import Any

import pytest

from diary_pipeline.errors import UserError
from diary_pipeline.transcribe.imported import ImportedTranscript, read_file

VTT = """WEBVTT - made elsewhere
Kind: captions
Language: de-DE

STYLE
::cue { color: red }

NOTE
Nobody says this.

intro
00:01.000 --> 00:03.000 align:start position:0%
<v Anna>Ich <b>gehe</b> heute
in den Garten &amp; pflanze.</v>

00:00:03.000 --> 00:00:05.500
Morgen nicht. Ich ruhe
"""
SRT = """1
00:00:05,000 --> 00:00:06,000
{\\an8}Second one.

2
00:00:01,000 --> 00:00:04,000
<i>First one</i>
<font color="#fff">goes on.</font>
3
00:00:07,000 --> 00:00:09,000
Third has

an empty line.
"""


def texts(found: ImportedTranscript) -> list[str]:
    return [segment.text for segment in found.segments]


def times(found: ImportedTranscript) -> list[tuple[float, float]]:
    return [(segment.start, segment.end) for segment in found.segments]


def read(text: str, suffix: str = ".vtt", encoding: str = "utf-8") -> ImportedTranscript:
    return read_file(text.encode(encoding), suffix)


def read_json(value: Any) -> ImportedTranscript:
    return read_file(json.dumps(value).encode(), ".json")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_webvtt_gives_sentences_with_the_times_of_their_cues(encoding: str, end: str) -> None:
    found = read_file(VTT.replace("\n", end).encode(encoding), ".vtt")
    assert texts(found) == ["Ich gehe heute in den Garten & pflanze.", "Morgen nicht.", "Ich ruhe"]
    assert times(found) == [(1.0, 3.0), (3.0, 5.5), (3.0, 5.5)], "no time is made up within a cue"
    assert (found.language, found.form, found.seconds) == ("de", "vtt", 5.5)
    assert [segment.id for segment in found.segments] == ["s01", "s02", "s03"]
    assert {segment.confidence for segment in found.segments} == {None}


def test_subrip_out_of_order_with_styles_and_an_empty_line_within_a_cue() -> None:
    found = read(SRT, ".srt")
    assert texts(found) == ["First one goes on.", "Second one.", "Third has an empty line."]
    assert times(found) == [(1.0, 4.0), (5.0, 6.0), (7.0, 9.0)]


def test_a_sentence_over_several_cues_is_one_segment_and_a_pause_ends_it() -> None:
    found = read(
        "WEBVTT\n\n00:01.000 --> 00:02.000\nI went\n\n00:02.000 --> 00:03.000\nhome.\n\n00:03.000 --> 00:04.000\n"
        "And then\n\n00:08.000 --> 00:09.000\nI slept\n"
    )
    assert texts(found) == ["I went home.", "And then", "I slept"]
    assert times(found)[0] == (1.0, 3.0)


def test_cues_that_overlap_keep_all_their_words() -> None:
    found = read("WEBVTT\n\n00:01.000 --> 00:05.000\nOne thing.\n\n00:02.000 --> 00:03.000\nAnother thing.\n")
    assert texts(found) == ["One thing.", "Another thing."]


def test_roll_up_captions_say_each_line_once() -> None:
    found = read(
        "WEBVTT\nKind: captions\nLanguage: en\n\n00:00:01.000 --> 00:00:03.000\n \nhello<00:00:01.500><c> world</c>\n\n"
        "00:00:03.000 --> 00:00:03.010\nhello world\n \n\n"
        "00:00:03.010 --> 00:00:05.000\nhello world\nhow<00:00:03.500><c> are</c><c> you</c>\n\n"
        "00:00:05.000 --> 00:00:05.010\nhow are you\n \n\n00:00:05.010 --> 00:00:07.000\nhow are you\nfine\n"
    )
    assert texts(found) == ["hello world how are you fine"]
    grown = read(
        "1\n00:00:01,000 --> 00:00:02,000\nI went\n\n2\n00:00:02,000 --> 00:00:03,000\nI went to the\n\n"
        "3\n00:00:03,000 --> 00:00:04,000\nI went to the shop.\n",
        ".srt",
    )
    assert (texts(grown), times(grown)) == (["I went to the shop."], [(1.0, 4.0)])


def test_what_was_really_said_twice_is_kept_twice() -> None:
    found = read("WEBVTT\n\n00:01.000 --> 00:02.000\nNo.\n\n00:02.000 --> 00:03.000\nNo.\n")
    assert texts(found) == ["No.", "No."]


def test_several_speakers_are_named_and_a_single_one_is_not() -> None:
    two = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>I am here.\n\n00:02.000 --> 00:03.000\n<v.loud Bob B>So am I.\n"
    assert texts(read(two)) == ["Anna: I am here.", "Bob B: So am I."]
    assert texts(read(two.replace("Bob B", "Anna"))) == ["I am here.", "So am I."]


def test_captions_without_punctuation_do_not_become_one_endless_segment() -> None:
    cues = [f"00:{n:02d}.000 --> 00:{n + 1:02d}.000\nfive words are in here\n" for n in range(40)]
    found = read("WEBVTT\n\n" + "\n".join(cues))
    assert [len(text.split()) for text in texts(found)] == [40, 40, 40, 40, 40]


def test_plain_text_has_a_segment_a_line_and_no_times() -> None:
    found = read("I went home. I slept.\n\nThis line is\nwrapped by hand.\nThe last\n", ".txt")
    assert texts(found) == ["I went home.", "I slept.", "This line is wrapped by hand.", "The last"]
    assert set(times(found)) == {(0.0, 0.0)}
    assert found.language is None


WORDS = [{"word": f" {word}", "start": n * 0.5, "end": n * 0.5 + 0.4, "probability": 0.9} for n, word in enumerate(
    "Hello there. I went home.".split()
)]  # fmt: skip
BARE = [{"word": word["word"].strip(" ."), "start": word["start"], "end": word["end"]} for word in WORDS]  # type: ignore[attr-defined]
SEGMENTS = [{"start": 0.0, "end": 1.4, "text": " Hello there. I"}, {"start": 1.5, "end": 2.4, "text": " went home."}]
TOKENS = [
    {"text": "[_BEG_]", "offsets": {"from": 0, "to": 0}, "p": 0.9},
    {"text": " Hel", "offsets": {"from": 0, "to": 200}, "p": 0.9},
    {"text": "lo", "offsets": {"from": 200, "to": 400}, "p": 0.9},
    {"text": " there", "offsets": {"from": 500, "to": 800}, "p": 0.8},
    {"text": ".", "offsets": {"from": 800, "to": 900}, "p": 0.8},
]
SHAPES: dict[str, Any] = {
    "openai-whisper": {
        "text": " Hello there. I went home.",
        "language": "en",
        "segments": [
            SEGMENTS[0] | {"id": 0, "seek": 0, "tokens": [1], "avg_logprob": -0.2, "words": WORDS[:3]},
            SEGMENTS[1] | {"id": 1, "seek": 0, "tokens": [2], "avg_logprob": -0.2, "words": WORDS[3:]},
        ],
    },
    "faster-whisper": [SEGMENTS[0] | {"words": WORDS[:3]}, SEGMENTS[1] | {"words": WORDS[3:]}],
    "verbose_json": {"task": "transcribe", "language": "english", "duration": 2.5, "segments": SEGMENTS, "words": BARE},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_whispers_json_gives_sentences_with_the_times_of_their_words(shape: str) -> None:
    found = read_json(SHAPES[shape])
    assert texts(found) == ["Hello there.", "I went home."]
    assert times(found) == [(0.0, 0.9), (1.0, 2.4)]
    assert [word.text for word in found.segments[1].words] == ["I", "went", "home."]
    assert found.language in ("en", None)


def test_whisper_cpp_counts_in_milliseconds_and_writes_tokens() -> None:
    segment = {"offsets": {"from": 0, "to": 1000}, "text": " Hello there.", "tokens": TOKENS}
    found = read_json({"systeminfo": "", "result": {"language": "en"}, "transcription": [segment]})
    assert (texts(found), times(found), found.language) == (["Hello there."], [(0.0, 0.9)], "en")
    assert [word.text for word in found.segments[0].words] == ["Hello", "there."]


def test_json_with_segments_alone_or_text_alone_states_as_much_as_it_does() -> None:
    assert times(read_json({"segments": SEGMENTS})) == [(0.0, 1.4), (0.0, 2.4)]
    bare = read_json({"text": "I went home.\nI slept."})
    assert (texts(bare), bare.seconds) == (["I went home.", "I slept."], 0.0)
    assert texts(read_json({"text": "", "segments": []})) == []


def test_numbers_that_are_no_times_are_no_times() -> None:
    wild = [{"start": value, "end": value, "text": "Hello."} for value in (float("nan"), float("inf"), -1, True, "x")]
    assert {pair for one in wild for pair in times(read_json([one]))} == {(0.0, 0.0)}


@pytest.mark.parametrize(
    ("data", "suffix", "said"),
    [
        (b"WEBVTT\n\nNot a cue.\n", ".vtt", "no cues"),
        (b"just words", ".srt", "no cues"),
        ("K\u00e4se".encode("latin-1"), ".txt", "not UTF-8"),
        (b"\0\0\0\0", ".txt", "zero bytes"),
        (b"{", ".json", "not JSON"),
        (b"3", ".json", "no segments"),
        (b'[{"start": 0}]', ".json", "no text"),
    ],
)
def test_what_is_no_transcript_is_refused_in_a_sentence(data: bytes, suffix: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_file(data, suffix)
