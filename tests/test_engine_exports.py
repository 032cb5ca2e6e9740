"""One transcript becomes subtitles, text and JSON, with every word in all of them."""

import json
import re
from datetime import UTC, datetime

from diary_pipeline.schema import Provenance, Segment, SpokenWord, Transcript
from diary_pipeline.views.exports import FORMATS, LONGEST_LINE, export


def spoken(number: int, start: float, text: str) -> Segment:
    words = text.split()
    timed = tuple(
        SpokenWord(text=w, start=start + n / 2, end=start + n / 2 + 0.4, confidence=0.9) for n, w in enumerate(words)
    )
    return Segment(id=f"s{number:02d}", start=start, end=start + len(words) / 2 - 0.1, text=text, words=timed)


LONG = " ".join(f"word{n}" for n in range(40)) + "."
SAID = Transcript(
    recording="r1",
    language="en",
    seconds=3700,
    segments=(spoken(1, 0.5, "Salt & <pepper> --> here."), spoken(2, 3661.25, LONG)),
    provenance=Provenance(stage="transcribe", fingerprint="f", made_by="test", created_at=datetime.now(UTC)),
)


def test_subtitles_have_times_ids_and_escaped_text() -> None:
    assert export(SAID, "vtt").startswith(
        "WEBVTT\n\ns01\n00:00:00.500 --> 00:00:02.900\nSalt &amp; &lt;pepper> --&gt; here.\n\n"
    )
    assert "1\n00:00:00,500 --> 00:00:02,900\nSalt & <pepper> --> here.\n" in export(SAID, "srt")


def test_a_long_sentence_becomes_several_subtitles_without_losing_a_word() -> None:
    cues = re.findall(r"\n(\d\d:\d\d:\d\d,\d{3}) --> (\S+)\n(.+)\n", export(SAID, "srt"))[1:]
    assert len(cues) > 2
    assert all(len(text) <= LONGEST_LINE for _, _, text in cues)
    assert " ".join(text for _, _, text in cues) == LONG
    assert [start for start, _, _ in cues] == sorted(start for start, _, _ in cues)
    assert cues[0][0] == "01:01:01,250"


def test_text_and_json_hold_all_words() -> None:
    assert export(SAID, "txt") == f"Salt & <pepper> --> here.\n{LONG}\n"
    data = json.loads(export(SAID, "json"))
    assert [segment["text"] for segment in data["segments"]] == [segment.text for segment in SAID.segments]
    assert data["segments"][0]["words"][1] == {"text": "&", "start": 1.0, "end": 1.4, "confidence": 0.9}
    assert "provenance" not in data


def test_silence_can_be_exported_too() -> None:
    silent = SAID.model_copy(update={"segments": ()})
    assert {name: export(silent, name) for name in FORMATS if name != "json"} == {
        "vtt": "WEBVTT\n",
        "srt": "",
        "txt": "",
    }
